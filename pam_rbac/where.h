/*
 * where.h - what this module reads of the machine: the view, passwd and group. Apart, so that the
 * unit tests can stand in for it.
 */
#ifndef RBAC_PAM_WHERE_H
#define RBAC_PAM_WHERE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/view.h"

/* As rbac_view_acquire(). */
int rbac_where_acquire(struct rbac_view *v);

/* Who somebody is. Freed with rbac_where_forget(), whatever the functions below said. */
struct rbac_identity {
	char *name;   /* as passwd writes it (pw_name), which need not be what was asked for; NULL:
			 not in passwd */
	uint32_t uid; /* RBAC_NO_UID: not in passwd */
	uint32_t primary;
	uint32_t *groups; /* the primary group included; NULL until rbac_where_groups() */
	size_t n_groups;
	int cause; /* after a failure: errno, 0 where it is not known */
};

/*
 * Look TYPED up in passwd, once. RBAC_OK, also when passwd says that there is no such user;
 * RBAC_NOMEM, RBAC_SYSTEM: passwd could not be asked, or not all of its sources. These are told
 * apart, as the judged user may have brought about the second.
 */
int rbac_where_find(const char *typed, struct rbac_identity *id);

/* The groups of who was found; none for who is not in passwd. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM. */
int rbac_where_groups(struct rbac_identity *id);
void rbac_where_forget(struct rbac_identity *id);

/* The gid of the group NAME. RBAC_OK, RBAC_NOTFOUND, RBAC_NOMEM, RBAC_SYSTEM; errno says why. */
int rbac_where_gid(const char *name, uint32_t *gid);

/*
 * Does this process lack what a source of passwd or group may need: 32 MiB of memory, 4
 * descriptors? ENOMEM, EMFILE or another errno; 0: it does not. The C library passes over a source
 * that it cannot load, and says nothing (nsswitch.conf(5), UNAVAIL=continue); the limits are the
 * judged user's (setrlimit(2)). So no "unknown" is believed where this says that something is
 * lacking.
 */
int rbac_where_lacks(void);

/* Is the process that asks root's own, by its real uid? */
bool rbac_where_invoked_by_root(void);

#endif
