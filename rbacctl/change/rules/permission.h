/*
 * permission.h - may the actor do this? A refusal says the rule, what is lacking, and who may.
 */
#ifndef RBACCTL_CHANGE_RULES_PERMISSION_H
#define RBACCTL_CHANGE_RULES_PERMISSION_H

#include "rbacctl/change/internal.h"

/* ---- permission.c ---- */

/* The rule: may the actor, by BYS, do WHAT ("assign space-admin") at SCOPE? If not: a refusal with
 * rule, lack, who may. */
int change_may(struct change *c, const struct policy_bys *bys, const char *what, const char *scope);

/* The same for giving ROLE at SCOPE, which may bring an extra Unix group. */
int change_may_give(struct change *c, const struct policy_bys *bys, const char *what, int role,
		    const char *scope);

/*
 * The same for an act on USER ("suspend users"): the right is needed at the root scope above
 * everything that USER holds or owns, also through Unix groups.
 */
int change_may_user(struct change *c, const struct policy_bys *bys, const char *what,
		    const char *user);

/* ---- extras.c ---- */

/*
 * Giving a role that brings an extra Unix group, also by inclusion and by making someone an owner,
 * takes root or someone who holds that role there. BYS: who may give it otherwise, for the refusal.
 */
int change_check_extras(struct change *c, int role, const char *scope,
			const struct policy_bys *bys);

/* Note which Unix groups ROLE brings on this host. */
void change_note_extras(struct change *c, int role);

#endif
