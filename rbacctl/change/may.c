/* Who may, and the refusal that names the rule, what is missing, and who may instead. */
#include "rbacctl/change/change.h"

#include <stdio.h>
#include <string.h>

#include "rbacctl/command.h"
#include "rbacctl/model/by.h"

void change_owner(void *ctx, const char *scope, char *out)
{
	struct change *c = ctx;
	struct store_scope s;
	out[0] = 0;
	int err = store_scope_get(&c->t, scope, &s);
	if (!err && strlen(s.owner) <= RBAC_USER_MAX)
		strcpy(out, s.owner);
	/* Not "nobody": what is judged and written by that would be wrong. */
	if (err && err != RBAC_NOTFOUND && !c->lost)
		c->lost = change_store_fail(c, err);
}

struct rules_actor change_actor(const struct change *c)
{
	return (struct rules_actor){ c->a->actor.name, c->a->actor.root, &c->actor, c->a->now };
}

/* ---- users of the store, for who.h ---- */

struct users {
	who_user_fn *fn;
	void *arg;
};

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	const struct users *w = ctx;
	return u->flags & STORE_USER_SUSPENDED ? RBAC_OK : w->fn(w->arg, name);
}

static int store_users(void *ctx, who_user_fn *fn, void *arg)
{
	return store_users_all(&((struct change *)ctx)->t, on_user, &(struct users){ fn, arg });
}

static int store_holdings(void *ctx, const char *user, struct holdings *h)
{
	struct change *c = ctx;
	char first[RBAC_USER_MAX + 1];
	const char *other = NULL;
	int err = holdings_of_user_in_store(h, &c->t, c->p, user);
	if (!err && h->uid != RBAC_NO_UID)
		err = change_other_name(c, h->uid, user, NULL, &other);
	if (err || !other)
		return err;
	err = change_first_name(c, h->uid, first);
	if (!err && strcmp(first, user) != 0) {
		holdings_free(h);
		h->second = true;
	}
	return err;
}

static int store_recorded(void *ctx, const char *user, struct holdings *h)
{
	struct change *c = ctx;
	return holdings_recorded_in_store(h, &c->t, c->p, user);
}

static int on_group(void *ctx, const MDB_val *key, const MDB_val *value)
{
	(void)ctx, (void)key, (void)value;
	return RBAC_CONFLICT; /* one is enough */
}

/* What cannot be read is noticed by the walk that follows. */
static bool store_groups(void *ctx)
{
	return store_each(&((struct change *)ctx)->t, T_SUBJECT, "%", 1, on_group, NULL) != RBAC_OK;
}

static struct who_source source(struct change *c)
{
	return (struct who_source){
		c, store_users, store_recorded, store_holdings, store_groups, change_owner
	};
}

/* ---- the refusal ---- */

void change_who_may(struct change *c, const struct who_question *q, bool force, struct buf *out)
{
	struct who_source s = source(c);
	struct who w;
	int err = who_may(q, &s, &w);
	if (err)
		buf_printf(out, "(%s)", rbac_error_text(err));
	else
		who_text(&w, force, out);
}

static void lack(struct change *c, const struct rules_answer *answer, struct buf *out)
{
	const char *who = c->a->actor.name;
	if (c->actor.suspended)
		buf_printf(out, "%s is suspended", who);
	else if (c->actor.second)
		buf_printf(out, "%s is a second name of a recorded person, which holds nothing",
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
	change_who_may(c, q, force, &may);
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
	struct who_source s = source(c);
	struct who_question q = { c->p, bys, scopes, role, c->a->now };
	struct rules_actor actor = change_actor(c);
	struct rules_answer answer;
	const struct policy_extra *extra;
	const char *at;
	if (who_one(&q, &actor, &s, &answer, &at, &extra))
		return RBAC_OK;
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

/* Everything that USER has, also through Unix groups, suspended or not: what an act on them may
 * take away. */
static int holdings_of(struct change *c, const char *user, struct holdings *h)
{
	struct gids gids = { 0 };
	*h = (struct holdings){ .uid = RBAC_NO_UID };
	int err = holdings_from_store(h, &c->t, c->p, user);
	if (!err)
		err = gids_of_user(user, &gids);
	if (!err)
		err = holdings_groups_from_store(h, &c->t, c->p, &gids);
	gids_free(&gids);
	return err;
}

int change_may_user(struct change *c, const struct policy_bys *bys, const char *what,
		    const char *user)
{
	struct holdings h;
	struct who_scopes roots = { 0 };
	if (c->a->actor.root)
		return RBAC_OK;
	int err = holdings_of(c, user, &h);
	if (!err)
		err = who_roots(c->p, &h, c->a->now, &roots);
	err = err ? change_store_fail(c, err) : may_at(c, bys, what, &roots, -1);
	who_scopes_free(&roots);
	holdings_free(&h);
	return err;
}
