/* host/sshd/command.h: the options of sshd in the command line of a unit. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/host/sshd/command.h"

static void test_command_lines(void **state)
{
	static const struct {
		const char *line, *variables, *options; /* "!": another program */
	} cases[] = {
		{ "/usr/sbin/sshd -D", "", "" },
		{ "/usr/sbin/sshd -D $SSHD_OPTS", "", "" },
		{ "/usr/sbin/sshd -D -f /etc/ssh/x", "", "-f /etc/ssh/x" },
		{ "/usr/sbin/sshd -Df/etc/ssh/x", "", "-f /etc/ssh/x" },
		{ "-/usr/sbin/sshd -i -f '/etc/ssh/a b'", "", "-f /etc/ssh/a b" },
		{ "@/usr/sbin/sshd sshd -D -o UsePAM=no", "", "-o UsePAM=no" },
		{ "+/usr/sbin/sshd -o \"UsePAM no\" -E /var/log/x -g 3", "", "-o UsePAM no" },
		{ "/usr/sbin/sshd $A ${B} $C", "'A=-o X=1 -4' B=-oY C=", "-o X=1 -o Y" },
		{ "/usr/sbin/sshd $A", "A=-4 A=-ox", "-o x" },
		{ "/usr/sbin/sshd -f", "", "" },
		{ "/usr/sbin/sshd - -- x", "", "" },
		{ "/opt/other/sshd -p 22", "", "-p 22" },
		{ "/usr/sbin/nginx -f /etc/ssh/x", "", "!" },
		{ "sh -c '/usr/sbin/sshd -f x'", "", "!" },
		{ "@", "", "!" },
		{ "", "", "!" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sshd_command c = { .n_variables = 0 };
		struct sshd_daemon d = { .config = SSHD_CONFIG };
		char said[600] = "";

		sshd_command_variables(&c, cases[i].variables, "env", 3);
		sshd_command_line(&c, "gone", "unit", 1);
		sshd_command_line(&c, cases[i].line, "unit", 2);
		if (!sshd_command_options(&c, &d))
			snprintf(said, sizeof said, "!");
		for (size_t j = 0; j < d.n; j++) {
			size_t len = strlen(said);
			snprintf(said + len, sizeof said - len, "%s%s", j ? " " : "", d.v[j].text);
		}
		if (strcmp(said, cases[i].options) != 0)
			fail_msg("%s: \"%s\", expected \"%s\"", cases[i].line, said,
				 cases[i].options);
		for (size_t j = 0; j < d.n; j++) {
			free(d.v[j].text);
			free(d.v[j].file);
		}
		free(d.v);
		sshd_command_free(&c);
	}
}

static void test_each_option_has_its_file_and_line(void **state)
{
	struct sshd_command c = { .n_variables = 0 };
	struct sshd_daemon d = { .config = SSHD_CONFIG };
	(void)state;

	sshd_command_variables(&c, "A=-oUsePAM=no", "env", 3);
	sshd_command_line(&c, "/usr/sbin/sshd -f /x $A", "unit", 2);
	assert_true(sshd_command_options(&c, &d));
	assert_int_equal(d.n, 4);
	assert_string_equal(d.v[1].file, "unit");
	assert_int_equal(d.v[1].line, 2);
	assert_string_equal(d.v[3].file, "env");
	assert_int_equal(d.v[3].line, 3);
	assert_string_equal(d.config, "/x");
	assert_string_equal(d.program, "sshd");
	for (size_t j = 0; j < d.n; j++) {
		free(d.v[j].text);
		free(d.v[j].file);
	}
	free(d.v);
	sshd_command_free(&c);
}

/* Of a line of many words the last option counts as well, and of many variables each. */
static void test_no_word_is_left_out(void **state)
{
	enum { MANY = 60 };
	struct sshd_command c = { .n_variables = 0 };
	struct sshd_daemon d = { .config = SSHD_CONFIG };
	struct buf line = { 0 };
	char text[60];
	(void)state;

	buf_printf(&line, SSHD_PROGRAM);
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof text, "V%d=-oX%d", i, i);
		sshd_command_variables(&c, text, NULL, 0);
		buf_printf(&line, " $V%d", i);
	}
	buf_printf(&line, " -f /x");
	sshd_command_line(&c, buf_text(&line), NULL, 0);
	assert_true(sshd_command_options(&c, &d));
	assert_int_equal(d.n, 2 * MANY + 2);
	assert_string_equal(d.v[2 * MANY - 1].text, "X59");
	assert_string_equal(d.config, "/x");
	for (size_t j = 0; j < d.n; j++)
		free(d.v[j].text);
	free(d.v);
	buf_free(&line);
	sshd_command_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_lines),
		cmocka_unit_test(test_each_option_has_its_file_and_line),
		cmocka_unit_test(test_no_word_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
