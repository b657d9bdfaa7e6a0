/* rules.h and holdings.h as functions: holdings by hand, no store. The words are tried in
 * tests/policy/cases. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/access/rules.h"
#include "rbacctl/config/source.h"
#include "rbacctl/model/by.h"

#define HOST "version = 1; host = \"any\";\n"
#define POLICY                                                                                     \
	"version = 1;\n"                                                                           \
	"kinds = { top = { owner = \"to\"; }; mid = { parent = \"top\"; }; "                       \
	"low = { parent = \"mid\"; owner = \"lo\"; create_by = [ \"owner:top\" ];\n"               \
	"  delete_by = [ \"owner\", \"owner:top\", \"m\", \"key:k\", \"anyone\" ]; "               \
	"transfer_by = [ \"owner\" ]; }; };\n"                                                     \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; };\n"                          \
	"roles = { to = { kind = \"top\"; assign_by = [ ]; }; lo = { kind = \"low\"; }; "          \
	"m = { kind = \"mid\"; assign_by = [ \"m\" ]; remove_by = [ \"key:k\" ]; };\n"             \
	"  n = { kind = \"mid\"; includes = [ \"m\" ]; cascade = false; }; "                       \
	"k = { kind = \"low\"; keychains = [ \"c\" ]; assign_by = [ \"owner:top\" ]; "             \
	"remove_by = [ \"anyone\" ]; }; };\n"                                                      \
	"exclusive = ( { name = \"x\"; roles = [ \"m\", \"k\" ]; } );\n"

struct fixture {
	struct policy_sources s;
	struct policy *p;
	struct holdings h;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	f->p = policy_of(&f->s, HOST, POLICY);
	f->h = (struct holdings){ .recorded = true };
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	holdings_free(&f->h);
	policy_free(f->p);
	policy_sources_free(&f->s);
	free(f);
	return 0;
}

static void hold(struct fixture *f, const char *role, const char *scope, int64_t from,
		 int64_t until)
{
	assert_int_equal(holdings_add(&f->h, 1, policy_role_find(f->p, role), scope,
				      (struct rbac_window){ from, until }, false, NULL),
			 RBAC_OK);
}

/* top:a is ann's, low:a/b/c bob's. */
static int owner(void *ctx, const char *scope, char *out)
{
	(void)ctx;
	strcpy(out, strcmp(scope, "top:a") == 0       ? "ann"
		    : strcmp(scope, "low:a/b/c") == 0 ? "bob"
						      : "");
	return RBAC_OK;
}

static bool by(struct fixture *f, const struct policy_bys *bys, const char *who, const char *scope)
{
	struct rules_answer answer;
	struct rules_actor actor = { who, false, &f->h, NOW };
	return rules_by(f->p, bys, &actor, scope, owner, NULL, &answer);
}

static void test_each_kind_of_entry(void **state)
{
	struct fixture *f = *state;
	const struct policy_kind *low = &f->p->kinds[2];
	const struct policy_role *m = &f->p->roles[policy_role_find(f->p, "m")],
				 *k = &f->p->roles[policy_role_find(f->p, "k")];
	assert_true(by(f, &low->transfer_by, "bob", "low:a/b/c"));
	assert_false(by(f, &low->transfer_by, "ann", "low:a/b/c")); /* of exactly that scope */
	assert_false(by(f, &low->transfer_by, "bob", "low:a/b/d"));
	assert_false(
		by(f, &low->transfer_by, "", "low:a/b/d"));    /* nobody owns it, not even nobody */
	assert_true(by(f, &low->create_by, "ann", "mid:a/b")); /* of the ancestor of that kind */
	assert_true(by(f, &k->assign_by, "ann", "low:a/b/c"));
	assert_false(by(f, &k->assign_by, "bob", "low:a/b/c"));
	assert_false(by(f, &k->assign_by, "ann", "low:z/b/c"));
	assert_true(by(f, &k->remove_by, "anybody", "low:a/b/c"));
	f->h.recorded = false;
	assert_false(by(f, &k->remove_by, "anybody", "low:a/b/c"));
	assert_false(by(f, &m->assign_by, "cyd", "mid:a/b"));
	hold(f, "n", "mid:a/b", RBAC_TIME_MIN, RBAC_TIME_MAX);
	assert_true(by(f, &m->assign_by, "cyd", "mid:a/b"));    /* by inclusion */
	assert_false(by(f, &m->assign_by, "cyd", "low:a/b/c")); /* n does not cascade */
	hold(f, "m", "mid:a/b", NOW, NOW + 1);
	assert_true(by(f, &low->delete_by, "cyd", "low:a/b/c")); /* by cascade */
	assert_false(by(f, &m->remove_by, "cyd", "mid:a/b"));
	hold(f, "k", "low:a/b/c", RBAC_TIME_MIN, NOW); /* ended this instant */
	assert_false(by(f, &m->remove_by, "cyd", "low:a/b/c"));
	hold(f, "k", "low:a/b/c", NOW, NOW + 1);
	assert_true(by(f, &m->remove_by, "cyd", "low:a/b/c"));
	assert_false(by(f, &f->p->roles[policy_role_find(f->p, "to")].assign_by, "ann",
			"top:a")); /* empty */
	assert_false(by(f, &f->p->roles[policy_role_find(f->p, "lo")].assign_by, "ann",
			"low:a/b/c")); /* absent */
}

static void test_suspended_and_another_uid_own_nothing(void **state)
{
	struct fixture *f = *state;
	const struct policy_kind *low = &f->p->kinds[2];
	f->h.suspended = true;
	assert_false(by(f, &low->transfer_by, "bob", "low:a/b/c"));
	assert_false(by(f, &low->delete_by, "bob", "low:a/b/c"));
	f->h.suspended = false;
	f->h.uid_changed = true;
	assert_false(by(f, &low->transfer_by, "bob", "low:a/b/c"));
	assert_false(by(f, &low->delete_by, "bob", "low:a/b/c"));
}

static void test_says_through_what_and_where_else(void **state)
{
	struct fixture *f = *state;
	struct rules_answer answer;
	struct rules_actor actor = { "cyd", false, &f->h, NOW },
			   root = { "root", true, &f->h, NOW };
	const struct policy_bys *bys = &f->p->roles[policy_role_find(f->p, "m")].assign_by;
	hold(f, "n", "mid:a/b", RBAC_TIME_MIN, RBAC_TIME_MAX);
	assert_true(rules_by(f->p, bys, &actor, "mid:a/b", owner, NULL, &answer));
	assert_int_equal(answer.by.what, BY_ROLE);
	assert_ptr_equal(answer.through, &f->h.v[0]);
	assert_false(rules_by(f->p, bys, &actor, "mid:a/z", owner, NULL, &answer));
	assert_ptr_equal(answer.elsewhere, &f->h.v[0]);
	assert_true(
		rules_by(f->p, &(struct policy_bys){ 0 }, &root, "mid:a/z", owner, NULL, &answer));
}

static void test_only_owner(void **state)
{
	struct fixture *f = *state;
	assert_true(policy_only_owner(&f->p->kinds[2].transfer_by));
	assert_false(policy_only_owner(&f->p->kinds[2].delete_by));
	assert_false(policy_only_owner(&f->p->kinds[2].create_by));
	assert_false(policy_only_owner(&(struct policy_bys){ 0 }));
}

/* ---- holders ---- */

static size_t most_of(struct holder *v, size_t n, struct rbac_window w)
{
	size_t most;
	assert_int_equal(rules_most_holders(v, n, w, &most), RBAC_OK);
	return most;
}

static void test_holders(void **state)
{
	struct holder v[] = {
		{ "ann", 1, { RBAC_TIME_MIN, RBAC_TIME_MAX } },
		{ "bob", RBAC_NO_UID, { 10, 20 } },
		{ "bob", RBAC_NO_UID, { 15, 30 } },
		{ "cyd", RBAC_NO_UID, { 20, 40 } },
		{ "dan", 2, { 30, RBAC_TIME_MAX } },
	};
	static const struct {
		int64_t t;
		size_t n, permanent;
	} at[] = {
		{ 0, 1, 1 },  { 9, 1, 1 },  { 10, 2, 1 }, { 15, 2, 1 }, { 19, 2, 1 },
		{ 20, 3, 1 }, { 29, 3, 1 }, { 30, 3, 2 }, { 39, 3, 2 }, { 40, 2, 2 },
	};
	static const struct {
		struct rbac_window w;
		size_t most;
	} most[] = {
		{ { 0, 10 }, 1 },
		{ { 0, 11 }, 2 },
		{ { 10, 20 }, 2 },
		{ { 19, 21 }, 3 },
		{ { 0, RBAC_TIME_MAX }, 3 },
		{ { 40, 50 }, 2 },
		{ { 29, 31 }, 3 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(at); i++) {
		assert_int_equal(rules_holders_at(v, COUNT(v), at[i].t), at[i].n);
		assert_int_equal(rules_permanent_holders(v, COUNT(v), at[i].t), at[i].permanent);
	}
	for (size_t i = 0; i < COUNT(most); i++)
		assert_int_equal(most_of(v, COUNT(v), most[i].w), most[i].most);
	assert_int_equal(most_of(NULL, 0, ALWAYS), 0);
}

static void test_two_names_of_one_person_are_one_holder(void **state)
{
	struct holder v[] = {
		{ "bob", 2, { 0, 20 } },  { "ann", 1, ALWAYS },     { "robert", 2, { 10, 30 } },
		{ "anna", 1, { 0, 10 } }, { "rob", 2, { 30, 40 } },
	};
	(void)state;
	assert_int_equal(rules_holders_at(v, COUNT(v), 5), 2);
	assert_int_equal(rules_holders_at(v, COUNT(v), 15), 2);
	assert_int_equal(rules_holders_at(v, COUNT(v), 40), 1);
	assert_int_equal(rules_permanent_holders(v, COUNT(v), 5), 1);
	assert_int_equal(most_of(v, COUNT(v), ALWAYS), 2);
	assert_int_equal(most_of(v, COUNT(v), (struct rbac_window){ 40, 50 }), 1);
}

/* ---- exclusive ---- */

static void test_exclusive(void **state)
{
	static const struct {
		const char *role, *scope;
		int64_t from, until;
		const char *role2, *scope2;
		int64_t from2, until2;
		bool clash;
	} cases[] = {
		{ "m", "mid:a/b", 0, 10, "k", "low:a/b/c", 5, 15, true },  /* cascade */
		{ "m", "mid:a/b", 0, 10, "k", "low:a/z/c", 0, 10, false }, /* elsewhere */
		{ "n", "mid:a/b", 0, 10, "k", "low:a/b/c", 0, 10,
		  false }, /* m by n counts at mid:a/b alone */
		{ "m", "mid:a/b", 0, 10, "k", "low:a/b/c", 10, 20,
		  false }, /* one ends as the other begins */
		{ "m", "mid:a/b", 0, 11, "k", "low:a/b/c", 10, 20, true },
		{ "m", "mid:a/b", 10, 20, "k", "low:a/b/c", 0, 11, true },
		{ "m", "mid:a/b", -20, -5, "k", "low:a/b/c", -10, 20, false }, /* over by now */
		{ "m", "mid:a/b", -20, 1, "k", "low:a/b/c", -10, 20, true },
		{ "m", "mid:a/b", 0, 10, "n", "mid:a/b", 0, 10, false }, /* one member, twice */
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rules_clash clash;
		holdings_free(&f->h);
		hold(f, cases[i].role, cases[i].scope, cases[i].from, cases[i].until);
		hold(f, cases[i].role2, cases[i].scope2, cases[i].from2, cases[i].until2);
		int got = rules_exclusive(f->p, &f->h, false, 0, &clash);
		if (got != (cases[i].clash ? RBAC_CONFLICT : RBAC_OK))
			fail_msg("case %zu", i);
		if (got)
			assert_string_equal(clash.scope, cases[i].scope2); /* where they meet */
	}
}

static void test_exclusive_through_groups(void **state)
{
	struct fixture *f = *state;
	struct rules_clash clash;
	hold(f, "m", "mid:a/b", 0, 10);
	assert_int_equal(holdings_add(&f->h, 2, policy_role_find(f->p, "k"), "low:a/b/c", ALWAYS,
				      false, "%devs"),
			 RBAC_OK);
	assert_int_equal(rules_exclusive(f->p, &f->h, false, 0, &clash), RBAC_OK);
	assert_int_equal(rules_exclusive(f->p, &f->h, true, 0, &clash), RBAC_CONFLICT);
}

/* ---- holdings ---- */

static void test_questions(void **state)
{
	struct fixture *f = *state;
	int m = policy_role_find(f->p, "m"), n = policy_role_find(f->p, "n"),
	    key = policy_key_find(f->p, "k");
	hold(f, "n", "mid:a/b", 5, 10);
	assert_ptr_equal(holdings_role_at(f->p, &f->h, m, "mid:a/b", 5), &f->h.v[0]);
	assert_null(holdings_role_at(f->p, &f->h, m, "mid:a/b", 4));
	assert_null(holdings_role_at(f->p, &f->h, m, "mid:a/b", 10));
	assert_null(holdings_role_at(f->p, &f->h, m, "low:a/b/c", 5));
	assert_null(holdings_role_at(f->p, &f->h, m, "top:a", 5));
	assert_non_null(holdings_role_at(f->p, &f->h, n, NULL, 5));
	assert_null(holdings_key_at(f->p, &f->h, key, NULL, 5));
	hold(f, "k", "low:a/b/c", 5, 10);
	assert_ptr_equal(holdings_key_at(f->p, &f->h, key, "low:a/b/c", 9), &f->h.v[1]);
	assert_null(holdings_key_at(f->p, &f->h, key, "mid:a/b", 9));
}

int main(void)
{
#define WITH_POLICY(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH_POLICY(test_each_kind_of_entry),
		WITH_POLICY(test_suspended_and_another_uid_own_nothing),
		WITH_POLICY(test_says_through_what_and_where_else),
		WITH_POLICY(test_only_owner),
		cmocka_unit_test(test_holders),
		cmocka_unit_test(test_two_names_of_one_person_are_one_holder),
		WITH_POLICY(test_exclusive),
		WITH_POLICY(test_exclusive_through_groups),
		WITH_POLICY(test_questions),
	};

	return cmocka_run_group_tests_name("rbacctl: rules and holdings", tests, NULL, NULL);
}
