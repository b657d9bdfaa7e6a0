/*
 * role_groups.h - the Unix groups that roles make on this host: their names and their gids.
 *
 * A role makes a group here if it can count at a scope of this host. The group's name is made from
 * the template `groups.name`; if several host scopes give the same name, they share one group. The
 * GID is gid_min + BLAKE2b-64(name) mod the size of the range, or the role's `gid =`. If the role
 * has `renamed_from`, the hash is that of the old role's group name, so the GID stays the same.
 * docs/design.md, "Group ids", says why.
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
	int *at;        /* [role * n_hosts + host]: index of the group in V, -1: none */
	size_t n_hosts; /* 1 with host = "any" */
	size_t cap;
	struct lookup names, gids; /* find an index in V */
};

/*
 * Write the name of the group that ROLE makes at host scope number HOST (0 with host = "any") into
 * OUT. CALLED is the name of the role, or its former name. Returns as template_fill(), or 0 if the
 * role makes no group there. Loading a policy checks that the names are valid, and that no two
 * roles have the same (check_groups.c).
 */
size_t role_group_name(const struct policy *p, int role, const char *called, size_t host, char *out,
		       size_t size);

/*
 * Compute the groups of P into *G. If two groups have one gid, or one `gid =` is for several
 * groups, an error is added to PROBLEMS, with the position of the role and what would help. Returns
 * RBAC_OK, RBAC_INVALID or RBAC_NOMEM. Free *G in any case.
 */
int role_groups_make(const struct policy *p, struct role_groups *g, struct problems *problems);
void role_groups_free(struct role_groups *g);

/* Remove from G each group I with OUT[I]. RBAC_OK or RBAC_NOMEM. */
int role_groups_leave_out(struct role_groups *g, const bool *out);

/* The group of ROLE at host scope number HOST; NULL: none. */
const struct role_group *role_groups_at(const struct role_groups *g, int role, size_t host);

/* The group with the name NAME; NULL: no role makes it here. */
const struct role_group *role_groups_find(const struct role_groups *g, const char *name);

/* The name of the group that is most similar to NAME (problem_nearest()); NULL: none. */
const char *role_groups_nearest(const struct role_groups *g, const char *name);

/* The GID that the hash gives NAME in the range of P; `gid =` and `renamed_from` are ignored. */
uint32_t role_group_gid(const struct policy *p, const char *name);

#endif
