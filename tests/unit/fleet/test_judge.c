/* What a member takes, waits for or refuses: each verdict, and a carrier that alters, reorders,
 * leaves out and repeats. */
#include "world.h"

static struct fleet_keys keys;

static struct fleet_trust trust(void)
{
	keys = world_keys();
	return (struct fleet_trust){ .keys = &keys, .term = 1, .now = NOW + 5 };
}

/* What a member that took M holds. */
static struct fleet_held held_of(const struct made *m)
{
	struct fleet_held held = { .taken = true };
	struct fleet_head h;

	assert_int_equal(fleet_head_decode(m->head.p, m->head.len, &h), RBAC_OK);
	held.term = h.term;
	held.number = h.number;
	held.issued = h.issued;
	fleet_head_content(&h, held.content);
	return held;
}

static enum fleet_verdict judge(const struct fleet_held *held, const char *name,
				const struct made *m, const struct fleet_bytes *chunks, size_t n)
{
	struct fleet_held none = { 0 };
	struct fleet_trust t = trust();
	struct fleet_judgement j;
	struct fleet_arrived a = { name, { m->head.p, m->head.len }, chunks, n };

	assert_int_equal(fleet_judge(&t, held ? held : &none, &a, &j), RBAC_OK);
	fleet_judgement_free(&j);
	return j.verdict;
}

static enum fleet_verdict judge_all(const struct fleet_held *held, const struct made *m)
{
	return judge(held, MAIN, m, m->bytes, m->n);
}

static struct made sheet(uint64_t term, uint64_t number, int64_t issued, size_t rows)
{
	struct fleet_head h = world_head(MAIN, term, number);
	struct fleet_records r = world_rows(1, rows);
	struct fleet_key key = world_key(10 + (int)term);

	h.issued = issued;
	return world_sheet(h, NULL, &r, &key);
}

static struct made signed_by(struct fleet_head h, int number)
{
	struct fleet_records r = world_rows(1, 2);
	struct fleet_key key = world_key(number);

	return world_sheet(h, NULL, &r, &key);
}

/* ---- what is held, and what arrives ---- */

static void test_newer_older_and_the_same(void **state)
{
	struct made held_sheet = sheet(2, 10, NOW, 3);
	struct fleet_held held = held_of(&held_sheet);
	static const struct {
		uint64_t term, number;
		int issued;
		size_t rows;
		enum fleet_verdict want;
	} cases[] = {
		{ 2, 11, 1, 4, FLEET_TAKE },    { 2, 11, -50, 3, FLEET_TAKE },
		{ 2, 9, 1, 3, FLEET_ROLLBACK }, { 2, 9, 1, 4, FLEET_ROLLBACK },
		{ 2, 10, 0, 3, FLEET_SAME },    { 2, 10, 1, 3, FLEET_FRESHER },
		{ 2, 10, -1, 3, FLEET_SAME },   { 2, 10, 1, 4, FLEET_FORK },
		{ 2, 10, -1, 4, FLEET_FORK },   { 3, 10, 0, 3, FLEET_TAKE },
		{ 3, 1, 0, 1, FLEET_TAKE },     { 1, 99, 1, 3, FLEET_LOWER_TERM },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct made m = sheet(cases[i].term, cases[i].number, NOW + cases[i].issued,
				      cases[i].rows);
		assert_int_equal(judge_all(&held, &m), cases[i].want);
		world_free(&m);
	}
	world_free(&held_sheet);
}

/* A new member believes nothing below the number in its token, and takes that number itself. */
static void test_a_token_sets_the_lowest_number(void **state)
{
	struct fleet_held token = { .term = 1, .number = 10 };
	struct made below = sheet(1, 9, NOW, 2), at = sheet(1, 10, NOW, 2);
	(void)state;
	assert_int_equal(judge_all(&token, &below), FLEET_ROLLBACK);
	assert_int_equal(judge_all(&token, &at), FLEET_TAKE);
	world_free(&below);
	world_free(&at);
}

static void test_a_term_of_any_sheet_counts_for_all(void **state)
{
	struct fleet_held held = { .taken = true, .term = 1, .number = 3 };
	struct made m = sheet(1, 9, NOW, 2);
	struct fleet_trust t = trust();
	struct fleet_judgement j;
	struct fleet_arrived a = { MAIN, { m.head.p, m.head.len }, m.bytes, m.n };
	(void)state;
	t.term = 2;
	assert_int_equal(fleet_judge(&t, &held, &a, &j), RBAC_OK);
	assert_int_equal(j.verdict, FLEET_LOWER_TERM);
	world_free(&m);
}

/* ---- who signed it ---- */

static void test_keys_and_names(void **state)
{
	struct fleet_head h = world_head(MAIN, 1, 5), other_fleet = h, other_term = h, late = h;
	struct made m;
	(void)state;
	m = signed_by(h, 11);
	assert_int_equal(judge_all(NULL, &m), FLEET_TAKE);
	assert_int_equal(judge(NULL, "space:main/db", &m, m.bytes, m.n), FLEET_OTHER_SHEET);
	assert_int_equal(judge(NULL, FLEET_SHEET, &m, m.bytes, m.n), FLEET_OTHER_SHEET);
	world_free(&m);
	m = signed_by(h, 99);
	assert_int_equal(judge_all(NULL, &m), FLEET_UNKNOWN_KEY);
	world_free(&m);
	m = signed_by(h, 1); /* a root key signs no sheet */
	assert_int_equal(judge_all(NULL, &m), FLEET_UNKNOWN_KEY);
	world_free(&m);
	m = signed_by(h, 20);
	assert_int_equal(judge_all(NULL, &m), FLEET_ENDED_KEY);
	world_free(&m);
	other_fleet.fleet[3] ^= 1;
	m = signed_by(other_fleet, 11);
	assert_int_equal(judge_all(NULL, &m), FLEET_OTHER_FLEET);
	world_free(&m);
	other_term.term = 2;
	m = signed_by(other_term, 11);
	assert_int_equal(judge_all(NULL, &m), FLEET_OTHER_TERM);
	world_free(&m);
	late.issued = NOW + YEAR;
	m = signed_by(late, 11);
	assert_int_equal(judge_all(NULL, &m), FLEET_ENDED_KEY);
	world_free(&m);
	/* Who stole an ended key cannot sign with an earlier date. */
	late.issued = NOW - YEAR;
	m = signed_by(late, 20);
	assert_int_equal(judge_all(NULL, &m), FLEET_ENDED_KEY);
	world_free(&m);
}

static void test_a_key_id_of_another_key_does_not_help(void **state)
{
	struct made m = signed_by(world_head(MAIN, 1, 5), 99);
	struct fleet_key right = world_key(11);
	(void)state;
	memcpy(m.head.p + 10 + FLEET_ID, right.id, FLEET_KEY_ID);
	assert_int_equal(judge_all(NULL, &m), FLEET_BAD_SIGNATURE);
	world_free(&m);
}

/* ---- a carrier that alters ---- */

static void test_every_byte_of_a_head_counts(void **state)
{
	struct made m = sheet(1, 10, NOW, 3);
	(void)state;
	for (size_t i = 0; i < m.head.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			m.head.p[i] ^= (uint8_t)(1 << bit);
			assert_true(fleet_refused(judge_all(NULL, &m)));
			m.head.p[i] ^= (uint8_t)(1 << bit);
		}
	assert_int_equal(judge_all(NULL, &m), FLEET_TAKE);
	world_free(&m);
}

static void test_every_byte_of_a_chunk_counts(void **state)
{
	struct made m = sheet(1, 10, NOW, 3);
	(void)state;
	for (size_t i = 0; i < m.chunks[0].len; i++) {
		m.chunks[0].p[i] ^= 0x20;
		assert_int_equal(judge_all(NULL, &m), FLEET_WAIT);
		m.chunks[0].p[i] ^= 0x20;
	}
	world_free(&m);
}

static void test_bytes_after_the_end_of_a_head_are_refused(void **state)
{
	struct made m = sheet(1, 10, NOW, 3);
	(void)state;
	for (int i = 0; i < 200; i++) {
		buf_u8(&m.head, (uint8_t)i);
		assert_true(fleet_refused(judge_all(NULL, &m)));
	}
	world_free(&m);
}

static void test_chunks_in_any_order_and_repeated_are_taken(void **state)
{
	struct made m = sheet(1, 10, NOW, 2000);
	struct fleet_bytes *v = calloc(2 * m.n + 1, sizeof(*v));
	(void)state;
	assert_true(m.n > 2);
	for (uint32_t i = 0; i < m.n; i++)
		v[i] = v[2 * m.n - 1 - i] = m.bytes[m.n - 1 - i];
	assert_int_equal(judge(NULL, MAIN, &m, v, m.n), FLEET_TAKE);
	assert_int_equal(judge(NULL, MAIN, &m, v, 2 * m.n), FLEET_TAKE);
	free(v);
	world_free(&m);
}

static void test_a_chunk_left_out_is_waited_for(void **state)
{
	struct made m = sheet(1, 10, NOW, 2000), old = sheet(1, 9, NOW, 1999);
	struct fleet_bytes *v = calloc(m.n + 1, sizeof(*v));
	(void)state;
	for (uint32_t out = 0; out < m.n; out++) {
		memcpy(v, m.bytes, m.n * sizeof(*v));
		v[out] = v[(out + 1) % m.n];
		assert_int_equal(judge(NULL, MAIN, &m, v, m.n), FLEET_WAIT);
	}
	assert_int_equal(judge(NULL, MAIN, &m, NULL, 0), FLEET_WAIT);
	assert_int_equal(judge(NULL, MAIN, &m, old.bytes, old.n), FLEET_WAIT);
	free(v);
	world_free(&m);
	world_free(&old);
}

/* ---- what only a wrong authority would sign ---- */

static void test_a_signed_sheet_of_bad_form_is_refused(void **state)
{
	struct made m = sheet(1, 10, NOW, 3);
	struct fleet_key key = world_key(11);
	struct fleet_chunk_ref ref = m.refs[0];
	struct fleet_head h = world_head(MAIN, 1, 10);
	(void)state;
	m.chunks[0].p[20] ^= 0x80; /* in an id: the order of the rows */
	fleet_chunk_hash(m.chunks[0].p, m.chunks[0].len, ref.hash);
	memcpy(h.key, key.id, FLEET_KEY_ID);
	h.n_chunks = 1;
	m.head.len = 0;
	assert_int_equal(fleet_head_encode(&h, NULL, &ref, &m.head), RBAC_OK);
	assert_int_equal(fleet_sign(&key, &m.head), RBAC_OK);
	assert_int_equal(judge_all(NULL, &m), FLEET_DAMAGED);
	world_free(&m);
}

static void test_a_size_that_is_not_the_chunks_is_waited_for(void **state)
{
	struct made m = sheet(1, 10, NOW, 3);
	struct fleet_key key = world_key(11);
	struct fleet_chunk_ref ref = m.refs[0];
	struct fleet_head h = world_head(MAIN, 1, 10);
	(void)state;
	ref.size++;
	memcpy(h.key, key.id, FLEET_KEY_ID);
	h.n_chunks = 1;
	m.head.len = 0;
	assert_int_equal(fleet_head_encode(&h, NULL, &ref, &m.head), RBAC_OK);
	assert_int_equal(fleet_sign(&key, &m.head), RBAC_OK);
	assert_int_equal(judge_all(NULL, &m), FLEET_WAIT);
	world_free(&m);
}

static void test_one_id_in_two_chunks_is_refused(void **state)
{
	struct fleet_records r = world_rows(1, 1000);
	struct fleet_key key = world_key(11);
	(void)state;
	for (int i = 0; i < 8; i++) { /* somewhere in another chunk */
		char name[32];
		snprintf(name, sizeof(name), "other%d", i);
		struct fleet_record same = world_row(i + 1u, name, "developer");
		assert_int_equal(fleet_records_add(&r, &same), RBAC_OK);
	}
	struct made m = world_sheet(world_head(MAIN, 1, 10), NULL, &r, &key);
	assert_int_equal(judge_all(NULL, &m), FLEET_DAMAGED);
	world_free(&m);
}

static void test_a_newer_format_is_reported_as_newer(void **state)
{
	struct made m = sheet(1, 10, NOW, 3);
	(void)state;
	m.head.p[8] = FLEET_VERSION + 1;
	assert_int_equal(judge_all(NULL, &m), FLEET_NEWER);
	world_free(&m);
}

static void test_the_deletion_of_a_scope_is_taken(void **state)
{
	struct fleet_records none = { 0 };
	struct fleet_key key = world_key(11);
	struct fleet_head h = world_head(MAIN, 1, 11);
	(void)state;
	h.exists = false;
	struct made before = sheet(1, 10, NOW, 3), m = world_sheet(h, NULL, &none, &key);
	struct fleet_held held = held_of(&before);
	assert_int_equal(judge(&held, MAIN, &m, NULL, 0), FLEET_TAKE);
	world_free(&before);
	world_free(&m);
}

static void test_each_verdict_has_words(void **state)
{
	(void)state;
	for (int v = 0; v < FLEET_VERDICTS; v++)
		assert_true(strlen(fleet_verdict_text((enum fleet_verdict)v)) > 2);
	for (int v = 0; v < FLEET_KEYS_VERDICTS; v++)
		assert_true(strlen(fleet_keys_text((enum fleet_keys_verdict)v)) > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newer_older_and_the_same),
		cmocka_unit_test(test_a_token_sets_the_lowest_number),
		cmocka_unit_test(test_a_term_of_any_sheet_counts_for_all),
		cmocka_unit_test(test_keys_and_names),
		cmocka_unit_test(test_a_key_id_of_another_key_does_not_help),
		cmocka_unit_test(test_every_byte_of_a_head_counts),
		cmocka_unit_test(test_every_byte_of_a_chunk_counts),
		cmocka_unit_test(test_bytes_after_the_end_of_a_head_are_refused),
		cmocka_unit_test(test_chunks_in_any_order_and_repeated_are_taken),
		cmocka_unit_test(test_a_chunk_left_out_is_waited_for),
		cmocka_unit_test(test_a_signed_sheet_of_bad_form_is_refused),
		cmocka_unit_test(test_a_size_that_is_not_the_chunks_is_waited_for),
		cmocka_unit_test(test_one_id_in_two_chunks_is_refused),
		cmocka_unit_test(test_a_newer_format_is_reported_as_newer),
		cmocka_unit_test(test_the_deletion_of_a_scope_is_taken),
		cmocka_unit_test(test_each_verdict_has_words),
	};

	return cmocka_run_group_tests_name("fleet: what a member takes", tests, NULL, NULL);
}
