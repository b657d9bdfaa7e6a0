/* Chunks: the same rows give the same bytes, whatever order they came in; a row that changes
 * rewrites one chunk; what is not in form is not read. */
#include "world.h"

struct seen {
	size_t n;
	uint64_t ids;
	char last[300];
};

static int on_record(void *ctx, const struct fleet_record *rec)
{
	struct seen *s = ctx;

	s->n++;
	s->ids += rec->id;
	snprintf(s->last, sizeof(s->last), "%s", rec->name);
	return RBAC_OK;
}

static struct seen read_all(const struct made *m, bool of_fleet)
{
	struct seen s = { 0 };

	for (uint32_t i = 0; i < m->n; i++)
		assert_int_equal(fleet_chunk_each(m->chunks[i].p, m->chunks[i].len, i, m->n,
						  of_fleet, on_record, &s),
				 RBAC_OK);
	return s;
}

static struct made scope_sheet(struct fleet_records r)
{
	struct fleet_key key = world_key(11);

	return world_sheet(world_head(MAIN, 1, 1), NULL, &r, &key);
}

static void test_rows_are_decoded_as_they_were_encoded(void **state)
{
	(void)state;
	for (size_t n = 0; n < 2000; n = n * 2 + 1) {
		struct made m = scope_sheet(world_rows(1, n));
		struct seen s = read_all(&m, false);
		assert_true(s.n == n && s.ids == n * (n + 1) / 2);
		assert_true((m.n == 0) == (n == 0) && (m.n & (m.n - 1)) == 0);
		world_free(&m);
	}
}

static int on_full(void *ctx, const struct fleet_record *rec)
{
	const struct fleet_record *want = ctx;

	assert_true(rec->type == want->type && rec->id == want->id && rec->change == want->change &&
		    rec->when == want->when && rec->from == want->from &&
		    rec->until == want->until);
	assert_string_equal(rec->name, want->name);
	assert_string_equal(rec->role, want->role);
	assert_string_equal(rec->by, want->by);
	assert_string_equal(rec->reason, want->reason);
	assert_int_equal(rec->request, want->request);
	assert_int_equal(rec->review_from, want->review_from);
	assert_int_equal(rec->reviewed, want->reviewed);
	assert_string_equal(rec->reviewed_by, want->reviewed_by ? want->reviewed_by : "");
	return RBAC_NOTFOUND; /* passed on: it was called */
}

static void test_each_field_is_decoded_as_it_was_encoded(void **state)
{
	struct fleet_record row = { .type = FLEET_ASSIGNMENT,
				    .id = UINT64_MAX,
				    .change = 5,
				    .when = -3,
				    .from = -2,
				    .until = 9,
				    .name = "%domain users@corp",
				    .role = "dev.x",
				    .by = "alice",
				    .reason = "because\xc3\xa4",
				    .request = 3,
				    .review_from = 17,
				    .reviewed = 16,
				    .reviewed_by = "eve" };
	struct fleet_records r = { 0 };
	(void)state;
	assert_int_equal(fleet_records_add(&r, &row), RBAC_OK);
	struct made m = scope_sheet(r);
	assert_int_equal(
		fleet_chunk_each(m.chunks[0].p, m.chunks[0].len, 0, 1, false, on_full, &row),
		RBAC_NOTFOUND);
	world_free(&m);
}

static int on_uid(void *ctx, const struct fleet_record *rec)
{
	if (rec->type != FLEET_UID)
		return RBAC_OK;
	assert_string_equal(rec->name, "bob");
	*(uint32_t *)ctx = rec->uid;
	return RBAC_OK;
}

/* uids = "fleet" */
static void test_a_uid_is_in_the_sheet_of_a_scope_and_not_in_that_of_the_fleet(void **state)
{
	struct fleet_record uid = { .type = FLEET_UID, .name = "bob", .uid = 1002 };
	struct fleet_records r = { 0 };
	uint32_t got = 0;

	(void)state;
	struct fleet_record row = world_row(1, "bob", "developer");
	assert_int_equal(fleet_records_add(&r, &row), RBAC_OK);
	assert_int_equal(fleet_records_add(&r, &uid), RBAC_OK);
	struct made m = scope_sheet(r);
	assert_int_equal(
		fleet_chunk_each(m.chunks[0].p, m.chunks[0].len, 0, 1, false, on_uid, &got),
		RBAC_OK);
	assert_int_equal(got, 1002);
	assert_int_equal(fleet_chunk_each(m.chunks[0].p, m.chunks[0].len, 0, 1, true, on_uid, &got),
			 RBAC_DAMAGED);
	world_free(&m);
}

static void test_uids_that_nobody_has_are_no_records(void **state)
{
	static const struct fleet_record bad[] = {
		{ .type = FLEET_UID, .name = "bob", .uid = 0 },
		{ .type = FLEET_UID, .name = "bob", .uid = RBAC_NO_UID },
		{ .type = FLEET_UID, .name = "%devs", .uid = 1002 },
		{ .type = FLEET_UID, .name = "", .uid = 1002 },
	};
	struct fleet_records r = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(fleet_records_add(&r, &bad[i]), RBAC_INVALID);
	fleet_records_free(&r);
}

static void test_a_name_has_one_uid(void **state)
{
	struct fleet_record a = { .type = FLEET_UID, .name = "bob", .uid = 1002 },
			    b = { .type = FLEET_UID, .name = "bob", .uid = 1003 };
	struct fleet_records r = { 0 };
	struct fleet_chunk_ref *refs;
	struct buf *chunks;
	uint32_t n;

	(void)state;
	assert_int_equal(fleet_records_add(&r, &a), RBAC_OK);
	assert_int_equal(fleet_records_add(&r, &b), RBAC_OK);
	assert_int_equal(fleet_chunks_make(&r, &chunks, &refs, &n), RBAC_CONFLICT);
	fleet_chunks_free(chunks, refs, n);
	fleet_records_free(&r);
}

static void test_order_does_not_matter(void **state)
{
	struct fleet_records a = { 0 }, b = { 0 };
	char name[32];
	(void)state;
	for (int i = 0; i < 999; i++) {
		snprintf(name, sizeof(name), "u%d", i * 7 % 999);
		struct fleet_record x = world_row((uint64_t)(i * 7 % 999) + 1, name, "developer");
		assert_int_equal(fleet_records_add(&a, &x), RBAC_OK);
		snprintf(name, sizeof(name), "u%d", 998 - i);
		x = world_row((uint64_t)(998 - i) + 1, name, "developer");
		assert_int_equal(fleet_records_add(&b, &x), RBAC_OK);
	}
	struct made x = scope_sheet(a), y = scope_sheet(b);
	assert_int_equal(x.n, y.n);
	for (uint32_t i = 0; i < x.n; i++) {
		assert_int_equal(x.chunks[i].len, y.chunks[i].len);
		assert_memory_equal(x.chunks[i].p, y.chunks[i].p, x.chunks[i].len);
	}
	world_free(&x);
	world_free(&y);
}

static void test_one_more_row_rewrites_one_chunk(void **state)
{
	struct made a = scope_sheet(world_rows(1, 2000)), b = scope_sheet(world_rows(1, 2001));
	size_t other = 0;
	(void)state;
	assert_true(a.n > 4);
	assert_int_equal(a.n, b.n);
	for (uint32_t i = 0; i < a.n; i++)
		other += memcmp(&a.refs[i], &b.refs[i], sizeof(*a.refs)) != 0;
	assert_int_equal(other, 1);
	world_free(&a);
	world_free(&b);
}

static void test_a_row_twice_is_refused(void **state)
{
	struct fleet_records r = world_rows(1, 3);
	struct fleet_record same = world_row(2, "user1", "operator");
	struct fleet_chunk_ref *refs;
	struct buf *chunks;
	uint32_t n;
	(void)state;
	assert_int_equal(fleet_records_add(&r, &same), RBAC_OK);
	assert_int_equal(fleet_chunks_make(&r, &chunks, &refs, &n), RBAC_CONFLICT);
	fleet_chunks_free(chunks, refs, n);
	fleet_records_free(&r);
}

static void test_a_record_of_bad_form_is_not_added(void **state)
{
	struct fleet_record good = world_row(1, "alice", "developer");
	struct fleet_records r = { 0 };
	(void)state;
	for (int what = 0; what < 12; what++) {
		struct fleet_record x = good;
		switch (what) {
		case 0:
			x.id = 0;
			break;
		case 1:
			x.name = "";
			break;
		case 2:
			x.name = "a b";
			break;
		case 3:
			x.name = "%";
			break;
		case 4:
			x.name = "%-x";
			break;
		case 5:
			x.role = "no role";
			break;
		case 6:
			x.until = x.from;
			break;
		case 7:
			x = (struct fleet_record){ .type = FLEET_GID, .name = "g", .gid = 0 };
			break;
		case 8:
			x = (struct fleet_record){ .type = FLEET_GID, .name = "a:b", .gid = 5 };
			break;
		case 9:
			x = (struct fleet_record){ .type = FLEET_SUSPENDED, .name = "%x" };
			break;
		case 10:
			x = (struct fleet_record){ .type = FLEET_TEXT,
						   .name = "../rbac.conf",
						   .parts = 1,
						   .text = (const uint8_t *)"" };
			break;
		default:
			x = (struct fleet_record){ .type = FLEET_TEXT,
						   .name = "policy.d/../x.conf",
						   .parts = 1,
						   .text = (const uint8_t *)"" };
			break;
		}
		assert_int_equal(fleet_records_add(&r, &x), RBAC_INVALID);
	}
	static uint8_t long_text[FLEET_TEXT_PART + 1];
	memset(long_text, 'x', sizeof(long_text));
	struct fleet_record text = { .type = FLEET_TEXT,
				     .name = "rbac.conf",
				     .parts = 1,
				     .text = long_text,
				     .text_len = FLEET_TEXT_PART + 1 };
	assert_int_equal(fleet_records_add(&r, &text), RBAC_INVALID);
	assert_true(r.n == 0 && r.bytes.len == 0);
	text.text_len--;
	assert_int_equal(fleet_records_add(&r, &text), RBAC_OK);
	fleet_records_free(&r);
}

static void test_records_of_the_sheet_fleet_are_decoded_as_they_were_encoded(void **state)
{
	static char text[3 * FLEET_TEXT_PART + 7];
	struct fleet_record gid = { .type = FLEET_GID, .name = "web", .gid = 2010000000 },
			    gone = { .type = FLEET_GID,
				     .name = "old",
				     .gid = 2010000001,
				     .gone = true },
			    out = { .type = FLEET_SUSPENDED, .name = "carol" };
	struct fleet_records r = { 0 };
	struct fleet_key key = world_key(11);
	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(fleet_records_add(&r, &gid), RBAC_OK);
	assert_int_equal(fleet_records_add(&r, &gone), RBAC_OK);
	assert_int_equal(fleet_records_add(&r, &out), RBAC_OK);
	assert_int_equal(fleet_records_add_text(&r, "rbac.conf", "", 0), RBAC_OK);
	assert_int_equal(fleet_records_add_text(&r, "policy.d/a.conf", text, sizeof(text)),
			 RBAC_OK);
	struct made m = world_sheet(world_head(FLEET_SHEET, 1, 1), NULL, &r, &key);
	assert_int_equal(read_all(&m, true).n, 3 + 1 + 4);
	world_free(&m);
}

/* Each chunk is read by its place and its kind of sheet alone. */
static void test_a_chunk_with_another_number_is_damaged(void **state)
{
	struct made m = scope_sheet(world_rows(1, 1000));
	struct seen s = { 0 };
	(void)state;
	assert_true(m.n >= 2);
	for (uint32_t i = 0; i < m.n; i++)
		for (uint32_t k = 0; k < m.n; k++)
			assert_int_equal(fleet_chunk_each(m.chunks[i].p, m.chunks[i].len, k, m.n,
							  false, on_record, &s),
					 i == k ? RBAC_OK : RBAC_DAMAGED);
	assert_int_equal(
		fleet_chunk_each(m.chunks[0].p, m.chunks[0].len, 0, m.n, true, on_record, &s),
		RBAC_DAMAGED);
	world_free(&m);
}

/* The hash in the head tells every change of a chunk. Without it too no byte leads out of bounds.
 */
static void test_a_changed_byte_causes_no_read_out_of_bounds(void **state)
{
	struct made m = scope_sheet(world_rows(1, 5));
	struct seen s = { 0 };
	(void)state;
	for (size_t i = 0; i < m.chunks[0].len; i++)
		for (int bit = 0; bit < 8; bit++) {
			uint8_t hash[FLEET_HASH], *p = malloc(m.chunks[0].len);
			memcpy(p, m.chunks[0].p, m.chunks[0].len);
			p[i] ^= (uint8_t)(1 << bit);
			int err = fleet_chunk_each(p, m.chunks[0].len, 0, 1, false, on_record, &s);
			assert_true(err == RBAC_OK || err == RBAC_DAMAGED);
			fleet_chunk_hash(p, m.chunks[0].len, hash);
			assert_memory_not_equal(hash, m.refs[0].hash, FLEET_HASH);
			free(p);
		}
	world_free(&m);
}

/* A later version may bring other records, and append to those that are known. */
static void test_additions_of_a_later_version_are_ignored(void **state)
{
	static const uint8_t chunk[] = "rbacchnk\1\0\2\0\0\0"
				       "\12\0\0\0scarol\0new"
				       "\3\0\0\0z??";
	struct seen s = { 0 };
	(void)state;
	assert_int_equal(fleet_chunk_each(chunk, sizeof(chunk) - 1, 0, 1, true, on_record, &s),
			 RBAC_OK);
	assert_int_equal(s.n, 2);
}

static void test_a_subject_too_large_for_a_chunk_is_refused(void **state)
{
	static char reason[450];
	struct fleet_records r = { 0 };
	struct fleet_chunk_ref *refs;
	struct buf *chunks;
	uint32_t n;
	(void)state;
	memset(reason, 'r', sizeof(reason) - 1);
	for (uint64_t id = 1; id < 3000; id++) {
		struct fleet_record row = world_row(id, "alice", "developer");
		row.reason = reason;
		assert_int_equal(fleet_records_add(&r, &row), RBAC_OK);
	}
	assert_int_equal(fleet_chunks_make(&r, &chunks, &refs, &n), RBAC_RANGE);
	fleet_chunks_free(chunks, refs, n);
	fleet_records_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_decoded_as_they_were_encoded),
		cmocka_unit_test(test_each_field_is_decoded_as_it_was_encoded),
		cmocka_unit_test(
			test_a_uid_is_in_the_sheet_of_a_scope_and_not_in_that_of_the_fleet),
		cmocka_unit_test(test_uids_that_nobody_has_are_no_records),
		cmocka_unit_test(test_a_name_has_one_uid),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_one_more_row_rewrites_one_chunk),
		cmocka_unit_test(test_a_row_twice_is_refused),
		cmocka_unit_test(test_a_record_of_bad_form_is_not_added),
		cmocka_unit_test(test_records_of_the_sheet_fleet_are_decoded_as_they_were_encoded),
		cmocka_unit_test(test_a_chunk_with_another_number_is_damaged),
		cmocka_unit_test(test_a_changed_byte_causes_no_read_out_of_bounds),
		cmocka_unit_test(test_additions_of_a_later_version_are_ignored),
		cmocka_unit_test(test_a_subject_too_large_for_a_chunk_is_refused),
	};

	return cmocka_run_group_tests_name("fleet: chunks", tests, NULL, NULL);
}
