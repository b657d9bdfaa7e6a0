/*
 * What a role allows a member: to give it itself for a time (local), and to keep it without word
 * from the authority (max_stale); and what the authority refuses for the sake of a member.
 */
#include "tests/unit/rbacctl/fleet_lab.h"

static void test_a_member_changes_nothing_itself(void **state)
{
	struct fleet_lab *f = *state;
	struct change c;

	took_all(f);
	f->member.a.as = "root";
	int err = lab_begin(&f->member, &c, "root", false);
	assert_int_equal(lab_end(&f->member, &c, err), RBAC_REFUSED);
	assert_non_null(strstr(buf_text(&f->member.said), "member of the fleet campus"));
}

/* The policy with MORE in the role guest. */
static char *policy_with(const char *more)
{
	static char text[sizeof(POLICY) + 200];
	const char *at = strstr(POLICY, "  guest  = {") + strlen("  guest  = {");

	snprintf(text, sizeof(text), "%.*s %s%s", (int)(at - POLICY), POLICY, more, at);
	return text;
}

static void new_policy(struct fleet_lab *f, const char *more)
{
	apply_policy(f, policy_with(more));
	push(f);
}

struct ask {
	const char *user, *role;
	int64_t until, found;
	uint64_t id;
};

static int on_asked(void *ctx, const struct store_assignment *a)
{
	struct ask *x = ctx;

	if (strcmp(a->subject, x->user) == 0 && strcmp(a->role, x->role) == 0) {
		x->found++;
		x->until = a->until;
		x->id = a->id;
	}
	return RBAC_OK;
}

static struct ask held_here(struct fleet_lab *f, const char *user, const char *role)
{
	struct ask x = { .user = user, .role = role };
	struct store *s = NULL;
	struct store_txn t = { 0 };

	assert_int_equal(store_open(f->member.a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_assignments_all(&t, on_asked, &x), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return x;
}

static void later(struct fleet_lab *f, int64_t seconds)
{
	f->authority.now += seconds;
	f->member.now += seconds;
}

static void test_max_stale_ends_what_is_not_refreshed(void **state)
{
	struct fleet_lab *f = *state;

	new_policy(f, "max_stale = \"24h\";");
	does(f, "+cyd guest site:main");
	does(f, "+cyd op site:main");
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "cyd", "guest").until, NOW + 86400);
	assert_true(held_here(f, "cyd", "op").until == RBAC_TIME_MAX);
	/* A fresh word alone writes nothing before a quarter of the time is over. */
	later(f, 6 * 3600 - 1);
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "cyd", "guest").until, NOW + 86400);
	later(f, 1);
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "cyd", "guest").until, NOW + 6 * 3600 + 86400);
	/* No word: the end stays where it is, and passes. */
	later(f, 30 * 3600);
	take(f);
	assert_true(f->took.attention);
	assert_int_equal(held_here(f, "cyd", "guest").until, NOW + 6 * 3600 + 86400);
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "cyd", "guest").until, f->member.now + 86400);
	/* The policy reverts it. */
	new_policy(f, "");
	took_all(f);
	assert_true(held_here(f, "cyd", "guest").until == RBAC_TIME_MAX);
	same_rows(f);
}

/* What the member does itself. */
static int member_does(struct fleet_lab *f, const char *subject, int64_t until, bool revoke)
{
	struct revoke_request r = { .subject = subject, .role = "guest", .scope = "site:main" };
	struct assign_request g = { .subject = subject,
				    .role = "guest",
				    .scope = "site:main",
				    .from = RBAC_TIME_MIN,
				    .until = until };
	struct change c;

	f->member.a.now = f->member.now;
	f->member.a.as = "root";
	int err = change_open_on_member(&c, &f->member.a, false);
	if (!err)
		err = change_local_role(&c, "guest", revoke ? 0 : until);
	if (!err)
		err = revoke ? change_revoke(&c, &r) : change_assign(&c, &g);
	if (!err)
		err = change_commit(&c);
	buf_reset(&f->member.said);
	buf_printf(&f->member.said, "%s", buf_text(&c.message));
	buf_reset(&c.message);
	buf_printf(&c.message, "(told)");
	change_close(&c, err);
	return err;
}

static void test_a_local_role_is_given_with_an_end(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	assert_int_equal(member_does(f, "dan", NOW + 3600, false), RBAC_REFUSED);
	new_policy(f, "local = true;");
	took_all(f);
	assert_int_equal(member_does(f, "dan", RBAC_TIME_MAX, false), RBAC_REFUSED);
	assert_non_null(strstr(buf_text(&f->member.said), "with an end"));
	assert_int_equal(member_does(f, "dan", NOW + 3600, false), RBAC_OK);
	assert_true(held_here(f, "dan", "guest").id > STORE_LOCAL_IDS);
	/* The fleet's rows come and go beside it. */
	does(f, "+cyd guest site:main");
	push(f);
	took_all(f);
	assert_int_equal(held_here(f, "dan", "guest").found, 1);
	assert_int_equal(member_does(f, "cyd", 0, true), RBAC_REFUSED);
	assert_int_equal(held_here(f, "cyd", "guest").found, 1);
	assert_int_equal(member_does(f, "dan", 0, true), RBAC_OK);
	assert_int_equal(held_here(f, "dan", "guest").found, 0);
}

/* Two groups here, four more on the member, and five gids. */
#define FEW                                                                                        \
	CONF("site:main")                                                                          \
	"groups = { name = \"%{role}-%{scope}\"; gid_min = 2010000000; gid_max = 2010000004; };\n"

static void test_groups_that_would_clash_on_a_member_are_told_on_the_authority(void **state)
{
	struct fleet_lab *f = *state;
	struct policy_sources s;
	struct change c;

	two_files(&s, FEW, POLICY);
	/* m1 was enrolled for team:main/a: the policy is refused. */
	assert_int_equal(lab_apply(&f->authority, &s, false, NULL, NULL), RBAC_REFUSED);
	/* Without members it is fine, and then no member comes. */
	int err = lab_begin(&f->authority, &c, "root", false);
	if (!err)
		err = change_fleet_remove(&c, "m1");
	assert_int_equal(lab_end(&f->authority, &c, err), RBAC_OK);
	two_files(&s, FEW, POLICY);
	assert_int_equal(lab_apply(&f->authority, &s, false, NULL, NULL), RBAC_OK);
	err = lab_begin(&f->authority, &c, "root", false);
	if (!err)
		err = change_fleet_enrol(&c, "m2", "team:main/a", token);
	assert_int_equal(lab_end(&f->authority, &c, err), RBAC_INVALID);
	assert_non_null(strstr(buf_text(&f->authority.said), "would clash"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_member_changes_nothing_itself),
		TEST(test_max_stale_ends_what_is_not_refreshed),
		TEST(test_a_local_role_is_given_with_an_end),
		TEST(test_groups_that_would_clash_on_a_member_are_told_on_the_authority),
	};

	return cmocka_run_group_tests_name("rbacctl: what a role allows a member", tests, NULL,
					   NULL);
}
