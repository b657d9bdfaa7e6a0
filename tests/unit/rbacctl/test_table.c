/* Tables: what people read and what programs read. */
#include "tests/unit/rbacctl/helper.h"

#include <unistd.h>

#include "rbacctl/table.h"

static const struct table_column columns[] = {
	{ "MAY BE ASSIGNED BY", "assign-by", TABLE_TEXT },
	{ "HOLDERS", "holders", TABLE_NUMBER },
	{ "", "note", TABLE_TEXT },
	{ "KEYS", "keys", TABLE_LIST },
	{ "HERE", "here", TABLE_YES },
};

static size_t n_hidden;

/* What table_print() puts on stdout for one table of COLUMNS, into OUT. */
static void printed(bool json, const char *const *cells, char *out, size_t size)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	fflush(stdout);
	int kept = dup(STDOUT_FILENO);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	struct table *t = table_new("roles", json, columns, COUNT(columns));
	table_hide_last(t, n_hidden);
	table_row_of(t, -1, cells, COUNT(columns));
	int err = table_print(t);
	table_free(t);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	assert_int_equal(err, RBAC_OK);
	rewind(file);
	out[fread(out, 1, size - 1, file)] = 0;
	fclose(file);
}

/* A heading may change; programs rely on the key. */
static void test_a_heading_is_not_the_key(void **state)
{
	const char *const cells[] = { "owner", "3", "x", "a.b c.d", "yes" };
	char out[1000];

	(void)state;
	printed(false, cells, out, sizeof out);
	assert_non_null(strstr(out, "MAY BE ASSIGNED BY"));
	assert_null(strstr(out, "assign-by"));
	printed(true, cells, out, sizeof out);
	assert_non_null(strstr(out, "\"assign-by\": \"owner\""));
	assert_non_null(strstr(out, "\"holders\": 3"));
	assert_non_null(strstr(out, "\"note\": \"x\""));
	assert_non_null(strstr(out, "\"schema\": 1"));
	assert_non_null(strstr(out, "\"a.b\",\n"));
	assert_non_null(strstr(out, "\"c.d\"\n"));
	assert_non_null(strstr(out, "\"here\": true"));
	assert_null(strstr(out, "ASSIGNED"));
	assert_null(strstr(out, "may be assigned"));
}

static void test_nothing_is_null(void **state)
{
	const char *const cells[] = { "-", "-", NULL, "", "" };
	char out[1000];

	(void)state;
	printed(true, cells, out, sizeof out);
	assert_non_null(strstr(out, "\"assign-by\": null"));
	assert_non_null(strstr(out, "\"holders\": null"));
	assert_non_null(strstr(out, "\"keys\": []"));
	assert_non_null(strstr(out, "\"here\": false"));
	printed(false, cells, out, sizeof out);
	assert_non_null(strstr(out, "-"));
}

/* A cell that was forgotten reads nothing beyond the array, and the first test that prints fails.
 */
static void test_a_row_with_too_few_or_too_many_cells_is_an_error(void **state)
{
	struct table *t = table_new("roles", false, columns, COUNT(columns));

	(void)state;
	assert_int_equal(table_row(t, -1, (const char *[]){ "a", "1", "b", "c", "" }), 0);
	assert_int_equal(table_print(t), RBAC_OK);
	assert_int_equal(table_row(t, -1, (const char *[]){ "a", "1", "b", "c" }), 1);
	assert_int_equal(table_print(t), RBAC_SYSTEM);
	table_free(t);
	t = table_new("roles", true, columns, COUNT(columns));
	assert_int_equal(table_row(t, -1, (const char *[]){ "a", "1", "b", "c", "", "" }), 0);
	assert_int_equal(table_print(t), RBAC_SYSTEM);
	table_free(t);
}

/* requests without --all shows nothing of decisions, in JSON too. */
static void test_the_last_columns_can_be_hidden(void **state)
{
	const char *const cells[] = { "owner", "3", "hidden-note", "hidden-key", "yes" };
	char out[1000];

	(void)state;
	n_hidden = 3;
	printed(true, cells, out, sizeof out);
	assert_non_null(strstr(out, "\"holders\": 3"));
	assert_null(strstr(out, "hidden"));
	assert_null(strstr(out, "note"));
	printed(false, cells, out, sizeof out);
	assert_non_null(strstr(out, "owner"));
	assert_null(strstr(out, "hidden"));
	assert_null(strstr(out, "HERE"));
	n_hidden = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_heading_is_not_the_key),
		cmocka_unit_test(test_nothing_is_null),
		cmocka_unit_test(test_a_row_with_too_few_or_too_many_cells_is_an_error),
		cmocka_unit_test(test_the_last_columns_can_be_hidden),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
