/* check_host.h: what a sound configuration says that is not so on this host, with line and nearest
 * name. */
#include "tests/unit/rbacctl/helper.h"

#include <sys/stat.h>

#include "rbacctl/host/etc/check_host.h"
#include "rbacctl/config/load.h"
#include "rbacctl/print_problems.h"

#define POLICY                                                                                     \
	"version = 1; kinds = { top = { owner = \"own\"; }; };\n"                                  \
	"roles = { own = { kind = \"top\"; }; dev = { kind = \"top\"; }; "                         \
	"op = { kind = \"top\"; }; };\n"
#define FILES                                                                                      \
	"version = 1;\nscopes = ( { scope = \"top:a\"; owner = \"bbo\"; } );\n"                    \
	"assignments = ( { user = \"anne\"; role = \"dev\"; },\n"                                  \
	"  { group = \"develop\"; role = \"dev\"; },\n"                                            \
	"  { user = \"ann\"; role = \"dev\"; until = \"2025-01-01\"; },\n"                         \
	"  { user = \"anne\"; role = \"op\"; } );\n"

static char folder[160];
static struct pam_folders pam = { .v = { folder } };

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	snprintf(folder, sizeof folder, "%s/pam.d", l->state);
	assert_int_equal(mkdir(folder, 0755), 0);
	return 0;
}

static void put(const char *name, const char *text)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* What is said of HOST (rbac.conf) and FILES ("": none). To be freed. */
static char *said(const char *host, const char *files)
{
	struct policy_sources s;
	struct policy *p;
	struct problems load = { 0 }, problems = { 0 };
	char *text = NULL;
	size_t len;
	two_files(&s, host, POLICY);
	if (*files)
		assert_int_equal(
			policy_sources_add(&s, "assignments.d/site.conf", files, strlen(files)),
			RBAC_OK);
	assert_int_equal(policy_load(&s, &p, &load), RBAC_OK);
	check_zone(p, &problems);
	assert_int_equal(check_host(p, &pam, NOW, &problems), RBAC_OK);
	FILE *f = open_memstream(&text, &len);
	problems_print(&problems, f);
	fclose(f);
	problems_free(&load);
	problems_free(&problems);
	policy_free(p);
	policy_sources_free(&s);
	return text;
}

static void expect(const char *host, const char *files, const char *words)
{
	char *text = said(host, files);
	if (*words ? !strstr(text, words) : *text)
		fail_msg("expected \"%s\", said:\n%s", words, text);
	free(text);
}

#define HOST "version = 1;\nhost = \"top:a\";\n"

static void test_users_and_groups(void **state)
{
	(void)state;
	put("cron", "");
	expect(HOST "login = ( { services = [ \"cron\" ];\n  users = [ \"bob\", \"bbo\" ]; } );\n",
	       "",
	       "rbac.conf:4: warning: login rule 1: this host has no user \"bbo\" "
	       "(did you mean \"bob\"?)");
	expect(HOST
	       "login = ( { services = [ \"cron\" ];\n  groups = [ \"devs\", \"dves\" ]; } );\n",
	       "",
	       "rbac.conf:4: warning: login rule 1: this host has no Unix group \"dves\" "
	       "(did you mean \"devs\"?)");
	expect(HOST "exempt = { users = [ \"nobody-at-all\" ];\n groups = [ \"wheelies\" ]; };\n",
	       "", "rbac.conf:3: warning: exempt: this host has no user \"nobody-at-all\"\n");
	expect(HOST "exempt = { users = [ \"nobody-at-all\" ];\n groups = [ \"wheelies\" ]; };\n",
	       "", "rbac.conf:4: warning: exempt: this host has no Unix group \"wheelies\"\n");
	expect(HOST
	       "groups = { extra = ( { role = \"dev\";\n unix_groups = [ \"opps\" ]; } ); };\n",
	       "",
	       "rbac.conf:4: warning: groups: extra: this host has no Unix group \"opps\" "
	       "(did you mean \"ops\"?)");
	expect(HOST "exempt = { users = [ \"bob\" ]; groups = [ \"ops\" ]; };\n", "", "");
}

static void test_files(void **state)
{
	(void)state;
	expect(HOST, FILES, "site.conf:2: warning: scope: owner: this host has no user \"bbo\"");
	expect(HOST, FILES,
	       "site.conf:3: warning: assignment: this host has no user \"anne\" "
	       "(did you mean \"ann\"?)");
	expect(HOST, FILES,
	       "site.conf:4: warning: assignment: this host has no Unix group \"develop\"");
	expect(HOST, FILES,
	       "site.conf:5: warning: assignment: "
	       "ann dev ended at 2025-01-01T00:00:00Z: apply leaves it out");
	char *text = said(HOST, FILES);
	assert_null(strstr(text, "site.conf:6")); /* anne has been told of */
	free(text);
}

static void test_services(void **state)
{
	(void)state;
	put("sshd", "account required pam_rbac.so\n");
	expect(HOST "login = ( { services = [ \"sshd\", \"shsd\" ]; anyone = true; } );\n", "",
	       "rbac.conf:3: warning: login rule 1: services: \"shsd\" has no file in ");
	expect(HOST "login = ( { services = [ \"sshd\", \"shsd\" ]; anyone = true; } );\n", "",
	       "(did you mean \"sshd\"?)");
	expect(HOST "login = ( { services = [ \"sshd\" ]; anyone = true; } );\n", "", "");
	expect(HOST, "",
	       "rbac.conf: warning: login: no rule names sshd, whose PAM file names pam_rbac.so: "
	       "everyone but root and the exempt is denied there");
	put("sshd", "account required pam_rbac.so unlisted=ignore\n");
	expect(HOST, "", "");
	/* other stands for a service without a file */
	put("other", "account required pam_rbac.so\n");
	expect(HOST "login = ( { services = [ \"cups\" ]; anyone = true; } );\n", "", "");
}

static void test_zone(void **state)
{
	(void)state;
	expect(HOST "\nzone = \"Europe/Berlni\";\n", "",
	       "rbac.conf:4: error: zone: this host has no time zone \"Europe/Berlni\" "
	       "(did you mean \"Europe/Berlin\"?)");
	expect(HOST "zone = \"Europe/Berlin\";\n", "", "");
	expect(HOST "zone = \"UTC\";\n", "", "");
}

int main(void)
{
#define ON_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = { ON_HOST(test_users_and_groups), ON_HOST(test_files),
					    ON_HOST(test_services), ON_HOST(test_zone) };
	return cmocka_run_group_tests_name("rbacctl: a configuration and its host", tests, NULL,
					   NULL);
}
