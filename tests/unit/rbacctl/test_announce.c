/* The line of the system's log about a change: one line, whatever was done; its hash is the head.
 */
#include "tests/unit/rbacctl/helper.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY "version = 1; kinds = { top = { }; }; roles = { r = { kind = \"top\"; }; };\n"

static void test_a_change_and_its_head(void **state)
{
	struct lab *l = *state;
	struct change c;
	struct buf line = { 0 };
	char head[2 * STORE_HASH + 8] = " head=";
	uint8_t hash[STORE_HASH];

	host_init(l, HOST, POLICY, "top:a", "ann");
	struct assign_request r = { .subject = "bob",
				    .role = "r",
				    .scope = "top:a",
				    .from = RBAC_TIME_MIN,
				    .until = RBAC_TIME_MAX,
				    .reason = "a \"b\" \\ c" };
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	assert_false(c.recorded);
	assert_int_equal(change_assign(&c, &r), RBAC_OK);
	assert_int_equal(change_commit(&c), RBAC_OK);
	assert_true(c.recorded);
	change_announcement(&c, &line);
	assert_int_equal(change_close(&c, RBAC_OK), 0);

	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	assert_int_equal(store_audit_head(&c.t, hash), RBAC_OK);
	lab_end(l, &c, RBAC_REFUSED);
	for (size_t i = 0; i < sizeof hash; i++)
		sprintf(head + strlen(head), "%02x", hash[i]);
	assert_non_null(strstr(buf_text(&line), head));
	assert_memory_equal(buf_text(&line), "change=2 head=", 14);
	assert_non_null(strstr(buf_text(&line), " actor=\"root\" person=\""));
	assert_non_null(strstr(buf_text(&line), " verb=\"assign\" text=\"bob +r at top:a"));
	assert_non_null(strstr(buf_text(&line), "a \\\"b\\\" \\\\ c"));
	assert_null(strchr(buf_text(&line), '\n'));
	buf_free(&line);
}

/* What TEXT looks like in the line. */
static void text_is(const char *text, const char *want)
{
	struct invocation a = { .actor = { .name = "root", .person = "root" } };
	struct change c = { .a = &a, .verb = "test" };
	struct buf line = { 0 };

	buf_printf(&c.done, "%s", text);
	change_announcement(&c, &line);
	const char *at = strstr(buf_text(&line), " text=");
	assert_non_null(at);
	assert_string_equal(at + 6, want);
	buf_free(&line);
	buf_free(&c.done);
}

static void test_lines_are_joined_and_cut(void **state)
{
	char text[700], want[720];

	(void)state;
	text_is("one\ntwo\n", "\"one; two\"");
	text_is("", "\"\"");
	text_is("\033[2Jx\n", "\"\\\\033[2Jx\"");
	/* 600 bytes are shown whole; of 601 the last character is not cut in two. */
	memset(text, 'a', sizeof text);
	text[600] = 0;
	snprintf(want, sizeof want, "\"%s\"", text);
	text_is(text, want);
	memcpy(text + 599, "\303\274", 3);
	text[599 + 2] = 0;
	snprintf(want, sizeof want, "\"%.599s...\"", text);
	text_is(text, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_change_and_its_head, host_setup,
						host_teardown),
		cmocka_unit_test(test_lines_are_joined_and_cut),
	};
	return cmocka_run_group_tests_name("rbacctl: a change in the system's log", tests, NULL,
					   NULL);
}
