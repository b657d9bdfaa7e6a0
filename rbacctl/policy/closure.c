#include <string.h>

#include "rbacctl/policy/load.h"

/* What a role comes to: the roles that count where it counts, and their keys. */

enum mark { NEW = 0, OPEN, DONE };

struct step { int role; size_t next; };  /* next: of its includes */

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
	const char *path = "";
	size_t i = depth;

	while (stack[i - 1].role != role)
		i--;
	for (size_t k = i - 1; k < depth; k++)
		path = load_text(l, "%s%s > ", path, l->p->roles[stack[k].role].name);
	problem_error(l->problems, l->p->roles[role].pos, "roles include each other in a circle: %s%s", path, l->p->roles[role].name);
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
