/*
 * Groups as a directory names them (blanks, @, a backslash, letters outside of ASCII, more than 32
 * bytes): subjects of assignments by command and by file, in login rules, exempt, and brought by
 * roles; through store, view, gate and words.
 */
#include "tests/unit/rbacctl/helper.h"

#include "common/decide.h"
#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/nss/unix_group.h"

static const char users[] = "domain users@corp.example.org",
		  devs[] = "CORP\\Dom\xc3\xa4nen-Entwickler und alle ihre Freunde aus Berlin";

#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; bootstrap = true; }; "           \
	"dev = { kind = \"top\"; assign_by = [ \"op\" ]; };\n"                                     \
	"  box = { kind = \"top\"; assign_by = [ \"op\" ]; }; };\n"
#define D "CORP\\\\Dom\xc3\xa4nen-Entwickler und alle ihre Freunde aus Berlin"
#define HOST                                                                                       \
	"version = 1; host = \"top:a\";\n"                                                         \
	"login = ( { services = [ \"sshd\" ]; roles = [ \"dev\" ]; }, "                            \
	"{ services = [ \"cron\" ]; groups = [ \"domain users@corp.example.org\" ]; } );\n"        \
	"exempt = { groups = [ \"Break Glass@corp\" ]; };\n"                                       \
	"groups = { extra = ( { role = \"box\"; unix_groups = [ \"" D "\" ]; } ); };\n"
#define FILES                                                                                      \
	"version = 1; assignments = ( { group = \"domain users@corp.example.org\"; "               \
	"role = \"box\"; } );\n"

/* bob is in the long group, cyd has the one with blanks as primary group, dan is exempt. */
static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	passwd_group(users, 6001);
	passwd_group(devs, 6002);
	passwd_group("Break Glass@corp", 6003);
	passwd_member("bob", 6002);
	passwd_user("cyd", 1003, 6001);
	passwd_member("dan", 6003);
	host_init(*state, HOST, POLICY, "top:a", "ann");
	return 0;
}

static bool gets_in(struct lab *l, const char *user, const char *service)
{
	struct snapshot look;
	struct rbac_verdict v;
	assert_int_equal(snapshot_open(&look, l->a.view), RBAC_OK);
	assert_int_equal(snapshot_decide(&look, user, service, NULL, NOW, &v), RBAC_OK);
	snapshot_close(&look);
	return v.allow;
}

static void test_subject_by_command(void **state)
{
	struct lab *l = *state;
	char subject[300];
	assert_false(gets_in(l, "bob", "sshd"));
	snprintf(subject, sizeof subject, "%%%s", devs);
	assert_int_equal(host_assign(l, "root", subject, "dev", "top:a"), RBAC_OK);
	assert_true(gets_in(l, "bob", "sshd"));
	assert_false(gets_in(l, "cyd", "sshd"));
	assert_int_equal(host_assign(l, "root", "%domain users@corp.example.org", "dev", "top:a"),
			 RBAC_OK);
	assert_true(gets_in(l, "cyd", "sshd"));
	assert_verified(l);
}

static void test_rules_and_exemptions(void **state)
{
	struct lab *l = *state;
	assert_true(gets_in(l, "cyd", "cron"));
	assert_false(gets_in(l, "bob", "cron"));
	assert_true(gets_in(l, "dan", "sshd"));
}

static void test_extra_group_and_what_is_said_of_it(void **state)
{
	struct lab *l = *state;
	struct snapshot look;
	struct effective_access s;
	assert_int_equal(host_assign(l, "root", "eve", "box", "top:a"), RBAC_OK);
	assert_int_equal(snapshot_open(&look, l->a.view), RBAC_OK);
	assert_int_equal(effective_access_of(&look, "eve", NOW, &s), RBAC_OK);
	assert_true(effective_access_has_group(&s, devs));
	assert_true(effective_access_has_group(&s, "box"));
	effective_access_free(&s);
	snapshot_close(&look);
	assert_verified(l);
}

static void test_subject_in_a_file(void **state)
{
	struct lab *l = *state;
	struct policy_sources s;
	two_files(&s, HOST, POLICY);
	assert_int_equal(policy_sources_add(&s, "assignments.d/a.conf", FILES, strlen(FILES)),
			 RBAC_OK);
	if (lab_apply(l, &s, false, NULL, NULL))
		fail_msg("%s", buf_text(&l->said));
	struct snapshot look;
	struct effective_access st;
	assert_int_equal(snapshot_open(&look, l->a.view), RBAC_OK);
	assert_int_equal(effective_access_of(&look, "cyd", NOW, &st), RBAC_OK);
	assert_true(effective_access_has_group(&st, "box"));
	effective_access_free(&st);
	snapshot_close(&look);
	assert_verified(l);
}

/* The longest name, everywhere where it has to fit. */
static void test_the_longest(void **state)
{
	struct lab *l = *state;
	char subject[RBAC_UNIX_GROUP_MAX + 3] = "%";
	memset(subject + 1, 'g', RBAC_UNIX_GROUP_MAX + 1);
	subject[RBAC_UNIX_GROUP_MAX + 2] = 0;
	passwd_group(subject + 1, 6004);
	assert_int_equal(host_assign(l, "root", subject, "dev", "top:a"), RBAC_INVALID);
	subject[RBAC_UNIX_GROUP_MAX + 1] = 0;
	passwd_group(subject + 1, 6005);
	passwd_member("eve", 6005);
	assert_int_equal(host_assign(l, "root", subject, "dev", "top:a"), RBAC_OK);
	assert_true(gets_in(l, "eve", "sshd"));
	char name[RBAC_UNIX_GROUP_MAX + 2];
	unix_group_name(6005, name, sizeof name);
	assert_string_equal(name, subject);
	assert_verified(l);
}

/* A directory's name that a terminal must not be given. */
static void test_shown_safely(void **state)
{
	char name[RBAC_UNIX_GROUP_MAX + 2];
	(void)state;
	passwd_group("evil\x1b[2J", 6006);
	unix_group_name(6006, name, sizeof name);
	assert_string_equal(name, "%gid 6006");
	unix_group_name(6001, name, sizeof name);
	assert_string_equal(name, "%domain users@corp.example.org");
	unix_group_name(6999, name, sizeof name);
	assert_string_equal(name, "%gid 6999");
	assert_int_equal(host_assign(*state, "root", "%evil\x1b[2J", "dev", "top:a"), RBAC_INVALID);
}

int main(void)
{
#define ON_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_HOST(test_subject_by_command),
		ON_HOST(test_rules_and_exemptions),
		ON_HOST(test_extra_group_and_what_is_said_of_it),
		ON_HOST(test_subject_in_a_file),
		ON_HOST(test_the_longest),
		ON_HOST(test_shown_safely),
	};
	return cmocka_run_group_tests_name("rbacctl: groups of a directory", tests, NULL, NULL);
}
