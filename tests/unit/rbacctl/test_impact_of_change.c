/* Whom one assignment, revocation or setting of a role touches: windows, keys, the minimum. */
#include "tests/unit/rbacctl/impact_lab.h"

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
	l->guarded = false;
	apply_texts(l, BOTH, policy, NULL);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_a_small_change_looks_at_whom_it_touches),
		ON_A_HOST(test_windows_that_begin_or_end_later),
		ON_A_HOST(test_keys_move_where_the_role_is_held),
		ON_A_HOST(test_who_falls_below_a_minimum),
	};

	int failed = cmocka_run_group_tests_name("rbacctl: whom a change touches", tests, NULL,
						 NULL);

	buf_free(&said);
	return failed;
}
