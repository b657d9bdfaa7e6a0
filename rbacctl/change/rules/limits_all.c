/* The maxima of all that a plan limits, and of all that one user holds. */
#include "rbacctl/change/rules/limits.h"

#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/store/holdings.h"

int change_check_plan(struct change *c, const char *scope, const char *what)
{
	struct scopes_below b = { 0 };
	int err = change_scopes_below(c, scope, &b);
	for (size_t i = 0; i < b.n && !err; i++)
		for (size_t r = 0; r < c->p->n_roles && !err; r++)
			if (c->p->roles[r].max_is == POLICY_MAX_PLAN &&
			    c->p->roles[r].kind == policy_scope_kind(c->p, b.v[i]))
				err = change_check_max(
					c, (int)r, b.v[i],
					(struct rbac_window){ c->a->now, RBAC_TIME_MAX }, what);
	change_scopes_below_free(&b);
	return err;
}

int change_check_return(struct change *c, const char *user, const char *what)
{
	struct holdings h = { 0 };
	int err = store_holdings(&c->t, c->p, user, &h);
	if (err)
		change_store_fail(c, err);
	for (size_t i = 0; i < h.n && !err; i++) {
		struct rbac_window w = h.v[i].window;
		w.from = w.from > c->a->now ? w.from : c->a->now;
		if (w.until > w.from)
			err = change_check_max(c, h.v[i].role, h.v[i].scope, w, what);
	}
	holdings_free(&h);
	return err;
}
