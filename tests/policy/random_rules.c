/* Random worlds: who holds what where, who may, limits and exclusive sets. */
#include "rbacctl/change/rules/limits.h"
#include "tests/policy/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/rules.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/access/source_store.h"
#include "rbacctl/store/holdings.h"

/* ---- keys, roles, by lists ---- */

static int owner_of(void *ctx, const char *scope, char *out)
{
	struct trial *x = ctx;
	struct store_scope s;
	strcpy(out, store_scope_get(&x->t, scope, &s) == RBAC_OK ? s.owner : "");
	return RBAC_OK;
}

static void ask_by(struct trial *x, int u, const struct holdings *h, const struct w_bys *bys,
		   const struct policy_bys *theirs, int scope, const char *what)
{
	struct rules_answer answer;
	int64_t t = w_instant();
	struct rules_actor actor = { random_user(u), false, h, t };
	bool want = plain_by(&x->w, bys, u, scope, t);
	x->asked++;
	if (rules_by(x->p, theirs, &actor, x->w.scopes[scope].name, owner_of, x, &answer) != want)
		random_differ(x, "u%d at %lld: %s at %s: %s, plainly not", u, (long long)t, what,
			      x->w.scopes[scope].name, want ? "refused" : "allowed");
}

static void ask_bys(struct trial *x, int u, const struct holdings *h)
{
	const struct world *w = &x->w;
	for (int s = 0; s < w->n_scopes; s++) {
		int kind = w->scopes[s].kind, r = w_below(w->n_roles), below = w_below(w->n_kinds);
		ask_by(x, u, h, &w->kinds[kind].del, &x->p->kinds[kind].delete_by, s, "delete");
		ask_by(x, u, h, &w->kinds[kind].transfer, &x->p->kinds[kind].transfer_by, s,
		       "transfer");
		if (w->kinds[below].parent == kind)
			ask_by(x, u, h, &w->kinds[below].create, &x->p->kinds[below].create_by, s,
			       "create below");
		if (w->roles[r].kind != kind)
			continue;
		ask_by(x, u, h, &w->roles[r].assign, &x->p->roles[r].assign_by, s, "assign");
		ask_by(x, u, h,
		       w->roles[r].remove.given ? &w->roles[r].remove : &w->roles[r].assign,
		       &x->p->roles[r].remove_by, s, "remove");
	}
}

static void ask_held(struct trial *x, int u, const struct holdings *h, const char *where)
{
	const struct world *w = &x->w;
	for (int i = 0; i < 12; i++) {
		int key = w_below(w->n_keys), role = w_below(w->n_roles), s = w_below(w->n_scopes);
		int64_t t = w_instant();
		bool want = plain_has_key(w, u, key, s, t);
		x->asked += 2;
		if (!!holdings_key_at(x->p, h, key, w->scopes[s].name, t) != want)
			random_differ(x, "%s: u%d at %lld: p%d at %s: plainly %s", where, u,
				      (long long)t, key, w->scopes[s].name, want ? "yes" : "no");
		want = plain_has_role(w, u, role, s, t);
		if (!!holdings_role_at(x->p, h, role, w->scopes[s].name, t) != want)
			random_differ(x, "%s: u%d at %lld: r%d at %s: plainly %s", where, u,
				      (long long)t, role, w->scopes[s].name, want ? "yes" : "no");
	}
}

void random_ask_holdings(struct trial *x, int u)
{
	struct holdings h;
	struct snapshot l = { .v = x->v, .p = x->p };
	struct uids uids = { 0 };
	struct source_store opened = { &x->t, &uids, NULL };
	struct source view = snapshot_source(&l), store = source_of_store(&opened, x->p);
	int err = source_effective(&view, random_user(u), &h);
	ask_held(x, u, &h, "view");
	holdings_free(&h);
	err = err ? err : source_effective(&store, random_user(u), &h);
	if (err)
		random_differ(x, "u%d: %s", u, rbac_error_text(err));
	ask_held(x, u, &h, "store");
	ask_bys(x, u, &h);
	holdings_free(&h);
	uids_free(&uids);
}

/* ---- limits ---- */

void random_ask_limits(struct trial *x)
{
	const struct world *w = &x->w;
	struct change c = { .a = &x->a, .s = x->store, .t = x->t, .p = x->p };
	for (int i = 0; i < w->n_scopes * 2; i++) {
		int s = w_below(w->n_scopes), r = w_below(w->n_roles);
		int64_t t = w_instant(), from = w_instant(),
			until = from + (int64_t)(1 + w_below(W_STEPS)) * W_STEP;
		struct holders h;
		unsigned max = 0;
		if (w->roles[r].kind != w->scopes[s].kind)
			continue;
		const char *scope = w->scopes[s].name;
		x->a.now = t;
		int err = change_holders(&c, r, scope, &h);
		if (!err)
			err = change_max(&c, r, scope, &max);
		size_t peak = 0;
		if (!err)
			err = rules_most_holders(h.v, h.n, (struct rbac_window){ from, until },
						 &peak);
		int now = (int)rules_holders_at(h.v, h.n, t), most = (int)peak;
		int want_max = plain_max(w, r, s);
		x->asked += 4;
		if (err || now != plain_holders(w, r, s, t) ||
		    most != plain_most(w, r, s, from, until))
			random_differ(x, "r%d at %s: %d holders, at most %d; plainly %d and %d", r,
				      scope, now, most, plain_holders(w, r, s, t),
				      plain_most(w, r, s, from, until));
		if ((max == UINT32_MAX ? 0 : (int)max) != want_max)
			random_differ(x, "r%d at %s: max %u, plainly %d", r, scope, max, want_max);
		int64_t begin = from > t ? from : t;
		bool full = want_max && until > begin &&
			    plain_most(w, r, s, begin, until) > want_max;
		if ((change_check_max(&c, r, scope, (struct rbac_window){ from, until }, "it") !=
		     RBAC_OK) != full &&
		    until > begin)
			random_differ(x, "r%d at %s from %lld: the maximum: plainly %s", r, scope,
				      (long long)begin, full ? "broken" : "kept");
		change_holders_free(&h);
		buf_free(&c.message);
	}
}

void random_ask_exclusive(struct trial *x, int u, int group)
{
	struct holdings h = { 0 };
	struct rules_clash clash;
	char name[16];
	int64_t now = w_instant();
	snprintf(name, sizeof name, u >= 0 ? "u%d" : "%%g%d", u >= 0 ? u : group);
	int err = store_holdings(&x->t, x->p, name, &h);
	int got = rules_exclusive(x->p, &h, u < 0, now, &clash);
	bool want = plain_exclusive(&x->w, u, group, now);
	x->asked++;
	if (err || got != (want ? RBAC_CONFLICT : RBAC_OK))
		random_differ(x, "%s at %lld: exclusive sets: plainly %s", name, (long long)now,
			      want ? "broken" : "kept");
	holdings_free(&h);
}
