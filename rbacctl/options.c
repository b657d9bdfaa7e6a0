#include "rbacctl/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/model/problem.h"

static const struct row {
	const char *word, *value, *help;
} rows[] = {
#define ROW(name, word, value, help) { word, value, help },
	OPTIONS(ROW)
#undef ROW
};

/* As getopt_long(3) wants them; the number of an option is its row. */
static void list(struct option out[OPT_COUNT + 1])
{
	memset(out, 0, (OPT_COUNT + 1) * sizeof *out);
	for (int i = 0; i < OPT_COUNT; i++)
		out[i] = (struct option){ .name = rows[i].word,
					  .has_arg = *rows[i].value ? required_argument
								    : no_argument,
					  .val = i };
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

	if (optopt > 0 && optopt < OPT_COUNT) {
		buf_printf(wrong, "--%s takes no value", rows[optopt].word);
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

bool options_read(uint64_t taken, int argc, char **argv, struct args *args, struct buf *wrong)
{
	struct option options[OPT_COUNT + 1];
	bool right = true;
	int c;

	list(options);
	opterr = 0;
	optind = 1;
	while (right && (c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		right = false;
		if (c == '?')
			tell_unknown(taken, argv[optind - 1], wrong);
		else if (c == ':')
			buf_printf(wrong, "%s needs a value", argv[optind - 1]);
		else if (!takes(taken, c))
			buf_printf(wrong, "--%s is not an option of this command", rows[c].word);
		else if (args->value[c])
			buf_printf(wrong, "--%s is given twice", rows[c].word);
		else
			right = true;
		if (right)
			args->value[c] = optarg ? optarg : "";
	}
	args->v = argv + optind;
	args->n = argc - optind;
	return right;
}
