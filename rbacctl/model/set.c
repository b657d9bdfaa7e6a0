#include "rbacctl/model/set.h"

#include <string.h>

/* The first word of S that is AT or one after it; S->n: none. */
static size_t search(const struct policy_set *s, size_t at)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (s->at[mid] < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool policy_set_has(const struct policy_set *s, int i)
{
	size_t at = (size_t)i / 64, k = search(s, at);

	return k < s->n && s->at[k] == at && (s->words[k] >> (i % 64) & 1);
}

bool policy_set_meet(const struct policy_set *a, const struct policy_set *b)
{
	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		if (a->at[i] == b->at[k] && (a->words[i] & b->words[k]))
			return true;
		if (a->at[i] <= b->at[k])
			i++;
		else
			k++;
	}
	return false;
}

int policy_set_next(const struct policy_set *s, int after)
{
	size_t i = (size_t)(after + 1), k = search(s, i / 64);

	if (k == s->n)
		return -1;
	uint64_t word = s->words[k];
	if (s->at[k] == i / 64)
		word &= ~UINT64_C(0) << (i % 64);
	if (!word && ++k < s->n)
		word = s->words[k];
	return word ? s->at[k] * 64 + __builtin_ctzll(word) : -1;
}

void policy_gather(struct policy_gatherer *g, int i)
{
	size_t at = (size_t)i / 64;

	if (i >= POLICY_SET_MAX)
		return;
	g->words[at] |= UINT64_C(1) << (i % 64);
	if (at >= g->end)
		g->end = at + 1;
}

void policy_gather_set(struct policy_gatherer *g, const struct policy_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		g->words[s->at[i]] |= s->words[i];
	if (s->n && s->at[s->n - 1] >= g->end)
		g->end = s->at[s->n - 1] + (size_t)1;
}

struct policy_set policy_gathered(struct policy_gatherer *g, struct policy_arena *a)
{
	size_t n = 0;

	for (size_t i = 0; i < g->end; i++)
		n += g->words[i] != 0;
	uint64_t *words = policy_arena_alloc(a, n, sizeof(*words) + sizeof(uint16_t));
	uint16_t *at = (uint16_t *)(words + n);
	for (size_t i = 0, k = 0; i < g->end; i++)
		if (g->words[i]) {
			words[k] = g->words[i];
			at[k++] = (uint16_t)i;
		}
	memset(g->words, 0, g->end * sizeof(*g->words));
	g->end = 0;
	return (struct policy_set){ .words = words, .at = at, .n = n };
}
