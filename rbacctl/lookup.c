#include "rbacctl/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"

enum { SLOTS_LEAST = 16 };

uint64_t lookup_hash(uint64_t hash, const void *p, size_t len)
{
	const uint8_t *b = p;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ b[i]) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t lookup_hash_text(uint64_t hash, const char *s)
{
	return lookup_hash(hash, s, strlen(s) + 1);
}

static uint32_t fold(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32);
}

uint32_t lookup_find(const struct lookup *t, uint64_t hash, lookup_same_fn *same, const void *ctx,
		     const void *key)
{
	const uint32_t h = fold(hash);
	if (!t->n)
		return LOOKUP_NONE;
	for (size_t i = h & (t->n_slots - 1); t->slots[i].number; i = (i + 1) & (t->n_slots - 1))
		if (t->slots[i].hash == h && same(ctx, t->slots[i].number - 1, key))
			return t->slots[i].number - 1;
	return LOOKUP_NONE;
}

static void put(struct lookup_slot *slots, size_t n_slots, struct lookup_slot what)
{
	size_t i = what.hash & (n_slots - 1);
	while (slots[i].number)
		i = (i + 1) & (n_slots - 1);
	slots[i] = what;
}

static int grow(struct lookup *t)
{
	size_t n = t->n_slots ? 2 * t->n_slots : SLOTS_LEAST;
	struct lookup_slot *slots = t->borrowed || n > UINT32_MAX ? NULL : calloc(n, sizeof *slots);
	if (!slots)
		return RBAC_NOMEM;
	for (size_t i = 0; i < t->n_slots; i++)
		if (t->slots[i].number)
			put(slots, n, t->slots[i]);
	free(t->slots);
	t->slots = slots;
	t->n_slots = n;
	return RBAC_OK;
}

int lookup_add(struct lookup *t, uint64_t hash, uint32_t number)
{
	if (t->n >= t->n_slots / 2 && grow(t))
		return RBAC_NOMEM;
	put(t->slots, t->n_slots, (struct lookup_slot){ fold(hash), number + 1 });
	t->n++;
	return RBAC_OK;
}

size_t lookup_slots_for(size_t n)
{
	size_t slots = SLOTS_LEAST;
	while (slots / 2 < n)
		slots *= 2;
	return slots;
}

void lookup_use(struct lookup *t, struct lookup_slot *slots, size_t n_slots)
{
	*t = (struct lookup){ .slots = slots, .n_slots = n_slots, .borrowed = true };
}

void lookup_free(struct lookup *t)
{
	if (!t->borrowed)
		free(t->slots);
	*t = (struct lookup){ 0 };
}
