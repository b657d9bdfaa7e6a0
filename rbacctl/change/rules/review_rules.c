/* Who may review a grant, and from when a review counts. */
#include "rbacctl/change/rules/review_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/change/rules/request_rules.h"
#include "rbacctl/host/people/actor.h"
#include "rbacctl/store/fleet.h"

/* ---- who ---- */

int reviewer_open(struct change *c, struct reviewer *r)
{
	char typed[RBAC_USER_MAX + 1];
	const char *names[REVIEWER_NAMES] = { c->a->actor.root ? NULL : c->a->actor.name,
					      change_who_types(c, typed) };
	struct source s = change_source(c);
	int err = RBAC_OK;

	*r = (struct reviewer){ .c = c };
	for (size_t i = 0; i < REVIEWER_NAMES && !err; i++)
		if (names[i])
			err = source_effective(&s, names[i], &r->h[i]);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

void reviewer_free(struct reviewer *r)
{
	for (size_t i = 0; i < REVIEWER_NAMES; i++)
		holdings_free(&r->h[i]);
}

static bool holds_through(const struct reviewer *r, const char *group)
{
	for (size_t k = 0; k < REVIEWER_NAMES; k++)
		for (size_t i = 0; i < r->h[k].n; i++)
			if (r->h[k].v[i].via && strcmp(r->h[k].v[i].via, group) == 0)
				return true;
	return false;
}

/* Has the person asked for, or approved, what A was given for? */
static bool has_decided(struct reviewer *r, const struct store_assignment *a, int *err)
{
	struct store_request q;
	char name[RBAC_USER_MAX + 1];

	if (!a->request)
		return false;
	*err = store_request_get(&r->c->t, a->request, &q);
	if (*err == RBAC_NOTFOUND) { /* a store that was begun with an export has none */
		*err = RBAC_OK;
		return false;
	}
	if (*err)
		return false;
	for (const char *p = q.approved; *p; p += strcspn(p, " ") + 1) {
		snprintf(name, sizeof name, "%.*s", (int)strcspn(p, " "), p);
		if (request_is_person(r->c, name) || request_was_typed(r->c, &q, name))
			return true;
	}
	return request_is_person(r->c, q.asker) || request_was_typed(r->c, &q, "");
}

/*
 * Has the person typed the change that gave A, whatever authority they used? That of a change that
 * `log --prune` forgot is not known. What root gives as root, in the files above all, root reviews
 * where no claim says who either is.
 */
static bool has_typed(struct reviewer *r, const struct store_assignment *a, int *err)
{
	const struct actor *act = &r->c->a->actor;
	struct store_audit gave;

	if (act->root && actor_is(act, 0) && strcmp(a->by, "root") == 0)
		return false;
	*err = store_audit_get(&r->c->t, a->change, &gave);
	bool typed = !*err && actor_was(act, gave.person);
	*err = *err == RBAC_NOTFOUND ? RBAC_OK : *err;
	return typed;
}

const char *reviewer_lacks(struct reviewer *r, const struct store_assignment *a, int *err)
{
	*err = RBAC_OK;
	if (a->subject[0] == '%' ? holds_through(r, a->subject)
				 : request_is_person(r->c, a->subject))
		return "it is a grant of your own";
	if (strcmp(a->by, "root") != 0 && request_is_person(r->c, a->by))
		return "you gave it";
	if (has_typed(r, a, err))
		return "you gave it";
	return *err ? NULL : has_decided(r, a, err) ? "you asked for it or approved it" : NULL;
}

static int owner(void *ctx, const char *scope, char *out)
{
	return source_owner(ctx, scope, out);
}

bool reviewer_is(const struct reviewer *r, const char *name)
{
	return request_is_person(r->c, name);
}

bool reviewer_may(struct reviewer *r, const struct policy_bys *bys, const char *scope)
{
	struct source s = change_source(r->c);
	struct rules_actor actor = change_actor(r->c);
	struct rules_answer answer;

	return r->c->a->actor.root || rules_by(r->c->p, bys, &actor, scope, owner, &s, &answer);
}

/* ---- another policy ---- */

static const struct policy_role *before(const struct policy *old, const struct policy_role *new)
{
	int role = old ? policy_role_find(old, new->name) : -1;

	if (role < 0 && old && new->renamed_from)
		role = policy_role_find(old, new->renamed_from);
	return role < 0 ? NULL : &old->roles[role];
}

/* A grant that is to be judged. A row of a fleet is as its authority made it. */
static bool concerns(const struct review_policy *x, const struct store_assignment *a)
{
	int role = policy_role_find(x->c->p, a->role);

	return role >= 0 && x->is[role] && strcmp(a->source, STORE_SOURCE_FLEET) != 0 &&
	       a->until > x->c->a->now;
}

static int note(struct review_grant **v, size_t *n, size_t *cap, uint64_t id, int64_t end)
{
	if (!buf_room(v, *n, cap, sizeof **v))
		return RBAC_NOMEM;
	(*v)[(*n)++] = (struct review_grant){ id, end };
	return RBAC_OK;
}

static int on_before(void *ctx, const struct store_assignment *a)
{
	struct review_policy *x = ctx;
	const struct policy_role *old;

	if (!concerns(x, a))
		return RBAC_OK;
	old = before(x->c->old, &x->c->p->roles[policy_role_find(x->c->p, a->role)]);
	int64_t end = old ? store_window(old, a).until : RBAC_TIME_MAX;
	return end > x->c->a->now ? RBAC_OK
				  : note(&x->ended, &x->n_ended, &x->cap_ended, a->id, end);
}

int review_policy_begin(struct change *c, struct review_policy *x)
{
	*x = (struct review_policy){ .c = c, .is = calloc(c->p->n_roles + 1, sizeof *x->is) };
	if (!x->is)
		return change_fail(c, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < c->p->n_roles && c->old; i++) {
		const struct policy_role *new = &c->p->roles[i], *old = before(c->old, new);
		x->is[i] = policy_review_is_stricter(new, old) ||
			   (old && policy_review_time(old) < policy_review_time(new));
		x->any |= x->is[i];
	}
	int err = x->any ? store_assignments_all(&c->t, on_before, x) : RBAC_OK;
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = ((const struct review_grant *)a)->id, y = ((const struct review_grant *)b)->id;

	return (x > y) - (x < y);
}

/* Those of before are by rising ids, as the store has them. */
static const struct review_grant *had_ended(const struct review_policy *x, uint64_t id)
{
	const struct review_grant key = { .id = id };

	return x->n_ended ? bsearch(&key, x->ended, x->n_ended, sizeof key, by_id) : NULL;
}

static int on_after(void *ctx, const struct store_assignment *a)
{
	struct review_policy *x = ctx;

	return concerns(x, a) ? note(&x->now, &x->n_now, &x->cap_now, a->id, 0) : RBAC_OK;
}

static int judge_again(struct review_policy *x, uint64_t id)
{
	struct change *c = x->c;
	const struct review_grant *over = had_ended(x, id);
	struct store_assignment a;
	int err = store_assignment_get(&c->t, id, &a);

	if (err)
		return err;
	const struct policy_role *new = &c->p->roles[policy_role_find(c->p, a.role)];
	if (over && !change_by_hand(a.source))
		return RBAC_OK; /* the file says what it says */
	if (over) {
		a.until = over->end;
	} else if (policy_review_is_stricter(new, before(c->old, new))) {
		a.review_from = c->a->now;
		x->from_now++;
	} else {
		return RBAC_OK;
	}
	return store_assignment_put(&c->t, &a);
}

int review_policy_end(struct review_policy *x)
{
	struct change *c = x->c;
	int err = x->any ? store_assignments_all(&c->t, on_after, x) : RBAC_OK;

	for (size_t i = 0; i < x->n_now && !err; i++)
		err = judge_again(x, x->now[i].id);
	if (x->from_now && !err)
		buf_printf(&c->done, "the reviews of %zu grant%s count from now\n", x->from_now,
			   x->from_now == 1 ? "" : "s");
	return err ? change_store_fail(c, err) : RBAC_OK;
}

void review_policy_free(struct review_policy *x)
{
	free(x->is);
	free(x->ended);
	free(x->now);
}
