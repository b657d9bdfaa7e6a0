#include "rbacctl/access/rules.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/name.h"

/* Does what ENTRY names count at the roots: is it held at a scope of a root kind? */
static const struct held *at_root(const struct policy *p, const struct policy_by *by,
				  const struct rules_actor *a)
{
	for (size_t i = 0; i < a->h->n; i++) {
		const struct held *e = &a->h->v[i];
		int kind = policy_scope_kind(p, e->scope);
		if (kind < 0 || p->kinds[kind].parent >= 0 || !rbac_window_open(e->window, a->now))
			continue;
		if (by->what == BY_ROLE ? policy_role_counts(p, e->role, by->ref)
					: policy_role_has_key(p, e->role, by->ref))
			return e;
	}
	return NULL;
}

static const struct held *held_through(const struct policy *p, const struct policy_by *by,
				       const struct rules_actor *a, const char *scope)
{
	if (!scope)
		return at_root(p, by, a);
	return by->what == BY_ROLE ? holdings_role_at(p, a->h, by->ref, scope, a->now)
				   : holdings_key_at(p, a->h, by->ref, scope, a->now);
}

static const struct held *held_anywhere(const struct policy *p, const struct policy_by *by,
					const struct rules_actor *a)
{
	return by->what == BY_ROLE ? holdings_role_at(p, a->h, by->ref, NULL, a->now)
				   : holdings_key_at(p, a->h, by->ref, NULL, a->now);
}

static bool owns(const struct policy *p, const struct policy_by *by, const struct rules_actor *a,
		 const char *scope, rules_owner_fn *owner, void *ctx, int *err)
{
	char at[RBAC_SCOPE_MAX + 1], who[RBAC_USER_MAX + 1] = "";
	if (!scope || a->h->suspended || a->h->uid_changed || a->h->second)
		return false;
	if (by->what == BY_OWNER_OF) {
		if (policy_scope_ancestor(p, scope, by->ref, at))
			return false;
		scope = at;
	}
	*err = owner(ctx, scope, who);
	return !*err && who[0] && strcmp(who, a->name) == 0;
}

bool rules_by(const struct policy *p, const struct policy_bys *bys, const struct rules_actor *a,
	      const char *scope, rules_owner_fn *owner, void *ctx, struct rules_answer *answer)
{
	*answer = (struct rules_answer){ .yes = a->root };
	if (a->root)
		return true;
	for (size_t i = 0; i < bys->n && !answer->yes && !answer->err; i++) {
		const struct policy_by *by = &bys->v[i];
		switch (by->what) {
		case BY_OWNER:
		case BY_OWNER_OF:
			answer->yes = owns(p, by, a, scope, owner, ctx, &answer->err);
			break;
		case BY_ROLE:
		case BY_KEY:
			answer->through = held_through(p, by, a, scope);
			answer->yes = answer->through != NULL;
			if (!answer->yes && !answer->elsewhere)
				answer->elsewhere = held_anywhere(p, by, a);
			break;
		case BY_ANYONE:
			answer->yes = a->h->recorded && !a->h->suspended && !a->h->uid_changed &&
				      !a->h->second;
			break;
		}
		if (answer->yes)
			answer->by = *by;
	}
	return answer->yes;
}

const struct policy_extra *rules_extra_lacking(const struct policy *p, int role, const char *scope,
					       const struct rules_actor *a)
{
	for (size_t i = 0; i < p->n_extras && !a->root; i++) {
		const struct policy_extra *x = &p->extras[i];
		if (policy_role_counts(p, role, x->role) && x->unix_groups.n &&
		    !holdings_role_at(p, a->h, x->role, scope, a->now))
			return x;
	}
	return NULL;
}

bool rules_brings_extra(const struct policy *p, int role)
{
	for (size_t i = 0; i < p->n_extras; i++)
		if (policy_role_counts(p, role, p->extras[i].role) && p->extras[i].unix_groups.n)
			return true;
	return false;
}

/* ---- holders ---- */

static int person_order(const struct holder *x, const struct holder *y)
{
	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	return x->uid == RBAC_NO_UID ? strcmp(x->user, y->user) : 0;
}

/* By person, then by where the window begins. */
static int holder_order(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;
	int d = person_order(x, y);
	return d ? d : x->window.from < y->window.from ? -1 : x->window.from > y->window.from;
}

static void sort_holders(struct holder *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof *v, holder_order);
}

static size_t count(struct holder *v, size_t n, int64_t t, bool permanent)
{
	const struct holder *last = NULL;
	size_t found = 0;
	sort_holders(v, n);
	for (size_t i = 0; i < n; i++) {
		if (!rbac_window_open(v[i].window, t) ||
		    (permanent && v[i].window.until != RBAC_TIME_MAX) ||
		    (last && person_order(last, &v[i]) == 0))
			continue;
		last = &v[i];
		found++;
	}
	return found;
}

size_t rules_holders_at(struct holder *v, size_t n, int64_t t)
{
	return count(v, n, t, false);
}

size_t rules_permanent_holders(struct holder *v, size_t n, int64_t t)
{
	return count(v, n, t, true);
}

static int time_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/*
 * Into FROM and UNTIL, when a person begins and ends to hold, within WINDOW: windows of one person
 * that touch are one. V is sorted. How many.
 */
static size_t stays(const struct holder *v, size_t n, struct rbac_window window, int64_t *from,
		    int64_t *until)
{
	const struct holder *last = NULL;
	size_t m = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t a = v[i].window.from > window.from ? v[i].window.from : window.from;
		int64_t b = v[i].window.until < window.until ? v[i].window.until : window.until;
		if (a >= b)
			continue;
		if (last && person_order(last, &v[i]) == 0 && a <= until[m - 1]) {
			until[m - 1] = b > until[m - 1] ? b : until[m - 1];
			continue;
		}
		last = &v[i];
		from[m] = a;
		until[m++] = b;
	}
	return m;
}

int rules_most_holders(struct holder *v, size_t n, struct rbac_window window, size_t *most)
{
	int64_t *from = calloc(2 * n + 1, sizeof *from), *until = from ? from + n : NULL;
	size_t now = 0, m;
	*most = 0;
	if (!from)
		return RBAC_NOMEM;
	sort_holders(v, n);
	m = stays(v, n, window, from, until);
	if (m) {
		qsort(from, m, sizeof *from, time_order);
		qsort(until, m, sizeof *until, time_order);
	}
	for (size_t i = 0, j = 0; i < m; i++) {
		for (; until[j] <= from[i]; j++) /* half-open: who ends then holds no more */
			now--;
		now++;
		*most = now > *most ? now : *most;
	}
	free(from);
	return RBAC_OK;
}
