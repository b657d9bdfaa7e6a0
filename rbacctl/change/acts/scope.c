/* Scopes: create, plan. */
#include "rbacctl/change/rules/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"

/* ---- create ---- */

static int check_new_name(struct change *c, const char *scope, int *kind, char *parent)
{
	struct store_scope s;
	int need_kind;
	*kind = policy_scope_kind(c->p, scope);
	if (*kind < 0)
		return change_need_scope(c, scope,
					 &need_kind); /* says what is wrong with the name */
	int err = store_scope_get(&c->t, scope, &s);
	if (!err)
		return change_fail(c, RBAC_CONFLICT, "scope %s exists already (%s)", scope,
				   COMMAND("rbacctl scope show %s", scope));
	if (err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	parent[0] = 0;
	if (c->p->kinds[*kind].parent < 0)
		return RBAC_OK;
	policy_scope_parent(c->p, scope, parent);
	return change_need_scope(c, parent, &need_kind);
}

/* Who is to own it: the creator, or whom root names; P holds the name that counts. */
static int find_owner(struct change *c, const char *scope, int kind, const char **owner,
		      struct person *p)
{
	if (c->p->kinds[kind].owner_role < 0) {
		if (*owner)
			return change_fail(c, RBAC_INVALID,
					   "scopes of kind %s have no owner: leave --owner out",
					   c->p->kinds[kind].name);
		*owner = "";
		return RBAC_OK;
	}
	if (*owner) {
		int err = change_person(c, *owner, p);
		*owner = p->name;
		if (err)
			return err;
	}
	if (*owner && !c->a->actor.root && strcmp(*owner, c->a->actor.name) != 0)
		return change_fail(
			c, RBAC_REFUSED,
			"refused: %s would own what %s creates; make it without --owner, then\n"
			"  %s",
			c->a->actor.name, c->a->actor.name,
			COMMAND("rbacctl scope transfer %s %s", scope, *owner));
	if (!*owner && c->a->actor.root)
		return change_fail(c, RBAC_INVALID,
				   "%s needs an owner, and root owns nothing:\n  %s", scope,
				   COMMAND("rbacctl scope create %s --owner USER", scope));
	if (*owner)
		return RBAC_OK;
	int err = change_person(c, c->a->actor.name, p);
	*owner = p->name;
	return err;
}

/* Write a scope that has been found allowed. P is its OWNER, where it has one. SOURCE: "command",
 * FILE:LINE. */
static int make(struct change *c, const char *scope, int kind, const char *owner,
		const struct person *p, const char *source)
{
	struct store_scope s = {
		.owner = owner, .plan = "", .source = source, .change = c->change
	};
	int err = owner[0] ? change_record_user(c, p, false) : RBAC_OK;
	if (err)
		return err;
	err = store_scope_put(&c->t, scope, &s);
	if (err)
		return change_store_fail(c, err);
	buf_printf(&c->done, "scope +%s%s%s\n", scope, owner[0] ? " owner " : "", owner);
	return change_check_owner(c, scope, kind, owner);
}

int change_scope_create(struct change *c, const char *scope, const char *owner)
{
	char parent[RBAC_SCOPE_MAX + 1], what[RBAC_SCOPE_MAX + 40];
	struct person p;
	int kind;
	c->verb = "scope create";
	int err = check_new_name(c, scope, &kind, parent);
	if (err)
		return err;
	const struct policy_kind *k = &c->p->kinds[kind];
	if (k->parent < 0 && !c->a->actor.root)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s is a root kind: only root makes its scopes\n"
				   "  may   root with --as root",
				   k->name);
	err = k->parent < 0 ? RBAC_OK
			    : change_may(c, &k->create_by,
					 change_say(what, sizeof what, "create", scope), parent);
	if (!err)
		err = find_owner(c, scope, kind, &owner, &p);
	return err ? err : make(c, scope, kind, owner, &p, "command");
}

/* ---- plan ---- */

int change_scope_plan(struct change *c, const char *scope, const char *plan)
{
	char what[RBAC_SCOPE_MAX + 60], owner[RBAC_USER_MAX + 1], source[400];
	struct store_scope s;
	int kind;
	c->verb = "scope set";
	int err = change_need_scope(c, scope, &kind);
	if (err)
		return err;
	const struct policy_kind *k = &c->p->kinds[kind];
	if (plan[0] && !policy_plan_find(c->p, plan)) {
		struct buf known = { 0 };
		for (size_t i = 0; i < c->p->n_plans; i++)
			buf_printf(&known, "%s%s", i ? ", " : "", c->p->plans[i].name);
		err = change_fail(c, RBAC_INVALID,
				  "the applied policy has no plan \"%s\"; it has: %s", plan,
				  known.len ? buf_text(&known) : "none");
		buf_free(&known);
		return err;
	}
	err = change_may(c, &k->plan_by, change_say(what, sizeof what, "set the plan of", scope),
			 scope);
	if (!err)
		err = change_said_in_file(c, scope, false);
	if (err)
		return err;
	err = store_scope_get(&c->t, scope, &s);
	if (err)
		return change_store_fail(c, err);
	snprintf(owner, sizeof owner, "%s", s.owner);
	snprintf(source, sizeof source, "%s", s.source);
	buf_printf(&c->done, "scope %s plan %s -> %s\n", scope, s.plan[0] ? s.plan : "(default)",
		   plan[0] ? plan : "(default)");
	struct store_scope new = {
		.owner = owner, .plan = plan, .source = source, .change = s.change
	};
	err = store_scope_put(&c->t, scope, &new);
	return err ? change_store_fail(c, err) : change_check_plan(c, scope, "this plan");
}
