/* What a CSV file says: as spreadsheets and people write it, and every wrong line by its number. */
#include "rbacctl/change/import/rows.h"

#include <time.h>

#include "tests/unit/rbacctl/helper.h"

struct said {
	char *text;
	struct import_row *rows;
	size_t n;
	struct problems problems;
	int err;
};

static struct said read_csv(const char *text)
{
	struct said s = { .text = strdup(text) };
	assert_non_null(s.text);
	s.err = import_rows_read(s.text, "list.csv", NOW, &s.rows, &s.n, &s.problems);
	return s;
}

static void forget(struct said *s)
{
	problems_free(&s->problems);
	free(s->rows);
	free(s->text);
}

static void assert_row(const struct import_row *r, unsigned line, const char *all)
{
	char from[32] = "", until[32] = "", got[2000];
	if (r->from != RBAC_TIME_MIN)
		policy_time_print(r->from, from);
	if (r->until != RBAC_TIME_MAX)
		policy_time_print(r->until, until);
	snprintf(got, sizeof got, "%s|%s|%s|%s|%s|%s", r->user, r->role, r->scope, from, until,
		 r->reason);
	assert_string_equal(got, all);
	assert_int_equal(r->line, line);
}

/* TEXT says just one thing, in LINE. */
static void assert_one(const char *text, unsigned line, const char *all)
{
	struct said s = read_csv(text);
	for (size_t i = 0; i < s.problems.n; i++)
		print_error("%u: %s\n", s.problems.v[i].line, s.problems.v[i].text);
	assert_int_equal(s.err, RBAC_OK);
	assert_int_equal(s.problems.n, 0);
	assert_int_equal(s.n, 1);
	assert_row(s.rows, line, all);
	forget(&s);
}

/* TEXT has one error, in LINE, with WORDS in it. */
static void assert_wrong(const char *text, unsigned line, const char *words)
{
	struct said s = read_csv(text);
	assert_int_equal(s.problems.n, 1);
	assert_int_equal(s.problems.v[0].line, line);
	assert_string_equal(s.problems.v[0].file, "list.csv");
	if (!strstr(s.problems.v[0].text, words))
		fail_msg("\"%s\" is not in: %s", words, s.problems.v[0].text);
	forget(&s);
}

static void the_columns_in_their_order(void **state)
{
	(void)state;
	assert_one("bob,guest", 1, "bob|guest||||");
	assert_one("bob,guest\n", 1, "bob|guest||||");
	assert_one("bob,guest,a:b,2026-01-01T00:00:00Z,2026-02-01,OPS-1\n", 1,
		   "bob|guest|a:b|2026-01-01T00:00:00Z|2026-02-01T00:00:00Z|OPS-1");
	assert_one("bob,guest,,,,why\n", 1, "bob|guest||||why");
	assert_one("bob,guest,,,,,,,\n", 1, "bob|guest||||");
}

static void times_are_local_as_for_assign(void **state)
{
	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	assert_one("bob,guest,,2026-07-01 18:00,2026-12-01\n", 1,
		   "bob|guest||2026-07-01T16:00:00Z|2026-11-30T23:00:00Z|");
	assert_one("bob,guest,,18:00\n", 1, "bob|guest||2026-01-05T17:00:00Z||");
	assert_wrong("bob,guest,,2026-03-29 02:30\n", 1, "put forward");
	setenv("TZ", "UTC", 1);
	tzset();
}

static void what_spreadsheets_write(void **state)
{
	(void)state;
	assert_one("\xef\xbb\xbf"
		   "bob,guest\r\n",
		   1, "bob|guest||||");
	assert_one("\xef\xbb\xbf"
		   "user;role\r\nbob;guest\r\n",
		   2, "bob|guest||||");
	assert_one("bob;guest;;;;a, b\n", 1, "bob|guest||||a, b");
	assert_one("bob\tguest\t\t\t\ta, b; c\n", 1, "bob|guest||||a, b; c");
	assert_one("sep=;\r\nbob;guest\r\n", 2, "bob|guest||||");
	assert_one("\"sep=,\"\nbob,guest\n", 2, "bob|guest||||");
	assert_one("\rbob,guest\r,,\r", 2, "bob|guest||||");
	assert_one(",,,,,\n  \n\nbob,guest\n , ,\n", 4, "bob|guest||||");
}

static void blanks_and_quotes(void **state)
{
	(void)state;
	assert_one(" bob , guest ,\ta:b\t\n", 1, "bob|guest|a:b|||");
	assert_one("\"bob\" , \"guest\"\n", 1, "bob|guest||||");
	assert_one("bob,guest,,,,\"a, \"\"b\"\"; c\"\n", 1, "bob|guest||||a, \"b\"; c");
	assert_one("bob,guest,,,,\"\"\"\"\n", 1, "bob|guest||||\"");
	assert_one("bob,guest,,,,\" kept \"\n", 1, "bob|guest|||| kept ");
	assert_one("bob,guest,,,,5\" disk\n", 1, "bob|guest||||5\" disk");
	assert_one("\"a;b\",guest\n", 1, "a;b|guest||||"); /* the separator is no quoted one */
	assert_one("bob,guest,,,,Gr\xc3\xbc\xc3\x9f"
		   "e\n",
		   1,
		   "bob|guest||||Gr\xc3\xbc\xc3\x9f"
		   "e");
}

static void a_line_with_the_names_of_the_columns(void **state)
{
	(void)state;
	assert_one("user,role,reason\nbob,guest,why\n", 2, "bob|guest||||why");
	assert_one(" Role ; USER;\"Until\" ;\nguest;bob;2026-02-01;\n", 2,
		   "bob|guest|||2026-02-01T00:00:00Z|");
	assert_one("user,guest\n", 1, "user|guest||||"); /* a user of that name */
	assert_wrong("user,role,untill\nbob,guest,x\n", 1, "did you mean \"until\"");
	assert_wrong("user,role,role\n", 1, "named twice");
	assert_wrong("user,scope\n", 1, "none is \"role\"");
	assert_wrong("user,role\nbob,guest,a:b\n", 2, "2 columns");
	struct said s = read_csv("user,rolle,until\nbob,guest,x\n");
	assert_int_equal(s.err, RBAC_INVALID); /* not line 2 too: what it says is not known */
	assert_int_equal(s.problems.n, 2);
	assert_int_equal(s.problems.v[1].line, 1);
	forget(&s);
}

static void every_wrong_line_by_its_number(void **state)
{
	(void)state;
	struct said s = read_csv("bob,guest\n"
				 "eve\n"
				 ",guest\n"
				 "bob,guest,,never,later\n"
				 "bob,guest,,,,\"open\n"
				 "bob,guest,,,,\"a\" b\n"
				 "bob,guest,,,,,,much\n"
				 "bob,gu\x1b"
				 "est\n"
				 "bob,gu\xff"
				 "est\n"
				 "ann,guest\n");
	const unsigned lines[] = { 2, 3, 4, 4, 5, 6, 7, 8, 9 };
	assert_int_equal(s.err, RBAC_OK);
	assert_int_equal(s.problems.n, COUNT(lines));
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_int_equal(s.problems.v[i].line, lines[i]);
	assert_int_equal(s.n, 2);
	assert_row(&s.rows[0], 1, "bob|guest||||");
	assert_row(&s.rows[1], 10, "ann|guest||||");
	forget(&s);
	s = read_csv("");
	assert_int_equal(s.n, 0);
	assert_int_equal(s.problems.n, 0);
	forget(&s);
}

static void a_reason_has_at_most_as_many_bytes_as_that_of_assign(void **state)
{
	char text[ASSIGN_REASON_MAX + 100];
	(void)state;
	int n = snprintf(text, sizeof text, "bob,guest,,,,");
	memset(text + n, 'x', ASSIGN_REASON_MAX);
	text[n + ASSIGN_REASON_MAX] = '\0';
	struct said s = read_csv(text);
	assert_int_equal(s.n, 1);
	assert_int_equal(strlen(s.rows[0].reason), ASSIGN_REASON_MAX);
	forget(&s);
	strcat(text, "x");
	char words[40];
	snprintf(words, sizeof words, "%d bytes", ASSIGN_REASON_MAX + 1);
	assert_wrong(text, 1, words);
}

/* A sheet may have empty columns behind those that count. */
static void a_line_has_at_most_32_columns(void **state)
{
	char text[100];
	(void)state;
	for (int columns = 31; columns <= 33; columns++) {
		snprintf(text, sizeof text, "user,role%.*s\nbob,guest\n", columns - 2,
			 ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,");
		if (columns <= 32)
			assert_one(text, 2, "bob|guest||||");
		else
			assert_wrong(text, 1, "more than 32 columns");
	}
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_columns_in_their_order),
		cmocka_unit_test(times_are_local_as_for_assign),
		cmocka_unit_test(what_spreadsheets_write),
		cmocka_unit_test(blanks_and_quotes),
		cmocka_unit_test(a_line_with_the_names_of_the_columns),
		cmocka_unit_test(every_wrong_line_by_its_number),
		cmocka_unit_test(a_line_has_at_most_32_columns),
		cmocka_unit_test(a_reason_has_at_most_as_many_bytes_as_that_of_assign),
	};

	return cmocka_run_group_tests_name("rbacctl: import rows", tests, NULL, NULL);
}
