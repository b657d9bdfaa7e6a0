/* nsswitch.conf: does a database come from this host alone, and do its sources list all they have?
 */
#include "tests/unit/rbacctl/helper.h"

static void test_passwd_of_this_host_alone(void **state)
{
	static const struct {
		const char *text;
		bool local;
	} cases[] = {
		{ "", true },
		{ "passwd: files\n", true },
		{ "passwd:\tfiles systemd\n# sss\n", true },
		{ "passwd:\tfiles systemd # sss\n", false }, /* no comment for the C library */
		{ "passwd: files [NOTFOUND=continue] systemd\n", true },
		{ "passwd: files[NOTFOUND=return SUCCESS=continue]systemd\n", true },
		{ "#passwd: sss\npasswd: files\n", true },
		{ "passwd: files sss\n", false },
		{ "passwd:files ldap\n", false },
		{ "passwd: files [SUCCESS=continue] winbind\n", false },
		{ "passwd: compat\n", false },
		{ "group: sss\npasswd: files\n", true },
		{ "passwd_compat: nis\npasswd: files\n", true },
		{ "  passwd  : sss files\n", false },
		{ "passwd: sss\npasswd: files\n", true },
		{ "passwd: files\npasswd: sss\n", false },
	};
	nsswitch_conf = "/nowhere";
	assert_true(nsswitch_is_local("passwd"));
	nsswitch_conf = "/etc/passwd/not-a-folder";
	assert_false(nsswitch_is_local("passwd"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		host_nsswitch(*state, cases[i].text);
		if (nsswitch_is_local("passwd") != cases[i].local)
			fail_msg("%s", cases[i].text);
	}
}

static void test_groups_that_are_all_listed(void **state)
{
	static const struct {
		const char *text, *never;
		bool all;
	} cases[] = {
		{ "", NULL, false },
		{ "group: files\n", NULL, true },
		{ "# Databases.\n\n  # ours last\ngroup: files systemd rbac\n# sss\n", NULL, true },
		{ "\ngroup: files\n", "initgroups", true },
		{ "group: files sss\n", NULL, false },
		{ "group: files altfiles\n", NULL, false },
		{ "group: files [SUCCESS=merge] systemd\n", NULL, false },
		{ "group: files\ngroup: files\n", NULL, false },
		{ "group: files\ninitgroups: files\n", NULL, true },
		{ "group: files\ninitgroups: files\n", "initgroups", false },
	};
	nsswitch_conf = "/nowhere";
	assert_false(nsswitch_lists_all("group", NULL));
	for (size_t i = 0; i < COUNT(cases); i++) {
		host_nsswitch(*state, cases[i].text);
		if (nsswitch_lists_all("group", cases[i].never) != cases[i].all)
			fail_msg("%s", cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_passwd_of_this_host_alone, host_setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_groups_that_are_all_listed, host_setup,
						host_teardown),
	};
	return cmocka_run_group_tests_name("rbacctl: nsswitch.conf", tests, NULL, NULL);
}
