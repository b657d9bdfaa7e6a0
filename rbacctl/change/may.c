/* Who may, and the refusal that names the rule, what is missing, and who may instead. */
#include "rbacctl/change/change.h"

#include <stdio.h>
#include <string.h>

enum { WHO_NAMES = 5, WHO_LOOK = 20000 };   /* names printed; users looked at for them */

void change_owner(void *ctx, const char *scope, char *out)
{
	struct change *c = ctx;
	struct store_scope s;
	out[0] = 0;
	if (store_scope_get(&c->t, scope, &s) == RBAC_OK && strlen(s.owner) <= RBAC_USER_MAX)
		strcpy(out, s.owner);
}

struct rules_actor change_actor(const struct change *c)
{
	return (struct rules_actor){ c->a->actor.name, c->a->actor.root, &c->actor, c->a->now };
}

struct who { struct change *c; const struct policy_bys *bys; const char *scope; size_t found, looked; struct buf *out; };

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	struct who *w = ctx;
	struct holdings h;
	struct rules_answer answer;
	if (++w->looked > WHO_LOOK || w->found > WHO_NAMES)
		return RBAC_NOTFOUND;
	if (u->flags & STORE_USER_SUSPENDED)
		return RBAC_OK;
	int err = holdings_of_user_in_store(&h, &w->c->t, w->c->p, name);
	struct rules_actor actor = { name, false, &h, w->c->a->now };
	if (!err && rules_by(w->c->p, w->bys, &actor, w->scope, change_owner, w->c, &answer)) {
		if (++w->found > WHO_NAMES)
			buf_printf(w->out, " and others");
		else
			buf_printf(w->out, "%s%s", w->found > 1 ? ", " : "", name);
	}
	holdings_free(&h);
	return err;
}

/* "alice, dana; root with --as root" */
static void who_may(struct change *c, const struct policy_bys *bys, const char *what, const char *scope, struct buf *out)
{
	bool force = strncmp(what, "delete ", 7) == 0 && rules_only_owner(bys);
	struct who w = { c, bys, scope, 0, 0, out };
	bool anyone = false;
	for (size_t i = 0; i < bys->n; i++)
		anyone |= bys->v[i].what == BY_ANYONE;
	if (anyone)
		buf_printf(out, "any recorded user");
	else if (bys->n)
		store_users_all(&c->t, on_user, &w);
	buf_printf(out, "%sroot with --as root%s", anyone || w.found ? "; " : "nobody yet; ", force ? " --force" : "");
}

static void lack(struct change *c, const struct rules_answer *answer, struct buf *out)
{
	const char *who = c->a->actor.name;
	if (c->actor.suspended)
		buf_printf(out, "%s is suspended", who);
	else if (c->actor.uid_changed)
		buf_printf(out, "%s has another uid than when the roles were given (rbacctl user rename or forget)", who);
	else if (answer->elsewhere)
		buf_printf(out, "%s has that at %s only", who, answer->elsewhere->scope);
	else if (!c->actor.recorded && !c->actor.n)
		buf_printf(out, "%s holds no role", who);
	else
		buf_printf(out, "%s does not have that", who);
}

int change_may(struct change *c, const struct policy_bys *bys, const char *what, const char *scope)
{
	struct rules_actor actor = change_actor(c);
	struct rules_answer answer;
	struct buf needs = { 0 }, missing = { 0 }, may = { 0 };
	const char *at = scope && !strstr(what, scope) ? scope : NULL;
	if (rules_by(c->p, bys, &actor, scope, change_owner, c, &answer))
		return RBAC_OK;
	rules_by_text(c->p, bys, &needs);
	lack(c, &answer, &missing);
	who_may(c, bys, what, scope, &may);
	char rule[300] = "the policy does not say, and that means nobody";
	if (bys->pos.file)
		snprintf(rule, sizeof rule, "%.200s:%u", bys->pos.file, bys->pos.line);
	change_fail(c, RBAC_REFUSED, "refused: %s may not %s%s%s\n  rule  %s: %s%s%s; %s\n  may   %s", actor.name, what, at ? " at " : "", at ? at : "", rule,
		    bys->n ? "needs " : "", buf_text(&needs), bys->n && scope ? " there" : "", buf_text(&missing), buf_text(&may));
	buf_free(&needs);
	buf_free(&missing);
	buf_free(&may);
	return RBAC_REFUSED;
}
