/*
 * where.h - what this module reads of the machine: the view, passwd and group. Apart, so that the unit tests can stand in for it.
 */
#ifndef RBAC_PAM_WHERE_H
#define RBAC_PAM_WHERE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/view.h"

/* As rbac_view_acquire(). */
int rbac_where_acquire(struct rbac_view *v);

struct rbac_identity {
	uint32_t uid;        /* RBAC_NO_UID: not in passwd */
	uint32_t *groups;    /* the primary group included; NULL where there is none, and for uid 0 */
	size_t n_groups;
};

/* Look USER up in passwd and group. RBAC_OK (also when there is no such user), RBAC_NOMEM, RBAC_SYSTEM. Free with rbac_where_forget(). */
int rbac_where_identify(const char *user, struct rbac_identity *id);
void rbac_where_forget(struct rbac_identity *id);

/* The gid of the group NAME. RBAC_OK, RBAC_NOTFOUND, RBAC_NOMEM, RBAC_SYSTEM. */
int rbac_where_gid(const char *name, uint32_t *gid);

/* Is the process that asks root's own, by its real uid? */
bool rbac_where_invoked_by_root(void);

#endif
