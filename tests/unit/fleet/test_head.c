/* The head of a sheet: what goes in comes out, and what is over a limit goes neither in nor out. */
#include "world.h"

static struct made simple(struct fleet_head h)
{
	struct fleet_records none = { 0 };
	struct fleet_key key = world_key(11);

	return world_sheet(h, NULL, &none, &key);
}

static void test_a_scope_is_decoded_as_it_was_encoded(void **state)
{
	struct fleet_head h = world_head(MAIN, 2, 77), got;
	(void)state;
	h.owner = "alice";
	h.plan = "big";
	struct made m = simple(h);
	assert_int_equal(fleet_head_decode(m.head.p, m.head.len, &got), RBAC_OK);
	assert_string_equal(got.name, MAIN);
	assert_string_equal(got.owner, "alice");
	assert_string_equal(got.plan, "big");
	assert_true(got.term == 2 && got.number == 77 && got.issued == NOW && got.created == 3);
	assert_true(got.exists && got.n_chunks == 0 && got.n_recent == 0);
	assert_memory_equal(got.fleet, h.fleet, FLEET_ID);
	world_free(&m);
}

static void test_the_sheet_fleet_is_decoded_as_it_was_encoded(void **state)
{
	struct fleet_recent recent[FLEET_RECENT_MAX + 1], r;
	struct fleet_head h = world_head(FLEET_SHEET, 1, 9), got;
	struct fleet_records none = { 0 };
	struct fleet_key key = world_key(11);
	size_t at = 0;
	(void)state;
	for (size_t i = 0; i <= FLEET_RECENT_MAX; i++)
		recent[i] = (struct fleet_recent){ i % 2 ? MAIN : "host:main", i };
	h.interval = 60;
	h.keys = 4;
	h.n_recent = FLEET_RECENT_MAX;
	struct made m = world_sheet(h, recent, &none, &key);
	assert_int_equal(fleet_head_decode(m.head.p, m.head.len, &got), RBAC_OK);
	assert_true(fleet_head_is_fleet(&got) && got.interval == 60 && got.keys == 4);
	for (uint64_t i = 0; i < FLEET_RECENT_MAX; i++) {
		assert_true(fleet_head_recent(&got, &at, &r));
		assert_string_equal(r.name, i % 2 ? MAIN : "host:main");
		assert_true(r.number == i);
	}
	assert_false(fleet_head_recent(&got, &at, &r));
	world_free(&m);
	struct buf out = { 0 };
	h.n_recent = FLEET_RECENT_MAX + 1;
	assert_int_equal(fleet_head_encode(&h, recent, NULL, &out), RBAC_INVALID);
	buf_free(&out);
}

static void test_invalid_names_are_not_encoded(void **state)
{
	static const char *const bad[] = { "",          "web",   "space:", "space:main/../x",
					   "space:a b", "Fleet", "fleet2", ":" };
	struct buf out = { 0 };
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct fleet_head h = world_head(bad[i], 1, 1);
		assert_int_equal(fleet_head_encode(&h, NULL, NULL, &out), RBAC_INVALID);
	}
	struct fleet_head owner = world_head(MAIN, 1, 1), plan = owner;
	owner.owner = "a b";
	plan.plan = "a/b";
	assert_int_equal(fleet_head_encode(&owner, NULL, NULL, &out), RBAC_INVALID);
	assert_int_equal(fleet_head_encode(&plan, NULL, NULL, &out), RBAC_INVALID);
	assert_int_equal(out.len, 0);
}

static int encode_chunks(uint32_t n, uint32_t size)
{
	struct fleet_chunk_ref *refs = calloc(n + 1, sizeof(*refs));
	struct fleet_head h = world_head(MAIN, 1, 1), got;
	struct fleet_key key = world_key(11);
	struct buf out = { 0 };

	h.n_chunks = n;
	for (uint32_t i = 0; i < n; i++)
		refs[i].size = size;
	int err = fleet_head_encode(&h, NULL, refs, &out);
	if (!err) {
		assert_int_equal(fleet_sign(&key, &out), RBAC_OK);
		assert_int_equal(fleet_head_decode(out.p, out.len, &got), RBAC_OK);
		assert_int_equal(got.n_chunks, n);
	}
	free(refs);
	buf_free(&out);
	return err;
}

static void test_limits_of_chunks(void **state)
{
	(void)state;
	assert_int_equal(encode_chunks(FLEET_CHUNKS_MAX, FLEET_SHEET_MAX / FLEET_CHUNKS_MAX),
			 RBAC_OK);
	assert_int_equal(encode_chunks(FLEET_CHUNKS_MAX, FLEET_SHEET_MAX / FLEET_CHUNKS_MAX + 1),
			 RBAC_INVALID);
	assert_int_equal(encode_chunks(FLEET_CHUNKS_MAX * 2, 1), RBAC_INVALID);
	assert_int_equal(encode_chunks(1, FLEET_CHUNK_MAX), RBAC_OK);
	assert_int_equal(encode_chunks(1, FLEET_CHUNK_MAX + 1), RBAC_INVALID);
	assert_int_equal(encode_chunks(3, 1), RBAC_INVALID);
}

static void test_a_newer_version_is_told_from_damage(void **state)
{
	struct made m = simple(world_head(MAIN, 1, 1));
	struct fleet_head got;
	(void)state;
	m.head.p[8] = FLEET_VERSION + 1;
	assert_int_equal(fleet_head_decode(m.head.p, m.head.len, &got), RBAC_NEWER);
	m.head.p[8] = 0;
	assert_int_equal(fleet_head_decode(m.head.p, m.head.len, &got), RBAC_DAMAGED);
	world_free(&m);
}

static void test_a_truncated_head_is_refused(void **state)
{
	struct fleet_head h = world_head(MAIN, 1, 1), got;
	struct fleet_records rows = world_rows(1, 3);
	struct fleet_key key = world_key(11);
	(void)state;
	struct made m = world_sheet(h, NULL, &rows, &key);
	for (size_t len = 0; len < m.head.len; len++) {
		uint8_t *part = malloc(len + 1); /* of just this size, for a sanitizer */
		memcpy(part, m.head.p, len);
		assert_int_not_equal(fleet_head_decode(part, len, &got), RBAC_OK);
		free(part);
	}
	world_free(&m);
}

/* Content that the encoder would not write, but correctly signed. */
static void test_decoding_checks_the_limits(void **state)
{
	enum { WHAT = 66 }; /* where the content begins when no sheet is recent */
	struct fleet_chunk_ref *refs = calloc(FLEET_CHUNKS_MAX, sizeof(*refs));
	struct fleet_head h = world_head(MAIN, 1, 1), got;
	uint8_t signature[FLEET_SIGNATURE] = { 0 };
	struct buf out = { 0 };
	(void)state;
	for (uint32_t i = 0; i < FLEET_CHUNKS_MAX; i++)
		refs[i].size = FLEET_SHEET_MAX / FLEET_CHUNKS_MAX;
	h.n_chunks = FLEET_CHUNKS_MAX;
	assert_int_equal(fleet_head_encode(&h, NULL, refs, &out), RBAC_OK);
	buf_put(&out, signature, sizeof(signature));
	assert_int_equal(fleet_head_decode(out.p, out.len, &got), RBAC_OK);
	uint8_t *first = out.p + (got.chunks - out.p);
	first[0]++;
	assert_int_equal(fleet_head_decode(out.p, out.len, &got), RBAC_RANGE);
	first[0]--;
	assert_int_equal(out.p[WHAT], 2);
	out.p[WHAT] = 0; /* a scope that is gone, with rows */
	assert_int_equal(fleet_head_decode(out.p, out.len, &got), RBAC_DAMAGED);
	out.p[WHAT] = 2;
	buf_u8(&out, 0);
	assert_int_equal(fleet_head_decode(out.p, out.len, &got), RBAC_DAMAGED);
	h.exists = false;
	out.len = 0;
	assert_int_equal(fleet_head_encode(&h, NULL, refs, &out), RBAC_INVALID);
	buf_free(&out);
	free(refs);
}

static void content_of(const struct made *m, uint8_t *out)
{
	struct fleet_head got;

	assert_int_equal(fleet_head_decode(m->head.p, m->head.len, &got), RBAC_OK);
	fleet_head_content(&got, out);
}

static void test_the_content_hash_leaves_out_key_term_and_time(void **state)
{
	struct fleet_head h = world_head(MAIN, 1, 5);
	uint8_t first[FLEET_HASH], other[FLEET_HASH];
	(void)state;
	struct made m = simple(h);
	content_of(&m, first);
	world_free(&m);
	h.issued++;
	h.term++;
	m = simple(h);
	content_of(&m, other);
	world_free(&m);
	assert_memory_equal(first, other, FLEET_HASH);
	for (int what = 0; what < 5; what++) {
		struct fleet_head x = h;
		x.number += what == 0;
		x.created += what == 1;
		x.owner = what == 2 ? "bob" : "";
		x.plan = what == 3 ? "p" : "";
		x.exists = what != 4;
		m = simple(x);
		content_of(&m, other);
		world_free(&m);
		assert_memory_not_equal(first, other, FLEET_HASH);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_scope_is_decoded_as_it_was_encoded),
		cmocka_unit_test(test_the_sheet_fleet_is_decoded_as_it_was_encoded),
		cmocka_unit_test(test_invalid_names_are_not_encoded),
		cmocka_unit_test(test_limits_of_chunks),
		cmocka_unit_test(test_a_newer_version_is_told_from_damage),
		cmocka_unit_test(test_a_truncated_head_is_refused),
		cmocka_unit_test(test_decoding_checks_the_limits),
		cmocka_unit_test(test_the_content_hash_leaves_out_key_term_and_time),
	};

	return cmocka_run_group_tests_name("fleet: heads", tests, NULL, NULL);
}
