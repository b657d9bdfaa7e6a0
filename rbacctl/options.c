#include "rbacctl/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/model/problem.h"

enum { LONG_OPTION = 256 }; /* above every character: what getopt_long returns for row 0 */

static const struct option_row rows[] = {
#define ROW(name, word, value, help) { word, value, help },
	OPTIONS(ROW)
#undef ROW
};

const struct option_row *option_row(enum opt i)
{
	return &rows[i];
}

/* As getopt_long(3) wants them. */
static void list(struct option out[OPT_COUNT + 1])
{
	memset(out, 0, (OPT_COUNT + 1) * sizeof *out);
	for (int i = 0; i < OPT_COUNT; i++)
		out[i] = (struct option){ .name = rows[i].word,
					  .has_arg = *rows[i].value ? required_argument
								    : no_argument,
					  .val = LONG_OPTION + i };
}

static bool takes(uint64_t taken, int option)
{
	return (taken | OPTIONS_OF_ALL) >> option & 1;
}

void options_help(uint64_t taken)
{
	char left[40];

	for (int i = 0; i < OPT_COUNT; i++) {
		if (!takes(taken, i))
			continue;
		snprintf(left, sizeof left, "--%s%s%s", rows[i].word, *rows[i].value ? " " : "",
			 rows[i].value);
		printf("  %-15s  %s\n", left, rows[i].help);
	}
}

/* Of the options in TAKEN the one that is nearest to the misspelt WORD. */
static void tell_nearest(uint64_t taken, const char *word, struct buf *wrong)
{
	const char *names[OPT_COUNT];
	char name[64];
	size_t n = 0;

	for (int i = 0; i < OPT_COUNT; i++)
		if (takes(taken, i))
			names[n++] = rows[i].word;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
	const char *near = problem_nearest(name + strspn(name, "-"), names, n);
	if (near)
		buf_printf(wrong, "; did you mean --%s?", near);
}

/* getopt_long's '?': an option that does not exist, is short for several, or takes no value and was
 * given one. */
static void tell_unknown(uint64_t taken, const char *word, struct buf *wrong)
{
	bool several = false;

	if (optopt >= LONG_OPTION) {
		buf_printf(wrong, "--%s takes no value", rows[optopt - LONG_OPTION].word);
		return;
	}
	if (optopt) {
		buf_printf(
			wrong,
			"-%c is not an option; options have two dashes and a whole word, as --help",
			optopt);
		return;
	}
	for (int i = 0; i < OPT_COUNT && strlen(word) > 2; i++)
		several |= strncmp(rows[i].word, word + 2, strlen(word + 2)) == 0;
	buf_printf(wrong, several ? "%s is short for more than one option" : "%s is not an option",
		   word);
	if (!several)
		tell_nearest(taken, word, wrong);
}

/* The option that getopt_long's C stands for. */
static int option_of(int c)
{
	return c == 'h' ? OPT_HELP : c == 'V' ? OPT_VERSION : c - LONG_OPTION;
}

/* What getopt_long returned, C, into ARGS. False: something is wrong. */
static bool take(uint64_t taken, int c, char **argv, struct args *args, struct buf *wrong)
{
	int option = option_of(c);

	if (c == '?')
		tell_unknown(taken, argv[optind - 1], wrong);
	else if (c == ':')
		buf_printf(wrong, "%s needs a value", argv[optind - 1]);
	else if (!takes(taken, option))
		buf_printf(wrong, "--%s is not an option of this command", rows[option].word);
	else if (args->value[option])
		buf_printf(wrong, "--%s is given twice", rows[option].word);
	else
		args->value[option] = optarg ? optarg : "";
	return wrong->len == 0;
}

bool options_read(uint64_t taken, int argc, char **argv, struct args *args, struct buf *wrong)
{
	struct option options[OPT_COUNT + 1];
	bool right = true;
	int c;

	list(options);
	opterr = 0;
	optind = 0; /* begin anew, and forget what was put into order before (getopt(3), NOTES) */
	while ((c = getopt_long(argc, argv, ":hV", options, NULL)) != -1) {
		if (!right && c == LONG_OPTION + OPT_JSON)
			args->value[OPT_JSON] = ""; /* how to say what is wrong */
		right = right && take(taken, c, argv, args, wrong);
	}
	args->v = argv + optind;
	args->n = argc - optind;
	return right;
}
