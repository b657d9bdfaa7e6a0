/*
 * The door to a change: what is refused or tried leaves everything as it was, what is done is
 * written, audited and published. What the rules allow and refuse is in tests/policy/cases.
 */
#include "tests/unit/rbacctl/helper.h"
#include "rbacctl/host/people/actor.h"

#include "rbacctl/config/source.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; owner = \"keeper\"; "         \
	"create_by = [ \"anyone\" ]; transfer_by = [ \"owner\" ]; delete_by = [ \"owner\" ];\n"    \
	"  per_user = \"%{user}\"; plan = \"one\"; plan_by = [ \"r\" ]; }; };\n"                   \
	"roles = { r = { kind = \"top\"; assign_by = [ \"r\" ]; bootstrap = true; min = 1; }; "    \
	"keeper = { kind = \"low\"; max = \"plan:keepers\"; }; };\n"                               \
	"users = { add_by = [ \"r\" ]; suspend_by = [ \"r\" ]; forget_by = [ \"r\" ]; };\n"        \
	"plans = { one = { keepers = 1; }; two = { keepers = 2; }; };\n"

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	return 0;
}

/* What happens on C, by ACTOR, for the tables below. */
typedef int act(struct change *c);

static int assign_bob(struct change *c)
{
	return change_assign(c, &(struct assign_request){ .subject = "bob",
							  .role = "r",
							  .scope = "top:a",
							  .from = RBAC_TIME_MIN,
							  .until = RBAC_TIME_MAX });
}

static int revoke_bob(struct change *c)
{
	return change_revoke(
		c, &(struct revoke_request){ .subject = "bob", .role = "r", .scope = "top:a" });
}

static int revoke_ann(struct change *c)
{
	return change_revoke(
		c, &(struct revoke_request){ .subject = "ann", .role = "r", .scope = "top:a" });
}

static int create(struct change *c)
{
	return change_scope_create(c, "low:a/x", NULL);
}

static int plan(struct change *c)
{
	return change_scope_plan(c, "low:a/x", "two");
}

static int plan_gone(struct change *c)
{
	return change_scope_plan(c, "low:a/x", "three");
}

static int transfer(struct change *c)
{
	return change_scope_transfer(c, "low:a/x", "cyd", true);
}

static int delete_it(struct change *c)
{
	return change_scope_delete(c, "low:a/x", false, false);
}

static int add_dan(struct change *c)
{
	return change_user_add(c, "dan", NULL, false);
}

static int suspend_dan(struct change *c)
{
	return change_user_suspend(c, "dan", true, false);
}

static int resume_dan(struct change *c)
{
	return change_user_suspend(c, "dan", false, false);
}

static int rename_dan(struct change *c)
{
	passwd_user("eve", 1004, 100); /* the same person: the uid stays */
	return change_user_rename(c, "dan", "eve");
}

static int forget_eve(struct change *c)
{
	return change_user_forget(c, "eve");
}

static int delete_dans(struct change *c)
{
	return change_scope_delete(c, "low:a/dan", false, false);
}

static int run(struct lab *l, const char *actor, act *fn, bool dry_run)
{
	struct change c;
	int err = lab_begin(l, &c, actor, dry_run);
	return lab_end(l, &c, err ? err : fn(&c));
}

/* Tried, done, and in the log, one after the other; or refused, whoever tries. */
static void test_acts(void **state)
{
	static const struct {
		const char *actor;
		act *fn;
		int result;
	} steps[] = {
		{ "bob", assign_bob, RBAC_REFUSED },  { "ann", assign_bob, RBAC_OK },
		{ "bob", create, RBAC_OK },           { "bob", create, RBAC_CONFLICT },
		{ "bob", transfer, RBAC_REFUSED },    { "cyd", plan, RBAC_REFUSED },
		{ "ann", plan_gone, RBAC_INVALID },   { "ann", plan, RBAC_OK },
		{ "ann", transfer, RBAC_REFUSED },    { "bob", transfer, RBAC_OK },
		{ "bob", delete_it, RBAC_REFUSED },   { "root", delete_it, RBAC_REFUSED },
		{ "cyd", delete_it, RBAC_OK },        { "cyd", delete_it, RBAC_INVALID },
		{ "cyd", add_dan, RBAC_REFUSED },     { "bob", add_dan, RBAC_OK },
		{ "cyd", suspend_dan, RBAC_REFUSED }, { "ann", suspend_dan, RBAC_OK },
		{ "dan", resume_dan, RBAC_REFUSED },  { "ann", resume_dan, RBAC_OK },
		{ "cyd", rename_dan, RBAC_REFUSED },  { "ann", rename_dan, RBAC_OK },
		{ "ann", rename_dan, RBAC_INVALID },  { "ann", forget_eve, RBAC_REFUSED },
		{ "eve", delete_dans, RBAC_OK },      { "ann", forget_eve, RBAC_OK },
		{ "ann", revoke_bob, RBAC_OK },       { "ann", revoke_bob, RBAC_INVALID },
		{ "ann", revoke_ann, RBAC_REFUSED },  { "root", revoke_ann, RBAC_REFUSED },
	};
	struct lab *l = *state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		uint64_t before = view_generation(l);
		int tried = run(l, steps[i].actor, steps[i].fn, true);
		assert_int_equal(view_generation(l), before);
		assert_verified(l);
		int done = run(l, steps[i].actor, steps[i].fn, false);
		if (tried != steps[i].result || done != steps[i].result)
			fail_msg("step %zu by %s: tried %s, done %s: %s", i, steps[i].actor,
				 rbac_error_text(tried), rbac_error_text(done), buf_text(&l->said));
		assert_int_equal(view_generation(l), before + (done == RBAC_OK));
		if (done)
			assert_true(l->said.len > 0);
		assert_verified(l);
	}
}

static void test_nothing_to_do_is_no_change(void **state)
{
	struct lab *l = *state;
	assert_int_equal(run(l, "ann", assign_bob, false), RBAC_OK);
	uint64_t before = view_generation(l);
	assert_int_equal(run(l, "ann", assign_bob, false), RBAC_OK);
	assert_said(l, "already holds");
	assert_int_equal(run(l, "ann", add_dan, false), RBAC_OK);
	assert_int_equal(run(l, "ann", resume_dan, false), RBAC_OK);
	assert_int_equal(view_generation(l), before + 1);
}

/* A refusal names the rule, what is missing, and who may. */
static void test_refusal(void **state)
{
	struct lab *l = *state;
	assert_int_equal(run(l, "bob", assign_bob, false), RBAC_REFUSED);
	assert_said(l, "bob may not assign r at top:a");
	assert_said(l, "p.conf:3");
	assert_said(l, "role r");
	assert_said(l, "ann");
	assert_said(l, "root");
}

static void test_assignment_is_recorded(void **state)
{
	struct lab *l = *state;
	struct change c;
	struct store *s;
	struct store_txn t;
	struct store_assignment a;
	struct store_user u;
	struct assign_request r = { .subject = "bob",
				    .role = "r",
				    .scope = "top:a",
				    .from = NOW,
				    .until = NOW + 60,
				    .reason = "a visit" };
	int err = lab_begin(l, &c, "ann", false);
	assert_int_equal(err ? err : change_assign(&c, &r), RBAC_OK);
	uint64_t id = c.last_id, change = c.change;
	assert_int_equal(change, 2); /* after init */
	assert_string_equal(buf_text(&c.done),
			    "bob +r at top:a from 2026-01-05T10:00:00Z until 2026-01-05T10:01:00Z "
			    "reason a visit id 2\n");
	assert_int_equal(lab_end(l, &c, RBAC_OK), RBAC_OK);
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_assignment_get(&t, id, &a), RBAC_OK);
	assert_true(a.change == change && a.when == NOW && a.from == NOW && a.until == NOW + 60);
	assert_string_equal(a.by, "ann");
	assert_string_equal(a.reason, "a visit");
	assert_string_equal(a.source, "command");
	assert_int_equal(store_user_get(&t, "bob", &u), RBAC_OK);
	assert_int_equal(u.uid, 1002);
	store_abort(&t);
	store_close(s);
}

/* REASON_MAX in change/acts/assign.c, and rbacctl(8). */
static void test_a_reason_has_at_most_512_bytes(void **state)
{
	struct lab *l = *state;
	struct change c;
	char reason[514];

	memset(reason, 'x', sizeof(reason));
	for (size_t len = 513; len >= 512; len--) {
		struct assign_request r = { .subject = "bob",
					    .role = "r",
					    .scope = "top:a",
					    .from = NOW,
					    .until = NOW + 60,
					    .reason = reason };
		int err = lab_begin(l, &c, "ann", false);
		reason[len] = 0;
		assert_int_equal(err ? err : change_assign(&c, &r),
				 len == 512 ? RBAC_OK : RBAC_INVALID);
		assert_int_equal(lab_end(l, &c, len == 512 ? RBAC_OK : RBAC_INVALID),
				 len == 512 ? RBAC_OK : RBAC_INVALID);
	}
}

/* The first change is number 1, and what it makes says so. */
static void test_init_is_change_1(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;
	struct store_scope scope;
	struct policy_sources texts;
	assert_int_equal(view_generation(l), 1);
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_scope_get(&t, "top:a", &scope), RBAC_OK);
	assert_int_equal(scope.change, 1);
	assert_int_equal(store_texts_get(&t, 1, &texts), RBAC_OK);
	policy_sources_free(&texts);
	store_abort(&t);
	store_close(s);
}

static void test_no_store(void **state)
{
	struct lab *l = *state;
	struct change c;
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err), RBAC_ABSENT);
	assert_said(l, "rbacctl init");
}

/* ---- who acts ---- */

static void test_actor(void **state)
{
	struct lab *l = *state;
	struct buf why = { 0 };
	l->a.as = "bob";
	assert_int_equal(actor_find(l->a.as, &l->a.actor, &why), RBAC_OK);
	assert_string_equal(l->a.actor.name, "bob");
	assert_false(l->a.actor.root);
	assert_non_null(strstr(l->a.actor.person, "as bob")); /* and who typed it */
	l->a.as = "root";
	assert_int_equal(actor_find(l->a.as, &l->a.actor, &why), RBAC_OK);
	assert_true(l->a.actor.root);
	l->a.as = "no user";
	assert_int_equal(actor_find(l->a.as, &l->a.actor, &why), RBAC_INVALID);
	buf_free(&why);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_acts),
		ON_A_HOST(test_nothing_to_do_is_no_change),
		ON_A_HOST(test_refusal),
		ON_A_HOST(test_assignment_is_recorded),
		ON_A_HOST(test_a_reason_has_at_most_512_bytes),
		ON_A_HOST(test_init_is_change_1),
		cmocka_unit_test_setup_teardown(test_no_store, host_setup, host_teardown),
		ON_A_HOST(test_actor),
	};

	return cmocka_run_group_tests_name("rbacctl: changes", tests, NULL, NULL);
}
