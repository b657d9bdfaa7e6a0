/*
 * uids = "fleet": a member records the UIDs of the authority. passwd is one for both hosts here: it
 * changes between an act on the authority and a take.
 */
#define _GNU_SOURCE
#include "tests/unit/rbacctl/fleet_lab.h"

static void apply_conf(struct fleet_lab *f, const char *conf)
{
	struct policy_sources s;

	two_files(&s, conf, POLICY);
	if (lab_apply(&f->authority, &s, false, NULL, NULL))
		fail_msg("apply: %s", buf_text(&f->authority.said));
}

static uint32_t recorded(struct lab *l, const char *user)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	struct store_user u = { .uid = RBAC_NO_UID };

	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	(void)store_user_get(&t, user, &u);
	store_abort(&t);
	store_close(s);
	return u.uid;
}

static int act_rebind(struct change *c, const char *user)
{
	return change_user_rebind(c, user);
}

static size_t pushed(struct fleet_lab *f)
{
	struct push_result r;
	struct buf why = { 0 };

	f->authority.a.now = f->authority.now;
	if (fleet_push(&f->authority.a, f->dir, false, &r, &why))
		fail_msg("push: %s", buf_text(&why));
	return r.written;
}

#define OF_FLEET CONF("site:main") "uids = \"fleet\";\n"

static void test_the_uid_of_the_authority_is_recorded(void **state)
{
	struct fleet_lab *f = *state;

	apply_conf(f, OF_FLEET);
	does(f, "+cyd member team:main/a");
	push(f);
	passwd_user("cyd", 2003, 100);
	take(f);
	assert_int_equal(recorded(&f->member, "cyd"), 1003);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "cyd has uid 2003 here and 1003"));
	passwd_user("cyd", 1003, 100);
	took_all(f);
}

static void test_the_setting_that_comes_later_changes_what_was_recorded(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	push(f);
	passwd_user("cyd", 2003, 100);
	took_all(f);
	assert_int_equal(recorded(&f->member, "cyd"), 2003);
	passwd_user("cyd", 1003, 100);
	apply_conf(f, OF_FLEET);
	assert_int_equal(pushed(f), 3);
	took_all(f);
	assert_int_equal(recorded(&f->member, "cyd"), 1003);
	same_rows(f);
}

/* The sheets where that user has nothing are not written again. */
static void test_a_new_uid_rewrites_the_sheets_of_that_user_alone(void **state)
{
	struct fleet_lab *f = *state;

	apply_conf(f, OF_FLEET);
	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	passwd_user("cyd", 3003, 100);
	on_authority(f, act_rebind, "cyd");
	assert_int_equal(pushed(f), 2); /* team:main/a, and the fleet's, which is always new */
	took_all(f);
	assert_int_equal(recorded(&f->member, "cyd"), 3003);
}

/* bob owns team:main/a and holds no other role. */
static void test_an_owner_has_a_uid_in_the_sheet_too(void **state)
{
	struct fleet_lab *f = *state;

	apply_conf(f, OF_FLEET);
	push(f);
	took_all(f);
	passwd_user("bob", 3002, 100);
	on_authority(f, act_rebind, "bob");
	push(f);
	took_all(f);
	assert_int_equal(recorded(&f->member, "bob"), 3002);
}

static void test_two_users_change_places(void **state)
{
	struct fleet_lab *f = *state;

	apply_conf(f, OF_FLEET);
	does(f, "+cyd member team:main/a");
	does(f, "+dan member team:main/a");
	push(f);
	took_all(f);
	passwd_user("cyd", 9999, 100);
	on_authority(f, act_rebind, "cyd");
	passwd_user("dan", 1003, 100);
	on_authority(f, act_rebind, "dan");
	passwd_user("cyd", 1004, 100);
	on_authority(f, act_rebind, "cyd");
	push(f);
	took_all(f);
	assert_int_equal(recorded(&f->member, "cyd"), 1004);
	assert_int_equal(recorded(&f->member, "dan"), 1003);
}

/* Each name keeps what another name has here: eve is not of this fleet's sheets any more, and is
 * recorded with the uid that the authority gives to cyd. */
static void test_another_name_with_that_uid_stops_no_revocation(void **state)
{
	struct fleet_lab *f = *state;

	apply_conf(f, OF_FLEET);
	does(f, "+eve member team:main/a");
	does(f, "+dan member team:main/a");
	push(f);
	took_all(f);
	does(f, "-eve member team:main/a");
	does(f, "-dan member team:main/a");
	passwd_user("eve", 4005, 100);
	on_authority(f, act_rebind, "eve");
	passwd_user("cyd", 1005, 100);
	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	assert_int_equal(recorded(&f->member, "cyd"), 1005);
	same_rows(f);
}

/* 20 are named, and the others counted. */
static void test_of_many_with_another_uid_twenty_are_named(void **state)
{
	struct fleet_lab *f = *state;
	char name[32], words[64];

	apply_conf(f, OF_FLEET);
	for (int i = 0; i < 21; i++) {
		snprintf(name, sizeof(name), "u%02d", i);
		passwd_user(name, (uid_t)(5000 + i), 100);
		snprintf(words, sizeof(words), "+%s member team:main/a", name);
		does(f, words);
	}
	push(f);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "u%02d", i);
		passwd_user(name, (uid_t)(6000 + i), 100);
	}
	take(f);
	assert_null(strstr(buf_text(&f->member.said), "more user"));
	passwd_user("u20", 6020, 100);
	take(f);
	assert_non_null(strstr(buf_text(&f->member.said), "left out: 1 more user"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_uid_of_the_authority_is_recorded),
		TEST(test_the_setting_that_comes_later_changes_what_was_recorded),
		TEST(test_a_new_uid_rewrites_the_sheets_of_that_user_alone),
		TEST(test_an_owner_has_a_uid_in_the_sheet_too),
		TEST(test_two_users_change_places),
		TEST(test_another_name_with_that_uid_stops_no_revocation),
		TEST(test_of_many_with_another_uid_twenty_are_named),
	};

	return cmocka_run_group_tests_name("rbacctl: the uids of a fleet", tests, NULL, NULL);
}
