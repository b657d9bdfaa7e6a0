#include <stdlib.h>
#include <string.h>

#include "rbacctl/config/load.h"

/* What a role comes to: the roles that count where it counts, and their keys. */

enum mark { NEW = 0, OPEN, DONE };

struct step {
	int role;
	size_t next;
}; /* next: of its includes */

static size_t bytes(size_t bits)
{
	return (bits + 7) / 8;
}

static void set(uint8_t *bits, int i)
{
	bits[i / 8] |= (uint8_t)(1u << (i % 8));
}

static void merge(uint8_t *into, const uint8_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		into[i] |= from[i];
}

static void begin(struct loader *l, int role)
{
	struct policy *p = l->p;
	struct policy_role *r = &p->roles[role];

	r->counts = policy_arena_alloc(&l->priv->arena, bytes(p->n_roles), 1);
	r->keys = policy_arena_alloc(&l->priv->arena, bytes(p->n_keys), 1);
	set(r->counts, role);
	for (size_t i = 0; i < r->keychains.n; i++) {
		const struct policy_keychain *c = &p->keychains[r->keychains.v[i]];
		for (size_t k = 0; k < c->keys.n; k++)
			set(r->keys, c->keys.v[k]);
	}
}

static void report_cycle(struct loader *l, const struct step *stack, size_t depth, int role)
{
	enum { SHOWN = 20 };
	const char *path = "";
	size_t i = depth;

	while (stack[i - 1].role != role)
		i--;
	for (size_t k = i - 1; k < depth && k < i - 1 + SHOWN; k++)
		path = load_text(l, "%s%s > ", path, l->p->roles[stack[k].role].name);
	if (depth - (i - 1) > SHOWN)
		path = load_text(l, "%s... > ", path);
	problem_error(l->problems, l->p->roles[role].pos,
		      "roles include each other in a circle: %s%s", path, l->p->roles[role].name);
}

/* Depth first with a stack of our own: a chain of includes may be as long as there are roles. */
static void visit(struct loader *l, int role, uint8_t *marks, struct step *stack)
{
	struct policy *p = l->p;
	size_t depth = 1;

	stack[0] = (struct step){ role, 0 };
	marks[role] = OPEN;
	begin(l, role);
	while (depth) {
		struct step *top = &stack[depth - 1];
		struct policy_role *r = &p->roles[top->role];
		if (top->next == r->includes.n) {
			marks[top->role] = DONE;
			if (--depth) {
				struct policy_role *up = &p->roles[stack[depth - 1].role];
				merge(up->counts, r->counts, bytes(p->n_roles));
				merge(up->keys, r->keys, bytes(p->n_keys));
			}
			continue;
		}
		int next = r->includes.v[top->next++];
		if (marks[next] == OPEN) {
			report_cycle(l, stack, depth, next);
		} else if (marks[next] == DONE) {
			merge(r->counts, p->roles[next].counts, bytes(p->n_roles));
			merge(r->keys, p->roles[next].keys, bytes(p->n_keys));
		} else {
			marks[next] = OPEN;
			begin(l, next);
			stack[depth++] = (struct step){ next, 0 };
		}
	}
}

void policy_closure(struct loader *l)
{
	size_t n = l->p->n_roles;
	uint8_t *marks = policy_arena_alloc(&l->priv->arena, n, sizeof(*marks));
	struct step *stack = policy_arena_alloc(&l->priv->arena, n, sizeof(*stack));

	for (size_t i = 0; i < n; i++)
		if (marks[i] == NEW)
			visit(l, (int)i, marks, stack);
}

/* ---- kinds: what can count at a scope of each ---- */

struct reach {
	uint8_t *counts, *keys;
}; /* what comes from above: of roles that cascade */

static void close_kind(struct loader *l, int kind, struct reach *down)
{
	struct policy *p = l->p;
	struct policy_kind *k = &p->kinds[kind];
	int up = k->parent;

	if (k->counts)
		return;
	if (up >= 0)
		close_kind(l, up, down); /* kinds lie at most POLICY_DEPTH_MAX deep, or this is in
					    error already */
	k->counts = policy_arena_alloc(&l->priv->arena, bytes(p->n_roles), 1);
	k->keys = policy_arena_alloc(&l->priv->arena, bytes(p->n_keys), 1);
	down[kind].counts = policy_arena_alloc(&l->priv->arena, bytes(p->n_roles), 1);
	down[kind].keys = policy_arena_alloc(&l->priv->arena, bytes(p->n_keys), 1);
	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *r = &p->roles[i];
		if (r->kind != kind)
			continue;
		merge(k->counts, r->counts, bytes(p->n_roles));
		merge(k->keys, r->keys, bytes(p->n_keys));
		if (r->cascade) {
			merge(down[kind].counts, r->counts, bytes(p->n_roles));
			merge(down[kind].keys, r->keys, bytes(p->n_keys));
		}
	}
	if (up < 0)
		return;
	merge(down[kind].counts, down[up].counts, bytes(p->n_roles));
	merge(down[kind].keys, down[up].keys, bytes(p->n_keys));
	merge(k->counts, down[up].counts, bytes(p->n_roles));
	merge(k->keys, down[up].keys, bytes(p->n_keys));
}

static void find_administering(struct loader *l)
{
	struct policy *p = l->p;
	uint8_t *marked = policy_arena_alloc(&l->priv->arena, bytes(p->n_roles), 1);

	for (size_t i = 0; i < p->n_roles; i++)
		if (p->roles[i].bootstrap)
			set(marked, (int)i);
	for (size_t i = 0; i < p->n_roles; i++)
		for (size_t b = 0; b < bytes(p->n_roles) && !p->roles[i].administers; b++)
			p->roles[i].administers = p->roles[i].counts[b] & marked[b];
}

void policy_close_kinds(struct loader *l)
{
	struct reach *down = policy_arena_alloc(&l->priv->arena, l->p->n_kinds, sizeof(*down));

	find_administering(l);

	for (size_t i = 0; i < l->p->n_kinds; i++)
		close_kind(l, (int)i, down);
}

/* ---- exclusive sets: which places in them a role comes to ---- */

static int by_place(const void *a, const void *b)
{
	const struct policy_member *x = a, *y = b;

	return x->set != y->set ? (x->set < y->set ? -1 : 1) : (x->at > y->at) - (x->at < y->at);
}

/* The places of each role by itself: those of role R are from START[R] up to START[R + 1]. */
static struct policy_member *own_places(struct loader *l, size_t *start)
{
	const struct policy *p = l->p;
	size_t *fill = policy_arena_alloc(&l->priv->arena, p->n_roles, sizeof(*fill)), n = 0;

	for (size_t s = 0; s < p->n_exclusives; s++)
		for (size_t i = 0; i < p->exclusives[s].roles.n; i++)
			start[p->exclusives[s].roles.v[i] + 1]++;
	for (size_t r = 0; r < p->n_roles; r++) {
		n = start[r + 1] += start[r];
		fill[r] = start[r];
	}
	struct policy_member *own = policy_arena_alloc(&l->priv->arena, n, sizeof(*own));
	for (size_t s = 0; s < p->n_exclusives; s++)
		for (size_t i = 0; i < p->exclusives[s].roles.n; i++)
			own[fill[p->exclusives[s].roles.v[i]]++] = (struct policy_member){ (int)s,
											   (int)i };
	return own;
}

void policy_close_exclusives(struct loader *l)
{
	struct policy *p = l->p;
	size_t *start = policy_arena_alloc(&l->priv->arena, p->n_roles + 1, sizeof(*start));

	if (!p->n_exclusives)
		return;
	const struct policy_member *own = own_places(l, start);
	for (size_t r = 0; r < p->n_roles; r++) {
		struct policy_role *role = &p->roles[r];
		for (int pass = 0; pass < 2; pass++) {
			size_t n = 0;
			for (size_t byte = 0; byte < bytes(p->n_roles); byte++)
				for (unsigned bits = role->counts[byte]; bits; bits &= bits - 1) {
					size_t q = byte * 8 + (unsigned)__builtin_ctz(bits),
					       count = start[q + 1] - start[q];
					if (pass && count)
						memcpy(role->members + n, own + start[q],
						       count * sizeof(*own));
					n += count;
				}
			if (!pass && n)
				role->members = policy_arena_alloc(&l->priv->arena, n,
								   sizeof(*role->members));
			role->n_members = n;
			if (!n)
				break;
		}
		if (role->n_members)
			qsort(role->members, role->n_members, sizeof(*role->members), by_place);
	}
}
