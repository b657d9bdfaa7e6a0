#include "rbacctl/policy/names.h"

#include <string.h>

void policy_names_init(struct policy_names *t, struct policy_arena *a, size_t cap)
{
	size_t slots = 8;

	while (slots < cap * 2)
		slots *= 2;
	t->v = policy_arena_alloc(a, cap, sizeof(*t->v));
	t->slot = policy_arena_alloc(a, slots, sizeof(*t->slot));
	t->mask = slots - 1;
	t->cap = cap;
	t->n = 0;
}

/* FNV-1a, 64 bits: the names come from root's files, nobody plays with collisions. */
static size_t hash(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

static size_t place(const struct policy_names *t, const char *name, size_t len)
{
	for (size_t i = hash(name, len);; i++) {
		uint32_t at = t->slot[i & t->mask];
		if (!at || (strlen(t->v[at - 1]) == len && memcmp(t->v[at - 1], name, len) == 0))
			return i & t->mask;
	}
}

int policy_names_find(const struct policy_names *t, const char *name, size_t len)
{
	if (!t->n)
		return -1;
	return (int)t->slot[place(t, name, len)] - 1;
}

int policy_names_add(struct policy_names *t, const char *name)
{
	size_t i = place(t, name, strlen(name));

	if (t->slot[i])
		return (int)t->slot[i] - 1;
	if (t->n == t->cap)
		return -1;      /* cannot be: callers count first */
	t->v[t->n++] = name;
	t->slot[i] = (uint32_t)t->n;
	return -1;
}
