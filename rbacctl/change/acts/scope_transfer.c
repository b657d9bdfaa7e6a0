#include "rbacctl/change/rules/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"

struct holding {
	const char *role, *scope;
	bool always;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct holding *s = ctx;
	s->always |= strcmp(a->role, s->role) == 0 && strcmp(a->scope, s->scope) == 0 &&
		     a->until == RBAC_TIME_MAX && a->from == RBAC_TIME_MIN;
	return RBAC_OK;
}

static int leave_role(struct change *c, const char *scope, const char *role, const char *user)
{
	struct store_assignment a = {
		.change = c->change,
		.when = c->a->now,
		.from = RBAC_TIME_MIN,
		.until = RBAC_TIME_MAX,
		.subject = user,
		.role = role,
		.scope = scope,
		.by = c->a->actor.name,
		.reason = "kept on transfer",
		.source = "command",
	};
	const struct assign_request asked = {
		.subject = user, .role = role, .scope = scope, .until = a.until, .reason = a.reason
	};
	struct holding has = { role, scope, false };
	int err = store_assignments_of(&c->t, user, on_assignment, &has);
	if (err || has.always)
		return err ? change_store_fail(c, err)
			   : RBAC_OK; /* was assigned to the owner as well */
	err = change_check_asked(c, &asked, policy_role_find(c->p, role));
	if (err)
		return err;
	err = store_next_id(&c->t, c->change, &a.id);
	if (!err)
		err = store_assignment_put(&c->t, &a);
	if (!err)
		buf_printf(&c->done, "%s +%s at %s id %llu\n", user, role, scope,
			   (unsigned long long)a.id);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int check_heir(struct change *c, const char *scope, const char *typed, const char *old,
		      struct person *p)
{
	struct store_user u;
	const char *to = p->name;
	int err = change_person(c, typed, p);
	if (err)
		return err;
	if (strcmp(to, old) == 0)
		return change_fail(c, RBAC_CONFLICT, "%s owns %s already", to, scope);
	err = change_record_user(c, p, false);
	if (!err && store_user_get(&c->t, to, &u) == RBAC_OK && (u.flags & STORE_USER_SUSPENDED))
		err = change_fail(
			c, RBAC_REFUSED,
			"refused: %s is suspended, and %s would have no owner who can act (%s)", to,
			scope, COMMAND("rbacctl user resume %s", to));
	return err;
}

int change_scope_transfer(struct change *c, const char *scope, const char *typed, bool keep_role)
{
	struct person heir = { 0 };
	const char *to = heir.name;
	char what[RBAC_SCOPE_MAX + 40], old[RBAC_USER_MAX + 1], plan[RBAC_WORD_MAX + 1],
		source[400];
	struct store_scope s;
	struct watch watch = { 0 };
	int kind;
	c->verb = "scope transfer";
	int err = change_need_scope(c, scope, &kind);
	if (err)
		return err;
	const struct policy_kind *k = &c->p->kinds[kind];
	if (k->owner_role < 0)
		return change_fail(c, RBAC_INVALID,
				   "scopes of kind %s have no owner: there is nothing to transfer",
				   k->name);
	err = change_may(c, &k->transfer_by, change_say(what, sizeof what, "transfer", scope),
			 scope);
	if (!err)
		err = change_said_in_file(c, scope, true);
	if (!err)
		err = change_owner(c, scope, old);
	if (!err)
		err = check_heir(c, scope, typed, old, &heir);
	if (!err)
		err = change_watch(c, &watch, k->owner_role, scope);
	if (!err) {
		err = store_scope_get(&c->t, scope, &s);
		if (err)
			change_store_fail(c, err);
	}
	if (!err) {
		snprintf(plan, sizeof plan, "%s", s.plan);
		snprintf(source, sizeof source, "%s", s.source);
		struct store_scope new = {
			.owner = to, .plan = plan, .source = source, .change = s.change
		};
		err = store_scope_put(&c->t, scope, &new);
		if (err)
			change_store_fail(c, err);
	}
	buf_printf(&c->done, "scope %s owner %s -> %s\n", scope, old[0] ? old : "(none)", to);
	if (!err && keep_role && old[0])
		err = leave_role(c, scope, c->p->roles[k->owner_role].name, old);
	if (!err)
		err = change_check_owner(c, scope, kind, to);
	if (!err)
		err = change_watch_check(c, &watch,
					 change_say(what, sizeof what, "transferring", scope));
	change_watch_free(&watch);
	return err;
}
