/* What each option on the PAM line does, and what it does not do. */
#include <errno.h>
#include "tests/unit/pam/world.h"

static void unknown_ignore_leaves_unknown_users_to_other_modules(void **state)
{
	(void)state;
	assert_int_equal(ask("carl", "sshd", "unknown=ignore"), PAM_IGNORE);
	assert_logged(LOG_INFO, "ignored user=\"carl\"");
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask("carl", "sshd", "unknown=ignore unknown=deny"), PAM_PERM_DENIED);
	assert_int_equal(ask("late", "sshd", "unknown=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("barred", "sshd", "unknown=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("carl", "cron", "unknown=ignore"), PAM_PERM_DENIED);
}

static int ask_lacking(int lacks, const char *user, const char *options)
{
	memset(&world, 0, sizeof(world));
	world.path = "view.mdb";
	world.user = user;
	world.service = "sshd";
	world.lacks = lacks;
	return ask_with(0, options);
}

/* A source that the C library could not load or ask says nothing of anybody; the limits are those
 * of who is judged. */
static void a_process_short_of_memory_or_descriptors_makes_nobody_unknown(void **state)
{
	(void)state;
	assert_int_equal(ask_lacking(ENOMEM, "carl", "unknown=ignore onerr=ignore"),
			 PAM_AUTHINFO_UNAVAIL);
	assert_logged(
		LOG_ERR,
		"denied user=\"carl\" service=\"sshd\" why=\"group: out of memory (ENOMEM)\"");
	assert_told("users and groups can't be looked up now");
	assert_int_equal(ask_lacking(EMFILE, "nobody-here", "unknown=ignore onerr=ignore"),
			 PAM_AUTHINFO_UNAVAIL);
	assert_logged(LOG_ERR, "why=\"passwd: system error (EMFILE)\"");
	/* Where nothing is given, nothing has to be proven. */
	assert_int_equal(ask_lacking(ENOMEM, "carl", ""), PAM_PERM_DENIED);
	assert_int_equal(ask_lacking(ENOMEM, "bob", "unknown=ignore"), PAM_SUCCESS);
	assert_int_equal(ask_lacking(0, "carl", "unknown=ignore onerr=ignore"), PAM_IGNORE);
}

static void an_exemption_by_option_holds_whatever_the_view(void **state)
{
	static const char *const paths[] = { "view.mdb", "no-view.mdb" };
	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		const char *options =
			"exempt_user=a,rescue,, exempt_group=nothing exempt_group=other,breakglass";
		ask("x", "sshd", "");
		world.path = paths[i];
		static const char *const pass[] = { "root", "toor", "rescue", "a", "glass" };
		for (size_t k = 0; k < COUNT(pass); k++) {
			world.user = pass[k];
			assert_int_equal(ask_with(0, options), PAM_SUCCESS);
			assert_non_null(strstr(world.log, "allowed"));
		}
		static const char *const stay[] = { "rescu", "rescue,", "carl", "exempt_user=a" };
		for (size_t k = 0; k < COUNT(stay); k++) {
			world.user = stay[k];
			assert_int_not_equal(ask_with(0, options), PAM_SUCCESS);
		}
		world.user = "rescue";
		world.no_directory = true;
		assert_int_equal(ask_with(0, options), PAM_SUCCESS);
		assert_true(world.looked == 0 && world.grouped == 0);
		assert_logged(LOG_ALERT, "exempt_user, as typed: passwd cannot be read\" "
					 "exemption=\"by the PAM line\"");
		world.no_directory = false;
		assert_int_equal(ask_with(0, options), PAM_SUCCESS);
		assert_true(world.looked == 0 && world.grouped == 0);
		assert_logged(LOG_ALERT, "why=\"exempt_user\" exemption=\"by the PAM line\"");
	}
	assert_int_equal(ask("safe", "sshd", ""), PAM_SUCCESS);
	assert_logged(LOG_ALERT, "exempt user (rbac.conf)");
}

/* An exemption of rbac.conf is one where no rule lets the user in; one of the PAM line is decided
 * without the view, so it always is. Root needs none. */
static void a_login_allowed_only_by_an_exemption_is_an_alert(void **state)
{
	static const char *const options = "exempt_user=bob,carl exempt_group=breakglass";
	(void)state;
	assert_int_equal(ask("bob", "sshd", options), PAM_SUCCESS);
	assert_logged(LOG_ALERT, "why=\"exempt_user\" exemption=\"by the PAM line\"");
	assert_int_equal(ask("carl", "sshd", options), PAM_SUCCESS);
	assert_logged(LOG_ALERT, "why=\"exempt_user\" exemption=\"by the PAM line\"");
	assert_int_equal(ask("glass", "all", options), PAM_SUCCESS);
	assert_logged(LOG_ALERT, "why=\"exempt_group\" exemption=\"by the PAM line\"");
	assert_int_equal(ask("safe", "all", ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "exemption=\"not needed\"");
	assert_int_equal(ask("safe", "sshd", ""), PAM_SUCCESS);
	assert_logged(LOG_ALERT, "exemption=\"needed\"");
	assert_int_equal(ask("root", "sshd", options), PAM_SUCCESS);
	assert_logged(LOG_INFO, "why=\"uid 0\"");
	assert_int_equal(ask("bob", "sshd", ""), PAM_SUCCESS);
	assert_null(strstr(world.log, "exemption"));
}

static void a_group_in_our_range_exempts_nobody(void **state)
{
	(void)state;
	assert_int_equal(ask("ours", "sshd", "exempt_group=role"), PAM_PERM_DENIED);
	world.path = "no-view.mdb";
	assert_int_equal(ask_with(0, "exempt_group=role"), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(ask("strange", "sshd", "exempt_group=strange-role"), PAM_SUCCESS);
	world.path = "other.mdb";
	assert_int_equal(ask_with(0, "exempt_group=strange-role"), PAM_PERM_DENIED);
	/* Whoever has taken all memory does not get the default range for a view that has another.
	 */
	world.fails = RBAC_NOMEM;
	assert_int_equal(ask_with(0, "exempt_group=strange-role"), PAM_AUTHINFO_UNAVAIL);
	world.fails = RBAC_SYSTEM;
	assert_int_equal(ask_with(0, "exempt_group=strange-role onerr=ignore"),
			 PAM_AUTHINFO_UNAVAIL);
}

/* docs/design.md: 2010000000 to 2139999999. */
static void without_a_view_our_range_is_the_default_one(void **state)
{
	static const struct {
		const char *name;
		int result;
	} people_at[] = { { "before", PAM_SUCCESS },
			  { "first", PAM_AUTHINFO_UNAVAIL },
			  { "last", PAM_AUTHINFO_UNAVAIL },
			  { "behind", PAM_SUCCESS } };
	(void)state;
	for (size_t i = 0; i < COUNT(people_at); i++) {
		char option[64];
		snprintf(option, sizeof(option), "exempt_group=%s", people_at[i].name);
		memset(&world, 0, sizeof(world));
		world.path = "no-view.mdb";
		world.user = people_at[i].name;
		world.service = "sshd";
		assert_int_equal(ask_with(0, option), people_at[i].result);
	}
}

static void without_a_view_nobody_may_log_in(void **state)
{
	(void)state;
	ask("bob", "sshd", "");
	world.path = "no-view.mdb";
	assert_int_equal(ask_with(0, ""), PAM_AUTHINFO_UNAVAIL);
	assert_logged(LOG_ERR,
		      "denied user=\"bob\" service=\"sshd\" why=\"view: there is none (ENOENT)\"");
	assert_told("the roles can't be read now");
	assert_int_equal(ask_with(0, "onerr=ignore"), PAM_IGNORE);
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask_with(0, "onerr=ignore onerr=deny"), PAM_AUTHINFO_UNAVAIL);
}

/* What the judged user may have brought about decides nothing: no memory, no descriptor, a
 * directory that fails. */
static void onerr_ignore_applies_to_a_bad_view_and_to_no_other_error(void **state)
{
	static const int ignored[] = { RBAC_ABSENT, RBAC_UNTRUSTED, RBAC_DAMAGED, RBAC_NEWER };
	static const struct {
		int err, cause;
		const char *line;
	} heeded[] = {
		{ RBAC_NOMEM, ENOMEM, "why=\"view: out of memory (ENOMEM)\"" },
		{ RBAC_SYSTEM, EMFILE, "why=\"view: system error (EMFILE)\"" },
		{ RBAC_SYSTEM, EACCES, "(EACCES)" },
		{ RBAC_SYSTEM, EIO, "(EIO)" },
		{ RBAC_SYSTEM, 12345, "(errno 12345)" },
		{ RBAC_SYSTEM, 0, "why=\"view: system error\"" },
		{ RBAC_INVALID, 0, "invalid" },
	};
	(void)state;
	ask("bob", "sshd", "");
	for (size_t i = 0; i < COUNT(ignored); i++) {
		world.fails = ignored[i];
		assert_int_equal(ask_with(0, "onerr=ignore"), PAM_IGNORE);
		assert_logged(LOG_ERR, "ignored user=\"bob\"");
		assert_int_equal(ask_with(0, ""), PAM_AUTHINFO_UNAVAIL);
	}
	for (size_t i = 0; i < COUNT(heeded); i++) {
		world.fails = heeded[i].err;
		world.cause = heeded[i].cause;
		assert_int_equal(ask_with(0, "onerr=ignore unknown=ignore unlisted=ignore"),
				 PAM_AUTHINFO_UNAVAIL);
		assert_logged(LOG_ERR, heeded[i].line);
		assert_told("the roles can't be read now (ask those who run it: rbacctl status)");
	}
	ask("bob", "sshd", "");
	world.no_directory = true;
	assert_int_equal(ask_with(0, "onerr=ignore unknown=ignore"), PAM_AUTHINFO_UNAVAIL);
	assert_logged(LOG_ERR,
		      "denied user=\"bob\" service=\"sshd\" why=\"passwd: system error (EMFILE)\"");
	assert_told("users and groups can't be looked up now");
	world.no_directory = false;
	world.no_groups = true;
	assert_int_equal(ask_with(0, "onerr=ignore unknown=ignore"), PAM_AUTHINFO_UNAVAIL);
	assert_logged(LOG_ERR, "why=\"group: out of memory (ENOMEM)\"");
}

static void unlisted_ignore_leaves_services_without_a_rule_to_other_modules(void **state)
{
	(void)state;
	assert_int_equal(ask("bob", "cron", "unlisted=ignore"), PAM_IGNORE);
	assert_logged(LOG_INFO, "ignored user=\"bob\" service=\"cron\"");
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask("bob", "cron", "unlisted=ignore unlisted=deny"), PAM_PERM_DENIED);
	assert_int_equal(ask("carl", "cron", "unlisted=ignore"), PAM_IGNORE);
	assert_int_equal(ask("carl", "sshd", "unlisted=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("barred", "cron", "unlisted=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("bob", "from", "unlisted=ignore"), PAM_PERM_DENIED);
}

static void a_misspelt_option_allows_nobody(void **state)
{
	static const char *const options[] = {
		"exempt_user",  "exempt-user=carl", "exempt_users=carl",
		"onerr=ignroe", "unknown=ignore,",  "UNKNOWN=ignore",
		"permit",       "exempt_user=",     "exempt_group=,,",
		"unlisted",     "unlisted=",        "onerr=ignore ",
		"Debug"
	};
	(void)state;
	for (size_t i = 0; i < COUNT(options); i++) {
		assert_int_equal(ask("carl", "sshd", options[i]), PAM_PERM_DENIED);
		assert_int_equal(world.lines, strcmp(options[i], "onerr=ignore ")
						      ? 2
						      : 1); /* the blank ends a word here */
	}
	assert_int_equal(ask("bob", "sshd", "permit allow exempt_users=x"), PAM_SUCCESS);
	assert_int_equal(world.lines, 4); /* each of them, at each use */
	assert_int_equal(ask("bob", "sshd", "exempt_group=nothing,breakglass,none"), PAM_SUCCESS);
	assert_int_equal(world.lines, 3); /* groups that do not exist */
	assert_int_equal(ask("glass", "sshd", "exempt_group=breakglass,none"), PAM_SUCCESS);
	assert_int_equal(world.lines, 2);
	assert_int_equal(ask("ours", "sshd", "exempt_group=role"), PAM_PERM_DENIED);
	assert_int_equal(world.lines, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_ignore_leaves_unknown_users_to_other_modules),
		cmocka_unit_test(a_process_short_of_memory_or_descriptors_makes_nobody_unknown),
		cmocka_unit_test(an_exemption_by_option_holds_whatever_the_view),
		cmocka_unit_test(a_login_allowed_only_by_an_exemption_is_an_alert),
		cmocka_unit_test(a_group_in_our_range_exempts_nobody),
		cmocka_unit_test(without_a_view_our_range_is_the_default_one),
		cmocka_unit_test(without_a_view_nobody_may_log_in),
		cmocka_unit_test(onerr_ignore_applies_to_a_bad_view_and_to_no_other_error),
		cmocka_unit_test(unlisted_ignore_leaves_services_without_a_rule_to_other_modules),
		cmocka_unit_test(a_misspelt_option_allows_nobody),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
