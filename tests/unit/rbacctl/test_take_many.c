/* More sheets change than the head of the fleet's sheet has room to name. */
#include "tests/unit/rbacctl/fleet_lab.h"

enum { MANY = FLEET_RECENT_MAX + 44 };

static int act_many_scopes(struct change *c, const char *letter)
{
	char scope[64];
	int err = RBAC_OK;

	for (int i = 0; i < MANY && !err; i++) {
		snprintf(scope, sizeof(scope), "team:main/%s%d", letter, i);
		err = change_scope_create(c, scope, "bob");
	}
	return err;
}

/* The folder of the member's scope is kept, and put in the place of the newer one. */
static void keep(const struct fleet_lab *f, bool put_back)
{
	char kept[600], there[600];

	snprintf(kept, sizeof(kept), "%s/kept", f->authority.state);
	snprintf(there, sizeof(there), "%s/sheets/team=main+a", f->dir);
	copy_folder(put_back ? kept : there, put_back ? there : kept);
}

static void test_one_push_of_more_sheets_than_a_head_names(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	does(f, "+cyd member team:main/a");
	on_authority(f, act_many_scopes, "x");
	push(f);
	took_all(f);
	same_rows(f);
}

static void test_a_member_that_joins_behind_them_takes_its_scope(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	push(f);
	on_authority(f, act_many_scopes, "x");
	push(f);
	took_all(f);
	same_rows(f);
}

/* A revoke is held back. It was named once, and no head names it any more. */
static void test_what_was_named_once_is_waited_for(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	keep(f, false);
	does(f, "-cyd member team:main/a");
	push(f);
	keep(f, true);
	take(f);
	assert_true(f->took.attention);
	on_authority(f, act_many_scopes, "x");
	push(f);
	keep(f, true);
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "waiting: team:main/a is at "));
	push(f);
	took_all(f);
	same_rows(f);
}

/* The member was away while it was named: a day later it is told all the same. */
static void test_a_sheet_that_is_not_signed_anew_is_told(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	keep(f, false);
	does(f, "-cyd member team:main/a");
	on_authority(f, act_many_scopes, "x");
	push(f);
	keep(f, true);
	took_all(f); /* nothing says so yet: docs/fleet.md, "What is not promised" */
	f->authority.now = f->member.now = NOW + FLEET_RESIGN + 181;
	push(f);
	keep(f, true);
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "waiting: team:main/a was signed "));
	push(f);
	took_all(f);
	same_rows(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_push_of_more_sheets_than_a_head_names),
		TEST(test_a_member_that_joins_behind_them_takes_its_scope),
		TEST(test_what_was_named_once_is_waited_for),
		TEST(test_a_sheet_that_is_not_signed_anew_is_told),
	};
	return cmocka_run_group_tests_name("rbacctl: more sheets than a head names", tests, NULL,
					   NULL);
}
