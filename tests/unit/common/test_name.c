/* Which names are names: each limit from both sides, and each character that is not for names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/name.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char longest[600]; /* 'a' all over */

static int setup(void **state)
{
	(void)state;
	memset(longest, 'a', sizeof(longest));
	return 0;
}

static void each_kind_of_name_has_its_longest_length(void **state)
{
	(void)state;
	assert_true(rbac_name_is_user(longest, 1) && rbac_name_is_user(longest, RBAC_USER_MAX));
	assert_false(rbac_name_is_user(longest, 0) ||
		     rbac_name_is_user(longest, RBAC_USER_MAX + 1));
	assert_true(rbac_name_is_group(longest, 1) && rbac_name_is_group(longest, RBAC_GROUP_MAX));
	assert_false(rbac_name_is_group(longest, 0) ||
		     rbac_name_is_group(longest, RBAC_GROUP_MAX + 1));
	assert_true(rbac_name_is_unix_group(longest, 1) &&
		    rbac_name_is_unix_group(longest, RBAC_UNIX_GROUP_MAX));
	assert_false(rbac_name_is_unix_group(longest, 0) ||
		     rbac_name_is_unix_group(longest, RBAC_UNIX_GROUP_MAX + 1));
	assert_true(rbac_name_is_word(longest, 1) && rbac_name_is_word(longest, RBAC_WORD_MAX));
	assert_false(rbac_name_is_word(longest, 0) ||
		     rbac_name_is_word(longest, RBAC_WORD_MAX + 1));
	assert_true(rbac_name_is_key(longest, RBAC_KEY_MAX));
	assert_false(rbac_name_is_key(longest, 0) || rbac_name_is_key(longest, RBAC_KEY_MAX + 1));
}

static void a_user_name_is_printable_and_does_not_look_like_an_option(void **state)
{
	static const char *const good[] = {
		"bob",  "Bob.Smith", "b",        "host$",           "a-b", "a+b",
		"_apt", "007",       "dom\\bob", "bob@example.org", "...", "~"
	};
	static const char *const bad[] = { "-bob", "+",    "+bob", ".",    "..",       "a b",
					   "a:b",  "a,b",  "a/b",  "a\"b", "a'b",      "%devs",
					   "a%",   "a\tb", "a\nb", "\x7f", "b\xc3\xb6" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!rbac_name_is_user(good[i], strlen(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (rbac_name_is_user(bad[i], strlen(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(rbac_name_is_user("a\0b", 3));
}

static void a_word_begins_with_a_letter_digit_or_underscore(void **state)
{
	static const char *const good[] = { "a", "Z9", "_x", "0", "space-admin", "a.b-c_d", "a." };
	static const char *const bad[] = { "-a", ".a",       "a b", "a/b", "a:b",
					   "a+", "\xc3\xb6", "a\n", "%a" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(rbac_name_is_word(good[i], strlen(good[i])) &&
			    rbac_name_is_group(good[i], strlen(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		if (rbac_name_is_word(bad[i], strlen(bad[i])) ||
		    rbac_name_is_group(bad[i], strlen(bad[i])) ||
		    rbac_name_is_key(bad[i], strlen(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(rbac_name_is_word("a\0b", 3));
}

static void a_group_of_a_directory_may_have_blanks_and_utf_8(void **state)
{
	static const char *const good[] = { "devs",
					    "domain users@corp",
					    "CORP\\devs",
					    "Dom\xc3\xa4nen-Benutzer",
					    "a/b",
					    "a%b",
					    "wheel$",
					    "R&D (Berlin)",
					    "\xf0\x9f\x90\xa7",
					    "7" };
	static const char *const bad[] = {
		" devs",
		"devs ",
		"%devs",
		"-devs",
		"+devs",
		"a:b",
		"a,b",
		"a\tb",
		"a\nb",
		"a\x1b[2Jb",
		"a\x7f",
		"a\xc2\x9b"
		"2J",
		"a\xff",
		"a\xc0\xaf",
		"a\xed\xa0\x80",
		"a\xe2\x80\xae"
		"b",
		"a\xe2\x81\xa6"
		"b",
		"a\xe2\x80\x8f",
		"\xc3",
		"a\xf5\x80\x80\x80",
		"a\xe2\x80\xa8"
		"b",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!rbac_name_is_unix_group(good[i], strlen(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (rbac_name_is_unix_group(bad[i], strlen(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(rbac_name_is_unix_group("a\0b", 3));
}

static void a_scope_is_a_kind_and_its_components(void **state)
{
	static const struct {
		const char *s;
		unsigned depth;
	} table[] = {
		{ "account:main", 1 },
		{ "space:main/web", 2 },
		{ "a:b/c/d/e", 4 },
		{ "a", 0 },
		{ "", 0 },
		{ ":a", 0 },
		{ "a:", 0 },
		{ "a:b/", 0 },
		{ "a:/b", 0 },
		{ "a:b//c", 0 },
		{ "a:b:c", 0 },
		{ "a/b:c", 0 },
		{ "a: b", 0 },
		{ "a:..", 0 },
		{ "a:b/../c", 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		if (rbac_name_scope_depth(table[i].s, strlen(table[i].s)) != table[i].depth)
			fail_msg("depth of %s", table[i].s);
		assert_int_equal(rbac_name_is_scope(table[i].s, strlen(table[i].s)),
				 table[i].depth > 0);
	}
}

static void a_scope_has_at_most_380_bytes(void **state)
{
	char s[RBAC_SCOPE_MAX + 3];

	(void)state;
	/* Components of 59, so that only the whole is ever too long. */
	for (size_t i = 0; i < sizeof(s); i++)
		s[i] = i == 1 ? ':' : i % 60 == 2 && i > 2 ? '/' : 'a';
	assert_int_equal(s[RBAC_SCOPE_MAX - 1], 'a');
	assert_true(rbac_name_is_scope(s, RBAC_SCOPE_MAX));
	assert_false(rbac_name_is_scope(s, RBAC_SCOPE_MAX + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_name_has_its_longest_length),
		cmocka_unit_test(a_user_name_is_printable_and_does_not_look_like_an_option),
		cmocka_unit_test(a_word_begins_with_a_letter_digit_or_underscore),
		cmocka_unit_test(a_group_of_a_directory_may_have_blanks_and_utf_8),
		cmocka_unit_test(a_scope_is_a_kind_and_its_components),
		cmocka_unit_test(a_scope_has_at_most_380_bytes),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
