/* The command lines that messages suggest: what a shell makes of them is what was meant, whatever
 * the names. */
#include "tests/unit/rbacctl/helper.h"

#include <sys/wait.h>
#include <unistd.h>

#include "rbacctl/command.h"

static const char *quoted(const char *word)
{
	static struct buf b;
	buf_reset(&b);
	command_quote(&b, word);
	assert_false(b.failed);
	return buf_text(&b);
}

/* What SHELL makes of the words LINE, each with "|" behind it, into OUT. */
static void shell_words(const char *shell, const char *line, char *out, size_t size)
{
	char script[8192];
	int ends[2], status;
	size_t len = 0;
	snprintf(script, sizeof script, "printf '%%s|' %s", line);
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], 1);
		close(ends[0]);
		execlp(shell, shell, "-c", script, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	for (ssize_t got; (got = read(ends[0], out + len, size - 1 - len)) > 0;)
		len += (size_t)got;
	out[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void assert_read_back(const char *shell, const char *word)
{
	char out[8192], want[4096];
	shell_words(shell, quoted(word), out, sizeof out);
	snprintf(want, sizeof want, "%s|", word);
	assert_string_equal(out, want);
}

static void test_plain_words_stay(void **state)
{
	static const char *const plain[] = {
		"bob",     "%devs",           "space:main/web", "2026-01-31T18:00:00Z",
		"a.b_c-d", "user@example.org"
	};
	(void)state;
	for (size_t i = 0; i < COUNT(plain); i++)
		assert_string_equal(quoted(plain[i]), plain[i]);
}

static void test_words_with_special_characters_are_quoted(void **state)
{
	(void)state;
	assert_string_equal(quoted(""), "''");
	assert_string_equal(quoted("x$(reboot)"), "'x$(reboot)'");
	assert_string_equal(quoted("domain users"), "'domain users'");
	assert_string_equal(quoted("CORP\\bob"), "'CORP\\bob'");
	assert_string_equal(quoted("it's"), "'it'\\''s'");
	assert_string_equal(quoted("~root"), "'~root'");
	assert_string_equal(quoted("=ls"), "'=ls'");
	assert_string_equal(quoted("J\u00fcrgen"), "'J\u00fcrgen'");
}

/* Nothing reaches a terminal that it would obey. */
static void test_controls_are_not_shown(void **state)
{
	(void)state;
	assert_string_equal(quoted("a\nb"), "'a'$'\\012''b'");
	assert_string_equal(quoted("\033[31m"), "$'\\033''[31m'");
	assert_string_equal(quoted("\xc2\x9b"), "$'\\302\\233'"); /* CSI of C1 */
	assert_string_equal(quoted("\xe2\x80\xae"),
			    "$'\\342\\200\\256'"); /* right-to-left override */
	assert_string_equal(quoted("\xff"), "$'\\377'");
	assert_string_equal(quoted("\xc0\xaf"), "$'\\300\\257'"); /* overlong */
	assert_string_equal(quoted("\x7f"), "$'\\177'");
}

static void test_any_byte_reads_back(void **state)
{
	char word[256], all[256];
	(void)state;
	for (int c = 1; c < 256; c++) {
		all[c - 1] = (char)c;
		snprintf(word, sizeof word, "%ca%c", c, c);
		assert_read_back("bash", word);
		snprintf(word, sizeof word, "a%cb", c);
		if (c >= 0x20 && c < 0x7f)
			assert_read_back("sh", word);
	}
	all[255] = '\0';
	assert_read_back("bash", all);
}

/* A shell that does not know $'...' reads another word, and runs nothing. */
static void test_nothing_runs(void **state)
{
	char out[8192], word[64];
	(void)state;
	for (int c = 1; c < 256; c++) {
		snprintf(word, sizeof word, "%c$(echo ran >&2; exit 1)`exit 1`;exit 1\n%c", c, c);
		shell_words("sh", quoted(word), out, sizeof out);
		assert_non_null(strstr(out, "$(echo ran"));
	}
}

static void test_lines(void **state)
{
	struct command c;
	(void)state;
	assert_string_equal(command_line(&c, "rbacctl scope list"), "rbacctl scope list");
	assert_string_equal(
		command_line(&c, "rbacctl assign %s %s --scope %s", "bob", "op", "host:main"),
		"rbacctl assign bob op --scope host:main");
	assert_string_equal(command_line(&c, "rbacctl assign %s %s --scope %s", "x$(reboot)", "op",
					 "host:main"),
			    "rbacctl assign 'x$(reboot)' op --scope host:main");
	assert_string_equal(COMMAND("rbacctl scope transfer %s USER", "space:a"),
			    "rbacctl scope transfer space:a USER");
}

static void test_an_argument_like_an_option(void **state)
{
	struct command c;
	(void)state;
	assert_string_equal(
		command_line(&c, "rbacctl assign %s %s --scope %s", "-rf", "op", "host:main"),
		"rbacctl assign --scope host:main -- -rf op");
	assert_string_equal(command_line(&c, "getent passwd %s", "--help"),
			    "getent passwd -- --help");
	assert_string_equal(command_line(&c, "rbacctl explain %s --service %s", "bob", "-x"),
			    "rbacctl explain bob --service -x");
}

static void test_other_folders_are_kept(void **state)
{
	struct command c;
	char *argv[] = { "rbacctl", "log", "--store", "/srv/a b", NULL };
	(void)state;
	command_began(&(struct command_typed){ argv, "/tmp/e", "/tmp/e", "/srv/a b", NULL, false });
	assert_string_equal(command_line(&c, "rbacctl user show %s", "bob"),
			    "rbacctl user show bob --etc /tmp/e --store '/srv/a b'");
	assert_string_equal(command_line(&c, "rbacctl user show %s", "-b"),
			    "rbacctl user show --etc /tmp/e --store '/srv/a b' -- -b");
	assert_string_equal(command_line(&c, "getent passwd %s", "bob"), "getent passwd bob");
	assert_string_equal(command_with_sudo(&c), "sudo rbacctl log --store '/srv/a b'");
	command_began(&(struct command_typed){ 0 });
}

/* A name that is too long is none; half of it would be another's. */
static void test_a_command_that_is_too_long_becomes_help(void **state)
{
	struct command c;
	char word[COMMAND_MAX + 1];
	(void)state;
	memset(word, 'a', sizeof word);
	word[sizeof word - 1] = '\0';
	assert_string_equal(command_line(&c, "rbacctl user show %s", word), "rbacctl --help");
	word[COMMAND_MAX - 1 - strlen("rbacctl user show ")] = '\0';
	assert_int_equal(strlen(command_line(&c, "rbacctl user show %s", word)), COMMAND_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_words_stay),
		cmocka_unit_test(test_words_with_special_characters_are_quoted),
		cmocka_unit_test(test_controls_are_not_shown),
		cmocka_unit_test(test_any_byte_reads_back),
		cmocka_unit_test(test_nothing_runs),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_an_argument_like_an_option),
		cmocka_unit_test(test_other_folders_are_kept),
		cmocka_unit_test(test_a_command_that_is_too_long_becomes_help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
