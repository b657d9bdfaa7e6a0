/*
 * Whom a change of policy touches: users who hold by themselves, members of Unix groups whom nobody
 * recorded, and whom no list has.
 */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/impact.h"
#include "rbacctl/access/members.h"

/* Roles: op may administer, dev logs in, low does not. */
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; bootstrap = true; }; "           \
	"dev = { kind = \"top\"; assign_by = [ \"op\" ]; }; low = { kind = \"top\"; "              \
	"assign_by = [ \"op\" ]; }; };\n"
#define HOST(more) "version = 1; host = \"top:a\";\n" more
#define SSHD(who) "login = ( { services = [ \"sshd\" ]; " who " } );\n"
#define BOTH HOST(SSHD("roles = [ \"op\", \"dev\" ];"))
#define ONLY_OP HOST(SSHD("roles = [ \"op\" ];"))

/* ann administers. dan is in devs; eve's primary group is ops; pam is known to the directory's
 * group remote alone. */
static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	passwd_member("dan", 5000);
	passwd_user("eve", 1005, 5001);
	passwd_remote_group("remote", 6000);
	passwd_user("pam", 1006, 100);
	passwd_member("pam", 6000);
	passwd_member("root", 5000);
	host_init(*state, BOTH, POLICY, "top:a", "ann");
	return 0;
}

/* ---- what is said of an apply ---- */

static struct buf said;

/* Apply, and what impact_text() says of it. */
static void apply(struct lab *l, const char *host, const char *me)
{
	struct snapshot before, after;
	assert_int_equal(snapshot_open(&before, l->a.view), RBAC_OK);
	if (host_apply(l, host, POLICY))
		fail_msg("%s", buf_text(&l->said));
	buf_reset(&said);
	assert_int_equal(snapshot_open(&after, l->a.view), RBAC_OK);
	struct impact i;
	const struct impact_question q = { &before, &after, me, NOW, true, NULL, 0 };
	assert_int_equal(impact_of(&q, &i), RBAC_OK);
	impact_text(&i, NOW, &said);
	impact_free(&i);
	snapshot_close(&after);
	snapshot_close(&before);
}

static void assert_effect(const char *words)
{
	if (!strstr(buf_text(&said), words))
		fail_msg("\"%s\" is not in:\n%s", words, buf_text(&said));
}

static void assert_no_effect(const char *words)
{
	if (strstr(buf_text(&said), words))
		fail_msg("\"%s\" is in:\n%s", words, buf_text(&said));
}

static void give(struct lab *l, const char *subject, const char *role)
{
	assert_int_equal(host_assign(l, "root", subject, role, "top:a"), RBAC_OK);
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
static void test_a_role_of_ones_own_stands_beside_the_groups(void **state)
{
	struct lab *l = *state;
	give(l, "%devs", "dev");
	give(l, "%ops", "dev");
	give(l, "dan", "op");
	apply(l, ONLY_OP, NULL);
	assert_effect("effect: 1 user loses sshd (eve)\n");
	assert_effect("administrators unchanged (ann, dan)");
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

/* ---- hours, keys, windows, the minimum ---- */

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

/* One change, and what change_impact() says of it. */
static void assert_act(struct lab *l, int (*act)(struct change *c, void *ctx), void *ctx)
{
	struct change c;
	struct impact i;
	struct buf why = { 0 };
	l->guarded = true;
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	assert_int_equal(act(&c, ctx), RBAC_OK);
	assert_int_equal(change_commit(&c), RBAC_OK);
	assert_int_equal(change_impact(&c, &i, &why), RBAC_OK);
	buf_reset(&said);
	impact_text(&i, NOW, &said);
	impact_free(&i);
	buf_free(&why);
	assert_int_equal(change_close(&c, RBAC_OK), 0);
}

static int do_assign(struct change *c, void *ctx)
{
	return change_assign(c, ctx);
}

static int do_revoke(struct change *c, void *ctx)
{
	return change_revoke(c, ctx);
}

static void assert_assign(struct lab *l, const char *who, const char *role, const char *scope)
{
	struct assign_request r = { .subject = who,
				    .role = role,
				    .scope = scope,
				    .from = RBAC_TIME_MIN,
				    .until = RBAC_TIME_MAX };
	assert_act(l, do_assign, &r);
}

/* bob gets dev, in place of what he has of it. */
static void assert_dev_between(struct lab *l, int64_t from, int64_t until)
{
	struct assign_request r = { .subject = "bob",
				    .role = "dev",
				    .scope = "top:a",
				    .from = from,
				    .until = until,
				    .replace = true };
	assert_act(l, do_assign, &r);
}

static void test_a_small_change_looks_at_whom_it_touches(void **state)
{
	struct lab *l = *state;
	assert_assign(l, "bob", "dev", "top:a");
	assert_effect("effect: 1 user gains sshd (bob) by rbac.conf:2\n");
	assert_effect("effect: 1 user gains group dev (bob), gid ");
	assert_effect("administrators unchanged\n");
	assert_assign(l, "cyd", "op", "top:a");
	assert_effect("administrators ann -> ann, cyd\n");
	assert_assign(l, "%devs", "dev", "top:a");
	assert_effect("effect: 1 user gains sshd (dan) by rbac.conf:2\n");
	assert_act(l, do_revoke, (&(struct revoke_request){ "cyd", "op", "top:a", 0 }));
	assert_effect("administrators ann, cyd -> ann\n");
	assert_effect("effect: 1 user loses sshd (cyd)\n");
	assert_no_effect("bob");
}

/* NOW is 2026-01-05T10:00:00Z. */
static void test_windows_that_begin_or_end_later(void **state)
{
	struct lab *l = *state;
	assert_dev_between(l, NOW + 86400, NOW + 2 * 86400);
	assert_effect(" on, 1 user gains sshd (bob) by rbac.conf:2\n");
	assert_no_effect("loses");
	assert_dev_between(l, RBAC_TIME_MIN, NOW + 4 * 86400);
	assert_effect("effect: 1 user gains sshd (bob)");
	/* for less long: it is lost at the new end */
	assert_dev_between(l, RBAC_TIME_MIN, NOW + 3 * 86400);
	assert_effect(" on, 1 user loses sshd (bob)\n");
	assert_no_effect("gains sshd");
	/* for longer: it is gained at the old end */
	assert_dev_between(l, RBAC_TIME_MIN, NOW + 5 * 86400);
	assert_effect(" on, 1 user gains sshd (bob)");
	assert_no_effect("loses");
}

#define TWO_LEVELS(cascade)                                                                        \
	"version = 1; kinds = { top = { }; "                                                       \
	"sub = { parent = \"top\"; create_by = [ \"op\" ]; }; };\n"                                \
	"keys = ( { name = \"k1\"; }, { name = \"k2\"; }, { name = \"k3\"; } );\n"                 \
	"keychains = { one = [ \"k1\" ]; two = [ \"k2\", \"k3\" ]; };\n"                           \
	"roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; bootstrap = true; };\n"          \
	"dev = { kind = \"top\"; keychains = [ \"one\" ]; "                                        \
	"assign_by = [ \"op\" ]; " cascade " };\n"                                                 \
	"low = { kind = \"sub\"; keychains = [ \"one\", \"two\" ]; "                               \
	"assign_by = [ \"op\" ]; }; };\n"

static int do_create(struct change *c, void *ctx)
{
	return change_scope_create(c, ctx, NULL);
}

static void apply_policy(struct lab *l, const char *policy)
{
	struct snapshot before, after;
	struct impact i;
	assert_int_equal(snapshot_open(&before, l->a.view), RBAC_OK);
	l->guarded = false;
	if (host_apply(l, BOTH, policy))
		fail_msg("%s", buf_text(&l->said));
	buf_reset(&said);
	assert_int_equal(snapshot_open(&after, l->a.view), RBAC_OK);
	const struct impact_question q = { &before, &after, NULL, NOW, true, NULL, 0 };
	assert_int_equal(impact_of(&q, &i), RBAC_OK);
	impact_text(&i, NOW, &said);
	impact_free(&i);
	snapshot_close(&after);
	snapshot_close(&before);
}

static void test_keys_move_where_the_role_is_held(void **state)
{
	struct lab *l = *state;
	apply_policy(l, TWO_LEVELS(""));
	assert_act(l, do_create, (void *)(uintptr_t) "sub:a/b");
	assert_assign(l, "bob", "dev", "top:a");
	assert_effect("effect: 1 user gains key k1 (bob at top:a)\n");
	/* k1 counts there from above */
	assert_assign(l, "bob", "low", "sub:a/b");
	assert_effect("effect: 1 user gains keys k2, k3 (bob at sub:a/b)\n");
	assert_act(l, do_revoke, (&(struct revoke_request){ "bob", "dev", "top:a", 0 }));
	assert_effect("effect: 1 user loses key k1 (bob at top:a)\n");
	assert_assign(l, "cyd", "dev", "top:a");
	apply_policy(l, TWO_LEVELS("cascade = false;"));
	assert_effect("effect: 1 user loses key k1 (cyd below top:a)\n");
	apply_policy(l, TWO_LEVELS(""));
	assert_effect("effect: 1 user gains key k1 (cyd below top:a)\n");
}

static void test_who_falls_below_a_minimum(void **state)
{
	struct lab *l = *state;
	const char *policy = "version = 1; kinds = { top = { }; };\n"
			     "roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; "
			     "bootstrap = true; };\n"
			     "dev = { kind = \"top\"; assign_by = [ \"op\" ]; min = 2; "
			     "bootstrap = true; }; "
			     "low = { kind = \"top\"; assign_by = [ \"op\" ]; }; };\n";
	give(l, "bob", "dev");
	apply_policy(l, policy);
	assert_effect("effect: dev at top:a has 1 holder, and min is 2 (p.conf:3)\n");
	apply_policy(l, policy);
	assert_no_effect("min is"); /* it had so few before */
	assert_assign(l, "cyd", "dev", "top:a");
	assert_no_effect("min is");
}

static void test_groups_come_and_go(void **state)
{
	struct lab *l = *state;
	apply(l, HOST("groups = { name = \"r-%{role}\"; }; " SSHD("roles = [ \"op\" ];")), NULL);
	assert_effect("effect: group op, gid ");
	assert_effect(", is gone from this host\n");
	assert_effect("effect: group r-op, gid ");
	assert_effect(", comes to this host\n");
}

/* ---- who that is ---- */

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
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_members_of_a_group_gain_and_lose),
		ON_A_HOST(test_a_role_of_ones_own_stands_beside_the_groups),
		ON_A_HOST(test_a_group_that_cannot_be_listed_is_named),
		ON_A_HOST(test_administrators_through_a_group),
		ON_A_HOST(test_who_is_named_without_a_role),
		ON_A_HOST(test_who_types_it_is_told),
		ON_A_HOST(test_hours_with_their_zone),
		ON_A_HOST(test_a_small_change_looks_at_whom_it_touches),
		ON_A_HOST(test_windows_that_begin_or_end_later),
		ON_A_HOST(test_keys_move_where_the_role_is_held),
		ON_A_HOST(test_who_falls_below_a_minimum),
		ON_A_HOST(test_groups_come_and_go),
		ON_A_HOST(test_gather),
		ON_A_HOST(test_access_of_members),
	};
	int failed = cmocka_run_group_tests_name("rbacctl: whom a change touches", tests, NULL,
						 NULL);

	buf_free(&said);
	return failed;
}
