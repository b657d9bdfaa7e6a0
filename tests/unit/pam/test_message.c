/* Text from outside in the log line and in the message; the command that a message suggests. */
#include "tests/unit/pam/world.h"

static void text_from_outside_is_escaped_in_the_log(void **state)
{
	char host[3000];
	(void)state;
	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	assert_int_equal(ask("eve\" service=\"x\nallowed \xc3\xa9\x7f\\", "sshd", ""),
			 PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE,
		      "user=\"eve\\x22 service=\\x22x\\x0aallowed \\xc3\\xa9\\x7f\\x5c\"");
	assert_null(strchr(world.log, '\n'));
	assert_null(strchr(world.said, '\n'));
	world.user = host;
	world.rhost = host;
	assert_int_equal(ask_with(0, "debug"), PAM_PERM_DENIED);
	assert_non_null(strstr(world.log, "hhh...\""));
	memset(host, 0x1b, sizeof(host) - 1);
	world.service = host;
	assert_int_equal(ask_with(0, "debug"), PAM_PERM_DENIED);
	assert_true(strlen(world.log) < 1024);
	assert_non_null(strstr(world.log, "\\x1b...\" host=\"space:main/web\""));
	assert_non_null(strstr(world.log, "generation=42"));
	assert_non_null(strstr(world.said, "no login rule names this service"));
	assert_null(strstr(world.said, "rbacctl")); /* half a name would be another's */
	assert_int_equal(ask(NULL, "sshd", ""), PAM_PERM_DENIED);
	assert_int_equal(ask("", "sshd", ""), PAM_PERM_DENIED);
	assert_int_equal(ask("bob", NULL, ""), PAM_PERM_DENIED);
}

/* The command of the last message, as sh reads it: its words, each with "|" behind it. */
static void words_of_the_command(const char *shell, char *out, size_t size)
{
	char script[4096], line[4400];
	const char *command = strstr(world.said, "(ask those who run it: ");
	assert_non_null(command);
	command += strlen("(ask those who run it: ");
	assert_int_equal(world.said[strlen(world.said) - 1], ')');
	snprintf(script, sizeof script, "printf '%%s|' %.*s", (int)strlen(command) - 1, command);
	FILE *f = fopen("script", "w");
	assert_true(f && fputs(script, f) >= 0 && fclose(f) == 0);
	snprintf(line, sizeof line, "%s script", shell);
	f = popen(line, "r");
	assert_non_null(f);
	size_t len = fread(out, 1, size - 1, f);
	out[len] = '\0';
	assert_int_equal(pclose(f), 0);
	assert_int_equal(remove("script"), 0);
}

static void the_suggested_command_can_be_pasted_into_a_shell(void **state)
{
	static const char *const users[] = { "ghost", "x$(reboot)", "a b",  "it's", "CORP\\eve",
					     "\"",    "`id`",       "a;id", "*",    "~root",
					     "!1",    "\xc3\xa9ve", "a\nb" };
	char out[2048], want[600];
	(void)state;
	for (size_t i = 0; i < COUNT(users); i++) {
		assert_int_equal(ask(users[i], "nowhere", ""), PAM_PERM_DENIED);
		words_of_the_command("bash", out, sizeof out);
		snprintf(want, sizeof want, "rbacctl|explain|%s|--service|nowhere|", users[i]);
		assert_string_equal(out, want);
		words_of_the_command(
			"sh", out,
			sizeof out); /* which may not know $'...': runs nothing all the same */
		assert_non_null(strstr(out, "|--service|nowhere|"));
	}
	assert_int_equal(ask("-rf", "no where", ""), PAM_PERM_DENIED);
	words_of_the_command("sh", out, sizeof out);
	assert_string_equal(out, "rbacctl|explain|--service|no where|--|-rf|");
}

/* Names of the greatest length fit, however much of them is quoted, or there is no command. */
static void a_suggested_command_is_whole_or_left_out(void **state)
{
	char user[256], out[2048];
	(void)state;
	memset(user, '\'', 255);
	user[255] = '\0';
	assert_int_equal(ask(user, "nowhere", ""), PAM_PERM_DENIED);
	words_of_the_command("sh", out, sizeof out);
	assert_non_null(strstr(out, user));
	for (size_t i = 0; i < 255; i++)
		user[i] = i % 2 ? 'a' : '\001';
	assert_int_equal(ask(user, user, ""), PAM_PERM_DENIED);
	assert_null(strstr(world.said, "(ask"));
	assert_true(strlen(world.said) > 0 && world.said[strlen(world.said) - 1] != '(');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_from_outside_is_escaped_in_the_log),
		cmocka_unit_test(the_suggested_command_can_be_pasted_into_a_shell),
		cmocka_unit_test(a_suggested_command_is_whole_or_left_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
