#include "rbacctl/carrier/chunk_set.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static int by_hash(const void *a, const void *b)
{
	return memcmp(((const struct fleet_chunk_ref *)a)->hash,
		      ((const struct fleet_chunk_ref *)b)->hash, FLEET_HASH);
}

static int begin(struct chunk_set *s, uint32_t n)
{
	*s = (struct chunk_set){ .v = calloc((size_t)n + 1, sizeof(*s->v)), .n = n };
	return s->v ? RBAC_OK : RBAC_NOMEM;
}

static void sort(struct chunk_set *s)
{
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), by_hash);
}

int chunk_set_of_head(const struct fleet_head *h, struct chunk_set *out)
{
	if (begin(out, h->n_chunks))
		return RBAC_NOMEM;
	for (uint32_t i = 0; i < h->n_chunks; i++)
		out->v[i] = fleet_head_chunk(h, i);
	sort(out);
	return RBAC_OK;
}

int chunk_set_of(const struct fleet_chunk_ref *refs, uint32_t n, struct chunk_set *out)
{
	if (begin(out, n))
		return RBAC_NOMEM;
	if (n)
		memcpy(out->v, refs, n * sizeof(*refs));
	sort(out);
	return RBAC_OK;
}

void chunk_set_free(struct chunk_set *s)
{
	free(s->v);
	*s = (struct chunk_set){ 0 };
}

const struct fleet_chunk_ref *chunk_set_find(const struct chunk_set *s,
					     const uint8_t hash[FLEET_HASH])
{
	struct fleet_chunk_ref key = { .size = 0 };

	memcpy(key.hash, hash, FLEET_HASH);
	return s->n ? bsearch(&key, s->v, s->n, sizeof(*s->v), by_hash) : NULL;
}

const struct fleet_chunk_ref *chunk_set_find_hex(const struct chunk_set *s, const char *hex)
{
	uint8_t hash[FLEET_HASH];
	size_t len;

	if (sodium_hex2bin(hash, sizeof(hash), hex, strlen(hex), NULL, &len, NULL) != 0 ||
	    len != FLEET_HASH)
		return NULL;
	return chunk_set_find(s, hash);
}
