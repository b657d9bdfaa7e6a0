/*
 * group_clashes.h - what other sources of users and groups say of the groups of roles: a local
 * group with the name or the GID of one gives its members what sudoers gives that role, and so does
 * a primary GID in passwd. No assignment gave it to them.
 *
 * It may come at any time after apply, which refuses it; so it is asked for at each publish, by
 * status and by verify.
 */
#ifndef RBACCTL_HOST_PEOPLE_GROUP_CLASHES_H
#define RBACCTL_HOST_PEOPLE_GROUP_CLASHES_H

#include "rbacctl/host/people/facts.h"
#include "rbacctl/model/role_groups.h"

/* One clash. */
struct group_clash {
	const char *text; /* in words, one line without an end */
	const char *file; /* where it stands: /etc/group, /etc/passwd; NULL: another source */
	const char *name; /* of the group or the user there */
	const char *mend; /* a command; NULL: none */
};

/* ROLE: the role whose group it is, or -1. */
typedef void group_clashes_fn(void *ctx, int role, const struct group_clash *c);

/*
 * In /etc/group and, as far as USERS goes, in passwd. One pass each. Roles' groups in /etc/group
 * are clashes also where name and GID are both ours: members there were not put there by us.
 * RBAC_OK or RBAC_NOMEM.
 */
int group_clashes_local(const struct policy *p, const struct role_groups *g,
			const struct facts *users, group_clashes_fn *fn, void *ctx);

/*
 * Through NSS: each name and each GID, or the list of all groups where nsswitch.conf names no
 * source that answers more than it lists. What we answer ourselves from the published view must be
 * that of P and G. A directory that answers name and GID both just as ours cannot be told from us.
 * RBAC_OK or RBAC_NOMEM.
 */
int group_clashes_asked(const struct policy *p, const struct role_groups *g, group_clashes_fn *fn,
			void *ctx);

/* Both, for the groups of the policy P, as this host says now. RBAC_OK, or the error. */
int group_clashes_of_policy(const struct policy *p, group_clashes_fn *fn, void *ctx);

#endif
