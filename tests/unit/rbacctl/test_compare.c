/* compare.h: what `verify` calls the records of a view that differ. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/view/compare.h"

static void assert_named(const char *key, size_t len, const char *name)
{
	char out[200];

	compare_name((struct rbac_bytes){ (const uint8_t *)key, (uint32_t)len }, out, sizeof(out));
	assert_string_equal(out, name);
}

static void test_each_record_has_its_name(void **state)
{
	static const struct {
		uint8_t type;
		const char *name;
	} cases[] = {
		{ RBAC_REC_USER, "user web" },
		{ RBAC_REC_GROUP, "group web and its members" },
		{ RBAC_REC_HOST, "the Unix group web, its gid or its members" },
		{ RBAC_REC_LOGIN, "the login rules of web" },
		{ RBAC_REC_SCOPE, "scope web" },
		{ RBAC_REC_FILE, "the text of web" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char key[] = { (char)cases[i].type, 'w', 'e', 'b', '!' };
		assert_named(key, 4, cases[i].name);
	}
}

static void test_a_gid_is_a_number(void **state)
{
	const uint8_t gid[] = { RBAC_REC_GID, 0x79, 0x50, 0xa3, 0x0a },
		      unix_group[] = { RBAC_REC_UNIX, 0, 0, 0x13, 0x88 };

	(void)state;
	assert_named((const char *)gid, sizeof(gid), "the group with gid 2035327754");
	assert_named((const char *)unix_group, sizeof(unix_group),
		     "what is assigned to the Unix group with gid 5000");
}

static void test_a_bad_record_is_named_by_its_type(void **state)
{
	(void)state;
	assert_named("\x7f", 1, "a record of type 127");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_record_has_its_name),
		cmocka_unit_test(test_a_gid_is_a_number),
		cmocka_unit_test(test_a_bad_record_is_named_by_its_type),
	};

	return cmocka_run_group_tests_name("rbacctl: compare", tests, NULL, NULL);
}
