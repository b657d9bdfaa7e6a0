#include "rbacctl/store/holdings.h"

#include <stdio.h>
#include <string.h>

#include "rbacctl/store/fleet.h"

int64_t store_review_since(const struct store_assignment *a)
{
	int64_t since = a->review_from ? a->review_from : a->when;

	return a->from > since ? a->from : since;
}

struct rbac_window store_window(const struct policy_role *role, const struct store_assignment *a)
{
	int64_t end = policy_review_end(role, store_review_since(a));

	return (struct rbac_window){ a->from, end < a->until ? end : a->until };
}

struct loading {
	struct holdings *h;
	struct store_txn *t;
	const struct policy *p;
	const char *via;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct loading *f = ctx;
	int role = policy_role_find(f->p, a->role);
	/* The authority's policy may be newer than what this rbacctl can read: take says so. */
	if (role < 0 && strcmp(a->source, STORE_SOURCE_FLEET) == 0)
		return RBAC_OK;
	if (role < 0)
		return store_fail(
			f->t->s, RBAC_DAMAGED,
			"assignment %llu names role \"%s\", which the policy does not have",
			(unsigned long long)a->id, a->role);
	return holdings_add(f->h, a->id, role, a->scope, store_window(&f->p->roles[role], a), false,
			    f->via);
}

static int on_owned(void *ctx, const char *scope, const struct store_scope *s)
{
	struct loading *f = ctx;
	int kind = policy_scope_kind(f->p, scope);
	if (strcmp(s->source, STORE_SOURCE_FLEET) == 0 &&
	    (kind < 0 || f->p->kinds[kind].owner_role < 0))
		return RBAC_OK;
	if (kind < 0 || f->p->kinds[kind].owner_role < 0)
		return store_fail(f->t->s, RBAC_DAMAGED,
				  "%s has an owner, and the policy has none for it", scope);
	struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };
	return holdings_add(f->h, s->change, f->p->kinds[kind].owner_role, scope, always, true,
			    NULL);
}

int store_holdings(struct store_txn *t, const struct policy *p, const char *subject,
		   struct holdings *h)
{
	struct loading l = { .h = h, .t = t, .p = p, .via = subject[0] == '%' ? subject : NULL };
	int err = store_assignments_of(t, subject, on_assignment, &l);
	if (!err && !l.via)
		err = store_scopes_owned(t, subject, on_owned, &l);
	return err;
}
