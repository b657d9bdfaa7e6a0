/* Everything a configuration says is in the model, with its place, and what is left out has its
 * default. */
#include "tests/unit/model/helper.h"

#include "rbacctl/config/load.h"

static const char host_text[] =
	"version = 1;\n"
	"host = [ \"team:main/acme/ops\", \"org:main/acme\" ];\n"
	"login = (\n"
	"  { services = [ \"sshd\", \"cockpit\" ]; keys = [ \"team.join\" ]; "
	"roles = [ \"team-admin\" ]; users = [ \"backup\" ]; groups = [ \"wheel\" ];\n"
	"    from = [ \"10.0.0.0/8\", \".example.org\" ]; "
	"hours = [ \"Mon-Fri 08:00-18:00\", \"Sat\" ]; },\n"
	"  { services = [ \"cron\" ]; anyone = true; },\n"
	"  { services = [ \"login\" ]; roles = [ ]; }\n"
	");\n"
	"exempt = { users = [ \"rescue\" ]; groups = [ \"breakglass\" ]; };\n"
	"groups = { name = \"r-%{role}\"; gid_min = 0x10000; gid_max = 2147483647; "
	"members = false; enumerate = false;\n"
	"  extra = ( { role = \"team-admin\"; unix_groups = [ \"docker\", \"adm\" ]; } ); };\n"
	"zone = \"Europe/Berlin\";\n";

static const char policy_text[] =
	"version = 1;\n"
	"kinds = {\n"
	"  provider = { plan = \"free\"; };\n"
	"  org = { parent = \"provider\"; create_by = [ \"anyone\" ]; delete_by = [ \"owner\" ]; "
	"transfer_by = [ \"owner\", \"key:org.admin\" ];\n"
	"          plan_by = [ \"provider-admin\" ]; owner = \"org-admin\"; "
	"per_user = \"u-%{user}\"; plan = \"free\"; renamed_from = \"firm\"; };\n"
	"  team = { parent = \"org\"; create_by = [ \"owner\", \"owner:org\", \"org-admin\" ]; };\n"
	"};\n"
	"users = { add_by = [ \"provider-admin\" ]; suspend_by = [ ]; };\n"
	"keys = ( { name = \"org.admin\"; title = \"Administer\"; }, { name = \"team.join\"; "
	"renamed_from = \"team.enter\"; }, { name = \"idle\"; } );\n"
	"keychains = { admin = [ \"org.admin\" ]; join = [ \"team.join\" ]; none = [ ]; };\n"
	"roles = {\n"
	"  provider-admin = { kind = \"provider\"; bootstrap = true; min = 1; "
	"max = \"plan:admins\"; };\n"
	"  org-admin = { kind = \"org\"; title = \"Admin\"; purpose = \"Runs it.\"; "
	"keychains = [ \"admin\" ]; includes = [ \"team-admin\" ];\n"
	"                assign_by = [ \"owner\" ]; max = 7; gid = 70000; "
	"renamed_from = \"boss\"; };\n"
	"  team-admin = { kind = \"team\"; keychains = [ \"join\", \"none\" ]; "
	"assign_by = [ \"owner:org\", \"org-admin\" ]; remove_by = [ ]; cascade = false; };\n"
	"};\n"
	"plans = { free = { admins = 3; }; business = { }; };\n"
	"exclusive = ( { name = \"apart\"; roles = [ \"provider-admin\", "
	"\"org-admin\" ]; at_most = 1; } );\n";

static const char assignments_text[] =
	"version = 1;\n"
	"scopes = ( { scope = \"org:main/acme\"; owner = \"alice\"; plan = \"business\"; }, "
	"{ scope = \"team:main/acme/ops\"; } );\n"
	"assignments = (\n"
	"  { user = \"bob\"; role = \"team-admin\"; scope = \"team:main/acme/ops\"; "
	"from = \"2026-01-01\"; until = \"2027-01-01\"; reason = \"OPS-12\"; },\n"
	"  { group = \"devs\"; role = \"team-admin\"; scope = \"team:main/acme/ops\"; }\n"
	");\n";

static struct policy *p;

static int setup(void **state)
{
	struct policy_sources s = { 0 };

	(void)state;
	add_text(&s, "rbac.conf", host_text);
	add_text(&s, "policy.d/x.conf", policy_text);
	add_text(&s, "assignments.d/site.conf", assignments_text);
	struct problems problems = { 0 };
	assert_int_equal(policy_load(&s, &p, &problems), RBAC_OK);
	char *said = problems_text(&problems);
	assert_string_equal(
		said, "rbac.conf:7: warning: login rule 3 lets nobody in: its lists are empty\n"
		      "x.conf:9: note: key \"idle\" is in no keychain: nobody can hold it\n"
		      "x.conf:10: warning: keychain \"none\" has no key: "
		      "the roles that name it get nothing by it\n");
	free(said);
	problems_free(&problems);
	policy_sources_free(&s);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	policy_free(p);
	return 0;
}

static void check_pos(struct policy_pos pos, const char *file, unsigned line)
{
	assert_string_equal(pos.file, file);
	assert_int_equal(pos.line, line);
}

static void check_by(const struct policy_bys *b, size_t i, enum policy_by_what what, int ref)
{
	assert_true(b->n > i);
	assert_int_equal(b->v[i].what, what);
	if (ref >= 0)
		assert_int_equal(b->v[i].ref, ref);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(p->n_kinds, 3);
	const struct policy_kind *provider = &p->kinds[0], *org = &p->kinds[1],
				 *team = &p->kinds[2];
	assert_string_equal(provider->name, "provider");
	assert_int_equal(provider->parent, -1);
	assert_int_equal(provider->depth, 1);
	assert_int_equal(provider->owner_role, -1);
	assert_null(provider->per_user);
	assert_null(provider->renamed_from);
	assert_false(provider->create_by.given);
	check_pos(provider->pos, "x.conf", 3);
	assert_string_equal(provider->plan, "free");
	assert_int_equal(org->parent, 0);
	assert_int_equal(org->depth, 2);
	assert_int_equal(org->owner_role, policy_role_find(p, "org-admin"));
	assert_string_equal(org->per_user, "u-%{user}");
	assert_string_equal(org->renamed_from, "firm");
	check_by(&org->create_by, 0, BY_ANYONE, -1);
	check_by(&org->delete_by, 0, BY_OWNER, -1);
	check_by(&org->transfer_by, 1, BY_KEY, policy_key_find(p, "org.admin"));
	check_by(&org->plan_by, 0, BY_ROLE, policy_role_find(p, "provider-admin"));
	check_pos(org->plan_by.pos, "x.conf", 5);
	assert_int_equal(team->depth, 3);
	assert_int_equal(team->create_by.n, 3);
	check_by(&team->create_by, 0, BY_OWNER, -1);
	check_by(&team->create_by, 1, BY_OWNER_OF, 1);
	assert_null(team->plan);
	assert_int_equal(policy_kind_find(p, "orgs", 3), 1); /* by length, not to the NUL */
	assert_int_equal(policy_kind_find(p, "org", 2), -1);
}

static void test_keys_and_chains(void **state)
{
	(void)state;
	assert_int_equal(p->n_keys, 3);
	assert_string_equal(p->keys[0].title, "Administer");
	assert_string_equal(p->keys[1].title, "team.join");
	assert_string_equal(p->keys[1].renamed_from, "team.enter");
	assert_int_equal(p->n_keychains, 3);
	assert_int_equal(p->keychains[1].keys.n, 1);
	assert_int_equal(p->keychains[1].keys.v[0], 1);
	assert_int_equal(policy_keychain_find(p, "none"), 2);
	assert_int_equal(policy_keychain_find(p, "nothing"), -1);
	assert_int_equal(policy_key_find(p, "team.JOIN"), -1);
}

static void test_roles(void **state)
{
	(void)state;
	assert_int_equal(p->n_roles, 3);
	const struct policy_role *provider = &p->roles[0], *org = &p->roles[1],
				 *team = &p->roles[2];
	assert_string_equal(provider->title, "provider-admin");
	assert_string_equal(provider->purpose, "");
	assert_true(provider->bootstrap);
	assert_true(provider->cascade);
	assert_int_equal(provider->min, 1);
	assert_int_equal(provider->max_is, POLICY_MAX_PLAN);
	assert_string_equal(provider->max_plan, "admins");
	assert_false(provider->assign_by.given);
	assert_int_equal(provider->remove_by.n, 0);
	check_pos(provider->pos, "x.conf", 12);
	assert_string_equal(org->title, "Admin");
	assert_string_equal(org->purpose, "Runs it.");
	assert_string_equal(org->renamed_from, "boss");
	assert_true(org->cascade);
	assert_false(org->bootstrap);
	assert_int_equal(org->max_is, POLICY_MAX_NUMBER);
	assert_int_equal(org->max, 7);
	check_pos(org->max_pos, "x.conf", 14);
	assert_int_equal(org->gid, 70000);
	assert_true(org->assign_by.given);
	assert_false(org->remove_by.given); /* absent: a copy */
	assert_int_equal(org->remove_by.n, 1);
	check_by(&org->remove_by, 0, BY_OWNER, -1);
	assert_int_equal(team->keychains.n, 2);
	assert_int_equal(team->max_is, POLICY_MAX_NONE);
	assert_true(team->remove_by.given); /* empty: nobody */
	assert_int_equal(team->remove_by.n, 0);
	check_by(&team->assign_by, 0, BY_OWNER_OF, 1);
	assert_int_equal(team->gid, 0);
	assert_false(team->cascade);
}

static void test_closures(void **state)
{
	int admin = policy_key_find(p, "org.admin"), join = policy_key_find(p, "team.join"),
	    idle = policy_key_find(p, "idle");

	(void)state;
	assert_true(policy_role_counts(p, 1, 1));
	assert_true(policy_role_counts(p, 1, 2));
	assert_false(policy_role_counts(p, 2, 1));
	assert_false(policy_role_counts(p, 0, 1));
	assert_true(policy_role_has_key(p, 1, admin));
	assert_true(policy_role_has_key(p, 1, join));
	assert_false(policy_role_has_key(p, 2, admin));
	assert_true(policy_role_has_key(p, 2, join));
	for (int r = 0; r < 3; r++)
		assert_false(policy_role_has_key(p, r, idle));
}

static void test_plans_exclusives_users(void **state)
{
	(void)state;
	const struct policy_plan *free_plan = policy_plan_find(p, "free");
	assert_non_null(free_plan);
	assert_int_equal(free_plan->n, 1);
	assert_string_equal(free_plan->limits[0].name, "admins");
	assert_int_equal(free_plan->limits[0].number, 3);
	assert_int_equal(policy_plan_find(p, "business")->n, 0);
	assert_null(policy_plan_find(p, "fre"));
	assert_int_equal(p->n_exclusives, 1);
	assert_string_equal(p->exclusives[0].name, "apart");
	assert_int_equal(p->exclusives[0].roles.n, 2);
	assert_int_equal(p->exclusives[0].at_most, 1);
	check_by(&p->add_by, 0, BY_ROLE, 0);
	assert_true(p->suspend_by.given);
	assert_int_equal(p->suspend_by.n, 0);
	assert_false(p->forget_by.given);
}

static void test_host(void **state)
{
	(void)state;
	assert_false(p->host_any);
	assert_int_equal(p->hosts.n, 2);
	assert_string_equal(p->hosts.v[1], "org:main/acme");
	assert_int_equal(p->exempt_users.n, 1);
	assert_string_equal(p->exempt_groups.v[0], "breakglass");
	assert_string_equal(p->group_template, "r-%{role}");
	check_pos(p->group_pos, "rbac.conf", 10);
	assert_int_equal(p->gid_min, 65536);
	assert_int_equal(p->gid_max, 2147483647);
	assert_false(p->members);
	assert_false(p->enumerate);
	assert_int_equal(p->n_extras, 1);
	assert_int_equal(p->extras[0].role, 2);
	assert_int_equal(p->extras[0].unix_groups.n, 2);
	assert_string_equal(p->extras[0].unix_groups.v[0], "docker");
	assert_string_equal(p->zone, "Europe/Berlin");
}

static void test_logins(void **state)
{
	(void)state;
	assert_int_equal(p->n_logins, 3);
	const struct policy_login *r = &p->logins[0];
	assert_int_equal(r->number, 1);
	check_pos(r->pos, "rbac.conf", 4);
	assert_int_equal(r->services.n, 2);
	assert_string_equal(r->services.v[1], "cockpit");
	assert_int_equal(r->keys.v[0], 1);
	assert_int_equal(r->roles.v[0], 2);
	assert_string_equal(r->users.v[0], "backup");
	assert_string_equal(r->groups.v[0], "wheel");
	assert_false(r->anyone);
	const struct policy_condition *from = &r->conditions[RBAC_CONDITION_FROM],
				      *hours = &r->conditions[RBAC_CONDITION_HOURS];
	assert_int_equal(from->texts.n, 2);
	assert_int_equal(from->entries[1], 8); /* the prefix of the first */
	assert_string_equal(from->texts.v[1], ".example.org");
	assert_int_equal(hours->texts.n, 2);
	assert_int_equal(hours->size, 10);
	assert_int_equal(hours->entries[5], 0x20); /* the days of the second */
	assert_string_equal(hours->texts.v[0], "Mon-Fri 08:00-18:00");
	assert_true(p->logins[1].anyone);
	assert_int_equal(p->logins[2].number, 3);
	assert_int_equal(p->logins[2].roles.n, 0); /* nobody */
	assert_false(p->logins[2].anyone);
}

static void test_assignments(void **state)
{
	(void)state;
	assert_int_equal(p->n_scopes, 2);
	assert_string_equal(p->scopes[0].owner, "alice");
	assert_string_equal(p->scopes[0].plan, "business");
	assert_null(p->scopes[1].owner);
	assert_null(p->scopes[1].plan);
	assert_int_equal(p->n_assignments, 2);
	const struct policy_file_assignment *a = &p->assignments[0];
	assert_string_equal(a->subject, "bob");
	assert_int_equal(a->role, 2);
	assert_string_equal(a->scope, "team:main/acme/ops");
	assert_int_equal(a->from, 1767225600);
	assert_int_equal(a->until, 1798761600);
	assert_string_equal(a->reason, "OPS-12");
	check_pos(a->pos, "site.conf", 4);
	assert_string_equal(a[1].subject, "%devs");
	assert_true(a[1].from == RBAC_TIME_MIN && a[1].until == RBAC_TIME_MAX);
	assert_string_equal(a[1].reason, "");
}

static void test_nearest(void **state)
{
	(void)state;
	assert_string_equal(policy_role_nearest(p, "team-admn"), "team-admin");
	assert_null(policy_role_nearest(p, "gardener"));
	assert_string_equal(policy_key_nearest(p, "team.jion"), "team.join");
}

static void test_defaults(void **state)
{
	struct policy *q = load_texts(PLAIN_HOST, "version = 1;\n");

	(void)state;
	assert_true(q->host_any);
	assert_int_equal(q->hosts.n, 0);
	assert_string_equal(q->group_template, "%{role}");
	assert_int_equal(q->gid_min, POLICY_GID_MIN);
	assert_int_equal(q->gid_max, POLICY_GID_MAX);
	assert_true(q->members);
	assert_true(q->enumerate);
	assert_null(q->zone);
	assert_int_equal(q->n_roles + q->n_kinds + q->n_keys + q->n_logins + q->n_extras +
				 q->n_assignments,
			 0);
	assert_int_equal(policy_role_find(q, "x"), -1);
	assert_null(policy_role_nearest(q, "xyz"));
	policy_free(q);
	policy_free(NULL);
}

/* A policy may be spread over files, in any order. */
static void test_files_of_one_policy(void **state)
{
	struct policy_sources s = { 0 };

	(void)state;
	add_text(&s, "rbac.conf", PLAIN_HOST);
	add_text(&s, "policy.d/10-roles.conf",
		 "version = 1; roles = { a = { kind = \"host\"; keychains = [ \"c\" ]; "
		 "includes = [ \"b\" ]; }; };");
	add_text(&s, "policy.d/20-more.conf",
		 "version = 1; roles = { b = { kind = \"host\"; }; }; "
		 "keychains = { c = [ \"k\" ]; };");
	add_text(&s, "policy.d/30-rest.conf",
		 "version = 1; kinds = { host = { }; }; keys = ( { name = \"k\"; } );");
	struct policy *q = load_clean(&s);
	assert_true(policy_role_has_key(q, 0, 0));
	check_pos(q->roles[1].pos, "20-more.conf", 1);
	policy_free(q);
}

/* Two files of one name are told apart by their folders. */
static void test_same_name_in_two_folders(void **state)
{
	struct policy_sources s = { 0 };
	struct problems problems = { 0 };
	struct policy *q;

	(void)state;
	add_text(&s, "rbac.conf", PLAIN_HOST);
	add_text(&s, "policy.d/site.conf", "version = 1; x = 1;");
	add_text(&s, "assignments.d/site.conf", "version = 1; y = 1;");
	assert_int_equal(policy_load(&s, &q, &problems), RBAC_INVALID);
	assert_null(q);
	assert_string_equal(problems.v[0].file, "policy.d/site.conf");
	assert_string_equal(problems.v[1].file, "assignments.d/site.conf");
	problems_free(&problems);
	policy_sources_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_keys_and_chains),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_closures),
		cmocka_unit_test(test_plans_exclusives_users),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_logins),
		cmocka_unit_test(test_assignments),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_files_of_one_policy),
		cmocka_unit_test(test_same_name_in_two_folders),
	};

	return cmocka_run_group_tests_name("policy: loading", tests, setup, teardown);
}
