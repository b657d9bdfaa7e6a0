/*
 * The look before libconfig's: what it passes, libconfig reads; what it refuses, libconfig refuses
 * or misreads. Checked on texts put together at random from the grammar's own pieces, always the
 * same ones.
 */
#include <libconfig.h>

#include "rbacctl/config/lex.h"
#include "rbacctl/config/load.h"
#include "rbacctl/config/syntax.h"
#include "tests/unit/model/helper.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum { TEXTS = 200000, PIECES = 14 };

static uint64_t seed;

/* xorshift64: the same numbers everywhere, unlike rand(3)'s. */
static size_t below(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % n);
}

static const char *const pieces[] = {
	"a",
	"b",
	"c-d",
	"=",
	"=",
	"=",
	":",
	";",
	";",
	",",
	",",
	"[",
	"]",
	"(",
	")",
	"{",
	"}",
	"1",
	"-2",
	"0x1f",
	"1.5",
	"1e3",
	".5",
	"true",
	"False",
	"\"x\"",
	"\"y\"",
	"\"\\\"\"",
	"\"\\q\"",
	"# c\n",
	"// c\n",
	"/* c */",
	"\n",
	" ",
	"1x",
	"0x",
	"+",
	"-",
	"_",
	"/",
	"\"",
	"\\",
	"/*",
	"*",
	"\xc3",
	"\t",
	"\v",
	"\"\\\\\"",
	"\"\\t\"",
	"007",
	"1.",
	"a = 1;",
	"b = { };",
	"c = [ 1, 2 ];",
	"d = ( { }, { } );",
	"0x7fffffff",
	"2147483647",
};

/* libconfig 1.5 loses the strings of a text that it refuses. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

/* As policy_load() hands it over: with an end of line. */
static bool libconfig_reads(const char *body, char *why, size_t size)
{
	char text[PIECES * 16 + 2];
	config_t c;

	snprintf(text, sizeof(text), "%s\n", body);

	config_init(&c);
	bool ok = config_read_string(&c, text) == CONFIG_TRUE;
	snprintf(why, size, "%s", ok ? "" : config_error_text(&c));
	config_destroy(&c);
	return ok;
}

/* Refused here and read by libconfig: only what it misreads, or what is refused on purpose. */
static bool is_trap(const char *said)
{
	static const char *const traps[] = { "joined into one string",
					     "out of range",
					     "leave out the L",
					     "not closed",
					     "a number (of digits alone)",
					     "escape that is known",
					     "become a control character",
					     "begins with 0" };

	for (size_t i = 0; i < COUNT(traps); i++)
		if (strstr(said, traps[i]))
			return true;
	return false;
}

static void check(const char *text)
{
	struct problems problems = { 0 };
	char why[128];
	bool ours = policy_syntax_check("x.conf", text, strlen(text), &problems),
	     theirs = libconfig_reads(text, why, sizeof(why));

	assert_int_equal(ours, problems.errors == 0);
	if (ours && !theirs && strcmp(why, "duplicate setting name") != 0 &&
	    strcmp(why, "mismatched element type in array") != 0)
		fail_msg("passed, but libconfig says %s:\n%s", why, text);
	if (!ours && theirs && !is_trap(problems.v[0].text))
		fail_msg("libconfig reads it, refused with %s:\n%s", problems.v[0].text, text);
	problems_free(&problems);
}

static void test_against_libconfig(void **state)
{
	char text[PIECES * 16 + 1];

	(void)state;
	seed = 0x9e3779b97f4a7c15u;
	for (int i = 0; i < TEXTS; i++) {
		text[0] = '\0';
		for (size_t n = below(PIECES) + 1; n; n--)
			strcat(text, pieces[below(COUNT(pieces))]);
		check(text);
	}
}

/* One byte of a sound policy changed, left out or doubled: a problem or none, never a crash;
 * positions stay in the file. */
static void test_damaged_policy(void **state)
{
	struct policy_sources shipped = { 0 };

	(void)state;
	seed = 0x2545f4914f6cdd1du;
	add_file(&shipped, "policy.d/p.conf", "conf/policies/layer5.conf");
	add_text(&shipped, "rbac.conf", PLAIN_HOST);
	size_t len = shipped.v[1].len;
	char *text = malloc(len + 2);
	assert_non_null(text);
	for (int i = 0; i < 1500; i++) {
		struct policy_sources s = { 0 };
		struct problems problems = { 0 };
		struct policy *p;
		size_t at = below(len), how = below(3);
		memcpy(text, shipped.v[1].text, at);
		size_t n = at;
		if (how == 0)
			text[n++] = (char)(1 + below(255));
		if (how == 1)
			text[n++] = shipped.v[1].text[at];
		memcpy(text + n, shipped.v[1].text + at + (how != 1), len - at - (how != 1));
		n += len - at - (how != 1);
		assert_int_equal(policy_sources_add(&s, "policy.d/p.conf", text, n), RBAC_OK);
		add_text(&s, "rbac.conf", PLAIN_HOST);
		int err = policy_load(&s, &p, &problems);
		assert_int_equal(err, problems.errors ? RBAC_INVALID : RBAC_OK);
		for (size_t k = 0; k < problems.n; k++)
			assert_true(problems.v[k].line <= 200);
		policy_free(p);
		problems_free(&problems);
		policy_sources_free(&s);
	}
	free(text);
	policy_sources_free(&shipped);
}

/* A NUL byte ends the text for libconfig: also in a comment it is refused. */
static void test_nul_in_a_source(void **state)
{
	struct policy_sources s = { 0 };
	struct problems problems = { 0 };
	struct policy *p;

	(void)state;
	assert_int_equal(policy_sources_add(&s, "rbac.conf",
					    "version = 1;\nhost = \"any\"; # \0\nlogin = 5;", 42),
			 RBAC_OK);
	assert_int_equal(policy_load(&s, &p, &problems), RBAC_INVALID);
	assert_string_equal(problems.v[0].text, "holds a NUL byte: this is no text file");
	problems_free(&problems);
	policy_sources_free(&s);
}

static void test_comment_at_the_very_end(void **state)
{
	(void)state;
	policy_free(load_texts("version = 1; host = \"any\"; // no line end",
			       "version = 1; # likewise"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_libconfig),
		cmocka_unit_test(test_damaged_policy),
		cmocka_unit_test(test_nul_in_a_source),
		cmocka_unit_test(test_comment_at_the_very_end),
	};

	return cmocka_run_group_tests_name("policy: syntax", tests, NULL, NULL);
}
