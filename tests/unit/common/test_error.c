/* Each result has a phrase of its own, and no number is without one. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"

static void each_error_has_its_own_phrase(void **state)
{
	(void)state;
	for (int a = 0; a < RBAC_ERROR_COUNT; a++) {
		const char *text = rbac_error_text(a);

		assert_true(strlen(text) > 0 && text[strlen(text) - 1] != '.');
		assert_string_not_equal(text, "unknown error");
		for (int b = 0; b < a; b++)
			assert_string_not_equal(text, rbac_error_text(b));
	}
}

static void a_number_outside_the_set_is_an_unknown_error(void **state)
{
	static const int outside[] = { -1, RBAC_ERROR_COUNT, INT_MAX, INT_MIN };

	(void)state;
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		assert_string_equal(rbac_error_text(outside[i]), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error_has_its_own_phrase),
		cmocka_unit_test(a_number_outside_the_set_is_an_unknown_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
