/*
 * identity.h - what passwd and group say about a person, and what this process says about itself.
 * The functions are in a file of their own, so that unit tests can replace them.
 *
 * They allocate memory and call the C library's getpwnam_r(3), getgrnam_r(3) and getgrouplist(3),
 * which may load other NSS modules, open files and ask a directory. Safe to call from any thread.
 */
#ifndef RBAC_PAM_IDENTITY_H
#define RBAC_PAM_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"

/* The person behind a login. The caller calls rbac_identity_free() in any case, also after an
 * error of the functions below. */
struct rbac_identity {
	char *name;   /* as passwd spells it (pw_name), which may differ from the name that was
			 asked for; NULL: not in passwd */
	uint32_t uid; /* RBAC_NO_UID: not in passwd */
	uint32_t primary;
	uint32_t *groups; /* includes the primary group; NULL until rbac_identity_groups() */
	size_t n_groups;
	int cause; /* after a failure: errno, or 0 where it is not known */
};

/*
 * Look TYPED up in passwd, once. RBAC_OK, also if passwd answers that there is no such user;
 * RBAC_NOMEM or RBAC_SYSTEM: passwd, or one of its sources, could not be asked. The difference
 * matters because the judged user may have caused that failure (setrlimit(2)).
 */
int rbac_identity_find(const char *typed, struct rbac_identity *id);

/* Fill the groups of the user that rbac_identity_find() found; a user who is not in passwd has
 * none. RBAC_OK, RBAC_NOMEM or RBAC_SYSTEM. */
int rbac_identity_groups(struct rbac_identity *id);

/* Free what ID owns. It may be used again afterwards. */
void rbac_identity_free(struct rbac_identity *id);

/* The gid of the group NAME. RBAC_OK, RBAC_NOTFOUND, RBAC_NOMEM or RBAC_SYSTEM; errno says why. */
int rbac_identity_group_gid(const char *name, uint32_t *gid);

/*
 * The resource that this process lacks: ENOMEM if it cannot map 32 MiB, EMFILE or another errno if
 * it cannot open 4 descriptors, else 0.
 *
 * A source of passwd or group may need that much. The C library skips a source that it cannot load,
 * and reports nothing (nsswitch.conf(5), UNAVAIL=continue). The limits are the judged user's own
 * (setrlimit(2)). So the caller must not believe that a user is unknown while this is not 0.
 */
int rbac_identity_shortage(void);

/* Is the real uid of this process 0? */
bool rbac_identity_invoked_by_root(void);

#endif
