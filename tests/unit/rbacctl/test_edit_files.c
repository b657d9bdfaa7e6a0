/* host/edit/edit.h: edits that a command makes, and their record. */
#include "tests/unit/rbacctl/helper.h"

#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/host/edit/edit.h"
#include "rbacctl/host/edit/add.h"
#include "rbacctl/host/confirm/edits.h"

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

/* What the record says is run as root, at an undo, and by itself at the end of --confirm. */
static void test_a_record_that_others_could_write_is_not_undone(void **state)
{
	enum { BOB = 1002 };
	struct lab *l = *state;
	struct edits e = { 0 };
	struct edit_confirm c = { .person = "ann", .login = "l", .until = { .at = 1 } };
	struct buf why = { 0 }, done = { 0 };
	char record[400], undo[500], waits[500];

	snprintf(record, sizeof record, "%s/record", l->state);
	snprintf(undo, sizeof undo, "%s/0000.undo", record);
	snprintf(waits, sizeof waits, "%s/setup.confirm", l->state);
	make_files(l, &e, 1);
	assert_int_equal(edits_make(&e, record, &why), RBAC_OK);
	assert_int_equal(edit_confirm_write(l->state, &c, &why), RBAC_OK);
	assert_int_equal(edit_confirm_read(l->state, &c), RBAC_OK);
	const struct {
		const char *path;
		unsigned mode;
		uid_t owner;
		bool confirm_too;
	} cases[] = {
		{ undo, 0600, BOB, false },  { undo, 0666, 0, false },
		{ record, 0777, 0, false },  { record, 0700, BOB, false },
		{ l->state, 0777, 0, true }, { l->state, 0755, BOB, true },
		{ l->state, 0770, 0, true },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct stat st;
		assert_int_equal(stat(cases[i].path, &st), 0);
		assert_int_equal(chmod(cases[i].path, cases[i].mode), 0);
		assert_int_equal(chown(cases[i].path, cases[i].owner, (gid_t)-1), 0);
		buf_reset(&why);
		assert_int_equal(edits_undo(record, 0, &done, &why), RBAC_UNTRUSTED);
		assert_non_null(strstr(buf_text(&why), cases[i].path));
		assert_true(is_file(l, 0));
		assert_int_equal(edits_make(&e, record, &why), RBAC_UNTRUSTED);
		assert_int_equal(edit_confirm_read(l->state, &c),
				 cases[i].confirm_too ? RBAC_UNTRUSTED : RBAC_OK);
		assert_int_equal(chown(cases[i].path, st.st_uid, (gid_t)-1), 0);
		assert_int_equal(chmod(cases[i].path, st.st_mode & 07777), 0);
	}
	assert_int_equal(chown(waits, BOB, (gid_t)-1), 0);
	assert_int_equal(edit_confirm_read(l->state, &c), RBAC_UNTRUSTED);
	assert_int_equal(edits_undo(record, 0, &done, &why), RBAC_OK);
	assert_false(is_file(l, 0));
	edits_free(&e);
	buf_free(&why);
	buf_free(&done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_word_of_a_command_is_left_out, host_setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_a_record_that_others_could_write_is_not_undone,
						host_setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_a_command_that_fails_is_an_error_and_undone,
						host_setup, host_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
