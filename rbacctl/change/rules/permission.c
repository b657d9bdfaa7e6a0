/* May the actor? If not: the refusal, which names the rule, what the actor lacks, and who may. */
#include "rbacctl/change/rules/who_may.h"

#include <stdio.h>
#include <string.h>

#include "rbacctl/change/rules/permission.h"
#include "rbacctl/command.h"
#include "rbacctl/model/by.h"

/* ---- the refusal ---- */

static void lack(struct change *c, const struct rules_answer *answer, struct buf *out)
{
	const char *who = c->a->actor.name;
	if (c->actor.suspended)
		buf_printf(out, "%s is suspended", who);
	else if (c->actor.second)
		buf_printf(out, "%s is a second name of a recorded person, which has no roles",
			   who);
	else if (c->actor.uid_changed)
		buf_printf(out, "%s has another uid than the recorded one (%s)", who,
			   COMMAND("rbacctl user rebind %s", who));
	else if (answer->elsewhere)
		buf_printf(out, "%s has that at %s only", who, answer->elsewhere->scope);
	else if (!c->actor.recorded && !c->actor.n)
		buf_printf(out, "%s holds no role", who);
	else
		buf_printf(out, "%s does not have that", who);
}

static int refuse(struct change *c, const struct who_question *q, const char *what,
		  const char *scope, const struct rules_answer *answer)
{
	const struct policy_bys *bys = q->bys;
	struct buf needs = { 0 }, missing = { 0 }, may = { 0 };
	const char *at = scope && !strstr(what, scope) ? scope : NULL;
	bool force = strncmp(what, "delete ", 7) == 0 && policy_only_owner(bys);
	policy_by_text(c->p, bys, &needs);
	lack(c, answer, &missing);
	change_who_may_later(c, q, force, &may);
	char rule[300] = "the policy names nobody who may";
	if (bys->pos.file)
		snprintf(rule, sizeof rule, "%.200s:%u", bys->pos.file, bys->pos.line);
	change_fail(c, RBAC_REFUSED,
		    "refused: %s may not %s%s%s\n  rule  %s: %s%s%s; %s\n  may   %s",
		    c->a->actor.name, what, at ? " at " : "", at ? at : "", rule,
		    bys->n ? "needs " : "", buf_text(&needs), bys->n && scope ? " there" : "",
		    buf_text(&missing), buf_text(&may));
	buf_free(&needs);
	buf_free(&missing);
	buf_free(&may);
	return RBAC_REFUSED;
}

static int may_at(struct change *c, const struct policy_bys *bys, const char *what,
		  const struct who_scopes *scopes, int role)
{
	struct source s = change_source(c);
	struct who_question q = { &s, bys, scopes, role, c->a->now };
	struct rules_actor actor = change_actor(c);
	struct rules_answer answer;
	const struct policy_extra *extra;
	const char *at;
	if (who_actor_may(&q, &actor, &answer, &at, &extra))
		return RBAC_OK;
	if (answer.err)
		return change_store_fail(c, answer.err);
	return extra ? change_check_extras(c, role, at, bys) : refuse(c, &q, what, at, &answer);
}

int change_may(struct change *c, const struct policy_bys *bys, const char *what, const char *scope)
{
	struct who_scopes one = { (char *[]){ (char *)scope }, 1, 1 };
	return may_at(c, bys, what, scope ? &one : NULL, -1);
}

int change_may_give(struct change *c, const struct policy_bys *bys, const char *what, int role,
		    const char *scope)
{
	struct who_scopes one = { (char *[]){ (char *)scope }, 1, 1 };
	return may_at(c, bys, what, &one, role);
}

/* ---- acts on a user ---- */

int change_may_user(struct change *c, const struct policy_bys *bys, const char *what,
		    const char *user)
{
	struct who_scopes roots = { 0 };
	struct source s = change_source(c);
	if (c->a->actor.root)
		return RBAC_OK;
	int err = who_roots_of_user(&s, user, c->a->now, &roots);
	err = err ? change_store_fail(c, err) : may_at(c, bys, what, &roots, -1);
	who_scopes_free(&roots);
	return err;
}
