/* lockout.h and change_guard: a change that leaves nobody who can log in and act, or a service
 * without a rule, is refused. */
#include "tests/unit/rbacctl/helper.h"

#include <sys/stat.h>

#include "rbacctl/access/lockout.h"
#include "rbacctl/config/load.h"

#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; bootstrap = true; }; "           \
	"dev = { kind = \"top\"; assign_by = [ \"op\" ]; }; };\n"
#define HOST "version = 1; host = \"top:a\"; zone = \"UTC\";\n"
#define LOGIN(rules) HOST "login = ( " rules " );\n"
#define SSHD(more) "{ services = [ \"sshd\" ]; " more " }"
#define GOOD LOGIN(SSHD("roles = [ \"op\" ];"))

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, GOOD, POLICY, "top:a", "ann");
	return 0;
}

static bool somebody(struct lab *l)
{
	struct snapshot look;
	bool yes;
	assert_int_equal(snapshot_open(&look, l->a.view), RBAC_OK);
	assert_int_equal(lockout_somebody_can_act(&look, l->now, LOCKOUT_DAY, &yes), RBAC_OK);
	snapshot_close(&look);
	return yes;
}

/* Apply HOST under the guard. */
static int guarded(struct lab *l, const char *host)
{
	struct policy_sources s;
	struct problems problems = { 0 };
	struct policy *p;
	struct change c;
	two_files(&s, host, POLICY);
	assert_int_equal(policy_load(&s, &p, &problems), RBAC_OK);
	problems_free(&problems);
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	c.unguarded = false;
	int err = change_apply(&c, &s, p, false, NULL);
	err = lab_end(l, &c, err);
	policy_sources_free(&s);
	return err;
}

/* NOW is Monday, 10:00 UTC. */
static void test_who_counts(void **state)
{
	static const struct {
		const char *host;
		bool yes;
	} hosts[] = {
		{ GOOD, true },
		{ LOGIN(SSHD("anyone = true;")), true },
		{ LOGIN(SSHD("users = [ \"ann\" ];")), true },
		{ LOGIN(SSHD("users = [ \"bob\" ];")), false }, /* bob is no administrator */
		{ LOGIN(SSHD("roles = [ \"dev\" ];")), false },
		{ LOGIN("{ services = [ \"sudo\", \"sudo-i\", \"cron\" ]; anyone = true; }"),
		  false }, /* no login */
		{ LOGIN(SSHD("anyone = true;") ", { services = [ \"sudo\", \"sudo-i\" ]; "
					       "roles = [ \"op\" ]; }"),
		  true },
		{ LOGIN(SSHD("anyone = true;") ", { services = [ \"sudo\", \"sudo-i\" ]; "
					       "roles = [ \"dev\" ]; }"),
		  false },
		{ LOGIN(SSHD("anyone = true; hours = [ \"Mon 18:00-18:05\" ];")),
		  true }, /* within a day */
		{ LOGIN(SSHD("anyone = true; hours = [ \"Tue 09:59-10:00\" ];")), true },
		{ LOGIN(SSHD("anyone = true; hours = [ \"Tue 11:00-12:00\" ];")), false },
		{ LOGIN(SSHD("anyone = true; hours = [ \"Sun\" ];")), false },
		{ LOGIN(SSHD("anyone = true; from = [ \"192.0.2.0/24\" ];")), true },
		{ LOGIN("{ services = [ \"login\" ]; anyone = true; "
			"from = [ \"192.0.2.0/24\" ]; }"),
		  false }, /* never a remote host */
		{ LOGIN("{ services = [ \"login\" ]; anyone = true; }"), true },
		{ HOST "exempt = { users = [ \"ann\" ]; };\n", false },
		{ HOST, false },
	};
	struct lab *l = *state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		assert_int_equal(host_apply(l, hosts[i].host, POLICY), RBAC_OK);
		if (somebody(l) != hosts[i].yes)
			fail_msg("expected %d: %s", hosts[i].yes, hosts[i].host);
	}
}

static void test_living_accounts_alone(void **state)
{
	struct lab *l = *state;
	passwd_drop_user("ann");
	assert_false(somebody(l));
	passwd_user("ann", 1999, 100); /* another person */
	assert_false(somebody(l));
	passwd_user("ann", 1001, 100);
	assert_true(somebody(l));
	/* through a Unix group: dan, who is not recorded */
	passwd_member("dan", 5000);
	assert_int_equal(host_assign(l, "root", "%devs", "op", "top:a"), RBAC_OK);
	passwd_drop_user("ann");
	assert_true(somebody(l));
	passwd_drop_user("dan");
	assert_false(somebody(l));
	passwd_remote_group("far", 6000); /* its members are not listed here */
	assert_int_equal(host_assign(l, "root", "%far", "op", "top:a"), RBAC_OK);
	assert_true(somebody(l));
}

static void test_refused_where_it_takes_away(void **state)
{
	struct lab *l = *state;
	assert_int_equal(guarded(l, LOGIN(SSHD("roles = [ \"dev\" ];"))), RBAC_REFUSED);
	assert_said(l, "nobody is left who can log in");
	assert_said(l, "--force");
	assert_true(somebody(l));
	assert_int_equal(guarded(l, LOGIN(SSHD("anyone = true;"))), RBAC_OK);
	/* by force; then there is nothing to lose any more */
	assert_int_equal(host_apply(l, LOGIN(SSHD("roles = [ \"dev\" ];")), POLICY), RBAC_OK);
	assert_int_equal(guarded(l, LOGIN(SSHD("users = [ \"bob\" ];"))), RBAC_OK);
	assert_verified(l);
}

/* A change of one user under the guard. ME is who types it; the lab is root's. */
static int judged(struct lab *l, const char *me, const char *const *subjects, size_t n,
		  const struct snapshot *before, struct buf *why)
{
	struct snapshot after;
	assert_int_equal(snapshot_open(&after, l->a.view), RBAC_OK);
	const struct lockout_question q = { .before = before,
					    .after = &after,
					    .pam = &pam_here,
					    .now = l->now,
					    .me = me,
					    .subjects = subjects,
					    .n_subjects = n };
	buf_reset(why);
	int err = lockout_judge(&q, why);
	snapshot_close(&after);
	return err;
}

static int revoke(struct lab *l, const char *who, const char *role)
{
	struct change c;
	const struct revoke_request r = { who, role, "top:a", 0 };
	l->guarded = true;
	int err = lab_begin(l, &c, "root", false);
	return lab_end(l, &c, err ? err : change_revoke(&c, &r));
}

static void test_every_change_is_guarded(void **state)
{
	struct lab *l = *state;
	assert_int_equal(host_assign(l, "root", "bob", "dev", "top:a"), RBAC_OK);
	assert_int_equal(revoke(l, "ann", "op"), RBAC_REFUSED);
	assert_said(l, "nobody is left who can log in");
	assert_int_equal(revoke(l, "bob", "dev"), RBAC_OK);
	/* with a second administrator nothing is in the way */
	assert_int_equal(host_assign(l, "root", "bob", "op", "top:a"), RBAC_OK);
	assert_int_equal(revoke(l, "ann", "op"), RBAC_OK);
	/* a deleted account was no administrator any more */
	assert_int_equal(host_assign(l, "root", "cyd", "op", "top:a"), RBAC_OK);
	passwd_drop_user("cyd");
	assert_int_equal(revoke(l, "cyd", "op"), RBAC_OK);
	/* by force, and it is recorded */
	l->a.force = true;
	assert_int_equal(revoke(l, "bob", "op"), RBAC_OK);
	assert_said(l, "nobody is left who can log in");
	l->a.force = false;
	assert_false(somebody(l));
	/* nobody could: what more is taken away makes it no worse */
	passwd_user("cyd", 1003, 100);
	assert_int_equal(host_assign(l, "root", "cyd", "dev", "top:a"), RBAC_OK);
	assert_int_equal(revoke(l, "cyd", "dev"), RBAC_OK);
}

static void test_who_types_it(void **state)
{
	struct lab *l = *state;
	struct snapshot before;
	struct buf why = { 0 };
	const char *const bob[] = { "bob" }, *const ann[] = { "ann" }, *const group[] = { "%devs" };
	assert_int_equal(host_apply(l, LOGIN(SSHD("roles = [ \"op\", \"dev\" ];")), POLICY),
			 RBAC_OK);
	assert_int_equal(host_assign(l, "root", "bob", "dev", "top:a"), RBAC_OK);
	assert_int_equal(snapshot_open(&before, l->a.view), RBAC_OK);
	l->guarded = false;
	assert_int_equal(revoke(l, "bob", "dev"), RBAC_OK);
	assert_int_equal(judged(l, "bob", bob, 1, &before, &why), RBAC_OK);
	assert_non_null(strstr(buf_text(&why), "you, bob, could not log in again"));
	/* somebody else types it; root; it is about somebody else */
	assert_int_equal(judged(l, "ann", bob, 1, &before, &why), RBAC_OK);
	assert_int_equal(why.len, 0);
	assert_int_equal(judged(l, NULL, bob, 1, &before, &why), RBAC_OK);
	assert_int_equal(why.len, 0);
	assert_int_equal(judged(l, "bob", ann, 1, &before, &why), RBAC_OK);
	assert_int_equal(why.len, 0);
	/* a group may be bob's */
	assert_int_equal(judged(l, "bob", group, 1, &before, &why), RBAC_OK);
	assert_non_null(strstr(buf_text(&why), "you, bob,"));
	snapshot_close(&before);
	buf_free(&why);
}

/* Somebody could still come from elsewhere, and not from where they are now. */
static void test_where_who_types_it_is_now(void **state)
{
	struct lab *l = *state;
	struct snapshot before, after;
	struct buf why = { 0 };
	struct lockout_question q = { .before = &before,
				      .after = &after,
				      .pam = &pam_here,
				      .now = l->now,
				      .me = "ann",
				      .all = true };

	assert_int_equal(
		host_apply(l, LOGIN(SSHD("anyone = true; from = [ \"192.0.2.0/24\" ];")), POLICY),
		RBAC_OK);
	assert_int_equal(snapshot_open(&before, l->a.view), RBAC_OK);
	assert_int_equal(host_apply(l,
				    LOGIN(SSHD("anyone = true; from = [ \"198.51.100.0/24\" ];")),
				    POLICY),
			 RBAC_OK);
	assert_int_equal(snapshot_open(&after, l->a.view), RBAC_OK);
	assert_int_equal(lockout_judge(&q, &why), RBAC_OK);
	assert_int_equal(why.len, 0);
	q.from = "192.0.2.7";
	assert_int_equal(lockout_judge(&q, &why), RBAC_OK);
	assert_non_null(strstr(buf_text(&why), "you, ann, could not log in again from 192.0.2.7, "
					       "where you are now"));
	buf_reset(&why);
	/* who could not come from there before loses nothing */
	q.from = "203.0.113.9";
	assert_int_equal(lockout_judge(&q, &why), RBAC_OK);
	assert_int_equal(why.len, 0);
	snapshot_close(&before);
	snapshot_close(&after);
	buf_free(&why);
}

/* NOW is a Monday: nobody can log in within a day by this rule, on any other day all the same. */
static void test_a_week_where_a_day_has_nobody(void **state)
{
	struct lab *l = *state;
	assert_int_equal(
		host_apply(l, LOGIN(SSHD("roles = [ \"op\" ]; hours = [ \"Fri 08:00-18:00\" ];")),
			   POLICY),
		RBAC_OK);
	assert_false(somebody(l));
	assert_int_equal(revoke(l, "ann", "op"), RBAC_REFUSED);
	assert_said(l, "nobody is left who can log in");
}

static void test_a_gate_without_a_rule(void **state)
{
	struct lab *l = *state;
	char folder[160], path[300];
	struct pam_folders pam = { .v = { folder } };
	struct snapshot before, after;
	struct policy_sources s;
	struct problems problems = { 0 };
	struct buf why = { 0 };
	snprintf(folder, sizeof folder, "%s/pam.d", l->state);
	assert_int_equal(mkdir(folder, 0755), 0);
	for (const char *const *name = (const char *const[]){ "sshd", "unruled", NULL }; *name;
	     name++) {
		snprintf(path, sizeof path, "%s/%s", folder, *name);
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fputs("account required pam_rbac.so\n", f);
		assert_int_equal(fclose(f), 0);
	}
	assert_int_equal(snapshot_open(&before, l->a.view), RBAC_OK);
	assert_int_equal(snapshot_open(&after, l->a.view), RBAC_OK);
	policy_free(after.own);
	two_files(&s, LOGIN("{ services = [ \"login\" ]; anyone = true; }"), POLICY);
	assert_int_equal(policy_load(&s, &after.own, &problems), RBAC_OK);
	after.p = after.own;
	struct lockout_question q = {
		.before = &before, .after = &after, .pam = &pam, .now = l->now, .all = true
	};
	assert_int_equal(lockout_judge(&q, &why), RBAC_OK);
	assert_non_null(strstr(buf_text(&why), "no login rule would name sshd any more"));
	assert_null(strstr(buf_text(&why), "unruled")); /* it had none before */
	buf_reset(&why);
	q.before = &after;
	q.after = &before;
	assert_int_equal(lockout_judge(&q, &why), RBAC_OK);
	assert_int_equal(why.len, 0);
	buf_free(&why);
	problems_free(&problems);
	policy_sources_free(&s);
	snapshot_close(&before);
	snapshot_close(&after);
}

int main(void)
{
#define ON_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_HOST(test_who_counts),
		ON_HOST(test_living_accounts_alone),
		ON_HOST(test_refused_where_it_takes_away),
		ON_HOST(test_every_change_is_guarded),
		ON_HOST(test_who_types_it),
		ON_HOST(test_where_who_types_it_is_now),
		ON_HOST(test_a_week_where_a_day_has_nobody),
		ON_HOST(test_a_gate_without_a_rule),
	};
	return cmocka_run_group_tests_name("rbacctl: lock-out", tests, NULL, NULL);
}
