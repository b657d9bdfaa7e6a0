/* Which grants are due for a review. */
#include "rbacctl/change/read/reviews.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/change/rules/review_rules.h"
#include "rbacctl/command.h"

/* A grant that is to be told; the texts are copies. */
struct row {
	struct review_seen s;
	char *texts;
};

struct listing {
	struct change *c;
	struct reviewer who;
	const struct review_wanted *w;
	struct row *v;
	size_t n, cap;
};

static int add(struct listing *l, const struct review_seen *s)
{
	const char *const from[] = { s->subject, s->role, s->scope, s->by, s->source };
	size_t len = 0, at = 0;

	for (size_t i = 0; i < 5; i++)
		len += strlen(from[i]) + 1;
	char *texts = buf_room(&l->v, l->n, &l->cap, sizeof *l->v) ? malloc(len) : NULL;
	if (!texts)
		return RBAC_NOMEM;
	struct row *r = &l->v[l->n++];
	*r = (struct row){ .s = *s, .texts = texts };
	const char **to[] = { &r->s.subject, &r->s.role, &r->s.scope, &r->s.by, &r->s.source };
	for (size_t i = 0; i < 5; i++) {
		size_t n = strlen(from[i]) + 1;
		*to[i] = memcpy(texts + at, from[i], n);
		at += n;
	}
	return RBAC_OK;
}

static bool is_wanted(const struct listing *l, const struct review_seen *s)
{
	const char *name = l->w->name;

	if (name)
		return strcmp(name, s->role) == 0 || strcmp(name, s->subject) == 0;
	return l->w->all || s->due <= policy_time_after(l->c->a->now, REVIEW_SOON);
}

static bool may_decide(struct listing *l, const struct policy_role *role, const char *scope)
{
	return reviewer_may(&l->who, &role->review_by, scope) ||
	       reviewer_may(&l->who, &role->remove_by, scope);
}

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct listing *l = ctx;
	int role = policy_role_find(l->c->p, a->role), err = RBAC_OK;
	const struct policy_role *r = role < 0 ? NULL : &l->c->p->roles[role];

	if (!r || !r->review_every)
		return RBAC_OK;
	int64_t end = store_window(r, a).until, since = store_review_since(a);
	bool by_hand = change_by_hand(a->source);
	const struct review_seen s = {
		.id = a->id,
		.subject = a->subject,
		.role = a->role,
		.scope = a->scope,
		.by = a->by,
		.source = by_hand ? "" : a->source,
		.given = a->when,
		.reviewed = a->reviewed,
		.due = policy_review_due(r, since),
		.ends = end < a->until ? end : RBAC_TIME_MAX,
	};
	if (end <= l->c->a->now || !is_wanted(l, &s))
		return RBAC_OK;
	if (!l->w->of_host && (!may_decide(l, r, a->scope) || reviewer_lacks(&l->who, a, &err)))
		return err;
	return err ? err : add(l, &s);
}

/* ---- the roles of owners ---- */

struct since {
	uint64_t change;
	int64_t when;
};

static int on_change(void *ctx, const struct store_audit *a)
{
	struct since *s = ctx;

	s->when = a->change == s->change ? a->when : s->when;
	return RBAC_CONFLICT; /* the first one is it: the walk ends */
}

static int on_scope(void *ctx, const char *scope, const struct store_scope *x)
{
	struct listing *l = ctx;
	const struct policy *p = l->c->p;
	int kind = policy_scope_kind(p, scope);
	int role = kind < 0 ? -1 : p->kinds[kind].owner_role;
	struct since made = { .change = x->change };

	if (role < 0 || !x->owner[0] || !p->roles[role].review_every)
		return RBAC_OK;
	int err = store_audit_each(&l->c->t, x->change, on_change, &made);
	if (err && err != RBAC_CONFLICT)
		return err;
	const struct review_seen s = { .subject = x->owner,
				       .role = p->roles[role].name,
				       .scope = scope,
				       .by = "",
				       .source = "",
				       .given = made.when,
				       .due = policy_review_due(&p->roles[role], made.when),
				       .ends = RBAC_TIME_MAX };
	if (!is_wanted(l, &s) || (!l->w->of_host && (!may_decide(l, &p->roles[role], scope) ||
						     reviewer_is(&l->who, x->owner))))
		return RBAC_OK;
	return add(l, &s);
}

/* ---- all ---- */

static int order(const void *a, const void *b)
{
	const struct review_seen *x = &((const struct row *)a)->s, *y = &((const struct row *)b)->s;
	int d = (x->due > y->due) - (x->due < y->due);

	d = d ? d : (x->id > y->id) - (x->id < y->id);
	return d ? d : strcmp(x->scope, y->scope);
}

static int check_name(struct listing *l)
{
	const char *name = l->w->name;
	struct store_user u;

	if (!name || name[0] == '%' || policy_role_find(l->c->p, name) >= 0)
		return RBAC_OK;
	int err = store_user_get(&l->c->t, name, &u);
	if (err == RBAC_NOTFOUND)
		return change_fail(l->c, RBAC_INVALID,
				   "there is no role and no recorded user \"%s\" (%s)", name,
				   COMMAND("rbacctl list roles"));
	return err ? change_store_fail(l->c, err) : RBAC_OK;
}

static int collect(struct listing *l)
{
	int err = check_name(l);

	if (!err)
		err = reviewer_open(l->c, &l->who);
	if (!err)
		err = store_assignments_all(&l->c->t, on_assignment, l);
	if (!err)
		err = store_scopes_all(&l->c->t, on_scope, l);
	if (!err && l->n)
		qsort(l->v, l->n, sizeof *l->v, order);
	return err;
}

int change_reviews(struct invocation *a, const struct review_wanted *w, review_seen_fn *fn,
		   void *ctx, struct buf *why)
{
	struct change c;
	struct listing l = { .c = &c, .w = w };
	int err = change_open_to_look(&c, a);

	if (!err)
		err = collect(&l);
	for (size_t i = 0; i < l.n && !err; i++)
		err = fn(ctx, &l.v[i].s);
	if (err)
		buf_printf(why, "%s", c.message.len ? buf_text(&c.message) : store_why(c.s));
	for (size_t i = 0; i < l.n; i++)
		free(l.v[i].texts);
	free(l.v);
	reviewer_free(&l.who);
	buf_reset(&c.message);
	change_close(&c, RBAC_OK);
	return err;
}
