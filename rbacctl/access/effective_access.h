/*
 * effective_access.h - the groups and services that a user has on this host, computed from a view.
 * impact.h compares the results before and after a change.
 */
#ifndef RBACCTL_ACCESS_EFFECTIVE_ACCESS_H
#define RBACCTL_ACCESS_EFFECTIVE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/access/snapshot.h"
#include "rbacctl/buf.h"

struct effective_group {
	char name[RBAC_UNIX_GROUP_MAX + 1];
	uint32_t gid;
	bool extra;
};
struct effective_service {
	const char *name; /* borrows the policy */
	char rule[64];    /* the first rule that allows it, such as "rbac.conf:3", or "exempt" */
	char *when;       /* its conditions, as in struct impact_line; "": always */
};

struct effective_access {
	struct effective_group *groups;
	size_t n_groups;
	const struct effective_group **by_name; /* the same, sorted */
	struct effective_service *services;
	size_t n_services; /* those that some rule allows at some hour from some address */
	bool suspended, uid_changed, second, recorded, absent; /* as in struct holdings */
};

/* Compute *S for USER at NOW. RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED. Free *S in any case, before SNAP
 * is closed. */
int effective_access_of(const struct snapshot *snap, const char *user, int64_t now,
			struct effective_access *s);

/* The same for a member of the Unix group GID who has no other roles. GROUP is its name with the %.
 */
int effective_access_of_members(const struct snapshot *snap, const char *group, uint32_t gid,
				int64_t now, struct effective_access *s);

void effective_access_free(struct effective_access *s);

bool effective_access_has_group(const struct effective_access *s, const char *name);
const struct effective_service *effective_service(const struct effective_access *s,
						  const char *name);

/* Does H have a role that is marked bootstrap, or can assign one, in a window that is open? */
bool effective_access_administers(const struct snapshot *snap, const struct holdings *h,
				  int64_t now);

/* Is USER an administrator, who holds a role that is marked bootstrap, or can assign one? _are: are
 * the members of the Unix group GID, by that group alone? */
bool effective_access_is_admin(const struct snapshot *snap, const char *user, int64_t now);
bool effective_access_are_admins(const struct snapshot *snap, uint32_t gid, int64_t now);

#endif
