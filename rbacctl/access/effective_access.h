/*
 * effective_access.h - what a user has on this host by a view: groups and services. Before and
 * after a change, it is its effect.
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
	char rule[64];    /* the first rule that lets in, "rbac.conf:3"; "exempt" */
	char *when;       /* under which conditions, as impact.h has them; "": always */
};

struct effective_access {
	struct effective_group *groups;
	size_t n_groups;
	const struct effective_group **by_name; /* the same, sorted */
	struct effective_service *services;
	size_t n_services; /* that let the user in, hours and addresses aside */
	bool suspended, uid_changed, second, recorded, absent;
};

/* RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED. Free it in any case, before SNAP is closed. */
int effective_access_of(const struct snapshot *snap, const char *user, int64_t now,
			struct effective_access *s);

/* The same for the members of the Unix group GID, by that group alone; GROUP is its name with the
 * %. */
int effective_access_of_members(const struct snapshot *snap, const char *group, uint32_t gid,
				int64_t now, struct effective_access *s);

void effective_access_free(struct effective_access *s);

bool effective_access_has_group(const struct effective_access *s, const char *name);
const struct effective_service *effective_service(const struct effective_access *s,
						  const char *name);

/* Is the user an administrator: one who holds a role that is marked bootstrap, or can assign one.
 */
bool effective_access_is_admin(const struct snapshot *snap, const char *user, int64_t now);
bool effective_access_are_admins(const struct snapshot *snap, uint32_t gid,
				 int64_t now); /* the members of that Unix group, by that alone */

#endif
