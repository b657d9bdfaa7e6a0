/*
 * The policies in conf/policies load without a word, together with the samples, and say what their
 * originals say: the matrix of Torque row by row, the cards of Layer5 line by line.
 */
#include "tests/unit/model/helper.h"

#include "rbacctl/config/source.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define POLICIES "conf/policies/"

static struct policy *load_shipped(const char *name, const char *host)
{
	struct policy_sources s = { 0 };
	char path[128];

	if (host)
		add_text(&s, "rbac.conf", host);
	else
		add_file(&s, "rbac.conf", "conf/rbac.conf");
	snprintf(path, sizeof(path), POLICIES "%s.conf", name);
	add_file(&s, "policy.d/policy.conf", path);
	return load_clean(&s);
}

static void test_load_with_the_sample(void **state)
{
	static const char *const names[] = { "torque", "layer5", "unix" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		policy_free(load_shipped(names[i], NULL));
}

/* What each policy's opening comment proposes. */
static void test_load_with_their_hosts(void **state)
{
	static const struct {
		const char *name, *host;
	} cases[] = {
		{ "torque",
		  "version = 1; host = \"space:main/web\"; login = ( { services = [ \"sshd\" ]; "
		  "keys = [ \"sandbox.launch\" ]; } );" },
		{ "torque",
		  "version = 1; host = [ \"space:main/web\", \"space:main/api\", "
		  "\"account:main\" ];\n"
		  "login = ( { services = [ \"sshd\" ]; keys = [ \"sandbox.launch\" ]; "
		  "from = [ \"10.0.0.0/8\", \"2001:db8::/32\", \".example.org\" ]; },\n"
		  "{ services = [ \"sudo\", \"sudo-i\" ]; roles = [ \"space-admin\" ]; "
		  "hours = [ \"Mon-Fri 08:00-18:00\" ]; },\n"
		  "{ services = [ \"cron\" ]; users = [ \"backup\" ]; }, "
		  "{ services = [ \"login\" ]; groups = [ \"console\" ]; } );\n"
		  "exempt = { users = [ ]; groups = [ \"breakglass\" ]; };\n"
		  "groups = { name = \"%{scope}-%{role}\"; "
		  "extra = ( { role = \"space-developer\"; unix_groups = [ \"docker\" ]; } ); }; "
		  "zone = \"Europe/Berlin\";" },
		{ "layer5",
		  "version = 1; host = \"workspace:main/acme/web\"; "
		  "login = ( { services = [ \"sshd\" ]; keys = [ \"workspace.resources\" ]; } );" },
		{ "unix",
		  "version = 1; host = \"host:main\";\n"
		  "login = ( { services = [ \"sshd\" ]; keys = [ \"login.ssh\" ]; }, "
		  "{ services = [ \"login\", \"gdm-password\" ]; keys = [ \"login.console\" ]; },\n"
		  "{ services = [ \"sudo\", \"sudo-i\" ]; keys = [ \"login.sudo\" ]; }, "
		  "{ services = [ \"su\", \"su-l\" ]; roles = [ \"host-operator\" ]; },\n"
		  "{ services = [ \"cron\", \"crond\" ]; roles = [ \"host-operator\", "
		  "\"host-deployer\" ]; users = [ \"backup\" ]; } );\n"
		  "groups = { name = \"%{role}\"; extra = ( { role = \"host-operator\"; "
		  "unix_groups = [ \"adm\", \"systemd-journal\" ]; },\n"
		  "{ role = \"host-auditor\"; unix_groups = [ \"adm\", \"systemd-journal\" ]; }, "
		  "{ role = \"host-developer\"; unix_groups = [ \"docker\" ]; } ); };" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		policy_free(load_shipped(cases[i].name, cases[i].host));
}

static void test_sample_assignments(void **state)
{
	struct policy_sources s = { 0 };

	(void)state;
	add_file(&s, "rbac.conf", "conf/rbac.conf");
	add_file(&s, "policy.d/torque.conf", POLICIES "torque.conf");
	add_file(&s, "assignments.d/site.conf", "conf/assignments.conf");
	struct policy *p = load_clean(&s);
	assert_int_equal(p->n_scopes, 2);
	assert_int_equal(p->n_assignments, 3);
	policy_free(p);
}

/* ---- what all tests of one policy ask ---- */

static int role(const struct policy *p, const char *name)
{
	int r = policy_role_find(p, name);

	if (r < 0)
		fail_msg("no role %s", name);
	return r;
}

/* A by list as text: "owner organization-administrator key:space.create". */
static void check_by(const struct policy *p, const struct policy_bys *b, const char *expected)
{
	char text[512] = "";

	for (size_t i = 0; i < b->n; i++) {
		const struct policy_by *e = &b->v[i];
		if (i)
			strcat(text, " ");
		switch (e->what) {
		case BY_OWNER:
			strcat(text, "owner");
			break;
		case BY_OWNER_OF:
			strcat(strcat(text, "owner:"), p->kinds[e->ref].name);
			break;
		case BY_ROLE:
			strcat(text, p->roles[e->ref].name);
			break;
		case BY_KEY:
			strcat(strcat(text, "key:"), p->keys[e->ref].name);
			break;
		case BY_ANYONE:
			strcat(text, "anyone");
			break;
		}
	}
	assert_string_equal(text, expected);
}

/* ---- Torque ---- */

static void test_torque_matrix(void **state)
{
	/* account-admin, space-admin, space-developer, space-member; the order is the table's, then
	 * the prose's. */
	static const struct {
		const char *title, *dots;
	} rows[] = {
		{ "Add / Remove Cloud Accounts", "x..." },
		{ "Create Spaces", "x..." },
		{ "Integrate IDP", "x..." },
		{ "Create Roles", "x..." },
		{ "Full access to all spaces", "x..." },
		{ "Invite new account admins", "x..." },
		{ "Manage account tags", "x..." },
		{ "Launch sandboxes", "xxxx" },
		{ "Publish blueprints", "x..." },
		{ "Manage production environments", "xx.." },
		{ "Setup blueprint repositories", "xx.." }, /* prose: space admin */
		{ "Manage space users & roles", "xx.." },   /* prose: space admin */
		{ "Get information on Cloud Account", "xx.." },
		{ "View cost data", "xxxx" },
		{ "Manage space tags", "xx.." },     /* prose: space admin */
		{ "Manage space policies", "xx.." }, /* prose: space admin */
		{ "Manage blueprint tags", "xx.." },
		{ "Browse the blueprint catalogue", "xxxx" }, /* prose alone from here on */
		{ "Manage tags of launched cloud resources", "xxx." },
		{ "Access the Administration area", "x..." },
		{ "Invite users to the account", "x..." },
		{ "Add Kubernetes compute services", "x..." },
	};
	static const char *const columns[] = { "account-admin", "space-admin", "space-developer",
					       "space-member" };
	struct policy *p = load_shipped("torque", NULL);

	(void)state;
	assert_int_equal(p->n_roles, COUNT(columns));
	assert_int_equal(p->n_keys, COUNT(rows));
	for (size_t k = 0; k < COUNT(rows); k++) {
		assert_string_equal(p->keys[k].title, rows[k].title);
		for (size_t r = 0; r < COUNT(columns); r++)
			if (policy_role_has_key(p, role(p, columns[r]), (int)k) !=
			    (rows[k].dots[r] == 'x'))
				fail_msg("%s: %s", rows[k].title, columns[r]);
	}
	policy_free(p);
}

static void test_torque_rules(void **state)
{
	struct policy *p = load_shipped("torque", NULL);
	const struct policy_role *admin = &p->roles[role(p, "account-admin")];

	(void)state;
	assert_int_equal(p->n_kinds, 2);
	assert_string_equal(p->kinds[0].name, "account");
	assert_int_equal(p->kinds[1].parent, 0);
	for (size_t i = 0; i < p->n_kinds; i++)
		assert_int_equal(p->kinds[i].owner_role, -1); /* Torque knows no owners */
	check_by(p, &p->kinds[1].create_by, "key:space.create");
	check_by(p, &p->kinds[1].delete_by, "key:space.full-access");
	check_by(p, &admin->assign_by, "key:account.admins.invite");
	check_by(p, &admin->remove_by, "key:account.admins.invite"); /* the same who may assign */
	check_by(p, &p->add_by, "key:account.users.invite");
	assert_true(admin->bootstrap);
	assert_true(admin->cascade);
	assert_int_equal(admin->kind, 0);
	assert_true(policy_role_counts(p, role(p, "account-admin"),
				       role(p, "space-admin"))); /* operates as one */
	for (size_t i = 1; i < p->n_roles; i++) {
		assert_int_equal(p->roles[i].kind, 1);
		check_by(p, &p->roles[i].assign_by, "key:space.users.manage");
		check_by(p, &p->roles[i].remove_by, "key:space.users.manage");
		assert_false(policy_role_counts(p, (int)i, role(p, "account-admin")));
	}
	policy_free(p);
}

/* ---- Layer5 ---- */

static void test_layer5_roles(void **state)
{
	static const struct {
		const char *name, *kind, *assign_by, *remove_by;
		unsigned min;
		const char *max_plan;
	} rows[] = {
		{ "provider-admin", "provider", "provider-admin", "provider-admin", 1,
		  "provider-admins" },
		{ "organization-administrator", "organization", "owner", "owner", 1,
		  "organization-administrators" },
		{ "organization-billing-manager", "organization", "owner", "owner", 0, NULL },
		{ "workspace-administrator", "workspace", "organization-administrator owner",
		  "organization-administrator owner", 1, NULL },
		{ "workspace-manager", "workspace",
		  "organization-administrator workspace-administrator",
		  "organization-administrator workspace-administrator", 0, NULL },
		{ "team-administrator", "team", "organization-administrator owner",
		  "organization-administrator owner", 1, NULL },
		{ "team-manager", "team", "organization-administrator owner",
		  "organization-administrator owner", 0, NULL },
	};
	struct policy *p = load_shipped("layer5", NULL);

	(void)state;
	assert_int_equal(p->n_roles, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct policy_role *r = &p->roles[i];
		assert_string_equal(r->name, rows[i].name);
		assert_string_equal(p->kinds[r->kind].name, rows[i].kind);
		check_by(p, &r->assign_by, rows[i].assign_by);
		check_by(p, &r->remove_by, rows[i].remove_by);
		assert_int_equal(r->min, rows[i].min);
		assert_int_equal(r->max_is, rows[i].max_plan ? POLICY_MAX_PLAN : POLICY_MAX_NONE);
		if (rows[i].max_plan)
			assert_string_equal(r->max_plan, rows[i].max_plan);
		assert_int_equal(r->bootstrap,
				 i == 0); /* at boot; the others by creation or by hand */
		assert_true(*r->purpose);
	}
	policy_free(p);
}

static void test_layer5_kinds(void **state)
{
	static const struct {
		const char *name, *parent, *owner_role, *create_by, *per_user;
	} rows[] = {
		{ "provider", NULL, NULL, "", NULL },
		{ "organization", "provider", "organization-administrator", "anyone", "%{user}" },
		{ "workspace", "organization", "workspace-administrator", "key:workspace.create",
		  NULL },
		{ "team", "organization", "team-administrator", "key:team.create", "%{user}" },
	};
	struct policy *p = load_shipped("layer5", NULL);

	(void)state;
	assert_int_equal(p->n_kinds, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct policy_kind *k = &p->kinds[i];
		assert_string_equal(k->name, rows[i].name);
		assert_string_equal(k->parent < 0 ? "-" : p->kinds[k->parent].name,
				    rows[i].parent ? rows[i].parent : "-");
		assert_string_equal(k->owner_role < 0 ? "-" : p->roles[k->owner_role].name,
				    rows[i].owner_role ? rows[i].owner_role : "-");
		check_by(p, &k->create_by, rows[i].create_by);
		check_by(p, &k->delete_by,
			 rows[i].owner_role ? "owner" : ""); /* the sole permission to delete */
		assert_string_equal(k->per_user ? k->per_user : "-",
				    rows[i].per_user ? rows[i].per_user : "-");
	}
	check_by(p, &p->kinds[1].plan_by, "provider-admin");
	assert_string_equal(p->kinds[1].plan, "free");
	assert_string_equal(p->kinds[0].plan,
			    "provider"); /* the provider's own limit: a plan of the root scope */
	assert_false(p->kinds[0].plan_by.given);
	const struct policy_plan *own = policy_plan_find(p, "provider");
	assert_non_null(own);
	assert_string_equal(own->limits[0].name, "provider-admins");
	assert_int_equal(policy_plan_find(p, "free")->n, 1);
	assert_int_equal(policy_plan_find(p, "business")->n, 0);
	policy_free(p);
}

static void test_layer5_keys(void **state)
{
	struct policy *p = load_shipped("layer5", NULL);
	int provider = role(p, "provider-admin");

	(void)state;
	for (size_t k = 0; k < p->n_keys; k++)
		assert_true(policy_role_has_key(p, provider, (int)k)); /* CRUD on all resources */
	for (size_t i = 1; i < p->n_roles; i++) /* and yet no by-rule of the others */
		assert_false(policy_role_counts(p, provider, (int)i));
	assert_true(policy_role_has_key(p, role(p, "workspace-administrator"),
					policy_key_find(p, "catalog.curate")));
	assert_true(policy_role_has_key(p, role(p, "workspace-administrator"),
					policy_key_find(p, "workspace.resources")));
	assert_false(policy_role_has_key(p, role(p, "workspace-manager"),
					 policy_key_find(p, "catalog.curate")));
	/* Nothing flows upwards, and billing is the billing manager's. */
	assert_false(policy_role_counts(p, role(p, "workspace-administrator"),
					role(p, "organization-administrator")));
	assert_false(policy_role_has_key(p, role(p, "organization-administrator"),
					 policy_key_find(p, "billing.payments")));
	assert_true(policy_role_has_key(p, role(p, "organization-billing-manager"),
					policy_key_find(p, "billing.limits")));
	policy_free(p);
}

/* ---- a plain host ---- */

static void test_unix_rules(void **state)
{
	struct policy *p = load_shipped("unix", NULL);
	int ssh = policy_key_find(p, "login.ssh");

	(void)state;
	for (size_t i = 0; i < p->n_roles; i++)
		assert_true(policy_role_has_key(p, (int)i, ssh));
	const struct policy_role *operator= & p->roles[role(p, "host-operator")],
				 *auditor = &p->roles[role(p, "host-auditor")];
	assert_true(operator->bootstrap);
	assert_int_equal(operator->min, 1);
	check_by(p, &operator->assign_by, "host-operator");
	check_by(p, &operator->remove_by, "host-operator");
	assert_true(auditor->assign_by.given);
	check_by(p, &auditor->assign_by, ""); /* root alone */
	check_by(p, &auditor->remove_by, "");
	assert_int_equal(p->n_exclusives, 1);
	assert_int_equal(p->exclusives[0].at_most, 1);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load_with_the_sample),
		cmocka_unit_test(test_load_with_their_hosts),
		cmocka_unit_test(test_sample_assignments),
		cmocka_unit_test(test_torque_matrix),
		cmocka_unit_test(test_torque_rules),
		cmocka_unit_test(test_layer5_roles),
		cmocka_unit_test(test_layer5_kinds),
		cmocka_unit_test(test_layer5_keys),
		cmocka_unit_test(test_unix_rules),
	};

	return cmocka_run_group_tests_name("policy: shipped policies", tests, NULL, NULL);
}
