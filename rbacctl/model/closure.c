#include <stdlib.h>
#include <string.h>

#include "rbacctl/model/checks.h"
#include "rbacctl/model/private.h"

/* The closure of a role: the roles that count where it counts, and their keys. */

enum mark { NEW = 0, OPEN, DONE };

struct step {
	int role;
	size_t next;
}; /* next: of its includes */

struct closing {
	struct policy *p;
	struct problems *problems;
	uint8_t *marks; /* of each role */
	struct step *stack;
	size_t depth;
	struct policy_gatherer counts, keys;
};

/* Every role that ROLE includes is done, but for those of a circle. */
static void finish(struct closing *c, int role)
{
	struct policy *p = c->p;
	struct policy_role *r = &p->roles[role];

	policy_gather(&c->counts, role);
	for (size_t i = 0; i < r->keychains.n; i++) {
		const struct policy_keychain *chain = &p->keychains[r->keychains.v[i]];
		for (size_t k = 0; k < chain->keys.n; k++)
			policy_gather(&c->keys, chain->keys.v[k]);
	}
	for (size_t i = 0; i < r->includes.n; i++) {
		policy_gather_set(&c->counts, &p->roles[r->includes.v[i]].counts);
		policy_gather_set(&c->keys, &p->roles[r->includes.v[i]].keys);
	}
	r->counts = policy_gathered(&c->counts, &p->own->arena);
	r->keys = policy_gathered(&c->keys, &p->own->arena);
	c->marks[role] = DONE;
}

static void report_cycle(struct closing *c, int role)
{
	enum { SHOWN = 20 };
	struct policy *p = c->p;
	const char *path = "";
	size_t i = c->depth;

	while (c->stack[i - 1].role != role)
		i--;
	for (size_t k = i - 1; k < c->depth && k < i - 1 + SHOWN; k++)
		path = policy_text(p, "%s%s > ", path, p->roles[c->stack[k].role].name);
	if (c->depth - (i - 1) > SHOWN)
		path = policy_text(p, "%s... > ", path);
	problem_error(c->problems, p->roles[role].pos, "roles include each other in a circle: %s%s",
		      path, p->roles[role].name);
}

static void enter(struct closing *c, int role)
{
	c->marks[role] = OPEN;
	c->stack[c->depth++] = (struct step){ role, 0 };
}

/* Depth first with a stack of our own: a chain of includes may be as long as there are roles. */
static void visit(struct closing *c, int role)
{
	enter(c, role);
	while (c->depth) {
		struct step *top = &c->stack[c->depth - 1];
		const struct policy_ints *includes = &c->p->roles[top->role].includes;
		if (top->next == includes->n) {
			finish(c, top->role);
			c->depth--;
			continue;
		}
		int next = includes->v[top->next++];
		if (c->marks[next] == OPEN)
			report_cycle(c, next);
		else if (c->marks[next] == NEW)
			enter(c, next);
	}
}

void policy_closure(struct policy *p, struct problems *problems)
{
	struct closing *c = policy_alloc(p, 1, sizeof(*c));

	*c = (struct closing){ .p = p,
			       .problems = problems,
			       .marks = policy_alloc(p, p->n_roles, sizeof(*c->marks)),
			       .stack = policy_alloc(p, p->n_roles, sizeof(*c->stack)) };
	for (size_t i = 0; i < p->n_roles; i++)
		if (c->marks[i] == NEW)
			visit(c, (int)i);
}

/* ---- kinds: what can count at a scope of each ---- */

struct reach {
	struct policy_set counts, keys;
	bool known;
}; /* what goes on to the scopes below: of roles that cascade */

/* What the roles of KIND come to (CASCADING: those that cascade), and what comes from ABOVE. */
static struct reach gather_kind(struct policy *p, int kind, bool cascading,
				const struct reach *above)
{
	struct policy_gatherer counts = { .end = 0 }, keys = { .end = 0 };

	if (above) {
		policy_gather_set(&counts, &above->counts);
		policy_gather_set(&keys, &above->keys);
	}
	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *r = &p->roles[i];
		if (r->kind != kind || (cascading && !r->cascade))
			continue;
		policy_gather_set(&counts, &r->counts);
		policy_gather_set(&keys, &r->keys);
	}
	return (struct reach){ policy_gathered(&counts, &p->own->arena),
			       policy_gathered(&keys, &p->own->arena), true };
}

/* Kinds lie at most POLICY_DEPTH_MAX deep, or this is in error already. */
static void close_kind(struct policy *p, int kind, struct reach *down)
{
	int up = p->kinds[kind].parent;

	if (down[kind].known)
		return;
	if (up >= 0)
		close_kind(p, up, down);
	const struct reach *above = up >= 0 ? &down[up] : NULL;
	struct reach here = gather_kind(p, kind, false, above);
	p->kinds[kind].counts = here.counts;
	p->kinds[kind].keys = here.keys;
	down[kind] = gather_kind(p, kind, true, above);
}

static void find_administering(struct policy *p)
{
	struct policy_gatherer bootstrap = { .end = 0 };

	for (size_t i = 0; i < p->n_roles; i++)
		if (p->roles[i].bootstrap)
			policy_gather(&bootstrap, (int)i);
	const struct policy_set marked = policy_gathered(&bootstrap, &p->own->arena);
	for (size_t i = 0; i < p->n_roles; i++)
		p->roles[i].administers = policy_set_meet(&p->roles[i].counts, &marked);
}

void policy_close_kinds(struct policy *p)
{
	struct reach *down = policy_alloc(p, p->n_kinds, sizeof(*down));

	find_administering(p);
	for (size_t i = 0; i < p->n_kinds; i++)
		close_kind(p, (int)i, down);
}

/* ---- exclusive sets: which places in them the closure of a role has ---- */

static int by_place(const void *a, const void *b)
{
	const struct policy_member *x = a, *y = b;

	return x->set != y->set ? (x->set < y->set ? -1 : 1) : (x->at > y->at) - (x->at < y->at);
}

/* The places of each role by itself: those of role R are from START[R] up to START[R + 1]. */
static struct policy_member *own_places(struct policy *p, size_t *start)
{
	size_t *fill = policy_alloc(p, p->n_roles, sizeof(*fill)), n = 0;

	for (size_t s = 0; s < p->n_exclusives; s++)
		for (size_t i = 0; i < p->exclusives[s].roles.n; i++)
			start[p->exclusives[s].roles.v[i] + 1]++;
	for (size_t r = 0; r < p->n_roles; r++) {
		n = start[r + 1] += start[r];
		fill[r] = start[r];
	}
	struct policy_member *own = policy_alloc(p, n, sizeof(*own));
	for (size_t s = 0; s < p->n_exclusives; s++)
		for (size_t i = 0; i < p->exclusives[s].roles.n; i++)
			own[fill[p->exclusives[s].roles.v[i]]++] = (struct policy_member){ (int)s,
											   (int)i };
	return own;
}

/* The places of the closure of ROLE, into its members; without room for them: how many. */
static size_t place(struct policy_role *role, const struct policy_member *own, const size_t *start)
{
	size_t n = 0;

	for (int q = policy_set_next(&role->counts, -1); q >= 0;
	     q = policy_set_next(&role->counts, q)) {
		size_t count = start[q + 1] - start[q];
		if (role->members && count)
			memcpy(role->members + n, own + start[q], count * sizeof(*own));
		n += count;
	}
	return n;
}

void policy_close_exclusives(struct policy *p)
{
	size_t *start = policy_alloc(p, p->n_roles + 1, sizeof(*start));

	if (!p->n_exclusives)
		return;
	const struct policy_member *own = own_places(p, start);
	for (size_t r = 0; r < p->n_roles; r++) {
		struct policy_role *role = &p->roles[r];
		role->n_members = place(role, own, start);
		if (!role->n_members)
			continue;
		role->members = policy_alloc(p, role->n_members, sizeof(*role->members));
		(void)place(role, own, start);
		qsort(role->members, role->n_members, sizeof(*role->members), by_place);
	}
}
