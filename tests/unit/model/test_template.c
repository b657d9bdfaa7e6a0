/* Templates: each %{word} becomes its value, everything else stays, and nothing is written too far.
 */
#include "tests/unit/model/helper.h"

#include "rbacctl/model/template.h"

static const struct template_value values[] = { { "role", "dev" },
						{ "scope", "web" },
						{ "kind", "" } };

static void test_filled(void **state)
{
	static const struct {
		const char *text, *filled;
	} cases[] = {
		{ "%{role}", "dev" },
		{ "r-%{role}.%{scope}", "r-dev.web" },
		{ "%{role}%{role}%{kind}", "devdev" },
		{ "", "" },
		{ "plain", "plain" },
		/* no place of a word that has a value */
		{ "%{user}-%{role}", "%{user}-dev" },
		{ "%{rol}%{roles}%{role", "%{rol}%{roles}%{role" },
		{ "%role} 100%", "%role} 100%" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[64];
		size_t len = template_fill(cases[i].text, values, 3, out, sizeof(out));
		assert_string_equal(out, cases[i].filled);
		assert_int_equal(len, strlen(cases[i].filled));
	}
}

static void test_a_small_buffer_is_not_overrun(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 10; size++) {
		char out[16];
		memset(out, 'x', sizeof(out));
		assert_int_equal(template_fill("r-%{role}.w", values, 3, out, size), 7);
		for (size_t i = size; i < sizeof(out); i++)
			assert_int_equal(out[i], 'x');
		if (size)
			assert_int_equal(strlen(out), size > 7 ? 7 : size - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filled),
		cmocka_unit_test(test_a_small_buffer_is_not_overrun),
	};

	return cmocka_run_group_tests_name("model: templates", tests, NULL, NULL);
}
