/* What people may give as a reason, and how a text that is in a store nevertheless is shown. */
#include "tests/unit/rbacctl/helper.h"

#include <unistd.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/plain_text.h"

/* A text that is refused, and how it is shown. */
static const struct {
	const char *text, *shown;
} refused[] = {
	{ "x\ny", "x\\012y" },
	{ "\x1b[2J", "\\033[2J" },
	{ "\x7f", "\\177" },
	{ "\t", "\\011" },
	{ "\xc2\x9b"
	  "31m",
	  "\\302\\23331m" }, /* CSI of C1, in UTF-8 */
	{ "\x9b"
	  "31m",
	  "\\23331m" }, /* and as a byte, which is no UTF-8 */
	{ "\xc2\x85", "\\302\\205" },
	{ "\xc2\x80", "\\302\\200" },
	{ "a\xe2\x80\xae"
	  "b",
	  "a\\342\\200\\256b" }, /* U+202E: what follows runs from right to left */
	{ "\xe2\x81\xa6", "\\342\\201\\246" },
	{ "\xd8\x9c", "\\330\\234" },
	{ "\xe2\x80\x8f", "\\342\\200\\217" },
	{ "\xe2\x80\xa8", "\\342\\200\\250" },
	{ "\xc3", "\\303" },
	{ "\xc3(", "\\303(" },
	{ "\xc0\x80", "\\300\\200" },
	{ "\xed\xa0\x80", "\\355\\240\\200" },
	{ "\xff", "\\377" },
	{ "\xe2\x80", "\\342\\200" },
};
static const char *const taken[] = { "", "ticket 4711: on call", "\xc2\xa0",
				     "Zo\xc3\xab's \xe4\xbe\x8b \xf0\x9f\x94\x91", "\xe2\x80\x94" };

static void test_character(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct buf b = { 0 };
		if (plain_text_is(refused[i].text))
			fail_msg("%zu is taken", i);
		plain_text_escape(&b, refused[i].text);
		assert_string_equal(buf_text(&b), refused[i].shown);
		assert_true(plain_text_is(buf_text(&b)));
		buf_free(&b);
	}
	for (size_t i = 0; i < COUNT(taken); i++) {
		struct buf b = { 0 };
		if (!plain_text_is(taken[i]))
			fail_msg("%s is refused", taken[i]);
		plain_text_escape(&b, taken[i]);
		assert_string_equal(buf_text(&b), taken[i]);
		buf_free(&b);
	}
}

static void test_reasons(void **state)
{
	static const char host[] = "version = 1; host = \"top:a\";\n";
	static const char policy[] =
		"version = 1; kinds = { top = { }; }; roles = { r = { kind = \"top\"; }; };\n";
	struct lab *l = *state;
	host_init(l, host, policy, "top:a", "ann");
	for (size_t i = 0; i < COUNT(refused) + COUNT(taken); i++) {
		struct change c;
		const char *reason = i < COUNT(refused) ? refused[i].text
							: taken[i - COUNT(refused)];
		struct assign_request r = { .subject = "bob",
					    .role = "r",
					    .scope = "top:a",
					    .from = RBAC_TIME_MIN,
					    .until = RBAC_TIME_MAX,
					    .reason = reason };
		int err = lab_begin(l, &c, "root", true);
		err = lab_end(l, &c, err ? err : change_assign(&c, &r));
		if (err != (i < COUNT(refused) ? RBAC_INVALID : RBAC_OK))
			fail_msg("reason %zu: %s: %s", i, rbac_error_text(err), buf_text(&l->said));
	}
}

/* What a record of another hand holds: a quote, a backslash, C0, C1, a turn of direction, no UTF-8,
 * two lines. */
#define BAD "a\"b\\c\x1b[2J\xc2\x9b\xe2\x80\xae\xff\nnext"

/* The log as `rbacctl log` prints it, into OUT. */
static void print_log(struct lab *l, bool json, char *out, size_t size)
{
	struct args args = { .verb = "log" };
	FILE *f = tmpfile();
	assert_non_null(f);
	fflush(stdout);
	int saved = dup(1);
	dup2(fileno(f), 1);
	l->a.json = json;
	assert_int_equal(cmd_log(&l->a, &args), EXIT_DONE);
	fflush(stdout);
	dup2(saved, 1);
	close(saved);
	rewind(f);
	out[fread(out, 1, size - 1, f)] = 0;
	fclose(f);
}

static bool lines_are_plain(char *text)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (!plain_text_is(line))
			return false;
	return true;
}

static void test_log(void **state)
{
	static const char host[] = "version = 1; host = \"top:a\";\n";
	static const char policy[] =
		"version = 1; kinds = { top = { }; }; roles = { r = { kind = \"top\"; }; };\n";
	struct store_audit bad = {
		.when = NOW, .actor = BAD, .person = BAD, .verb = BAD, .text = BAD
	};
	struct lab *l = *state;
	struct store *s;
	struct store_txn t = { 0 };
	char out[8192];
	host_init(l, host, policy, "top:a", "ann");
	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_audit_append(&t, &bad), RBAC_OK);
	assert_int_equal(store_commit(&t), RBAC_OK);
	store_close(s);
	print_log(l, false, out, sizeof out);
	assert_non_null(
		strstr(out, "by a\"b\\c\\033[2J\\302\\233\\342\\200\\256\\377\\012next  (a"));
	assert_non_null(
		strstr(out, "\n    a\"b\\c\\033[2J\\302\\233\\342\\200\\256\\377\n    next\n"));
	assert_true(lines_are_plain(out));
	print_log(l, true, out, sizeof out);
	assert_non_null(strstr(
		out,
		"\"text\": "
		"\"a\\\"b\\\\c\\\\033[2J\\\\302\\\\233\\\\342\\\\200\\\\256\\\\377\\nnext\\n\""));
	assert_true(lines_are_plain(out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_character),
		cmocka_unit_test_setup_teardown(test_reasons, host_setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_log, host_setup, host_teardown),
	};
	return cmocka_run_group_tests_name("rbacctl: text of people", tests, NULL, NULL);
}
