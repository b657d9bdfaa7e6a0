/*
 * role.h - what `role show` tells of a role: gathered in role_facts.c, printed in role.c and
 * role_json.c.
 */
#ifndef RBACCTL_CMD_ROLE_H
#define RBACCTL_CMD_ROLE_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/access/who.h"

/* A direct holder, now or later. Strings are the row's own. */
struct role_holder {
	char *subject, *scope;
	struct rbac_window window;
	bool owner, suspended;
};

struct role_group_here {
	char name[RBAC_GROUP_MAX + 1];
	uint32_t gid;
};

/* The `by` lists of a role, in the order in which they are told. */
enum role_act { ROLE_ASSIGN, ROLE_REMOVE, ROLE_REQUEST, ROLE_APPROVE, ROLE_REVIEW, ROLE_ACTS };

struct role_facts {
	const struct snapshot *snap;
	int role;
	bool member; /* of a fleet: roles are asked for on its authority */
	int64_t now;
	char scope[RBAC_SCOPE_MAX + 1]; /* at which WHO is judged; "": it depends on the scope */
	struct who who[ROLE_ACTS];
	struct role_group_here *groups;
	size_t n_groups, cap_groups;
	struct role_holder *holders;
	size_t n_holders, cap_holders;
};

/* All that is to be told of ROLE; SCOPE: "" where the host does not say which one. RBAC_OK,
 * RBAC_NOMEM, or an error of the view. F is to be freed in any case. */
int role_facts_gather(const struct snapshot *snap, int role, const char *scope, int64_t now,
		      struct role_facts *f);
void role_facts_free(struct role_facts *f);

const char *role_act_name(enum role_act act); /* "assign" */
const struct policy_bys *role_act_bys(const struct policy_role *r, enum role_act act);

/* Does ROLE include WITH, at any depth? */
bool role_includes(const struct policy *p, int role, int with);

/* The first rule by which SERVICE takes ROLE; NULL: none. */
const struct policy_login *role_rule(const struct policy *p, const struct policy_service *s,
				     int role);

/* As JSON on stdout. RBAC_OK, RBAC_NOMEM or RBAC_SYSTEM. */
int role_json(const struct role_facts *f);

#endif
