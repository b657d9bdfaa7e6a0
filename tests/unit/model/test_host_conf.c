/* host.conf: what is of one host alone, beside a rbac.conf that is the same on many. */
#include "tests/unit/model/helper.h"

#include <limits.h>
#include <unistd.h>

#define POLICY                                                                                     \
	"version = 1;\nkinds = { site = { }; team = { parent = \"site\"; }; };\n"                  \
	"keys = ( { name = \"run\"; } );\nkeychains = { all = [ \"run\" ]; };\n"                   \
	"roles = { member = { kind = \"team\"; keychains = [ \"all\" ]; }; };\n"
#define SHARED                                                                                     \
	"version = 1;\nhost = \"site:main\";\n"                                                    \
	"login = ( { services = [ \"sshd\" ]; keys = [ \"run\" ]; } );\n"

static void texts(struct policy_sources *s, const char *conf, const char *own)
{
	*s = (struct policy_sources){ 0 };
	add_text(s, "policy.d/p.conf", POLICY);
	add_text(s, "host.conf", own);
	add_text(s, "rbac.conf", conf);
}

static void test_the_host_is_that_of_host_conf(void **state)
{
	struct policy_sources s;
	(void)state;
	texts(&s, SHARED, "version = 1;\nhost = \"team:main/a\";\n");
	assert_string_equal(s.v[0].name, "rbac.conf");
	assert_string_equal(s.v[1].name, "host.conf");
	struct policy *p = load_clean(&s);
	assert_true(p->hosts.n == 1 && p->n_logins == 1);
	assert_string_equal(p->hosts.v[0], "team:main/a");
	assert_string_equal(p->hosts.pos.file, "host.conf");
	assert_string_equal(p->logins[0].pos.file, "rbac.conf");
	policy_free(p);
}

static void test_one_file_names_each_host(void **state)
{
	char name[HOST_NAME_MAX + 1] = "", want[HOST_NAME_MAX + 20];
	struct policy_sources s;
	(void)state;
	assert_int_equal(gethostname(name, sizeof(name)), 0);
	name[strcspn(name, ".")] = '\0';
	snprintf(want, sizeof(want), "team:main/%s", name);
	texts(&s, "version = 1;\nhost = \"team:main/%{hostname}\";\n", "version = 1;\n");
	struct policy *p = load_clean(&s);
	assert_string_equal(p->hosts.v[0], want);
	policy_free(p);
}

static void test_rbac_conf_may_leave_the_host_out(void **state)
{
	struct policy_sources s;
	(void)state;
	texts(&s, "version = 1;\n", "version = 1;\nhost = \"team:main/a\";\n");
	struct policy *p = load_clean(&s);
	assert_string_equal(p->hosts.v[0], "team:main/a");
	policy_free(p);
}

static void test_its_login_rules_come_after_the_others(void **state)
{
	struct policy_sources s;
	(void)state;
	texts(&s, SHARED,
	      "version = 1; host = \"team:main/a\";\n"
	      "login = ( { services = [ \"cups\" ]; anyone = true; },\n"
	      "  { services = [ \"sshd\" ]; users = [ \"backup\" ]; } );\n");
	struct policy *p = load_clean(&s);
	assert_true(p->n_logins == 3 && p->n_services == 2);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(p->logins[i].number, i + 1);
		assert_string_equal(p->logins[i].pos.file, i ? "host.conf" : "rbac.conf");
	}
	policy_free(p);
}

static void bad(const char *conf, const char *own, const char *says)
{
	struct problems problems = { 0 };
	struct policy_sources s;
	struct policy *p;

	texts(&s, conf, own);
	assert_int_equal(policy_load(&s, &p, &problems), RBAC_INVALID);
	char *text = problems_text(&problems);
	if (!strstr(text, says))
		fail_msg("\"%s\" is not in: %s", says, text);
	free(text);
	problems_free(&problems);
	policy_sources_free(&s);
}

static void test_host_conf_refuses_settings_that_all_hosts_share(void **state)
{
	(void)state;
	bad(SHARED, "version = 1;\nzone = \"UTC\";\n", "host.conf:2: error: zone has no place");
	bad(SHARED, "version = 1;\ngroups = { };\n", "groups has no place");
	bad(SHARED, "version = 1;\nexempt = { };\n", "exempt has no place");
	bad(SHARED, "version = 1;\nroles = { };\n", "roles");
	bad(SHARED, "host = \"site:main\";\n", "host.conf: error: version is missing");
	bad("version = 1;\n", "version = 1;\n", "rbac.conf: error: host is missing");
	bad(SHARED, "version = 1;\nhost = \"nope:x\";\n", "host.conf:2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_host_is_that_of_host_conf),
		cmocka_unit_test(test_one_file_names_each_host),
		cmocka_unit_test(test_rbac_conf_may_leave_the_host_out),
		cmocka_unit_test(test_its_login_rules_come_after_the_others),
		cmocka_unit_test(test_host_conf_refuses_settings_that_all_hosts_share),
	};

	return cmocka_run_group_tests_name("config: host.conf", tests, NULL, NULL);
}
