/* Which roles would let in, the one to be preferred first. */
#include "rbacctl/access/remedy_roles.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/rules.h"
#include "rbacctl/model/rules.h"

static unsigned key_count(const struct policy *p, int role)
{
	const struct policy_set *keys = &p->roles[role].keys;
	unsigned n = 0;
	for (int k = policy_set_next(keys, -1); k >= 0; k = policy_set_next(keys, k))
		n++;
	return n;
}

/* Where USER holds ROLE or held it, or will: not so that it counts here now. NULL: nowhere. */
static const struct held *held_otherwise(const struct question *q, int role)
{
	for (size_t i = 0; i < q->h->n; i++)
		if (q->h->v[i].role == role)
			return &q->h->v[i];
	return NULL;
}

/* The weaker first: one that does not administer, that brings no Unix group, with fewer keys. */
static int strength_order(const struct remedy *x, const struct remedy *y)
{
	if (x->admin != y->admin)
		return x->admin ? 1 : -1;
	if (x->extra != y->extra)
		return x->extra ? 1 : -1;
	if (x->keys != y->keys)
		return x->keys < y->keys ? -1 : 1;
	return 0;
}

/* A role that the user has already, elsewhere or at another time, first; then the weaker; then the
 * lower scope. */
static int remedy_order(const void *a, const void *b)
{
	const struct remedy *x = a, *y = b;
	int strength = strength_order(x, y);

	if (!x->held != !y->held)
		return x->held ? -1 : 1;
	if (strength)
		return strength;
	if (x->depth != y->depth)
		return x->depth > y->depth ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

const struct remedy *remedy_weakest(const struct remedies *all)
{
	const struct remedy *least = all->v;

	for (size_t i = 1; i < all->allowed; i++)
		if (strength_order(&all->v[i], least) < 0)
			least = &all->v[i];
	return least;
}

/* ROLE would let in if held at the ancestor of HOST that is of its kind. False: out of memory. */
static bool consider(const struct question *q, int role, unsigned keys, const char *host,
		     struct remedies *all)
{
	const struct policy *p = q->snap->p;
	const struct policy_role *r = &p->roles[role];
	char scope[RBAC_SCOPE_MAX + 1];

	if (policy_scope_ancestor(p, host, r->kind, scope) || snapshot_scope(q->snap, scope, NULL))
		return true;
	if (!r->cascade && strcmp(scope, host) != 0)
		return true;
	char *copy = buf_room(&all->v, all->n, &all->cap, sizeof(*all->v)) ? strdup(scope) : NULL;
	if (!copy)
		return false;
	all->v[all->n] = (struct remedy){ .role = role,
					  .keys = keys,
					  .depth = p->kinds[r->kind].depth,
					  .admin = r->administers,
					  .extra = rules_brings_extra(p, role),
					  .order = all->n,
					  .held = held_otherwise(q, role),
					  .scope = copy };
	all->n++;
	return true;
}

/* A host in any scope: the first scope of each kind will do. NULL: there is none. */
struct firsts {
	const struct policy *p;
	char *scope[POLICY_KINDS_MAX];
	size_t left;
};

static int on_scope(void *ctx, const char *scope, const struct rbac_scope_rec *rec)
{
	struct firsts *f = ctx;
	int kind = policy_scope_kind(f->p, scope);

	(void)rec;
	if (kind < 0 || f->scope[kind])
		return RBAC_OK;
	f->scope[kind] = strdup(scope);
	return f->scope[kind] && --f->left > 0 ? RBAC_OK
					       : RBAC_CONFLICT; /* all found: no further */
}

static bool any_rule_takes(const struct question *q, int role)
{
	const struct policy *p = q->snap->p;
	const struct policy_service *s = policy_service_find(p, q->service);

	for (size_t i = 0; s && i < s->n; i++)
		if (policy_rule_takes(p, &p->logins[s->rules[i]], role))
			return true;
	return false;
}

/* Every role that would let in, at every scope where it could be held. False: out of memory. */
static bool gather(const struct question *q, struct remedies *all)
{
	const struct policy *p = q->snap->p;
	struct firsts first = { .p = p, .left = p->n_kinds };
	bool done = true;

	if (p->host_any)
		(void)snapshot_scopes(q->snap, on_scope, &first);
	for (size_t r = 0; r < p->n_roles && done; r++) {
		const char *at = first.scope[p->roles[r].kind];
		if (!any_rule_takes(q, (int)r))
			continue;
		unsigned keys = key_count(p, (int)r);
		if (at)
			done = consider(q, (int)r, keys, at, all);
		for (size_t h = 0; h < p->hosts.n && done; h++)
			done = consider(q, (int)r, keys, p->hosts.v[h], all);
	}
	for (size_t k = 0; k < p->n_kinds; k++)
		free(first.scope[k]);
	if (all->n)
		qsort(all->v, all->n, sizeof(*all->v), remedy_order);
	return done;
}

/*
 * Would giving it break an exclusive set? H: what the user holds, as it is afterwards. A role in no
 * set breaks none unless one is broken already, which BROKEN says.
 */
static bool forbidden(const struct question *q, const struct remedy *x, struct holdings *h,
		      bool broken)
{
	const struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };
	struct rules_clash clash;

	if (broken || q->snap->p->roles[x->role].n_members == 0)
		return broken;
	if (holdings_add(h, 0, x->role, x->scope, always, false, NULL))
		return true;
	bool bad = rules_exclusive(q->snap->p, h, false, q->t, &clash) != RBAC_OK;
	free(h->v[--h->n].scope);
	return bad;
}

/* Leave those of ALL, which are in order, that may be given, each role once. False: out of memory.
 */
static bool leave_allowed(const struct question *q, struct remedies *all)
{
	struct holdings h;
	struct rules_clash clash;
	size_t tried = 0, n = 0;
	struct source source = snapshot_source(q->snap);
	bool *left = calloc(q->snap->p->n_roles + 1, sizeof(*left)); /* by role */

	if (left && source_holdings(&source, q->user, &h) == RBAC_OK) {
		bool broken = rules_exclusive(q->snap->p, &h, false, q->t, &clash) != RBAC_OK;
		for (size_t i = 0; i < all->n; i++) {
			const struct remedy x = all->v[i];
			bool member = q->snap->p->roles[x.role].n_members > 0;
			bool tries = !member || tried++ < REMEDY_EXCLUSIVE_TRIES;
			if (tries && !left[x.role] && !forbidden(q, &x, &h, broken)) {
				left[x.role] = true;
				all->v[i] = all->v[n];
				all->v[n++] = x;
			}
		}
	}
	all->allowed = n;
	if (!left)
		return false;
	holdings_free(&h);
	free(left);
	return true;
}

bool remedy_roles(const struct question *q, struct remedies *all)
{
	*all = (struct remedies){ 0 };
	return gather(q, all) && leave_allowed(q, all);
}

void remedies_free(struct remedies *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->v[i].scope);
	free(all->v);
}
