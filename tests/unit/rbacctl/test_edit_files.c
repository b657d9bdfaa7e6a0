/* host/edit.h: edits that a command makes, and their record. */
#include "tests/unit/rbacctl/helper.h"

#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/host/edit.h"
#include "rbacctl/host/edit_add.h"

static bool is_file(const struct lab *l, int n)
{
	char path[500];

	snprintf(path, sizeof path, "%s/made-%d", l->state, n);
	return access(path, F_OK) == 0;
}

/* A command of N words behind the first, each of which makes a file. */
static void make_files(const struct lab *l, struct edits *e, int n)
{
	struct buf run = { 0 }, undo = { 0 };

	for (int i = 0; i < n; i++) {
		buf_printf(&run, "%s %s/made-%d", i ? "" : "touch", l->state, i);
		buf_printf(&undo, "%s %s/made-%d", i ? "" : "rm", l->state, i);
	}
	assert_int_equal(edit_add_command(e, l->state, NULL, buf_text(&run), buf_text(&undo)),
			 RBAC_OK);
	buf_free(&run);
	buf_free(&undo);
}

/* env and a word for it come before them; 61, 62 and 63 are the numbers around 64 words in all. */
static void test_no_word_of_a_command_is_left_out(void **state)
{
	static const int counts[] = { 1, 61, 62, 63, 200 };
	const struct lab *l = *state;
	char record[400];

	snprintf(record, sizeof record, "%s/record", l->state);
	for (size_t c = 0; c < COUNT(counts); c++) {
		struct edits e = { 0 };
		struct buf why = { 0 }, done = { 0 };
		make_files(l, &e, counts[c]);
		if (edits_make(&e, record, &why) != RBAC_OK)
			fail_msg("%s", buf_text(&why));
		for (int i = 0; i < counts[c]; i++)
			assert_true(is_file(l, i));
		assert_int_equal(edits_recorded(record), 1);
		assert_int_equal(edits_undo(record, 0, &done, &why), RBAC_OK);
		for (int i = 0; i < counts[c]; i++)
			assert_false(is_file(l, i));
		assert_int_equal(edits_recorded(record), 0);
		edits_free(&e);
		buf_free(&why);
		buf_free(&done);
	}
}

static void test_a_command_that_fails_is_an_error_and_undone(void **state)
{
	const struct lab *l = *state;
	struct edits e = { 0 };
	struct buf why = { 0 };
	char record[400];

	snprintf(record, sizeof record, "%s/record", l->state);
	make_files(l, &e, 3);
	assert_int_equal(edit_add_command(&e, l->state, NULL, "false a b", NULL), RBAC_OK);
	assert_int_equal(edits_make(&e, record, &why), RBAC_SYSTEM);
	assert_string_equal(buf_text(&why), "false a b: it ended with status 1: ");
	assert_false(is_file(l, 0));
	assert_int_equal(edits_recorded(record), 0);
	edits_free(&e);
	buf_free(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_word_of_a_command_is_left_out, host_setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_a_command_that_fails_is_an_error_and_undone,
						host_setup, host_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
