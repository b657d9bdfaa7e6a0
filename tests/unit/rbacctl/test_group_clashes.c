/* Another source has a group of ours: apply refuses it; what comes later is said by every publish,
 * and stops nothing. */
#include "rbacctl/host/people/group_clashes.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST "version = 1; host = \"top:a\"; groups = { gid_min = 100000; gid_max = 200000; };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; }; keys = ( ); keychains = { };\n"                      \
	"roles = { box = { kind = \"top\"; gid = 150000; }; other = { kind = \"top\"; }; };\n"

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	return 0;
}

/* Publish, and what it says of others into SAID. */
static bool publish(struct lab *l)
{
	struct change c;
	int err = lab_begin(l, &c, "root", false);
	if (!err)
		err = change_publish(&c);
	if (!err)
		err = change_ask_others(&c);
	bool clash = c.clash;
	buf_printf(&l->said, "%s", buf_text(&c.others));
	change_close(&c, RBAC_OK);
	assert_int_equal(err, RBAC_OK);
	assert_verified(l);
	return clash;
}

static bool said_by_publish(struct lab *l, const char *words)
{
	struct change c;
	char text[4096];
	int err = lab_begin(l, &c, "root", false);
	if (!err)
		err = change_publish(&c);
	if (!err)
		err = change_ask_others(&c);
	snprintf(text, sizeof text, "%s", buf_text(&c.others));
	change_close(&c, RBAC_OK);
	assert_int_equal(err, RBAC_OK);
	if (!strstr(text, words))
		fail_msg("\"%s\" is not in: %s", words, text);
	return true;
}

static void test_nothing(void **state)
{
	assert_false(publish(*state));
}

static void test_the_name_of_a_role(void **state)
{
	struct lab *l = *state;
	passwd_group("box", 4242);
	assert_true(said_by_publish(
		l, "/etc/group has a group box with gid 4242: a role's group has that name"));
	assert_true(publish(l));
	/* Nobody is kept from a revoke by it. */
	assert_int_equal(host_assign(l, "root", "bob", "box", "top:a"), RBAC_OK);
	assert_int_equal(host_apply(l, HOST "zone = \"UTC\";\n", POLICY), RBAC_REFUSED);
	passwd_drop_group("box");
	assert_int_equal(host_apply(l, HOST "zone = \"UTC\";\n", POLICY), RBAC_OK);
}

static void test_the_gid_of_a_role(void **state)
{
	struct lab *l = *state;
	passwd_group("stray", 150000);
	assert_true(said_by_publish(l, "/etc/group has a group stray with gid 150000: "
				       "that is the gid of the role's group box"));
	assert_true(publish(l));
	assert_int_equal(host_apply(l, HOST "zone = \"UTC\";\n", POLICY), RBAC_REFUSED);
}

/* Name and gid as ours: only that it stands in /etc/group tells it from us. */
static void test_both(void **state)
{
	struct lab *l = *state;
	passwd_group("box", 150000);
	assert_true(publish(l));
	assert_int_equal(host_apply(l, HOST "zone = \"UTC\";\n", POLICY), RBAC_REFUSED);
}

static void test_another_gid_of_our_range(void **state)
{
	struct lab *l = *state;
	passwd_group("stray", 100001);
	assert_true(said_by_publish(l, "that gid lies in the range of the groups of roles"));
	assert_false(publish(l)); /* it gives nobody anything: said, and no more */
	assert_int_equal(host_apply(l, HOST "zone = \"UTC\";\n", POLICY), RBAC_OK);
}

static void test_primary_gids(void **state)
{
	struct lab *l = *state;
	passwd_user("mallory", 1666, 150000);
	passwd_user("mike", 1667, 150000);
	assert_true(said_by_publish(
		l, "mallory, mike have the primary gid 150000 in passwd, which is that "
		   "of the role's group box"));
	assert_true(publish(l));
	assert_int_equal(host_apply(l, HOST "zone = \"UTC\";\n", POLICY), RBAC_REFUSED);
}

static void test_a_directory(void **state)
{
	struct lab *l = *state;
	passwd_remote_group("box", 4242);
	assert_true(said_by_publish(
		l, "another source has a group box with gid 4242, and the role's group box has gid "
		   "150000: the same name"));
	passwd_drop_group("box");
	passwd_remote_group("far", 150000);
	assert_true(said_by_publish(l, "another source has a group far with gid 150000"));
	assert_true(publish(l));
}

/* Where no source answers more than it lists, the groups are listed once, and no role's group is
 * asked for. */
static void test_sources_that_list_all(void **state)
{
	struct lab *l = *state;

	passwd_remote_group("box", 4242); /* only who asks for it hears of it */
	host_nsswitch(l, "group: files sss rbac\n");
	assert_true(publish(l));
	host_nsswitch(l, "group: files rbac\n");
	assert_false(publish(l));
	passwd_drop_group("box");

	passwd_listed_group("box", 4242);
	assert_true(said_by_publish(l, "another source has a group box with gid 4242"));
	passwd_drop_group("box");
	passwd_listed_group("far", 150000);
	assert_true(said_by_publish(l, "another source has a group far with gid 150000"));
	passwd_drop_group("far");
	assert_false(publish(l));
}

/* Every change reports groups of the local files. */
static void test_a_change_warns(void **state)
{
	struct lab *l = *state;
	struct change c;
	struct assign_request r = { .subject = "bob",
				    .role = "box",
				    .scope = "top:a",
				    .from = RBAC_TIME_MIN,
				    .until = RBAC_TIME_MAX };
	passwd_group("box", 4242);
	int err = lab_begin(l, &c, "root", false);
	if (!err)
		err = change_assign(&c, &r);
	if (!err)
		err = change_commit(&c);
	assert_int_equal(err, RBAC_OK);
	assert_non_null(
		strstr(buf_text(&c.others), "rbacctl: warning: /etc/group has a group box"));
	assert_true(c.clash);
	change_close(&c, RBAC_OK);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_nothing),
		ON_A_HOST(test_the_name_of_a_role),
		ON_A_HOST(test_the_gid_of_a_role),
		ON_A_HOST(test_both),
		ON_A_HOST(test_another_gid_of_our_range),
		ON_A_HOST(test_primary_gids),
		ON_A_HOST(test_a_directory),
		ON_A_HOST(test_sources_that_list_all),
		ON_A_HOST(test_a_change_warns),
	};

	return cmocka_run_group_tests_name("rbacctl: groups of other sources", tests, NULL, NULL);
}
