/* Who may log in: one small view, and a table of requests with the verdict that each must get. */
#include "tests/unit/common/decide_world.h"

struct request {
	const char *user, *service, *rhost;
	uint32_t group;
	enum rbac_why why;
};

static struct rbac_verdict ask_as(const struct request *r, uint32_t uid)
{
	struct rbac_verdict v;
	const struct rbac_request rq = { .user = r->user,
					 .uid = uid,
					 .service = r->service,
					 .rhost = r->rhost,
					 .groups = &r->group,
					 .n_groups = r->group ? 1 : 0,
					 .now = NOW };

	assert_int_equal(rbac_decide(&view, &rq, &v), RBAC_OK);
	return v;
}

static void every_request_gets_its_verdict(void **state)
{
	static const struct request table[] = {
		/* exemptions come first, also before suspended and before the service */
		{ "rescue", "sshd", NULL, 0, RBAC_WHY_EXEMPT_USER },
		{ "rescue", "no-such", NULL, 0, RBAC_WHY_EXEMPT_USER },
		{ "rescu", "sshd", NULL, 0, RBAC_WHY_UNKNOWN },
		{ "nobody", "sshd", NULL, WHEEL, RBAC_WHY_EXEMPT_GROUP },
		{ "barred", "sshd", NULL, WHEEL, RBAC_WHY_EXEMPT_GROUP },
		{ "nobody", "sshd", NULL, OURS + 9, RBAC_WHY_UNKNOWN },
		/* suspended before all else, whatever the groups */
		{ "barred", "sshd", NULL, 0, RBAC_WHY_SUSPENDED },
		{ "barred", "all", NULL, DEVS, RBAC_WHY_SUSPENDED },
		{ "barred", "no-such", NULL, 0, RBAC_WHY_SUSPENDED },
		/* a service that no rule names */
		{ "bob", "no-such", NULL, 0, RBAC_WHY_NO_SERVICE },
		{ "bob", "SSHD", NULL, 0, RBAC_WHY_NO_SERVICE },
		{ "bob", "ssh", NULL, 0, RBAC_WHY_NO_SERVICE },
		{ "bob", "none", NULL, 0, RBAC_WHY_MISSING },
		/* roles */
		{ "bob", "sshd", NULL, 0, RBAC_WHY_RULE },
		{ "bob", "sudo", NULL, 0, RBAC_WHY_MISSING },
		{ "root-like", "sudo", NULL, 0, RBAC_WHY_RULE },
		{ "root-like", "sshd", NULL, 0, RBAC_WHY_MISSING },
		{ "away", "sshd", NULL, 0, RBAC_WHY_MISSING },
		{ "ended", "sshd", NULL, 0, RBAC_WHY_MISSING },
		{ "twice", "sshd", NULL, 0, RBAC_WHY_RULE },
		{ "empty", "sshd", NULL, 0, RBAC_WHY_MISSING },
		/* %group, and what extra groups bring */
		{ "nobody", "sshd", NULL, DEVS, RBAC_WHY_RULE },
		{ "away", "sshd", NULL, DEVS, RBAC_WHY_RULE },
		{ "nobody", "sshd", NULL, OPS, RBAC_WHY_MISSING },
		{ "nobody", "sshd", NULL, PAST, RBAC_WHY_UNKNOWN },
		{ "nobody", "sshd", NULL, 77, RBAC_WHY_UNKNOWN },
		{ "nobody", "sudo", NULL, OURS + 1, RBAC_WHY_UNKNOWN },
		{ "bob", "sudo", NULL, OURS + 1, RBAC_WHY_MISSING },
		{ "whale", "sudo", NULL, 0, RBAC_WHY_RULE },
		{ "whale", "sudo", NULL, DOCKER, RBAC_WHY_RULE },
		{ "nobody", "sudo", NULL, DOCKER, RBAC_WHY_RULE },
		{ "ex-whale", "sudo", NULL, 0, RBAC_WHY_MISSING },
		/* users, groups, anyone */
		{ "cron", "cron", NULL, 0, RBAC_WHY_RULE },
		{ "cro", "cron", NULL, 0, RBAC_WHY_UNKNOWN },
		{ "nobody", "cron", NULL, OPS, RBAC_WHY_RULE },
		{ "bob", "cron", NULL, DEVS, RBAC_WHY_MISSING },
		{ "nobody", "all", NULL, 0, RBAC_WHY_RULE },
		/* another uid: roles of the name do not count, the others do */
		{ "other-uid", "sshd", NULL, 0, RBAC_WHY_UID },
		{ "other-uid", "sudo", NULL, 0, RBAC_WHY_UID },
		{ "other-uid", "sshd", NULL, DEVS, RBAC_WHY_RULE },
		{ "other-uid", "cron", NULL, 0, RBAC_WHY_RULE },
		{ "other-uid", "all", NULL, 0, RBAC_WHY_RULE },
		/* conditions */
		{ "bob", "from", "192.0.2.9", 0, RBAC_WHY_RULE },
		{ "bob", "from", "::ffff:192.0.2.9", 0, RBAC_WHY_RULE },
		{ "bob", "from", "198.51.100.1", 0, RBAC_WHY_OUTSIDE },
		{ "bob", "from", NULL, 0, RBAC_WHY_OUTSIDE },
		{ "bob", "from", "", 0, RBAC_WHY_OUTSIDE },
		{ "away", "from", "198.51.100.1", 0, RBAC_WHY_MISSING },
		{ "bob", "when", NULL, 0, RBAC_WHY_RULE },
		{ "bob", "never", NULL, 0, RBAC_WHY_OUTSIDE },
		{ "bob", "both", NULL, 0, RBAC_WHY_OUTSIDE },
		{ "bob", "several", "192.0.2.9", 0, RBAC_WHY_RULE },
		{ "bob", "several", NULL, 0, RBAC_WHY_OUTSIDE },
		{ "root-like", "several", NULL, 0, RBAC_WHY_RULE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct rbac_verdict v = ask_as(&table[i], 1000);

		if (v.why != table[i].why || v.allow != (v.why <= RBAC_WHY_EXEMPT_GROUP) ||
		    v.generation != 42)
			fail_msg("%s at %s, gid %u: %d", table[i].user, table[i].service,
				 table[i].group, v.why);
	}
}

static void a_verdict_names_the_rule_and_what_matched(void **state)
{
	(void)state;
	struct rbac_verdict v = ask_as(&(struct request){ "bob", "sshd", NULL, 0, 0 }, 1000);
	assert_true(v.rule == 1 && v.line == 4 && v.file.len == 9 &&
		    memcmp(v.file.p, "rbac.conf", 9) == 0);
	assert_true(v.how == RBAC_HOW_ROLE && !v.via_group && v.grant.id == 1 &&
		    v.grant.role == MEMBER);

	v = ask_as(&(struct request){ "nobody", "sshd", NULL, DEVS, 0 }, 1000);
	assert_true(v.how == RBAC_HOW_ROLE && v.via_group && v.gid == DEVS);
	v = ask_as(&(struct request){ "whale", "sudo", NULL, 0, 0 }, 1000);
	assert_true(v.via_group && v.gid == DISK && v.grant.id == 2);
	v = ask_as(&(struct request){ "cron", "cron", NULL, 0, 0 }, 1000);
	assert_true(v.how == RBAC_HOW_USER && v.rule == 3);
	v = ask_as(&(struct request){ "nobody", "cron", NULL, OPS, 0 }, 1000);
	assert_true(v.how == RBAC_HOW_GROUP && v.gid == OPS);
	v = ask_as(&(struct request){ "nobody", "all", NULL, 0, 0 }, 1000);
	assert_true(v.how == RBAC_HOW_ANYONE);
	v = ask_as(&(struct request){ "twice", "sshd", NULL, 0, 0 }, 1000);
	assert_true(v.grant.id == 5 && !v.window_closed);
	v = ask_as(&(struct request){ "nobody", "sshd", NULL, WHEEL, 0 }, 1000);
	assert_int_equal(v.gid, WHEEL);
}

enum { FROM_FAILED = 1 << RBAC_CONDITION_FROM, HOURS_FAILED = 1 << RBAC_CONDITION_HOURS };

static void a_denial_names_what_was_missing(void **state)
{
	(void)state;
	struct rbac_verdict v = ask_as(&(struct request){ "bob", "from", "198.51.100.1", 0, 0 },
				       1000);
	assert_true(v.failed == FROM_FAILED && v.rule == 1);
	v = ask_as(&(struct request){ "bob", "never", NULL, 0, 0 }, 1000);
	assert_true(v.failed == HOURS_FAILED && v.rule == 5);
	v = ask_as(&(struct request){ "bob", "both", NULL, 0, 0 }, 1000);
	assert_true(v.failed == (FROM_FAILED | HOURS_FAILED));
	v = ask_as(&(struct request){ "bob", "several", NULL, 0, 0 }, 1000);
	assert_true(v.rule == 5 && v.failed == HOURS_FAILED);
	v = ask_as(&(struct request){ "ended", "sshd", NULL, 0, 0 }, 1000);
	assert_true(v.window_closed && v.rule == 1 && v.grant.id == 4 && v.how == RBAC_HOW_NONE);
	v = ask_as(&(struct request){ "away", "sshd", NULL, 0, 0 }, 1000);
	assert_true(!v.window_closed && v.rule == 0);
}

static void the_uid_must_be_the_recorded_one(void **state)
{
	(void)state;
	const struct request bob = { "bob", "sshd", NULL, 0, 0 },
			     devs = { "bob", "sshd", NULL, DEVS, 0 };
	assert_int_equal(ask_as(&bob, 1000).why, RBAC_WHY_RULE);
	assert_int_equal(ask_as(&bob, RBAC_NO_UID).why, RBAC_WHY_RULE);
	assert_int_equal(ask_as(&bob, 1001).why, RBAC_WHY_UID);
	assert_int_equal(ask_as(&devs, 1001).why, RBAC_WHY_RULE);
}

/* One uid is one person: a second name of a recorded uid has no roles, not through groups either,
 * and is suspended when the first is. */
static void a_second_name_has_no_roles(void **state)
{
	static const struct {
		const char *user;
		uint32_t uid;
		const char *service;
		uint32_t group;
		enum rbac_why why;
		const char *recorded;
	} table[] = {
		{ "bob", 2000, "sudo", 0, RBAC_WHY_UID,
		  NULL }, /* the recorded name itself; its record has uid 1000 */
		{ "BOB", 2000, "sshd", 0, RBAC_WHY_SECOND, "bob" },
		{ "bo", 2000, "sshd", 0, RBAC_WHY_SECOND, "bob" },
		{ "bobb", 2000, "sshd", 0, RBAC_WHY_SECOND, "bob" },
		{ "BOB", 2000, "sshd", DEVS, RBAC_WHY_SECOND,
		  "bob" }, /* what is assigned to %group does not count */
		{ "root-like", 2000, "sudo", 0, RBAC_WHY_SECOND,
		  "bob" }, /* nor what is assigned to the name */
		{ "other-uid", 2000, "sshd", 0, RBAC_WHY_SECOND, "bob" },
		{ "BOB", 2000, "all", 0, RBAC_WHY_RULE, "bob" }, /* anyone is anyone */
		{ "BOB", 2000, "cron", OPS, RBAC_WHY_RULE,
		  "bob" }, /* and a rule that names the group or the name asks for no role */
		{ "cron", 2000, "cron", 0, RBAC_WHY_RULE, "bob" },
		{ "BOB", 2000, "no-such", 0, RBAC_WHY_NO_SERVICE, "bob" },
		{ "BARRED", 2001, "all", 0, RBAC_WHY_SUSPENDED, "barred" },
		{ "BARRED", 2001, "no-such", DEVS, RBAC_WHY_SUSPENDED, "barred" },
		{ "bob", 2001, "all", 0, RBAC_WHY_SUSPENDED, "barred" },
		{ "barred", 2000, "all", 0, RBAC_WHY_SUSPENDED,
		  "bob" }, /* suspended by name, whoever has the uid */
		{ "nobody", 2999, "sshd", DEVS, RBAC_WHY_RULE, NULL },
		{ "BARRED", RBAC_NO_UID, "all", 0, RBAC_WHY_RULE, NULL },
		{ "rescue", 2000, "sshd", 0, RBAC_WHY_EXEMPT_USER, NULL },
	};
	struct rbac_verdict v;
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		const struct request r = { table[i].user, table[i].service, NULL, table[i].group,
					   0 };

		v = ask_as(&r, table[i].uid);
		if (v.why != table[i].why || v.allow != (v.why <= RBAC_WHY_EXEMPT_GROUP))
			fail_msg("row %zu: %s at %s: %d", i, table[i].user, table[i].service,
				 v.why);
		size_t len = table[i].recorded ? strlen(table[i].recorded) : 0;
		if (v.recorded.len != len ||
		    (len && memcmp(v.recorded.p, table[i].recorded, len) != 0))
			fail_msg("row %zu: recorded as %.*s", i, (int)v.recorded.len,
				 (const char *)v.recorded.p);
	}
	/* An index that leads nowhere is damage: whose uid it is, and whether they are suspended,
	 * is not known. */
	const struct rbac_request rq = { .user = "x", .uid = 2003, .service = "all", .now = NOW };
	assert_int_equal(rbac_decide(&view, &rq, &v), RBAC_DAMAGED);
	assert_false(v.allow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_gets_its_verdict),
		cmocka_unit_test(a_verdict_names_the_rule_and_what_matched),
		cmocka_unit_test(a_denial_names_what_was_missing),
		cmocka_unit_test(the_uid_must_be_the_recorded_one),
		cmocka_unit_test(a_second_name_has_no_roles),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
