/*
 * Whose access a change of policy affects: users with roles, members of Unix groups whom nobody
 * recorded, and whom no list has.
 */
#include "tests/unit/rbacctl/impact_lab.h"

#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/members.h"

static void apply(struct lab *l, const char *host, const char *me)
{
	apply_texts(l, host, POLICY, me);
}

/* The same for a policy whose files assign as well. */
static void apply_assignments(struct lab *l, const char *host, const char *assignments)
{
	struct snapshot before, after;
	struct policy_sources s;
	struct impact i;
	two_files(&s, host, POLICY);
	assert_int_equal(
		policy_sources_add(&s, "assignments.d/a.conf", assignments, strlen(assignments)),
		RBAC_OK);
	assert_int_equal(snapshot_open(&before, l->a.view), RBAC_OK);
	if (lab_apply(l, &s, false, NULL, NULL))
		fail_msg("%s", buf_text(&l->said));
	assert_int_equal(snapshot_open(&after, l->a.view), RBAC_OK);
	const struct impact_question q = { &before, &after, NULL, NOW, true, NULL, 0 };
	assert_int_equal(impact_of(&q, &i), RBAC_OK);
	buf_reset(&said);
	impact_text(&i, NOW, &said);
	impact_free(&i);
	snapshot_close(&after);
	snapshot_close(&before);
}

static void test_members_of_a_group_gain_and_lose(void **state)
{
	struct lab *l = *state;
	give(l, "bob", "dev");
	give(l, "%devs", "dev");
	give(l, "%ops", "dev");
	apply(l, ONLY_OP, NULL);
	assert_effect("effect: 3 users lose sshd (bob, dan, eve)\n");
	assert_no_effect("root"); /* is always let in */
	apply(l, BOTH, NULL);
	assert_effect("effect: 3 users gain sshd (bob, dan, eve) by rbac.conf:2\n");
}

/* Who keeps it by their own role loses nothing with the group's. */
static void test_a_users_own_role_and_roles_of_groups(void **state)
{
	struct lab *l = *state;
	give(l, "%devs", "dev");
	give(l, "%ops", "dev");
	give(l, "dan", "op");
	apply(l, ONLY_OP, NULL);
	assert_effect("effect: 1 user loses sshd (eve)\n");
	assert_effect("administrators unchanged (ann, dan)");
}

/* cyd is recorded by this apply, bob was before: each is looked at once. */
static void test_users_whom_the_apply_records_are_counted_once_beside_the_others(void **state)
{
	struct lab *l = *state;
	give(l, "bob", "low");
	apply_assignments(l, HOST(SSHD("roles = [ \"op\", \"dev\", \"low\" ];")),
			  "version = 1; assignments = ( { user = \"cyd\"; role = \"dev\"; "
			  "scope = \"top:a\"; } );\n");
	assert_effect("effect: 2 users gain sshd (bob, cyd) by rbac.conf:2\n");
	assert_effect("effect: 1 user gains group dev (cyd), gid ");
}

static void test_a_group_that_cannot_be_listed_is_named(void **state)
{
	struct lab *l = *state;
	give(l, "%remote", "dev");
	apply(l, ONLY_OP, NULL);
	assert_effect("effect: the members of %remote lose sshd\n");
	assert_effect("not in /etc/group");
	give(l, "bob", "dev");
	apply(l, BOTH, NULL);
	assert_effect(
		"effect: 1 user gains sshd (bob) and the members of %remote by rbac.conf:2\n");
}

static void test_administrators_through_a_group(void **state)
{
	struct lab *l = *state;
	give(l, "%devs", "op");
	give(l, "%remote", "op");
	apply(l, ONLY_OP, NULL);
	assert_effect("administrators unchanged (ann, dan, %remote)");
	assert_effect("nobody gains or loses");
	assert_no_effect("not in /etc/group");
}

/* Named by a rule, or by a group that a rule names; exempt; and anyone. */
static void test_who_is_named_without_a_role(void **state)
{
	struct lab *l = *state;
	apply(l,
	      HOST(SSHD("roles = [ \"op\", \"dev\" ]; users = [ \"bob\", \"nobody-here\" ]; "
			"groups = [ \"devs\" ];")),
	      NULL);
	assert_effect("effect: 2 users gain sshd (bob, dan) by rbac.conf:2\n");
	apply(l,
	      HOST("login = ( { services = [ \"sshd\" ]; roles = [ \"op\", \"dev\" ]; } ); "
		   "exempt = { users = [ \"cyd\" ]; groups = [ \"ops\" ]; };\n"),
	      NULL);
	assert_effect("effect: 2 users lose sshd (bob, dan)\n");
	assert_effect("effect: 2 users gain sshd (cyd, eve), exempt\n");
	apply(l, HOST(SSHD("anyone = true;")), NULL);
	assert_effect("effect: everybody else gains sshd (rbac.conf:2, anyone)\n");
	apply(l, BOTH, NULL);
	assert_effect("effect: everybody else loses sshd");
}

/* ASK_AT_MOST: so many users of a change are asked for by name; for more, passwd is read once. */

static size_t passes;

static void count_passes(const char *call, const char *name)
{
	(void)name;
	passes += strcmp(call, "getpwent") == 0;
}

static size_t passes_for(struct lab *l, size_t n)
{
	static const char *subjects[17];
	struct snapshot before, after;
	struct impact i;
	for (size_t k = 0; k < n; k++)
		subjects[k] = "bob";
	assert_int_equal(snapshot_open(&before, l->a.view), RBAC_OK);
	assert_int_equal(snapshot_open(&after, l->a.view), RBAC_OK);
	const struct impact_question q = { &before, &after, NULL, NOW, false, subjects, n };
	passes = 0;
	passwd_watch(count_passes);
	assert_int_equal(impact_of(&q, &i), RBAC_OK);
	passwd_watch(NULL);
	impact_free(&i);
	snapshot_close(&after);
	snapshot_close(&before);
	return passes;
}

static void test_sixteen_users_are_asked_for_by_name(void **state)
{
	assert_int_equal(passes_for(*state, 16), 0);
	assert_int_equal(passes_for(*state, 17), 1);
}

static size_t named;

static void count_names_and_passes(const char *call, const char *name)
{
	named += strcmp(call, "getpwnam") == 0 && name[0] == 'h';
	count_passes(call, name);
}

/* ASK_AT_MOST in impact_minimum.c: holders of a role with a minimum. */
static size_t asked_by_name(struct lab *l, size_t from, size_t to)
{
	static const char *const subjects[] = { "ann" };
	struct snapshot before, after;
	struct impact i;
	for (size_t k = from; k < to; k++) {
		char name[24];
		snprintf(name, sizeof name, "h%zu", k);
		passwd_user(name, (uid_t)(3000 + k), 100);
		give(l, name, "op");
	}
	assert_int_equal(snapshot_open(&before, l->a.view), RBAC_OK);
	assert_int_equal(snapshot_open(&after, l->a.view), RBAC_OK);
	const struct impact_question q = { &before, &after, NULL, NOW, false, subjects, 1 };
	named = passes = 0;
	passwd_watch(count_names_and_passes);
	assert_int_equal(impact_of(&q, &i), RBAC_OK);
	passwd_watch(NULL);
	impact_free(&i);
	snapshot_close(&after);
	snapshot_close(&before);
	return named;
}

static void test_sixteen_holders_are_asked_for_by_name(void **state)
{
	struct lab *l = *state;
	assert_int_equal(host_apply(l, BOTH,
				    "version = 1; kinds = { top = { }; };\n"
				    "roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; "
				    "bootstrap = true; min = 1; }; dev = { kind = \"top\"; }; "
				    "low = { kind = \"top\"; }; };\n"),
			 RBAC_OK);
	/* ann and seven, before and after: eight twice */
	assert_int_equal(asked_by_name(l, 0, 7), 14);
	assert_int_equal(passes, 0);
	/* of many more holders no more, and passwd is read once */
	assert_true(asked_by_name(l, 7, 40) <= 16);
	assert_int_equal(passes, 1);
}

static void test_who_types_it_is_told(void **state)
{
	struct lab *l = *state;
	give(l, "%devs", "dev");
	give(l, "%ops", "dev");
	apply(l, ONLY_OP, "dan");
	assert_effect("you: dan LOSES sshd;");
	apply(l, BOTH, "dan");
	assert_no_effect("you:");
	apply(l, ONLY_OP, "ann");
	assert_no_effect("you:");
}

static void test_hours_with_their_zone(void **state)
{
	struct lab *l = *state;
	give(l, "bob", "dev");
	apply(l,
	      HOST("zone = \"Europe/Berlin\"; " SSHD("roles = [ \"dev\" ]; "
						     "hours = [ \"Mon-Fri 08:00-18:00\" ];")),
	      NULL);
	assert_effect("effect: 1 user keeps sshd at other times or places (bob): "
		      "Mon-Fri 08:00-18:00 Europe/Berlin, before always\n");
	assert_effect("effect: 1 user loses sshd (ann)\n");
	apply(l,
	      HOST("zone = \"UTC\"; " SSHD("roles = [ \"op\", \"dev\" ]; "
					   "hours = [ \"Mon-Fri 08:00-18:00\" ]; "
					   "from = [ \"192.0.2.0/24\" ];")),
	      NULL);
	assert_effect("effect: 1 user keeps sshd at other times or places (bob): "
		      "Mon-Fri 08:00-18:00 UTC from 192.0.2.0/24, before "
		      "Mon-Fri 08:00-18:00 Europe/Berlin\n");
	assert_effect("effect: 1 user gains sshd (ann) by rbac.conf:2, "
		      "Mon-Fri 08:00-18:00 UTC from 192.0.2.0/24\n");
}

static void test_groups_come_and_go(void **state)
{
	struct lab *l = *state;
	apply(l, HOST("groups = { name = \"r-%{role}\"; }; " SSHD("roles = [ \"op\" ];")), NULL);
	assert_effect("effect: group op, gid ");
	assert_effect(", disappears from this host\n");
	assert_effect("effect: group r-op, gid ");
	assert_effect(", appears on this host\n");
}

static void test_gather(void **state)
{
	struct lab *l = *state;
	struct snapshot now;
	struct members m;
	give(l, "dan", "low"); /* recorded: counted by himself */
	give(l, "%devs", "low");
	give(l, "%ops", "low");
	give(l, "%remote", "low");
	passwd_member("bob", 5000);
	passwd_member("bob", 5001); /* twice, and told once */
	passwd_member("cyd", 5000);
	passwd_drop_user("cyd");
	assert_int_equal(snapshot_open(&now, l->a.view), RBAC_OK);
	assert_int_equal(members_gather(&now, NULL, &m), RBAC_OK);
	assert_int_equal(m.n, 2);
	assert_string_equal(m.names[0], "bob");
	assert_string_equal(m.names[1], "eve");
	assert_int_equal(m.n_open, 1);
	assert_string_equal(m.open[0].name, "%remote");
	assert_int_equal(m.open[0].gid, 6000);
	members_free(&m);
	snapshot_close(&now);
}

/* By the group alone, whatever user there may be. */
static void test_access_of_members(void **state)
{
	struct lab *l = *state;
	struct snapshot now;
	struct effective_access s;
	give(l, "%devs", "op");
	give(l, "%ops", "dev");
	assert_int_equal(snapshot_open(&now, l->a.view), RBAC_OK);
	assert_int_equal(effective_access_of_members(&now, "%devs", 5000, NOW, &s), RBAC_OK);
	assert_non_null(effective_service(&s, "sshd"));
	assert_true(effective_access_has_group(&s, "op"));
	effective_access_free(&s);
	assert_int_equal(effective_access_of_members(&now, "%remote", 6000, NOW, &s), RBAC_OK);
	assert_null(effective_service(&s, "sshd"));
	assert_int_equal(s.n_groups, 0);
	effective_access_free(&s);
	assert_true(effective_access_are_admins(&now, 5000, NOW));
	assert_false(effective_access_are_admins(&now, 5001, NOW));
	snapshot_close(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_members_of_a_group_gain_and_lose),
		ON_A_HOST(test_a_users_own_role_and_roles_of_groups),
		ON_A_HOST(test_users_whom_the_apply_records_are_counted_once_beside_the_others),
		ON_A_HOST(test_a_group_that_cannot_be_listed_is_named),
		ON_A_HOST(test_administrators_through_a_group),
		ON_A_HOST(test_who_is_named_without_a_role),
		ON_A_HOST(test_sixteen_users_are_asked_for_by_name),
		ON_A_HOST(test_sixteen_holders_are_asked_for_by_name),
		ON_A_HOST(test_who_types_it_is_told),
		ON_A_HOST(test_hours_with_their_zone),
		ON_A_HOST(test_groups_come_and_go),
		ON_A_HOST(test_gather),
		ON_A_HOST(test_access_of_members),
	};

	int failed = cmocka_run_group_tests_name("rbacctl: whom a policy touches", tests, NULL,
						 NULL);

	buf_free(&said);
	return failed;
}
