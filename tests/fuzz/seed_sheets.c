/* Seeds for sheets.c: heads, lists of keys, tokens and chunks that are right. */
#include "tests/fuzz/seed_sheets.h"

#include <string.h>

#include "common/wire.h"
#include "rbacctl/fleet/chunk.h"
#include "rbacctl/fleet/token.h"
#include "tests/fuzz/fuzz.h"

enum { HEAD, KEYS, TOKEN, CHUNK, SIGNED }; /* the first byte, as sheets.c counts */

static void save_as(seed_save_fn *save, const char *name, uint8_t way, const uint8_t *prefix,
		    size_t prefix_len, const void *p, size_t len)
{
	struct buf b = { 0 };

	buf_u8(&b, way);
	buf_put(&b, prefix, prefix_len);
	buf_put(&b, p, len);
	claim(!b.failed);
	save("sheets", name, b.p, b.len);
	buf_free(&b);
}

static struct fleet_key key(uint8_t number)
{
	const uint8_t seed[FLEET_SEED] = { 7, number };
	struct fleet_key k;

	fleet_key_make(seed, &k);
	return k;
}

static struct fleet_records rows(bool of_fleet)
{
	static const struct fleet_record scope[] = {
		{ .type = FLEET_ASSIGNMENT,
		  .id = 4,
		  .change = 4,
		  .when = 1767607200,
		  .from = RBAC_TIME_MIN,
		  .until = RBAC_TIME_MAX,
		  .name = "bob",
		  .role = "space-developer",
		  .by = "alice",
		  .reason = "OPS-12",
		  .request = 4,
		  .reviewed = 1700000000,
		  .reviewed_by = "carl" },
		{ .type = FLEET_ASSIGNMENT,
		  .id = 9,
		  .change = 8,
		  .from = 1767607200,
		  .until = 1767693600,
		  .name = "%domain users@corp",
		  .role = "guest",
		  .by = "root",
		  .reason = "" },
		{ .type = FLEET_UID, .name = "bob", .uid = 1002 },
	};
	static const struct fleet_record fleet[] = {
		{ .type = FLEET_GID, .name = "space-developer", .gid = 2010000007 },
		{ .type = FLEET_GID, .name = "old", .gid = 2010000008, .gone = true },
		{ .type = FLEET_SUSPENDED, .name = "carol" },
	};
	struct fleet_records r = { 0 };

	for (size_t i = 0; i < 3; i++)
		claim(fleet_records_add(&r, of_fleet ? &fleet[i] : &scope[i]) == RBAC_OK);
	if (of_fleet)
		claim(fleet_records_add_text(&r, "rbac.conf", "version = 1;", 12) == RBAC_OK);
	return r;
}

static void save_sheet(seed_save_fn *save, const char *name, bool of_fleet)
{
	const struct fleet_recent recent[] = { { "space:main/web", 7 }, { FLEET_SHEET, 6 } };
	struct fleet_records r = rows(of_fleet);
	struct fleet_key k = key(11);
	struct fleet_chunk_ref *refs;
	struct buf *chunks, head = { 0 };
	struct fleet_head h = { .name = of_fleet ? FLEET_SHEET : "space:main/web",
				.owner = of_fleet ? "" : "alice",
				.plan = "",
				.term = 1,
				.number = 7,
				.issued = 1767607200,
				.exists = true,
				.interval = of_fleet ? 60 : 0,
				.n_recent = of_fleet ? 2 : 0 };
	const uint8_t place = of_fleet ? 4 : 0, kind = of_fleet;

	claim(fleet_chunks_make(&r, &chunks, &refs, &h.n_chunks) == RBAC_OK);
	claim(fleet_head_encode(&h, recent, refs, &head) == RBAC_OK);
	claim(fleet_sign(&k, &head) == RBAC_OK);
	char title[64];
	snprintf(title, sizeof(title), "head-%s", name);
	save_as(save, title, HEAD, NULL, 0, head.p, head.len);
	snprintf(title, sizeof(title), "chunk-%s", name);
	save_as(save, title, CHUNK, &place, 1, chunks[0].p, chunks[0].len);
	snprintf(title, sizeof(title), "signed-%s", name);
	save_as(save, title, SIGNED, &kind, 1, chunks[0].p, chunks[0].len);
	fleet_chunks_free(chunks, refs, h.n_chunks);
	fleet_records_free(&r);
	buf_free(&head);
}

static void save_trust(seed_save_fn *save)
{
	struct fleet_keys k = { .version = 2, .threshold = 2, .n_roots = 2, .n_authorities = 1 };
	struct fleet_token t = {
		.term = 1, .number = 7, .fleet = "campus", .host = "web1", .scope = "space:main/web"
	};
	struct fleet_key one = key(1), two = key(2), authority = key(11);
	struct buf b = { 0 };
	char text[FLEET_TOKEN_MAX];

	memcpy(k.roots[0], one.public, FLEET_PUBLIC);
	memcpy(k.roots[1], two.public, FLEET_PUBLIC);
	memcpy(k.authorities[0].public, authority.public, FLEET_PUBLIC);
	k.authorities[0].until = RBAC_TIME_MAX;
	claim(fleet_keys_encode(&k, &b) == RBAC_OK);
	claim(fleet_keys_sign(&b, &one) == RBAC_OK && fleet_keys_sign(&b, &two) == RBAC_OK);
	save_as(save, "keys", KEYS, NULL, 0, b.p, b.len);
	buf_free(&b);
	fleet_anchor_of(&k, &t.anchor);
	claim(fleet_token_print(&t, text) == RBAC_OK);
	save_as(save, "token", TOKEN, NULL, 0, text, strlen(text));
}

void seed_sheets(seed_save_fn *save)
{
	save_sheet(save, "scope", false);
	save_sheet(save, "fleet", true);
	save_trust(save);
}
