/* host/included.h: the lines of a file and of those that it includes. */
#include "tests/unit/rbacctl/helper.h"

#include <sys/stat.h>

#include "rbacctl/host/included.h"

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* How many lines "last" there are in PATH, whose lines "*" include PATTERN. */
static size_t read_all(const char *path, const char *pattern, bool *cut)
{
	struct included r;
	struct included_file *at;
	size_t n = 0;

	included_begin(&r, path);
	for (const char *text; (text = included_next(&r, &at));) {
		n += strcmp(text, "last\n") == 0;
		if (text[0] == '*')
			included_add(&r, pattern, NULL);
	}
	*cut = r.cut;
	included_end(&r);
	return n;
}

/* The first file is one of those that are opened. */
static void test_all_files_are_read_or_it_is_said(void **state)
{
	const struct lab *l = *state;
	char first[400], folder[400], pattern[500], path[500];
	size_t n = 0;
	bool cut;

	snprintf(first, sizeof first, "%s/first", l->state);
	snprintf(folder, sizeof folder, "%s/d", l->state);
	snprintf(pattern, sizeof pattern, "%s/*", folder);
	assert_int_equal(mkdir(folder, 0755), 0);
	put(first, "*\n");
	for (; n < INCLUDED_FILES - 1; n++) {
		snprintf(path, sizeof path, "%s/%zu", folder, n);
		put(path, "last\n");
	}
	assert_int_equal(read_all(first, pattern, &cut), INCLUDED_FILES - 1);
	assert_false(cut);
	snprintf(path, sizeof path, "%s/%zu", folder, n);
	put(path, "last\n");
	assert_int_equal(read_all(first, pattern, &cut), INCLUDED_FILES - 1);
	assert_true(cut);
}

static void test_a_file_that_includes_itself_has_an_end(void **state)
{
	const struct lab *l = *state;
	char path[400];
	bool cut;

	snprintf(path, sizeof path, "%s/self", l->state);
	put(path, "*\n*\nlast\n");
	assert_int_equal(read_all(path, path, &cut), INCLUDED_FILES);
	assert_true(cut);
}

static void test_a_file_that_is_not_there_is_left_out(void **state)
{
	const struct lab *l = *state;
	char path[400];
	bool cut;

	snprintf(path, sizeof path, "%s/none", l->state);
	assert_int_equal(read_all(path, path, &cut), 0);
	assert_false(cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_files_are_read_or_it_is_said, host_setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_a_file_that_includes_itself_has_an_end,
						host_setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_a_file_that_is_not_there_is_left_out,
						host_setup, host_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
