/* The bytes of a record of the journal. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/store/journal_code.h"
#include "rbacctl/store/rows.h"

static void test_rows_of_the_journal_are_decoded_as_they_were_encoded(void **state)
{
#define VALUE(text)                                                                                \
	{                                                                                          \
		sizeof(text) - 1, (void *)(size_t)(text)                                           \
	}
	const struct store_row rows[] = {
		{ .table = T_META, .key = VALUE("id"), .after = VALUE("") },
		{ .table = T_USER, .key = VALUE("a"), .before = VALUE("abcabc") },
		{ .table = T_USER, .key = VALUE("ab"), .after = VALUE("abc") },
		{ .table = T_USER,
		  .key = VALUE("abc"),
		  .before = VALUE("abcabcabc"),
		  .after = VALUE("abc") },
		{ .table = T_USER, .key = VALUE("abd"), .after = VALUE("") },
		{ .table = T_ASSIGN, .key = VALUE("abd"), .after = VALUE("xxxxxxxxxx") },
		{ .table = T_ASSIGN, .key = VALUE("x"), .after = VALUE("xxxxx") },
	};
	struct journal_coder coder = { 0 };
	struct store_row row;
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		journal_encode(&coder, &rows[i], &b);
	journal_coder_free(&coder);
	assert_false(b.failed);
	coder = (struct journal_coder){ 0 };
	const uint8_t *p = b.p, *end = b.p + b.len;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(journal_decode(&coder, &p, end, &row), RBAC_OK);
		assert_int_equal(store_row_order(&row, &rows[i]), 0);
		assert_true(store_same_value(&row.before, &rows[i].before));
		assert_true(store_same_value(&row.after, &rows[i].after));
	}
	assert_int_equal(journal_decode(&coder, &p, end, &row), RBAC_NOTFOUND);
	journal_coder_free(&coder);
	/* cut short anywhere it is an end or damaged, and never more rows */
	for (size_t len = 0; len < b.len; len++) {
		uint8_t *cut = malloc(len + 1);
		size_t n = 0;
		int err;
		memcpy(cut, b.p, len);
		coder = (struct journal_coder){ 0 };
		p = cut;
		while ((err = journal_decode(&coder, &p, cut + len, &row)) == RBAC_OK)
			n++;
		assert_true(err == RBAC_NOTFOUND || err == RBAC_DAMAGED);
		assert_true(n < COUNT(rows));
		journal_coder_free(&coder);
		free(cut);
	}
	buf_free(&b);
}

/* How a row is read whose key begins with as many bytes of the one before as VARINT says. */
static int read_with(const char *varint, size_t n)
{
	const struct store_row first = { .table = T_META, .key = VALUE("id"), .after = VALUE("") };
	struct journal_coder coder = { 0 };
	struct store_row row;
	struct buf b = { 0 }, longer = { 0 };

	journal_encode(&coder, &first, &b);
	journal_coder_free(&coder);
	assert_int_equal(b.p[1], 0); /* nothing is before it */
	buf_put(&longer, b.p, 1);
	buf_put(&longer, varint, n);
	buf_put(&longer, b.p + 2, b.len - 2);
	coder = (struct journal_coder){ 0 };
	const uint8_t *p = longer.p;
	int err = journal_decode(&coder, &p, longer.p + longer.len, &row);
	journal_coder_free(&coder);
	buf_free(&b);
	buf_free(&longer);
	return err;
}

static void test_a_number_has_at_most_five_bytes(void **state)
{
	(void)state;
	assert_int_equal(read_with("\0", 1), RBAC_OK);
	assert_int_equal(read_with("\x80\x80\x80\x80\0", 5), RBAC_OK);
	assert_int_equal(read_with("\x80\x80\x80\x80\x80\0", 6), RBAC_DAMAGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_of_the_journal_are_decoded_as_they_were_encoded),
		cmocka_unit_test(test_a_number_has_at_most_five_bytes),
	};

	return cmocka_run_group_tests_name("rbacctl: bytes of the journal", tests, NULL, NULL);
}
