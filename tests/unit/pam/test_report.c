/* The line of the log and the sentence for the person, for every way that a decision can end.
 * Linked with report.c and text.c alone. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "pam_rbac/report.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define BYTES(s)                                                                                   \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static struct rbac_text text;

static const char *request(enum rbac_outcome o, const char *user, const char *typed,
			   const char *service, const char *rhost)
{
	const struct rbac_asked asked = {
		.user = user, .typed = typed, .service = service, .rhost = rhost
	};

	memset(&text, 0, sizeof(text));
	rbac_report_request(&text, o, &asked);
	return text.s;
}

static void the_log_line_names_the_user_service_and_host(void **state)
{
	(void)state;
	assert_string_equal(request(RBAC_OUTCOME_ALLOWED, "bob", "bob", "sshd", "10.0.0.1"),
			    "allowed user=\"bob\" service=\"sshd\" rhost=\"10.0.0.1\"");
	assert_string_equal(request(RBAC_OUTCOME_DENIED, "bob", NULL, "sshd", ""),
			    "denied user=\"bob\" service=\"sshd\"");
	assert_string_equal(request(RBAC_OUTCOME_DENIED, "bob", "BOB", "sshd", ""),
			    "denied user=\"bob\" typed=\"BOB\" service=\"sshd\"");
	assert_string_equal(request(RBAC_OUTCOME_IGNORED, NULL, NULL, NULL, NULL), "ignored");
	assert_string_equal(request(RBAC_OUTCOME_DENIED, "b\"\\\n\x7f\x80 ~", NULL, "s", NULL),
			    "denied user=\"b\\x22\\x5c\\x0a\\x7f\\x80 ~\" service=\"s\"");
}

/* ---- verdicts ---- */

#define SCOPE BYTES("top:a")
#define FILE_NAME BYTES("rbac.conf")
#define GRANT                                                                                      \
	{                                                                                          \
		17, 3, RBAC_GRANT_HERE, { 1000, 2000 }, SCOPE                                      \
	}

static const struct {
	struct rbac_verdict v;
	const char *log, *person;
} rows[] = {
	{ { .why = RBAC_WHY_RULE,
	    .rule = 2,
	    .line = 7,
	    .file = FILE_NAME,
	    .how = RBAC_HOW_ROLE,
	    .grant = GRANT,
	    .generation = 5 },
	  " why=\"a rule matches\" rule=2 at=\"rbac.conf:7\" through=role scope=\"top:a\" "
	  "grant=17 generation=5",
	  NULL },
	{ { .why = RBAC_WHY_RULE,
	    .rule = 2,
	    .line = 7,
	    .file = FILE_NAME,
	    .how = RBAC_HOW_ROLE,
	    .grant = GRANT,
	    .via_group = true,
	    .gid = 600 },
	  " why=\"a rule matches\" rule=2 at=\"rbac.conf:7\" through=role gid=600 scope=\"top:a\" "
	  "grant=17 generation=0",
	  NULL },
	{ { .why = RBAC_WHY_RULE,
	    .rule = 1,
	    .line = 3,
	    .file = FILE_NAME,
	    .how = RBAC_HOW_ANYONE,
	    .gid = 600 },
	  " why=\"a rule matches\" rule=1 at=\"rbac.conf:3\" through=anyone generation=0",
	  NULL },
	{ { .why = RBAC_WHY_RULE, .rule = 1, .line = 3, .file = FILE_NAME, .how = RBAC_HOW_USER },
	  " why=\"a rule matches\" rule=1 at=\"rbac.conf:3\" through=user generation=0",
	  NULL },
	{ { .why = RBAC_WHY_RULE,
	    .rule = 1,
	    .line = 3,
	    .file = FILE_NAME,
	    .how = RBAC_HOW_GROUP,
	    .gid = 600 },
	  " why=\"a rule matches\" rule=1 at=\"rbac.conf:3\" through=group gid=600 generation=0",
	  NULL },
	{ { .why = RBAC_WHY_EXEMPT_USER }, " why=\"exempt user (rbac.conf)\" generation=0", NULL },
	{ { .why = RBAC_WHY_EXEMPT_GROUP, .gid = 600 },
	  " why=\"exempt group (rbac.conf)\" gid=600 generation=0",
	  NULL },
	{ { .why = RBAC_WHY_SUSPENDED }, " why=\"suspended\" generation=0", "suspended" },
	{ { .why = RBAC_WHY_NO_SERVICE },
	  " why=\"no login rule names this service\" generation=0",
	  "no login rule names this service" },
	{ { .why = RBAC_WHY_OUTSIDE, .failed = 1 << RBAC_CONDITION_FROM },
	  " why=\"not from there\" generation=0",
	  "not from there" },
	{ { .why = RBAC_WHY_OUTSIDE, .failed = 1 << RBAC_CONDITION_HOURS },
	  " why=\"not at this hour\" generation=0",
	  "not at this hour" },
	{ { .why = RBAC_WHY_OUTSIDE,
	    .failed = 1 << RBAC_CONDITION_FROM | 1 << RBAC_CONDITION_HOURS },
	  " why=\"not from there, and not at this hour\" generation=0",
	  "not from there, and not at this hour" },
	{ { .why = RBAC_WHY_UNKNOWN },
	  " why=\"unknown user\" generation=0",
	  "no role here allows it" },
	{ { .why = RBAC_WHY_UNKNOWN,
	    .window_closed = true,
	    .rule = 1,
	    .line = 3,
	    .file = FILE_NAME,
	    .grant = GRANT,
	    .via_group = true,
	    .gid = 600 },
	  " why=\"unknown user; a group's window is not open\" rule=1 at=\"rbac.conf:3\" "
	  "through=role gid=600 scope=\"top:a\" grant=17 generation=0",
	  "no role here allows it" },
	{ { .why = RBAC_WHY_SECOND, .recorded = BYTES("bob") },
	  " why=\"the uid is recorded under another name\" recorded=\"bob\" generation=0",
	  "this name is a second one of an account, and roles are held by the first" },
	{ { .why = RBAC_WHY_UID },
	  " why=\"the uid is not the one recorded\" generation=0",
	  "the account is not the one that was recorded (its uid differs)" },
	{ { .why = RBAC_WHY_MISSING },
	  " why=\"no rule matches\" generation=0",
	  "no role here allows it" },
	{ { .why = RBAC_WHY_MISSING,
	    .window_closed = true,
	    .rule = 1,
	    .line = 3,
	    .file = FILE_NAME,
	    .grant = GRANT },
	  " why=\"the window is not open\" rule=1 at=\"rbac.conf:3\" through=role scope=\"top:a\" "
	  "grant=17 generation=0",
	  "the role that allows it has ended" },
	{ { .why = (enum rbac_why)0 },
	  " why=\"not decided\" generation=0",
	  "no role here allows it" },
};

static void every_verdict_has_its_words_in_the_log_and_for_the_user(void **state)
{
	static const uint8_t hosts[] = "\5\0top:a";
	const struct rbac_meta meta = { .n_hosts = 1, .hosts = { hosts, sizeof(hosts) - 1 } };
	const struct rbac_request rq = { .user = "bob", .service = "sshd", .now = 5000 };
	char wanted[500];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(&text, 0, sizeof(text));
		rbac_report_verdict(&text, &meta, &rows[i].v);
		snprintf(wanted, sizeof(wanted), " host=\"top:a\"%s", rows[i].log);
		assert_string_equal(text.s, wanted);
		if (!rows[i].person)
			continue;
		memset(&text, 0, sizeof(text));
		rbac_report_denial(&text, &rq, &rows[i].v);
		snprintf(wanted, sizeof(wanted),
			 "rbac: bob may not use sshd on this host: %s (ask those who run it: "
			 "rbacctl explain bob --service sshd)",
			 rows[i].person);
		assert_string_equal(text.s, wanted);
	}
}

static void the_user_is_told_that_a_window_has_not_begun(void **state)
{
	static const struct {
		int64_t now;
		const char *words;
	} at[] = { { 999, "has not begun yet" }, { 1000, "has ended" }, { 2000, "has ended" } };
	struct rbac_verdict v = { .why = RBAC_WHY_MISSING, .window_closed = true, .grant = GRANT };
	(void)state;
	for (size_t i = 0; i < COUNT(at); i++) {
		const struct rbac_request rq = { .user = "bob",
						 .service = "sshd",
						 .now = at[i].now };

		memset(&text, 0, sizeof(text));
		rbac_report_denial(&text, &rq, &v);
		assert_non_null(strstr(text.s, at[i].words));
	}
}

static void the_log_line_names_at_most_four_host_scopes(void **state)
{
	static const uint8_t five[] = "\3\0k:a\3\0k:b\3\0k:c\3\0k:d\3\0k:e", odd[] = "\4\0k:\"a";

	static const struct {
		struct rbac_meta meta;
		const char *text;
	} hosts[] = {
		{ { .n_hosts = 0 }, " host=\"\"" },
		{ { .flags = RBAC_META_HOST_ANY }, " host=\"any\"" },
		{ { .flags = RBAC_META_MEMBERS | RBAC_META_ENUMERATE,
		    .n_hosts = 1,
		    .hosts = { five, 5 } },
		  " host=\"k:a\"" },
		{ { .flags = RBAC_META_HOST_ANY, .n_hosts = 1, .hosts = { five, 5 } },
		  " host=\"any,k:a\"" },
		{ { .n_hosts = 4, .hosts = { five, 20 } }, " host=\"k:a,k:b,k:c,k:d\"" },
		{ { .n_hosts = 5, .hosts = { five, 25 } }, " host=\"k:a,k:b,k:c,k:d,...\"" },
		{ { .n_hosts = 1, .hosts = { odd, 6 } }, " host=\"k:\\x22a\"" },
	};
	const struct rbac_verdict v = { .why = RBAC_WHY_SUSPENDED };
	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		char wanted[200];

		memset(&text, 0, sizeof(text));
		rbac_report_verdict(&text, &hosts[i].meta, &v);
		snprintf(wanted, sizeof(wanted), "%s why=\"suspended\" generation=0",
			 hosts[i].text);
		assert_string_equal(text.s, wanted);
	}
}

/* ---- text ---- */

/* What does not fit is cut off, and the line ends with a NUL. */
static void a_line_that_is_too_long_is_cut(void **state)
{
	(void)state;
	memset(&text, 0, sizeof(text));
	for (int i = 0; i < RBAC_TEXT_MAX; i++)
		rbac_text_put(&text, "ab");
	assert_true(text.len < RBAC_TEXT_MAX);
	assert_true(text.len >= RBAC_TEXT_MAX - 2);
	assert_int_equal(strlen(text.s), text.len);
	size_t before = text.len;
	rbac_text_cut(&text, 3);
	assert_string_equal(text.s, "aba");
	assert_true(before > text.len);
}

static void numbers_are_written_in_decimal(void **state)
{
	(void)state;
	memset(&text, 0, sizeof(text));
	rbac_text_number(&text, 0);
	rbac_text_put(&text, " ");
	rbac_text_number(&text, 1234567890);
	rbac_text_put(&text, " ");
	rbac_text_number(&text, UINT64_MAX);
	rbac_text_count(&text, "n", 10);
	assert_string_equal(text.s, "0 1234567890 18446744073709551615 n=10");
}

static void a_long_value_is_cut_and_says_so(void **state)
{
	static char value[600];

	(void)state;
	for (size_t len = 250; len < 262; len++) {
		memset(&text, 0, sizeof(text));
		memset(value, 'a', sizeof(value));
		rbac_text_field(&text, "k", value, len);
		assert_int_equal(strstr(text.s, "...") == NULL, len <= 256);
		assert_int_equal(text.len, (len <= 256 ? len : 256 + 3) + 5);
		assert_int_equal(text.s[text.len - 1], '"');
	}
	/* what is escaped counts as written: four bytes each */
	memset(&text, 0, sizeof(text));
	memset(value, 1, sizeof(value));
	rbac_text_field(&text, "k", value, 100);
	assert_non_null(strstr(text.s, "..."));
	assert_true(text.len <= RBAC_TEXT_FIELD + 10);
}

static void the_user_is_told_what_could_not_be_read(void **state)
{
	(void)state;
	memset(&text, 0, sizeof(text));
	rbac_report_trouble(&text, "view", "bob", "sshd");
	assert_string_equal(text.s,
			    "rbac: bob may not use sshd on this host: the roles can't be read now "
			    "(ask those who run it: rbacctl status)");
	memset(&text, 0, sizeof(text));
	rbac_report_trouble(&text, "passwd", "bob", "sshd");
	assert_string_equal(
		text.s,
		"rbac: bob may not use sshd on this host: users and groups can't be looked up now");
}

static void the_log_line_names_the_errno(void **state)
{
	static const struct {
		const char *what;
		int err, cause;
		const char *text;
	} table[] = {
		{ "view", RBAC_ABSENT, 0, " why=\"view: there is none\"" },
		{ "view", RBAC_SYSTEM, EMFILE, " why=\"view: system error (EMFILE)\"" },
		{ "passwd", RBAC_SYSTEM, EIO, " why=\"passwd: system error (EIO)\"" },
		{ "group", RBAC_NOMEM, ENOMEM, " why=\"group: out of memory (ENOMEM)\"" },
		{ "group", RBAC_SYSTEM, 9999, " why=\"group: system error (errno 9999)\"" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		memset(&text, 0, sizeof(text));
		rbac_report_cause(&text, table[i].what, table[i].err, table[i].cause);
		assert_string_equal(text.s, table[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_log_line_names_the_user_service_and_host),
		cmocka_unit_test(every_verdict_has_its_words_in_the_log_and_for_the_user),
		cmocka_unit_test(the_user_is_told_that_a_window_has_not_begun),
		cmocka_unit_test(the_log_line_names_at_most_four_host_scopes),
		cmocka_unit_test(a_line_that_is_too_long_is_cut),
		cmocka_unit_test(numbers_are_written_in_decimal),
		cmocka_unit_test(a_long_value_is_cut_and_says_so),
		cmocka_unit_test(the_user_is_told_what_could_not_be_read),
		cmocka_unit_test(the_log_line_names_the_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
