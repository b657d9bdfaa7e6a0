/*
 * What a member finds on its own host - a group, an account, a policy that it cannot read - is
 * told, and stops no revocation of the fleet.
 */
#define _GNU_SOURCE
#include "tests/unit/rbacctl/fleet_lab.h"

static void test_a_group_that_is_taken_here_stops_no_revocation(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	passwd_group("member", 4711);
	does(f, "-cyd member team:main/a");
	push(f);
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "left out: the group member"));
	char *m = rows_of(&f->member);
	assert_null(strstr(m, "cyd"));
	free(m);
	struct rbac_view v;
	assert_int_equal(rbac_view_open(f->member.a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	struct gids g = lab_gids(&v, "bob", NOW);
	for (size_t i = 0; i < g.n; i++)
		assert_true(g.v[i] != 4711);
	gids_free(&g);
	rbac_view_release(&v);
}

static int act_suspend(struct change *c, const char *arg)
{
	return change_user_suspend(c, arg + 1, arg[0] == '-', false);
}

static bool is_suspended(struct lab *l, const char *user)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	struct store_user u = { 0 };

	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	(void)store_user_get(&t, user, &u);
	store_abort(&t);
	store_close(s);
	return u.flags & STORE_USER_SUSPENDED;
}

static void test_suspensions_arrive(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	on_authority(f, act_suspend, "-cyd");
	push(f);
	took_all(f);
	assert_true(is_suspended(&f->member, "cyd"));
	on_authority(f, act_suspend, "+cyd");
	push(f);
	took_all(f);
	assert_false(is_suspended(&f->member, "cyd"));
}

/* uids are each host's own. */
static void test_a_user_that_this_host_does_not_know_is_recorded_without_uid(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+dan member team:main/a");
	push(f);
	passwd_drop_user("dan");
	took_all(f);
	same_rows(f);
}

static void test_a_new_policy_arrives(void **state)
{
	struct fleet_lab *f = *state;
	char *policy;

	took_all(f);
	assert_true(asprintf(&policy, "%splans = { };\n# %05000d\n", POLICY, 7) > 0);
	apply_policy(f, policy);
	free(policy);
	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	same_rows(f);
}

static void write_host_conf(const struct fleet_lab *f, const char *text)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/host.conf", f->member.state);
	FILE *h = fopen(path, "w");
	assert_true(h && fputs(text, h) > 0 && fclose(h) == 0);
}

static void break_host_conf(const struct fleet_lab *f)
{
	write_host_conf(f, "version = 1;\nhost = team:main/a\n");
}

/* host.conf that cannot be read is told, and what was applied counts. */
static void test_a_broken_host_conf_stops_nothing(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	break_host_conf(f);
	does(f, "+cyd member team:main/a");
	push(f);
	take(f);
	assert_true(f->took.attention);
	same_rows(f);
}

/* Before the first take nothing was applied: this host must not be of the scope that the
 * authority's rbac.conf names. */
static void test_a_broken_host_conf_before_the_first_take_puts_no_policy_in_force(void **state)
{
	struct fleet_lab *f = *state;

	break_host_conf(f);
	does(f, "+cyd member team:main/a");
	push(f);
	assert_int_not_equal(take_from(f, f->dir), RBAC_OK);
	assert_non_null(strstr(buf_text(&f->member.said), "host.conf:2: found \"team\""));
	assert_non_null(strstr(buf_text(&f->member.said), "no role counts"));
	write_host_conf(f, "version = 1;\nhost = \"team:main/a\";\n");
	took_all(f);
	same_rows(f);
}

/* A policy with a setting that this rbacctl does not know yet, and in the same change a role that
 * ends. */
static int act_newer_policy(struct change *c, const char *arg)
{
	struct policy_sources s;
	int err = act_words(c, arg);

	two_files(&s, CONF("site:main"), POLICY "later = true;\n");
	if (!err)
		err = store_texts_put(&c->t, c->change, &s);
	policy_sources_free(&s);
	return err;
}

static void test_a_policy_that_cannot_be_read_here_stops_no_revocation(void **state)
{
	struct fleet_lab *f = *state;

	does(f, "+cyd member team:main/a");
	push(f);
	took_all(f);
	on_authority(f, act_newer_policy, "-cyd member team:main/a");
	push(f);
	for (int i = 0; i < 2; i++) { /* it is told each time */
		take(f);
		assert_true(f->took.attention);
		assert_non_null(
			strstr(buf_text(&f->member.said), "cannot be read by this rbacctl"));
		same_rows(f);
	}
}

/* A role of a policy that could not be read gives nothing, and is reported. */
static int act_newer_role(struct change *c, const char *arg)
{
	struct store_assignment a = { .id = 900,
				      .change = c->change,
				      .when = NOW,
				      .from = RBAC_TIME_MIN,
				      .until = RBAC_TIME_MAX,
				      .subject = "dan",
				      .role = "later",
				      .scope = "team:main/a",
				      .by = "root",
				      .reason = "",
				      .source = STORE_SOURCE_FLEET };
	(void)arg;
	c->verb = "test";
	buf_printf(&c->done, "dan +later\n");
	return store_assignment_put(&c->t, &a);
}

static void test_a_role_that_is_not_known_here_gives_nothing(void **state)
{
	struct fleet_lab *f = *state;

	took_all(f);
	on_authority(f, act_newer_role, NULL);
	push(f);
	take(f);
	assert_true(f->took.attention);
	assert_non_null(strstr(buf_text(&f->member.said), "no such role"));
	char *a = rows_of(&f->authority), *m = rows_of(&f->member);
	assert_string_equal(a, m);
	free(a);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_group_that_is_taken_here_stops_no_revocation),
		TEST(test_suspensions_arrive),
		TEST(test_a_user_that_this_host_does_not_know_is_recorded_without_uid),
		TEST(test_a_new_policy_arrives),
		TEST(test_a_broken_host_conf_stops_nothing),
		TEST(test_a_broken_host_conf_before_the_first_take_puts_no_policy_in_force),
		TEST(test_a_policy_that_cannot_be_read_here_stops_no_revocation),
		TEST(test_a_role_that_is_not_known_here_gives_nothing),
	};

	return cmocka_run_group_tests_name("rbacctl: what a member finds on its own host", tests,
					   NULL, NULL);
}
