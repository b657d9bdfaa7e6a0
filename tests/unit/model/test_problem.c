/* What is wrong is collected, told in order, and never lost. */
#include "tests/unit/model/helper.h"

static void test_printed_by_file_and_line(void **state)
{
	struct problems p = { 0 };
	struct policy_pos b2 = { "b.conf", 2 }, a9 = { "a.conf", 9 }, a1 = { "a.conf", 1 },
			  a0 = { "a.conf", 0 };

	(void)state;
	problem_error(&p, b2, "first %s", "file");
	problem_error(&p, a9, "nine");
	problem_warn(&p, a1, "one");
	problem_error(&p, a9, "nine again");
	problem_error(&p, a0, "as a whole");
	assert_int_equal(p.n, 5);
	assert_int_equal(p.errors, 4);
	assert_int_equal(p.warnings, 1);
	char *text = problems_text(&p);
	assert_string_equal(
		text, "b.conf:2: error: first file\n"
		      "a.conf: error: as a whole\na.conf:1: warning: one\na.conf:9: error: nine\n"
		      "a.conf:9: error: nine again\n");
	free(text);
	problems_free(&p);
	assert_int_equal(p.n, 0);
	assert_int_equal(p.errors, 0);
}

static void test_harmless_for_a_terminal(void **state)
{
	struct problems p = { 0 };
	struct policy_pos at = { "a.conf", 1 };

	(void)state;
	problem_note(&p, at, "no \"%s\"", "\x1b[2J\x7f\xc2\x9bm caf\xc3\xa9 \xe4 \xe2\x80\xae");
	assert_int_equal(p.errors + p.warnings, 0);
	char *text = problems_text(&p);
	assert_string_equal(text, "a.conf:1: note: no \"?[2J???m caf\xc3\xa9 ? ???\"\n");
	free(text);
	problems_free(&p);
}

static void test_many(void **state)
{
	struct problems p = { 0 };

	(void)state;
	for (unsigned i = 1; i <= 1000; i++)
		problem_error(&p, (struct policy_pos){ "a.conf", 1001 - i }, "number %u", i);
	assert_int_equal(p.n, 1000);
	char *text = problems_text(&p);
	assert_memory_equal(text, "a.conf:1: error: number 1000\na.conf:2: error: number 999\n",
			    57);
	free(text);
	problems_free(&p);
}

static void test_none(void **state)
{
	struct problems p = { 0 };

	(void)state;
	char *text = problems_text(&p);
	assert_string_equal(text, "");
	free(text);
	problems_free(&p);
}

static void test_nearest(void **state)
{
	static const char *const names[] = { "space-admin", "space-member", "account-admin", "kind",
					     "ab" };
	static const struct {
		const char *word, *near;
	} cases[] = {
		{ "space-admn", "space-admin" },   /* left out */
		{ "space-admiin", "space-admin" }, /* doubled */
		{ "spaec-admin", "space-admin" },  /* swapped: one step */
		{ "kidn", "kind" },                /* a third of four is one */
		{ "kid", "kind" },
		{ "knid-", NULL },                /* two steps are too many for five bytes */
		{ "spacemembr", "space-member" }, /* two of ten */
		{ "space", NULL },
		{ "", NULL },
		{ "a", NULL }, /* one letter is near to everything short */
		{ "ac", "ab" },
		{ "operator", NULL },
		{ "member", "space-member" }, /* a part of one name */
		{ "account", "account-admin" },
		{ "admin", NULL },  /* of two */
		{ "embers", NULL }, /* not a whole part */
		{ "admi", NULL },
	};
	char longer[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *near = problem_nearest(cases[i].word, names, 5);
		assert_string_equal(near ? near : "-", cases[i].near ? cases[i].near : "-");
	}
	assert_null(problem_nearest("anything", NULL, 0));
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_null(problem_nearest(longer, names, 5));
	assert_null(problem_nearest("kinf", (const char *const[]){ longer }, 1));
}

static void test_nearest_takes_the_nearest(void **state)
{
	static const char *const names[] = { "abcdefgxx", "abcdefghx", "abcdefghi" };

	(void)state;
	assert_string_equal(problem_nearest("abcdefghj", names, 3),
			    "abcdefghx"); /* the first of equals */
	assert_string_equal(problem_nearest("abcdefghi", names, 3), "abcdefghi");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printed_by_file_and_line),
		cmocka_unit_test(test_harmless_for_a_terminal),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_nearest_takes_the_nearest),
	};

	return cmocka_run_group_tests_name("policy: problems", tests, NULL, NULL);
}
