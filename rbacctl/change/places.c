#include "rbacctl/change/places.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/buf.h"

enum { SLOTS_LEAST = 1024 };

/* FNV-1a, 64 bits; the NUL between the two counts. */
static uint64_t hash(const char *role, const char *scope)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (const char *s = role; *s; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(0x100000001b3);
	h *= UINT64_C(0x100000001b3);
	for (const char *s = scope; *s; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

/* The slot of ROLE at SCOPE, or the empty one where it belongs. */
static uint32_t *slot_of(const struct places *p, const char *role, const char *scope)
{
	size_t i = hash(role, scope) & (p->n_slots - 1);
	for (; p->slots[i]; i = (i + 1) & (p->n_slots - 1)) {
		const struct place *at = &p->v[p->slots[i] - 1];
		if (strcmp(at->role, role) == 0 && strcmp(at->scope, scope) == 0)
			break;
	}
	return &p->slots[i];
}

/* At most half of the slots are taken. */
static int grow(struct places *p)
{
	size_t n = p->n_slots ? 2 * p->n_slots : SLOTS_LEAST;
	uint32_t *slots = n > UINT32_MAX ? NULL : calloc(n, sizeof *slots);
	if (!slots)
		return RBAC_NOMEM;
	free(p->slots);
	p->slots = slots;
	p->n_slots = n;
	for (size_t i = 0; i < p->n; i++)
		*slot_of(p, p->v[i].role, p->v[i].scope) = (uint32_t)i + 1;
	return RBAC_OK;
}

int places_find(struct places *p, const char *role, const char *scope, unsigned line, size_t *number)
{
	if (p->n >= p->n_slots / 2 && grow(p))
		return RBAC_NOMEM;
	uint32_t *slot = slot_of(p, role, scope);
	if (!*slot) {
		if (!buf_room(&p->v, p->n, &p->cap, sizeof *p->v))
			return RBAC_NOMEM;
		p->v[p->n] = (struct place){ .role = role, .scope = scope, .role_at = -1, .line = line };
		*slot = (uint32_t)++p->n;
	}
	*number = *slot - 1;
	p->v[*number].rows++;
	return RBAC_OK;
}

int places_make_room(struct places *p)
{
	size_t rows = 0;
	for (size_t i = 0; i < p->n; i++)
		rows += p->v[i].rows;
	p->ids = calloc(rows + 1, sizeof *p->ids);
	if (!p->ids)
		return RBAC_NOMEM;
	for (size_t i = 0, at = 0; i < p->n; at += p->v[i++].rows)
		p->v[i].ids = p->ids + at;
	return RBAC_OK;
}

static int by_key(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int d = strcmp(x->scope, y->scope);
	return d ? d : strcmp(x->role, y->role);
}

void places_sort(struct places *p)
{
	if (p->n)
		qsort(p->v, p->n, sizeof *p->v, by_key);
}

void places_free(struct places *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].why);
	free(p->v);
	free(p->slots);
	free(p->ids);
	*p = (struct places){ 0 };
}
