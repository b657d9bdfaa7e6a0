/* Group ids: computed from the name alone, recorded, never given out twice. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/config/source.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define RANGE(min, max)                                                                            \
	"version = 1; host = \"top:a\"; groups = { gid_min = " #min "; gid_max = " #max "; };\n"
#define ROLES(r)                                                                                   \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; }; }; roles = { " r " };\n"

static uint32_t gid_of(struct lab *l, const char *group, uint32_t *flags)
{
	struct store *s;
	struct store_txn t;
	uint32_t gid = 0;
	*flags = UINT32_MAX;
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	store_gid_get(&t, group, &gid, flags);
	store_abort(&t);
	store_close(s);
	return gid;
}

/* The groups of P on this host; a string of their names, and what is wrong with them. */
static char *names_of(const char *host, const char *policy, struct role_groups *g,
		      struct buf *wrong)
{
	static char names[512];
	struct policy_sources s;
	struct problems problems = { 0 };
	struct policy *p = policy_of(&s, host, policy);
	role_groups_make(p, g, &problems);
	for (size_t i = 0; i < problems.n; i++)
		buf_printf(wrong, "%s\n", problems.v[i].text);
	names[0] = 0;
	for (size_t i = 0; i < g->n; i++)
		strcat(strcat(names, i ? " " : ""), g->v[i].name);
	problems_free(&problems);
	policy_free(p);
	policy_sources_free(&s);
	return names;
}

static void test_computed(void **state)
{
	struct policy_sources s;
	struct policy *p = policy_of(&s, RANGE(100000, 100999), ROLES("r = { kind = \"top\"; };"));
	static const char *const names[] = { "a", "web", "space-admin", "x.y_z-0" };
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		uint32_t gid = role_group_gid(p, names[i]);
		assert_in_range(gid, 100000, 100999);
		assert_int_equal(gid, role_group_gid(p, names[i]));
	}
	policy_free(p);
	policy_sources_free(&s);
	/* The number is what other hosts compute, and what files carry: it must not change from
	 * version to version. */
	p = policy_of(&s, HOST, ROLES("r = { kind = \"top\"; };"));
	assert_int_equal(role_group_gid(p, "ra"), 2047183231);
	policy_free(p);
	policy_sources_free(&s);
}

static void test_which_roles_make_groups(void **state)
{
	static const struct {
		const char *host, *groups;
	} cases[] = {
		{ "version = 1; host = \"top:a\";", "t flat in-t both" },
		{ "version = 1; host = \"low:a/x\";", "t l in-t both" },
		{ "version = 1; host = [ \"low:a/x\", \"low:a/y\" ];", "t l in-t both" },
		{ "version = 1; host = [ \"low:a/x\", \"low:a/y\" ]; "
		  "groups = { name = \"%{scope}-%{role}\"; };",
		  "x-t y-t x-l y-l x-in-t y-in-t x-both y-both" },
		{ "version = 1; host = [ \"low:a/x\", \"top:a\" ]; "
		  "groups = { name = \"%{kind}.%{role}\"; };",
		  "low.t top.t top.flat low.l low.in-t top.in-t low.both top.both" },
		{ "version = 1; host = \"any\";", "t flat l in-t both" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct role_groups g;
		struct buf wrong = { 0 };
		/* flat counts at its own scope alone; l's in-t is a role of the kind above, and
		 * counts where l does */
		const char *names = names_of(
			cases[i].host,
			ROLES("t = { kind = \"top\"; includes = [ \"both\" ]; }; "
			      "flat = { kind = \"top\"; cascade = false; }; l = { kind = \"low\"; "
			      "includes = [ \"in-t\" ]; }; in-t = { kind = \"top\"; }; "
			      "both = { kind = \"low\"; };"),
			&g, &wrong);
		assert_string_equal(names, cases[i].groups);
		assert_string_equal(buf_text(&wrong), "");
		role_groups_free(&g);
		buf_free(&wrong);
	}
}

static void test_collision_prints_the_line_to_add(void **state)
{
	struct role_groups g;
	struct buf wrong = { 0 };
	char policy[4096] = "", roles[3000] = "";
	(void)state;
	/* 60 names in 60 places: two of them meet. */
	for (int i = 0; i < 60; i++)
		sprintf(roles + strlen(roles), "r%d = { kind = \"top\"; }; ", i);
	snprintf(policy, sizeof policy, "version = 1; kinds = { top = { }; }; roles = { %s };\n",
		 roles);
	names_of(RANGE(100000, 100059), policy, &g, &wrong);
	assert_non_null(strstr(buf_text(&wrong), "both come to gid 1000"));
	assert_non_null(strstr(buf_text(&wrong), "gid = 1000"));
	role_groups_free(&g);
	buf_free(&wrong);
}

static void test_one_gid_for_several_groups(void **state)
{
	struct role_groups g;
	struct buf wrong = { 0 };
	(void)state;
	names_of("version = 1; host = [ \"low:a/x\", \"low:a/y\" ]; "
		 "groups = { name = \"%{scope}-%{role}\"; };",
		 ROLES("l = { kind = \"low\"; gid = 2010000001; };"), &g, &wrong);
	assert_non_null(strstr(buf_text(&wrong), "makes two groups here"));
	role_groups_free(&g);
	buf_free(&wrong);
}

/* ---- recorded at apply ---- */

static void test_explicit_gid(void **state)
{
	struct lab *l = *state;
	uint32_t flags;
	host_init(l, HOST, ROLES("r = { kind = \"top\"; gid = 2010000005; };"), "top:a", "ann");
	assert_int_equal(gid_of(l, "r", &flags), 2010000005);
	/* taken out again: the group keeps what it has had */
	assert_int_equal(host_apply(l, HOST, ROLES("r = { kind = \"top\"; };")), RBAC_REFUSED);
	assert_int_equal(host_apply(l, HOST, ROLES("r = { kind = \"top\"; gid = 2010000006; };")),
			 RBAC_REFUSED);
	assert_verified(l);
}

static void test_tombstone(void **state)
{
	struct lab *l = *state;
	uint32_t flags;
	host_init(l, HOST,
		  ROLES("old = { kind = \"top\"; gid = 2010000005; }; r = { kind = \"top\"; };"),
		  "top:a", "ann");
	assert_int_equal(host_apply(l, HOST, ROLES("r = { kind = \"top\"; };")), RBAC_OK);
	assert_int_equal(gid_of(l, "old", &flags), 2010000005);
	assert_int_equal(flags, STORE_GID_GONE);
	/* nobody else gets it, and the name only that */
	assert_int_equal(host_apply(l, HOST,
				    ROLES("new = { kind = \"top\"; gid = 2010000005; }; "
					  "r = { kind = \"top\"; };")),
			 RBAC_REFUSED);
	assert_int_equal(
		host_apply(l, HOST, ROLES("old = { kind = \"top\"; }; r = { kind = \"top\"; };")),
		RBAC_REFUSED);
	assert_int_equal(host_apply(l, HOST,
				    ROLES("old = { kind = \"top\"; gid = 2010000005; }; "
					  "r = { kind = \"top\"; };")),
			 RBAC_OK);
	gid_of(l, "old", &flags);
	assert_int_equal(flags, 0);
	assert_verified(l);
}

static void test_renamed(void **state)
{
	struct lab *l = *state;
	uint32_t flags;
	host_init(l, HOST, ROLES("ra = { kind = \"top\"; };"), "top:a", "ann");
	uint32_t gid = gid_of(l, "ra", &flags);
	assert_int_equal(
		host_apply(l, HOST, ROLES("rb = { kind = \"top\"; renamed_from = \"ra\"; };")),
		RBAC_OK);
	assert_int_equal(gid_of(l, "rb", &flags), gid);
	assert_int_equal(gid_of(l, "ra", &flags), 0);
	/* again the same, then with the number in place of the old name, as the note said */
	assert_int_equal(
		host_apply(l, HOST, ROLES("rb = { kind = \"top\"; renamed_from = \"ra\"; };")),
		RBAC_OK);
	assert_int_equal(host_apply(l, HOST, ROLES("rb = { kind = \"top\"; gid = 2047183231; };")),
			 RBAC_OK);
	assert_int_equal(gid_of(l, "rb", &flags), gid);
	/* a second renaming keeps it too */
	assert_int_equal(host_apply(l, HOST,
				    ROLES("rc = { kind = \"top\"; renamed_from = \"rb\"; "
					  "gid = 2047183231; };")),
			 RBAC_OK);
	assert_int_equal(gid_of(l, "rc", &flags), gid);
	assert_verified(l);
}

static void test_other_sources(void **state)
{
	struct lab *l = *state;
	host_init(l, HOST, ROLES("r = { kind = \"top\"; };"), "top:a", "ann");
	passwd_group("web", 33);
	assert_int_equal(
		host_apply(l, HOST, ROLES("r = { kind = \"top\"; }; web = { kind = \"top\"; };")),
		RBAC_REFUSED);
	passwd_group("stranger", 2010000005);
	assert_int_equal(host_apply(l, HOST,
				    ROLES("r = { kind = \"top\"; }; new = { kind = \"top\"; "
					  "gid = 2010000005; };")),
			 RBAC_REFUSED);
	assert_int_equal(host_apply(l, HOST,
				    ROLES("r = { kind = \"top\"; }; new = { kind = \"top\"; "
					  "gid = 2010000006; };")),
			 RBAC_OK);
	/* our own, which getgrnam answers from the view that is published, are ours: no file has
	 * them */
	passwd_remote_group("new", 2010000006);
	assert_int_equal(host_apply(l, HOST,
				    ROLES("r = { kind = \"top\"; }; new = { kind = \"top\"; "
					  "gid = 2010000006; };")),
			 RBAC_OK);
	assert_verified(l);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, host_setup, host_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_computed),
		cmocka_unit_test(test_which_roles_make_groups),
		cmocka_unit_test(test_collision_prints_the_line_to_add),
		cmocka_unit_test(test_one_gid_for_several_groups),
		ON_A_HOST(test_explicit_gid),
		ON_A_HOST(test_tombstone),
		ON_A_HOST(test_renamed),
		ON_A_HOST(test_other_sources),
	};

	return cmocka_run_group_tests_name("rbacctl: group ids", tests, NULL, NULL);
}
