#include "rbacctl/rules.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/name.h"

/* Does what ENTRY names count at the roots: is it held at a scope of a root kind? */
static const struct held *at_root(const struct policy *p, const struct policy_by *by, const struct rules_actor *a)
{
	for (size_t i = 0; i < a->h->n; i++) {
		const struct held *e = &a->h->v[i];
		int kind = policy_scope_kind(p, e->scope);
		if (kind < 0 || p->kinds[kind].parent >= 0 || !rbac_window_open(e->window, a->now))
			continue;
		if (by->what == BY_ROLE ? policy_role_counts(p, e->role, by->ref) : policy_role_has_key(p, e->role, by->ref))
			return e;
	}
	return NULL;
}

static const struct held *held_through(const struct policy *p, const struct policy_by *by, const struct rules_actor *a, const char *scope)
{
	if (!scope)
		return at_root(p, by, a);
	return by->what == BY_ROLE ? holdings_role_at(p, a->h, by->ref, scope, a->now) : holdings_key_at(p, a->h, by->ref, scope, a->now);
}

static const struct held *held_anywhere(const struct policy *p, const struct policy_by *by, const struct rules_actor *a)
{
	return by->what == BY_ROLE ? holdings_role_at(p, a->h, by->ref, NULL, a->now) : holdings_key_at(p, a->h, by->ref, NULL, a->now);
}

static bool owns(const struct policy *p, const struct policy_by *by, const struct rules_actor *a, const char *scope,
		 rules_owner_fn *owner, void *ctx)
{
	char at[RBAC_SCOPE_MAX + 1], who[RBAC_USER_MAX + 1] = "";
	if (!scope || a->h->suspended || a->h->uid_changed)
		return false;
	if (by->what == BY_OWNER_OF) {
		if (policy_scope_ancestor(p, scope, by->ref, at))
			return false;
		scope = at;
	}
	owner(ctx, scope, who);
	return who[0] && strcmp(who, a->name) == 0;
}

bool rules_by(const struct policy *p, const struct policy_bys *bys, const struct rules_actor *a, const char *scope,
	      rules_owner_fn *owner, void *ctx, struct rules_answer *answer)
{
	*answer = (struct rules_answer){ .yes = a->root };
	if (a->root)
		return true;
	for (size_t i = 0; i < bys->n && !answer->yes; i++) {
		const struct policy_by *by = &bys->v[i];
		switch (by->what) {
		case BY_OWNER:
		case BY_OWNER_OF:
			answer->yes = owns(p, by, a, scope, owner, ctx);
			break;
		case BY_ROLE:
		case BY_KEY:
			answer->through = held_through(p, by, a, scope);
			answer->yes = answer->through != NULL;
			if (!answer->yes && !answer->elsewhere)
				answer->elsewhere = held_anywhere(p, by, a);
			break;
		case BY_ANYONE:
			answer->yes = a->h->recorded && !a->h->suspended && !a->h->uid_changed;
			break;
		}
		if (answer->yes)
			answer->by = *by;
	}
	return answer->yes;
}

const struct policy_extra *rules_extra_lacking(const struct policy *p, int role, const char *scope, const struct rules_actor *a)
{
	for (size_t i = 0; i < p->n_extras && !a->root; i++) {
		const struct policy_extra *x = &p->extras[i];
		if (policy_role_counts(p, role, x->role) && x->unix_groups.n && !holdings_role_at(p, a->h, x->role, scope, a->now))
			return x;
	}
	return NULL;
}

bool rules_only_owner(const struct policy_bys *bys)
{
	return bys->n == 1 && bys->v[0].what == BY_OWNER;
}

static void by_text(const struct policy *p, const struct policy_by *by, struct buf *out)
{
	switch (by->what) {
	case BY_OWNER:
		buf_printf(out, "ownership");
		break;
	case BY_OWNER_OF:
		buf_printf(out, "ownership of the %s", p->kinds[by->ref].name);
		break;
	case BY_ROLE:
		buf_printf(out, "role %s", p->roles[by->ref].name);
		break;
	case BY_KEY:
		buf_printf(out, "key %s", p->keys[by->ref].name);
		break;
	case BY_ANYONE:
		buf_printf(out, "to be recorded");
		break;
	}
}

void rules_by_text(const struct policy *p, const struct policy_bys *bys, struct buf *out)
{
	if (bys->n == 0)
		buf_printf(out, "nobody");
	for (size_t i = 0; i < bys->n; i++) {
		buf_printf(out, "%s", i == 0 ? "" : i + 1 == bys->n ? " or " : ", ");
		by_text(p, &bys->v[i], out);
	}
}

/* ---- holders ---- */

static bool seen_before(const struct holder *v, size_t i, int64_t t, bool permanent)
{
	for (size_t j = 0; j < i; j++)
		if (rbac_window_open(v[j].window, t) && (!permanent || v[j].window.until == RBAC_TIME_MAX) && strcmp(v[j].user, v[i].user) == 0)
			return true;
	return false;
}

size_t rules_holders_at(const struct holder *v, size_t n, int64_t t)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		if (rbac_window_open(v[i].window, t) && !seen_before(v, i, t, false))
			count++;
	return count;
}

size_t rules_permanent_holders(const struct holder *v, size_t n, int64_t t)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		if (rbac_window_open(v[i].window, t) && v[i].window.until == RBAC_TIME_MAX && !seen_before(v, i, t, true))
			count++;
	return count;
}

size_t rules_most_holders(const struct holder *v, size_t n, struct rbac_window window)
{
	size_t most = rules_holders_at(v, n, window.from);
	/* The number rises only where some window begins. */
	for (size_t i = 0; i < n; i++) {
		size_t at = v[i].window.from > window.from && v[i].window.from < window.until ? rules_holders_at(v, n, v[i].window.from) : 0;
		most = at > most ? at : most;
	}
	return most;
}

/* ---- exclusive sets ---- */

static bool counted(const struct policy *p, const struct held *e, const char *scope, int64_t t, bool groups)
{
	return (groups || !e->via) && rbac_window_open(e->window, t) && held_reaches(p, e, scope);
}

/* The first of H through which ROLE counts at SCOPE at T; NULL: it does not count. */
static const struct held *bringer(const struct policy *p, const struct holdings *h, int role, const char *scope, int64_t t, bool groups)
{
	for (size_t i = 0; i < h->n; i++)
		if (policy_role_counts(p, h->v[i].role, role) && counted(p, &h->v[i], scope, t, groups))
			return &h->v[i];
	return NULL;
}

/* How many roles of SET count at SCOPE at T. */
static unsigned together(const struct policy *p, const struct policy_exclusive *set, const struct holdings *h, const char *scope,
			 int64_t t, bool groups)
{
	unsigned n = 0;
	for (size_t r = 0; r < set->roles.n; r++)
		n += bringer(p, h, set->roles.v[r], scope, t, groups) != NULL;
	return n;
}

bool rules_exclusive(const struct policy *p, const struct holdings *h, bool groups, int64_t now, struct rules_clash *clash)
{
	/* Roles that count together at all do so at the lowest scope where one of them is held, from when the last of them begins. */
	for (size_t s = 0; s < p->n_exclusives; s++)
		for (size_t i = 0; i < h->n; i++)
			for (size_t j = 0; j < h->n; j++) {
				const char *scope = h->v[i].scope;
				int64_t t = h->v[j].window.from > now ? h->v[j].window.from : now;
				if (together(p, &p->exclusives[s], h, scope, t, groups) <= p->exclusives[s].at_most)
					continue;
				*clash = (struct rules_clash){ (int)s, scope, t };
				return true;
			}
	return false;
}

void rules_clash_text(const struct policy *p, const struct holdings *h, bool groups, const struct rules_clash *clash, struct buf *out)
{
	const struct policy_exclusive *set = &p->exclusives[clash->set];
	unsigned total = together(p, set, h, clash->scope, clash->at, groups), n = 0;
	for (size_t r = 0; r < set->roles.n; r++) {
		const struct held *e = bringer(p, h, set->roles.v[r], clash->scope, clash->at, groups);
		if (!e)
			continue;
		buf_printf(out, "%s%s", n == 0 ? "" : n + 1 == total ? " and " : ", ", p->roles[set->roles.v[r]].name);
		n++;
		if (e->role != set->roles.v[r])
			buf_printf(out, " by %s", p->roles[e->role].name);
		if (e->via)
			buf_printf(out, " through %s", e->via);
		if (strcmp(e->scope, clash->scope) != 0)
			buf_printf(out, " (at %s)", e->scope);
	}
}
