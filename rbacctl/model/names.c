#include "rbacctl/model/names.h"

#include <string.h>

struct word {
	const char *p;
	size_t len;
};

static bool is_word(const void *ctx, uint32_t number, const void *key)
{
	const struct policy_names *t = ctx;
	const struct word *w = key;

	return strlen(t->v[number]) == w->len && memcmp(t->v[number], w->p, w->len) == 0;
}

void policy_names_init(struct policy_names *t, struct policy_arena *a, size_t cap)
{
	size_t slots = lookup_slots_for(cap);

	t->v = policy_arena_alloc(a, cap, sizeof(*t->v));
	lookup_use(&t->at, policy_arena_alloc(a, slots, sizeof(struct lookup_slot)), slots);
	t->cap = cap;
	t->n = 0;
}

int policy_names_find(const struct policy_names *t, const char *name, size_t len)
{
	uint32_t i = lookup_find(&t->at, lookup_hash(LOOKUP_SEED, name, len), is_word, t,
				 &(struct word){ name, len });

	return i == LOOKUP_NONE ? -1 : (int)i;
}

int policy_names_add(struct policy_names *t, const char *name)
{
	size_t len = strlen(name);
	int there = policy_names_find(t, name, len);

	if (there >= 0)
		return there;
	if (t->n == t->cap ||
	    lookup_add(&t->at, lookup_hash(LOOKUP_SEED, name, len), (uint32_t)t->n))
		return -1; /* cannot be: callers count first */
	t->v[t->n++] = name;
	return -1;
}
