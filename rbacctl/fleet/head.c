/* The head of a sheet: its bytes, and the way back. */
#include <sodium.h>
#include <string.h>

#include "rbacctl/fleet/bytes.h"
#include "rbacctl/fleet/sheet.h"

static const char magic[8] = "rbachead";

enum { OF_SCOPE = 0, OF_FLEET = 1, EXISTS = 2 }; /* flags */
enum { CHUNK_REF = 4 + FLEET_HASH };             /* bytes of a reference to a chunk */

bool fleet_name_is_sheet(const char *s, size_t len)
{
	return (len == strlen(FLEET_SHEET) && memcmp(s, FLEET_SHEET, len) == 0) ||
	       (len <= RBAC_SCOPE_MAX && rbac_name_is_scope(s, len));
}

static bool is_user_or_none(const char *s)
{
	size_t len = strlen(s);

	return len == 0 || rbac_name_is_user(s, len);
}

static bool is_word_or_none(const char *s)
{
	size_t len = strlen(s);

	return len == 0 || rbac_name_is_word(s, len);
}

static bool is_power_of_two(uint32_t n)
{
	return (n & (n - 1)) == 0;
}

/* ---- encode ---- */

static bool fits(const struct fleet_head *h, const struct fleet_recent *recent,
		 const struct fleet_chunk_ref *chunks)
{
	uint64_t total = 0;

	if (!fleet_name_is_sheet(h->name, strlen(h->name)) || !is_user_or_none(h->owner) ||
	    !is_word_or_none(h->plan) || h->n_recent > FLEET_RECENT_MAX ||
	    h->n_chunks > FLEET_CHUNKS_MAX || !is_power_of_two(h->n_chunks) ||
	    (!h->exists && !fleet_head_is_fleet(h) && h->n_chunks))
		return false;
	for (uint32_t i = 0; i < h->n_recent; i++)
		if (!fleet_name_is_sheet(recent[i].name, strlen(recent[i].name)))
			return false;
	for (uint32_t i = 0; i < h->n_chunks; i++) {
		if (chunks[i].size > FLEET_CHUNK_MAX)
			return false;
		total += chunks[i].size;
	}
	return total <= FLEET_SHEET_MAX;
}

/* The content comes last before the signature, so that its hash is over one run of bytes. */
static void put_content(struct buf *out, const struct fleet_head *h,
			const struct fleet_chunk_ref *chunks)
{
	bool of_fleet = fleet_head_is_fleet(h);

	buf_u8(out, (uint8_t)(of_fleet ? OF_FLEET : h->exists ? EXISTS : OF_SCOPE));
	bytes_put_text(out, h->name);
	buf_u64(out, h->number);
	if (!of_fleet) {
		buf_u64(out, h->created);
		bytes_put_text(out, h->owner);
		bytes_put_text(out, h->plan);
	}
	buf_u32(out, h->n_chunks);
	for (uint32_t i = 0; i < h->n_chunks; i++) {
		buf_u32(out, chunks[i].size);
		buf_put(out, chunks[i].hash, FLEET_HASH);
	}
}

int fleet_head_encode(const struct fleet_head *h, const struct fleet_recent *recent,
		      const struct fleet_chunk_ref *chunks, struct buf *out)
{
	if (!fits(h, recent, chunks))
		return RBAC_INVALID;
	buf_put(out, magic, sizeof(magic));
	buf_u16(out, FLEET_VERSION);
	buf_put(out, h->fleet, FLEET_ID);
	buf_put(out, h->key, FLEET_KEY_ID);
	buf_u64(out, h->term);
	buf_u64(out, (uint64_t)h->issued);
	buf_u32(out, h->interval);
	buf_u64(out, h->keys);
	buf_u32(out, h->n_recent);
	for (uint32_t i = 0; i < h->n_recent; i++) {
		bytes_put_text(out, recent[i].name);
		buf_u64(out, recent[i].number);
	}
	put_content(out, h, chunks);
	return out->failed ? RBAC_NOMEM : RBAC_OK;
}

/* ---- decode ---- */

static int decode_recent(struct bytes *b, struct fleet_head *h)
{
	h->n_recent = bytes_u32(b);
	h->recent = b->p;
	if (h->n_recent > FLEET_RECENT_MAX)
		return RBAC_RANGE;
	for (uint32_t i = 0; i < h->n_recent; i++) {
		const char *name = bytes_text(b);
		(void)bytes_u64(b);
		if (b->bad || !fleet_name_is_sheet(name, strlen(name)))
			return RBAC_DAMAGED;
	}
	h->recent_len = (size_t)(b->p - h->recent);
	return RBAC_OK;
}

static int decode_chunks(struct bytes *b, struct fleet_head *h)
{
	uint64_t total = 0;

	h->n_chunks = bytes_u32(b);
	if (h->n_chunks > FLEET_CHUNKS_MAX)
		return RBAC_RANGE;
	h->chunks = bytes_take(b, (size_t)h->n_chunks * CHUNK_REF);
	if (b->bad || !is_power_of_two(h->n_chunks))
		return RBAC_DAMAGED;
	for (uint32_t i = 0; i < h->n_chunks; i++) {
		uint32_t size = fleet_head_chunk(h, i).size;
		total += size;
		if (size > FLEET_CHUNK_MAX || total > FLEET_SHEET_MAX)
			return RBAC_RANGE;
	}
	return RBAC_OK;
}

static int decode_content(struct bytes *b, struct fleet_head *h)
{
	uint8_t flags = bytes_u8(b);

	h->name = bytes_text(b);
	h->number = bytes_u64(b);
	h->owner = h->plan = "";
	bool of_fleet = !b->bad && strcmp(h->name, FLEET_SHEET) == 0;
	h->exists = of_fleet || flags == EXISTS;
	if (!of_fleet) {
		h->created = bytes_u64(b);
		h->owner = bytes_text(b);
		h->plan = bytes_text(b);
	}
	if (b->bad || !fleet_name_is_sheet(h->name, strlen(h->name)) ||
	    !is_user_or_none(h->owner) || !is_word_or_none(h->plan))
		return RBAC_DAMAGED;
	if (of_fleet ? flags != OF_FLEET : flags != EXISTS && flags != OF_SCOPE)
		return RBAC_DAMAGED;
	int err = decode_chunks(b, h);
	return !err && !h->exists && h->n_chunks ? RBAC_DAMAGED : err;
}

int fleet_head_decode(const uint8_t *p, size_t len, struct fleet_head *h)
{
	struct bytes b = { .p = p, .end = p + len };
	const uint8_t *start = bytes_take(&b, sizeof(magic));

	*h = (struct fleet_head){ .name = "", .owner = "", .plan = "" };
	if (!start || memcmp(start, magic, sizeof(magic)) != 0)
		return RBAC_DAMAGED;
	uint16_t version = bytes_u16(&b);
	if (!b.bad && version > FLEET_VERSION)
		return RBAC_NEWER;
	if (len > FLEET_HEAD_MAX)
		return RBAC_RANGE;
	const uint8_t *fleet = bytes_take(&b, FLEET_ID), *key = bytes_take(&b, FLEET_KEY_ID);
	if (b.bad || version != FLEET_VERSION)
		return RBAC_DAMAGED;
	memcpy(h->fleet, fleet, FLEET_ID);
	memcpy(h->key, key, FLEET_KEY_ID);
	h->term = bytes_u64(&b);
	h->issued = (int64_t)bytes_u64(&b);
	h->interval = bytes_u32(&b);
	h->keys = bytes_u64(&b);
	int err = decode_recent(&b, h);
	if (!err)
		err = decode_content(&b, h);
	if (err)
		return err;
	return (size_t)(b.end - b.p) == FLEET_SIGNATURE ? RBAC_OK : RBAC_DAMAGED;
}

struct fleet_chunk_ref fleet_head_chunk(const struct fleet_head *h, uint32_t i)
{
	const uint8_t *p = h->chunks + (size_t)i * CHUNK_REF;
	struct fleet_chunk_ref ref = { .size = rbac_le32(p) };

	memcpy(ref.hash, p + 4, FLEET_HASH);
	return ref;
}

bool fleet_head_recent(const struct fleet_head *h, size_t *at, struct fleet_recent *out)
{
	struct bytes b = { .p = h->recent + *at, .end = h->recent + h->recent_len };

	if (*at >= h->recent_len)
		return false;
	out->name = bytes_text(&b);
	out->number = bytes_u64(&b);
	*at = (size_t)(b.p - h->recent);
	return !b.bad;
}

void fleet_head_content(const struct fleet_head *h, uint8_t out[FLEET_HASH])
{
	crypto_generichash_state st;
	uint8_t numbers[1 + 8 + 8 + 4] = { h->exists };

	for (int i = 0; i < 8; i++) {
		numbers[1 + i] = (uint8_t)(h->number >> 8 * i);
		numbers[9 + i] = (uint8_t)(h->created >> 8 * i);
	}
	for (int i = 0; i < 4; i++)
		numbers[17 + i] = (uint8_t)(h->n_chunks >> 8 * i);
	crypto_generichash_init(&st, NULL, 0, FLEET_HASH);
	crypto_generichash_update(&st, numbers, sizeof(numbers));
	crypto_generichash_update(&st, (const uint8_t *)h->name, strlen(h->name) + 1);
	crypto_generichash_update(&st, (const uint8_t *)h->owner, strlen(h->owner) + 1);
	crypto_generichash_update(&st, (const uint8_t *)h->plan, strlen(h->plan) + 1);
	crypto_generichash_update(&st, h->chunks, (size_t)h->n_chunks * CHUNK_REF);
	crypto_generichash_final(&st, out, FLEET_HASH);
}
