/* A token comes back as it was, and one that was copied badly is told. */
#include "world.h"

static struct fleet_token sample(void)
{
	struct fleet_token t = {
		.term = 2, .number = 77, .fleet = "campus", .host = "web1", .scope = MAIN
	};
	struct fleet_keys k = world_keys();

	fleet_anchor_of(&k, &t.anchor);
	return t;
}

static void test_a_token_is_parsed_as_it_was_printed(void **state)
{
	struct fleet_token t = sample(), got;
	char text[FLEET_TOKEN_MAX];
	(void)state;
	assert_int_equal(fleet_token_print(&t, text), RBAC_OK);
	assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-_."),
			 strlen(text));
	assert_int_equal(fleet_token_parse(text, &got), RBAC_OK);
	assert_memory_equal(&got.anchor, &t.anchor, sizeof(got.anchor));
	assert_true(got.term == 2 && got.number == 77);
	assert_string_equal(got.fleet, "campus");
	assert_string_equal(got.host, "web1");
	assert_string_equal(got.scope, MAIN);
}

static void test_the_longest_names_fit(void **state)
{
	struct fleet_token t = sample(), got;
	char text[FLEET_TOKEN_MAX];
	size_t at = 0;
	(void)state;
	memset(t.fleet, 'f', sizeof(t.fleet) - 1);
	memset(t.host, 'h', sizeof(t.host) - 1);
	while (at < RBAC_SCOPE_MAX)
		t.scope[at++] = 's';
	for (at = 64; at < RBAC_SCOPE_MAX; at += 65)
		t.scope[at] = at == 64 ? ':' : '/';
	assert_int_equal(fleet_token_print(&t, text), RBAC_OK);
	assert_int_equal(fleet_token_parse(text, &got), RBAC_OK);
	assert_string_equal(got.scope, t.scope);
}

static void test_a_token_with_a_changed_letter_is_refused(void **state)
{
	struct fleet_token t = sample(), got;
	char text[FLEET_TOKEN_MAX];
	(void)state;
	assert_int_equal(fleet_token_print(&t, text), RBAC_OK);
	for (size_t i = 0; text[i]; i++) {
		char was = text[i];
		text[i] = was == 'A' ? 'B' : 'A';
		assert_int_not_equal(fleet_token_parse(text, &got), RBAC_OK);
		text[i] = '\0';
		assert_int_not_equal(fleet_token_parse(text, &got), RBAC_OK);
		text[i] = was;
	}
	text[9] = '2';
	assert_int_equal(fleet_token_parse(text, &got), RBAC_NEWER);
	assert_int_equal(fleet_token_parse("", &got), RBAC_DAMAGED);
	assert_int_equal(fleet_token_parse("rbacfleet1.", &got), RBAC_DAMAGED);
}

static void test_invalid_names_make_no_token(void **state)
{
	struct fleet_token t = sample();
	char text[FLEET_TOKEN_MAX];
	(void)state;
	strcpy(t.host, "a/b");
	assert_int_equal(fleet_token_print(&t, text), RBAC_INVALID);
	t = sample();
	strcpy(t.scope, "main");
	assert_int_equal(fleet_token_print(&t, text), RBAC_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_token_is_parsed_as_it_was_printed),
		cmocka_unit_test(test_the_longest_names_fit),
		cmocka_unit_test(test_a_token_with_a_changed_letter_is_refused),
		cmocka_unit_test(test_invalid_names_make_no_token),
	};

	return cmocka_run_group_tests_name("fleet: tokens", tests, NULL, NULL);
}
