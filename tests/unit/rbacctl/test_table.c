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

/* What table_print() puts on stdout for one table of COLUMNS, into OUT. */
static void printed(bool json, const char *const *cells, char *out, size_t size)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	fflush(stdout);
	int kept = dup(STDOUT_FILENO);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	struct table *t = table_new("roles", json, columns, COUNT(columns));
	table_row(t, -1, cells);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_heading_is_not_the_key),
		cmocka_unit_test(test_nothing_is_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
