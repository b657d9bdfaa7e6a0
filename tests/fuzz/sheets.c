/*
 * Any bytes where a carrier brings a part of a fleet's sheet. The first byte picks: a head, a list
 * of keys, a token, one chunk in some place, or a chunk that the authority has signed.
 */
#include <string.h>

#include "common/wire.h"
#include "rbacctl/fleet/judge.h"
#include "rbacctl/fleet/token.h"
#include "tests/fuzz/fuzz.h"

enum { NOW = 1767607200 };

/* Number 11 has signed the seeds. To make a key takes as long as to judge a sheet: each once. */
static const struct fleet_key *key_of(uint8_t number)
{
	static struct fleet_key keys[16];
	const uint8_t seed[FLEET_SEED] = { 7, number };

	if (keys[number].id[0] == 0)
		fleet_key_make(seed, &keys[number]);
	return &keys[number];
}

/* ---- a head ---- */

/* A head that decodes is one that the encoder makes: no two spellings of one. */
static void same_again(const struct fleet_head *h, const uint8_t *p, size_t len)
{
	struct fleet_recent recent[FLEET_RECENT_MAX];
	struct fleet_chunk_ref *refs = calloc(h->n_chunks + 1, sizeof(*refs));
	struct buf again = { 0 };
	size_t at = 0, n = 0;

	claim(refs);
	while (fleet_head_recent(h, &at, &recent[n]))
		claim(++n <= FLEET_RECENT_MAX);
	claim(n == h->n_recent);
	for (uint32_t i = 0; i < h->n_chunks; i++)
		refs[i] = fleet_head_chunk(h, i);
	claim(fleet_head_encode(h, recent, refs, &again) == RBAC_OK);
	claim(again.len + FLEET_SIGNATURE == len && memcmp(again.p, p, again.len) == 0);
	buf_free(&again);
	free(refs);
}

static void as_head(const uint8_t *p, size_t len)
{
	const struct fleet_key *key = key_of(12);
	struct fleet_keys keys = { .version = 1, .n_authorities = 1 };
	struct fleet_trust t = { .keys = &keys, .now = NOW };
	struct fleet_held held = { .term = 0 };
	struct fleet_bytes chunk = { p, len };
	struct fleet_judgement j;
	struct fleet_head h;
	uint8_t content[FLEET_HASH];

	if (fleet_head_decode(p, len, &h) == RBAC_OK) {
		fleet_head_content(&h, content);
		same_again(&h, p, len);
	}
	memcpy(keys.authorities[0].public, key->public, FLEET_PUBLIC);
	keys.authorities[0].until = INT64_MAX;
	struct fleet_arrived a = { FLEET_SHEET, { p, len }, &chunk, 1 };
	claim(fleet_judge(&t, &held, &a, &j) == RBAC_OK);
	/* Nobody has the key but the authority. */
	claim(fleet_refused(j.verdict));
	fleet_judgement_free(&j);
}

/* ---- keys and tokens ---- */

static void as_keys(const uint8_t *p, size_t len)
{
	struct fleet_keys k, out;
	struct fleet_anchor anchor = { .version = 1 };
	struct buf again = { 0 };

	if (fleet_keys_decode(p, len, &k) == RBAC_OK) {
		claim(fleet_keys_encode(&k, &again) == RBAC_OK);
		claim(again.len <= len && memcmp(again.p, p, again.len) == 0);
		fleet_anchor_of(&k, &anchor);
		(void)fleet_keys_find(&k, anchor.roots);
	}
	claim(fleet_keys_judge(NULL, NULL, &anchor, p, len, &out) != FLEET_KEYS_TAKE ||
	      fleet_keys_signatures(p, len, &out) >= out.threshold);
	buf_free(&again);
}

static void as_token(const uint8_t *p, size_t len)
{
	char *text = strndup((const char *)p, len), again[FLEET_TOKEN_MAX];
	struct fleet_token t;

	claim(text);
	if (fleet_token_parse(text, &t) == RBAC_OK) {
		claim(fleet_token_print(&t, again) == RBAC_OK);
		claim(strcmp(again, text) == 0);
	}
	free(text);
}

/* ---- chunks ---- */

struct rows {
	struct fleet_records records;
	bool unknown;
};

static int on_record(void *ctx, const struct fleet_record *rec)
{
	struct rows *r = ctx;

	fuzz_touch(rec->name, strlen(rec->name));
	fuzz_touch(rec->reason, strlen(rec->reason));
	fuzz_touch(rec->reviewed_by, strlen(rec->reviewed_by));
	if (rec->type == FLEET_TEXT)
		fuzz_touch(rec->text, rec->text_len);
	if (fleet_records_add(&r->records, rec))
		r->unknown = true;
	return RBAC_OK;
}

/* Any place, of either kind of sheet. */
static void as_chunk(const uint8_t *p, size_t len)
{
	struct rows r = { 0 };

	if (len > 1)
		(void)fleet_chunk_each(p + 1, len - 1, p[0] & 3, 4, p[0] & 4, on_record, &r);
	fleet_records_free(&r.records);
}

/* What was taken can be made again, and then says the same. */
static void made_again(struct rows *r, size_t len)
{
	struct fleet_chunk_ref *refs;
	struct buf *chunks;
	uint32_t n;
	size_t total = 0;

	if (fleet_chunks_make(&r->records, &chunks, &refs, &n) == RBAC_OK) {
		for (uint32_t i = 0; i < n; i++)
			total += chunks[i].len;
		claim(n <= 1 ? total <= len : total > 0);
	}
	fleet_chunks_free(chunks, refs, n);
}

static void as_signed(const uint8_t *p, size_t len)
{
	const struct fleet_key *key = key_of(11);
	struct fleet_keys keys = { .version = 1, .n_authorities = 1 };
	struct fleet_trust t = { .keys = &keys, .now = NOW };
	struct fleet_held held = { .term = 0 };
	struct fleet_chunk_ref ref = { .size = (uint32_t)(len ? len - 1 : 0) };
	struct fleet_head h = { .name = len && (p[0] & 1) ? FLEET_SHEET : "space:main/web",
				.owner = "",
				.plan = "",
				.number = 1,
				.issued = NOW,
				.exists = true,
				.n_chunks = 1 };
	struct fleet_judgement j;
	struct rows r = { 0 };
	struct buf head = { 0 };

	if (len == 0)
		return;
	fleet_chunk_hash(p + 1, len - 1, ref.hash);
	memcpy(h.key, key->id, FLEET_KEY_ID);
	memcpy(keys.authorities[0].public, key->public, FLEET_PUBLIC);
	keys.authorities[0].until = INT64_MAX;
	claim(fleet_head_encode(&h, NULL, &ref, &head) == RBAC_OK);
	claim(fleet_sign(key, &head) == RBAC_OK);
	struct fleet_bytes chunk = { p + 1, len - 1 };
	struct fleet_arrived a = { h.name, { head.p, head.len }, &chunk, 1 };
	claim(fleet_judge(&t, &held, &a, &j) == RBAC_OK);
	claim(j.verdict == FLEET_TAKE || j.verdict == FLEET_DAMAGED);
	if (j.verdict == FLEET_TAKE) {
		/* It was read whole before it was taken: it does not fail any more. */
		claim(fleet_judgement_each(&j, on_record, &r) == RBAC_OK);
		made_again(&r, len);
	}
	fleet_judgement_free(&j);
	fleet_records_free(&r.records);
	buf_free(&head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const ways[])(const uint8_t *p, size_t len) = { as_head, as_keys, as_token,
								      as_chunk, as_signed };

	if (size == 0)
		return 0;
	/* Of just this size, for the sanitizer to see what is read beyond. */
	uint8_t *p = malloc(size);
	claim(p);
	memcpy(p, data + 1, size - 1);
	ways[data[0] % (sizeof(ways) / sizeof(*ways))](p, size - 1);
	free(p);
	return 0;
}
