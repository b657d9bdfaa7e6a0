/* Who is judged, the decision, the log line, and what the user is told. */
#include "tests/unit/pam/world.h"

static void a_matching_rule_lets_the_user_in(void **state)
{
	(void)state;
	assert_int_equal(ask("bob", "sshd", ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "allowed user=\"bob\" service=\"sshd\" host=\"space:main/web\" "
				"why=\"a rule matches\" rule=1 at=\"rbac.conf:4\" through=role "
				"scope=\"space:main/web\" grant=17 generation=42");
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask("dev", "sshd", ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "gid=500");
	assert_int_equal(ask("ghost", "sshd", ""), PAM_SUCCESS);
}

static void a_denied_user_is_told_why(void **state)
{
	(void)state;
	assert_int_equal(ask("carl", "sshd", ""), PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE, "denied user=\"carl\"");
	assert_told("no role here");
	assert_int_equal(ask("bob", "cron", ""), PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE, "no login rule names this service");
	assert_told("rbac: bob may not use cron on this host: no login rule");
	assert_int_equal(ask("barred", "sshd", ""), PAM_PERM_DENIED);
	assert_told("suspended");
	assert_int_equal(ask("late", "sshd", ""), PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE,
		      "why=\"the window is not open\" rule=1 at=\"rbac.conf:4\" through=role "
		      "scope=\"space:main/web\" grant=17");
	assert_told("has ended");
	assert_int_equal(ask("moved", "sshd", ""), PAM_PERM_DENIED);
	assert_told("uid differs");
	assert_int_equal(ask("bob", "from", ""), PAM_PERM_DENIED);
	assert_told("not from there");
	world.rhost = "::ffff:192.0.2.3";
	assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "rhost=\"::ffff:192.0.2.3\"");
}

/* The view was published later than the clock says: what had ended by then stays ended. */
static void a_clock_that_is_set_back_reopens_no_window(void **state)
{
	const int64_t published = time(NULL) + 5000;
	(void)state;
	make_at("other.mdb", OURS, published, published);
	assert_int_equal(ask("bob", "sshd", ""), PAM_SUCCESS);
	assert_null(strstr(world.log, "clock"));
	world.path = "other.mdb";
	world.user = "late";
	assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
	assert_told("has ended");
	assert_logged(LOG_NOTICE, " clock=\"behind the view\"");
	make_at("other.mdb", OURS, published, published + 1);
	assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
	make("other.mdb", STRANGE);
}

static void the_result_does_not_depend_on_the_message(void **state)
{
	(void)state;
	assert_int_equal(ask("carl", "sshd", "quiet"), PAM_PERM_DENIED);
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask_with(PAM_SILENT, ""), PAM_PERM_DENIED);
	assert_int_equal(world.messages, 0);
	world.conversation_fails = true;
	assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
	assert_int_equal(world.messages, 1);
	assert_int_equal(world.lines, 1);
	world.no_conversation = true;
	assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
	assert_int_equal(world.messages, 0);
	assert_int_equal(world.lines, 1);
}

/* A person is what passwd says: from the look-up on, its name and uid count. */
static void the_name_that_passwd_has_is_judged_not_the_typed_one(void **state)
{
	static const char *const typed[] = { "BOB", "bob@realm", "Bob@realm" };
	(void)state;
	for (size_t i = 0; i < COUNT(typed); i++) {
		char line[80];
		assert_int_equal(ask(typed[i], "sshd", ""), PAM_SUCCESS);
		snprintf(line, sizeof(line), "allowed user=\"bob\" typed=\"%s\" service=\"sshd\"",
			 typed[i]);
		assert_logged(LOG_INFO, line);
		assert_int_equal(world.identified, 1);
	}
	static const char *const barred[] = { "barred", "BARRED", "barred@realm" };
	for (size_t i = 0; i < COUNT(barred); i++) {
		assert_int_equal(ask(barred[i], "sshd", "unknown=ignore"), PAM_PERM_DENIED);
		assert_told("suspended");
		assert_int_equal(ask(barred[i], "all", ""), PAM_PERM_DENIED);
	}
	/* Known, but nobody gave them anything: unknown is who was never recorded, however they
	 * write themselves. */
	assert_int_equal(ask("LATE", "sshd", "unknown=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("CARL", "sshd", "unknown=ignore"), PAM_IGNORE);
	/* exempt_user= is a name of passwd's too. */
	assert_int_equal(ask("RESCUE", "cron", "exempt_user=rescue"), PAM_SUCCESS);
	assert_int_equal(ask("rescue", "cron", "exempt_user=RESCUE"), PAM_PERM_DENIED);
	/* Whom passwd does not know is who they say. */
	assert_int_equal(ask("GHOST", "sshd", ""), PAM_PERM_DENIED);
	assert_int_equal(ask("ghost", "sshd", ""), PAM_SUCCESS);
	assert_null(strstr(world.log, "typed="));
}

static void a_second_name_of_an_account_has_no_roles(void **state)
{
	(void)state;
	assert_int_equal(ask("bobby", "sshd", ""), PAM_PERM_DENIED);
	assert_logged(
		LOG_NOTICE,
		"why=\"the uid is recorded under another name\" recorded=\"bob\" generation=42");
	assert_told("this name is a second one");
	assert_int_equal(ask("bobby", "sshd", "unknown=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("bobby", "all", ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "recorded=\"bob\"");
	assert_int_equal(ask("unbarred", "all", ""), PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE, "why=\"suspended\" recorded=\"barred\"");
}

static void su_and_sudo_judge_their_invoker(void **state)
{
	static const char *const services[] = { "su", "su-l", "sudo", "sudo-i" };
	(void)state;
	for (size_t i = 0; i < COUNT(services); i++) {
		assert_int_equal(ask("root", services[i], ""), PAM_PERM_DENIED);
		assert_logged(LOG_ERR, "PAM_RUSER");
		world.ruser = "carl";
		assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
		assert_logged(LOG_NOTICE, "user=\"carl\"");
		world.by_root = true;
		assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
		world.ruser = "root";
		assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
		world.by_root = false;
		assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
		world.ruser = "bob";
		assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
		world.ruser = "BOB";
		assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
		world.user = "bob";
		world.ruser = "carl";
		assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
		/* Suspended, and on the way to root: by sudo's targetpw, root is who logs in. */
		world.user = "root";
		world.ruser = "barred@realm";
		assert_int_equal(ask_with(0, "unknown=ignore"), PAM_PERM_DENIED);
		assert_logged(LOG_NOTICE, "why=\"suspended\"");
		/* The target's exemption is not the invoker's. */
		world.user = "rescue";
		world.ruser = "carl";
		assert_int_equal(ask_with(0, "exempt_user=rescue"), PAM_PERM_DENIED);
		world.ruser = "rescue";
		assert_int_equal(ask_with(0, "exempt_user=rescue"), PAM_SUCCESS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_matching_rule_lets_the_user_in),
		cmocka_unit_test(a_denied_user_is_told_why),
		cmocka_unit_test(a_clock_that_is_set_back_reopens_no_window),
		cmocka_unit_test(the_result_does_not_depend_on_the_message),
		cmocka_unit_test(the_name_that_passwd_has_is_judged_not_the_typed_one),
		cmocka_unit_test(a_second_name_of_an_account_has_no_roles),
		cmocka_unit_test(su_and_sudo_judge_their_invoker),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
