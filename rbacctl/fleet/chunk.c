/* From records to chunks, and from a chunk to its records. */
#include "rbacctl/fleet/chunk.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/fleet/bytes.h"
#include "rbacctl/fleet/record.h"

static const char magic[8] = "rbacchnk";

enum { CHUNK_HEADER = sizeof(magic) + 2 + 4, RECORD_HEADER = 4 };

void fleet_chunk_hash(const uint8_t *p, size_t len, uint8_t out[FLEET_HASH])
{
	crypto_generichash(out, FLEET_HASH, p, len, NULL, 0);
}

/* ---- make ---- */

int fleet_records_add(struct fleet_records *r, const struct fleet_record *rec)
{
	struct fleet_record same;
	size_t at = r->bytes.len;

	if (!buf_room(&r->v, r->n, &r->cap, sizeof(*r->v)))
		return RBAC_NOMEM;
	fleet_record_encode(rec, &r->bytes);
	if (r->bytes.failed)
		return RBAC_NOMEM;
	size_t size = r->bytes.len - at;
	if (fleet_record_decode(r->bytes.p + at, size, &same)) {
		r->bytes.len = at;
		return RBAC_INVALID;
	}
	r->v[r->n++] = (struct fleet_record_at){ .at = at,
						 .size = size,
						 .spread = fleet_record_spread(rec) };
	return RBAC_OK;
}

int fleet_records_add_text(struct fleet_records *r, const char *name, const char *text, size_t len)
{
	uint32_t parts = (uint32_t)(len / FLEET_TEXT_PART + 1);
	int err = RBAC_OK;

	for (uint32_t i = 0; i < parts && !err; i++) {
		size_t at = (size_t)i * FLEET_TEXT_PART, left = len - at;
		err = fleet_records_add(
			r, &(struct fleet_record){
				   .type = FLEET_TEXT,
				   .name = name,
				   .part = i,
				   .parts = parts,
				   .text = (const uint8_t *)text + at,
				   .text_len = left < FLEET_TEXT_PART ? left : FLEET_TEXT_PART,
			   });
	}
	return err;
}

void fleet_records_free(struct fleet_records *r)
{
	buf_free(&r->bytes);
	free(r->v);
	*r = (struct fleet_records){ 0 };
}

static uint32_t chunks_for(const struct fleet_records *r)
{
	uint32_t n = r->n > 0;

	while (n && n < FLEET_CHUNKS_MAX &&
	       (r->bytes.len + r->n * RECORD_HEADER) / n > FLEET_CHUNK_AIM)
		n *= 2;
	return n;
}

static int by_bytes(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	int c = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return c ? c : a_len < b_len ? -1 : a_len > b_len;
}

/* By chunk, then by bytes. */
static int order(const void *a, const void *b)
{
	const struct fleet_record_at *x = a, *y = b;

	if (x->chunk != y->chunk)
		return x->chunk < y->chunk ? -1 : 1;
	return by_bytes(x->p, x->size, y->p, y->size);
}

/* The records in the order in which they lie in N chunks. */
static void sort(struct fleet_records *r, uint32_t n)
{
	for (size_t i = 0; i < r->n; i++) {
		r->v[i].chunk = r->v[i].spread & (n - 1);
		r->v[i].p = r->bytes.p + r->v[i].at;
	}
	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), order);
}

/* The records from *NEXT on that belong to chunk I, into OUT. */
static void put_chunk(const struct fleet_records *r, uint32_t i, size_t *next, struct buf *out)
{
	size_t first = *next;

	while (*next < r->n && r->v[*next].chunk == i)
		++*next;
	buf_put(out, magic, sizeof(magic));
	buf_u16(out, FLEET_VERSION);
	buf_u32(out, (uint32_t)(*next - first));
	for (size_t k = first; k < *next; k++) {
		buf_u32(out, (uint32_t)r->v[k].size);
		buf_put(out, r->v[k].p, r->v[k].size);
	}
}

static int nothing(void *ctx, const struct fleet_record *rec)
{
	(void)ctx;
	(void)rec;
	return RBAC_OK;
}

int fleet_chunks_make(struct fleet_records *r, struct buf **chunks, struct fleet_chunk_ref **refs,
		      uint32_t *n)
{
	uint64_t total = 0;
	size_t next = 0;
	int err = RBAC_OK;

	*n = chunks_for(r);
	*chunks = calloc(*n + 1, sizeof(**chunks));
	*refs = calloc(*n + 1, sizeof(**refs));
	if (!*chunks || !*refs)
		return RBAC_NOMEM;
	sort(r, *n);
	for (uint32_t i = 0; i < *n && !err; i++) {
		struct buf *b = &(*chunks)[i];
		put_chunk(r, i, &next, b);
		if (b->failed)
			return RBAC_NOMEM;
		if (b->len > FLEET_CHUNK_MAX || (total += b->len) > FLEET_SHEET_MAX)
			return RBAC_RANGE;
		(*refs)[i].size = (uint32_t)b->len;
		fleet_chunk_hash(b->p, b->len, (*refs)[i].hash);
		/* Each record was taken by itself: what remains is one name that occurs twice. */
		bool of_fleet = fleet_record_is_of_fleet(r->v[0].p[0]);
		if (fleet_chunk_each(b->p, b->len, i, *n, of_fleet, nothing, NULL))
			err = RBAC_CONFLICT;
	}
	return err;
}

void fleet_chunks_free(struct buf *chunks, struct fleet_chunk_ref *refs, uint32_t n)
{
	for (uint32_t i = 0; chunks && i < n; i++)
		buf_free(&chunks[i]);
	free(chunks);
	free(refs);
}

/* ---- read ---- */

/* What is known to be of the other kind of sheet has no place here. */
static bool has_place(const struct fleet_record *rec, uint32_t i, uint32_t n, bool of_fleet)
{
	if (!fleet_record_is_known(rec->type))
		return true;
	return fleet_record_is_of_fleet(rec->type) == of_fleet &&
	       (fleet_record_spread(rec) & (n - 1)) == i;
}

int fleet_chunk_each(const uint8_t *p, size_t len, uint32_t i, uint32_t n, bool of_fleet,
		     fleet_record_fn *fn, void *ctx)
{
	struct bytes b = { .p = p, .end = p + len };
	const uint8_t *start = bytes_take(&b, sizeof(magic)), *last = NULL;
	size_t last_len = 0;

	if (!start || memcmp(start, magic, sizeof(magic)) != 0 || bytes_u16(&b) != FLEET_VERSION)
		return RBAC_DAMAGED;
	uint32_t left = bytes_u32(&b);
	for (; left > 0 && !b.bad; left--) {
		struct fleet_record rec;
		size_t size = bytes_u32(&b);
		const uint8_t *at = bytes_take(&b, size);
		if (!at || fleet_record_decode(at, size, &rec) || !has_place(&rec, i, n, of_fleet))
			return RBAC_DAMAGED;
		if (last && (by_bytes(last, last_len, at, size) >= 0 ||
			     fleet_record_same_key(last, last_len, at, size)))
			return RBAC_DAMAGED;
		int err = fn(ctx, &rec);
		if (err)
			return err;
		last = at;
		last_len = size;
	}
	return b.bad || b.p != b.end ? RBAC_DAMAGED : RBAC_OK;
}
