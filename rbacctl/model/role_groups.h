/*
 * role_groups.h - the Unix groups that roles make on this host: their names and their gids.
 *
 * A role makes a group here when it can count at a host scope. Its name is the policy's template
 * filled in; several host scopes that give the same name share one group. gid = gid_min +
 * BLAKE2b-64(name) mod the size of the range, or the role's `gid =`; where the role has
 * `renamed_from`, the hash is of the name that the old role's group had.
 */
#ifndef RBACCTL_MODEL_ROLE_GROUPS_H
#define RBACCTL_MODEL_ROLE_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/lookup.h"
#include "rbacctl/model/model.h"

struct role_group {
	char name[RBAC_GROUP_MAX + 1];
	char renamed_from[RBAC_GROUP_MAX + 1]; /* the old group's name; "" : none */
	uint32_t gid;
	int role;
};

struct role_groups {
	struct role_group *v;
	size_t n;
	int *at; /* [role * n_hosts + host]: which group, -1: none; host 0 alone with host = "any"
		  */
	size_t n_hosts;
	size_t cap;
	struct lookup names, gids; /* numbers in V */
};

/*
 * The name of the group that ROLE makes at host scope number HOST (0 with host = "any"), where the
 * role is CALLED so: its name, or the one it was renamed from. Writes and returns as
 * template_fill() does; 0: it makes none there. That all of them are names, and of one role each,
 * is checked when a policy is loaded (check_groups.c).
 */
size_t role_group_name(const struct policy *p, int role, const char *called, size_t host, char *out,
		       size_t size);

/*
 * Work them out. Two groups with one gid, one `gid =` for several groups: to PROBLEMS at the role,
 * with what would help. RBAC_OK, RBAC_INVALID, RBAC_NOMEM. *G is to be freed either way.
 */
int role_groups_make(const struct policy *p, struct role_groups *g, struct problems *problems);
void role_groups_free(struct role_groups *g);

/* Take the groups out of G whose place in OUT is true. RBAC_OK or RBAC_NOMEM. */
int role_groups_leave_out(struct role_groups *g, const bool *out);

/* The group of ROLE at host scope number HOST; NULL: none. */
const struct role_group *role_groups_at(const struct role_groups *g, int role, size_t host);

/* The group of that name; NULL: no role makes it here. */
const struct role_group *role_groups_find(const struct role_groups *g, const char *name);

/* The name of the group that NAME may be a misspelling of; NULL: none. */
const char *role_groups_nearest(const struct role_groups *g, const char *name);

/* The GID that the hash alone gives to NAME in the range of P. */
uint32_t role_group_gid(const struct policy *p, const char *name);

#endif
