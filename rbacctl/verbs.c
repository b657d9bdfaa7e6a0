#include "rbacctl/verbs.h"

#include <stdio.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/complain.h"
#include "rbacctl/verb_too_many.h"

/* The verbs that begin with the word FAMILY, or all where it is NULL. How many there are. */
static int list_verbs(const char *family, FILE *to)
{
	size_t len = family ? strlen(family) : 0, n_verbs;
	const struct verb *verbs = verbs_all(&n_verbs);
	int n = 0;

	for (size_t i = 0; i < n_verbs; i++)
		if (!family ||
		    (strncmp(verbs[i].name, family, len) == 0 && verbs[i].name[len] == ' ')) {
			fprintf(to, "  %-15s %s\n", verbs[i].name, verbs[i].what);
			n++;
		}
	return n;
}

bool verbs_help_family(const char *word, int *status)
{
	if (list_verbs(word, stdout) == 0)
		return false;
	*status = cmd_done(EXIT_DONE);
	return true;
}

int verbs_help(FILE *to)
{
	fputs("rbacctl " RBAC_VERSION ": roles for Linux logins and groups\n\n", to);
	list_verbs(NULL, to);
	fputs("\nMore: rbacctl VERB --help, rbacctl(8). Exit status: 0 done or yes, 1 no, "
	      "2 usage, 3 refused, 4 trouble.\n",
	      to);
	return to == stdout ? cmd_done(EXIT_DONE) : EXIT_USAGE;
}

int verb_help(const struct verb *v)
{
	printf("usage: rbacctl %s %s\n%s\n", v->name, v->usage, v->what);
	if (v->help)
		printf("\n%s\n", v->help);
	putchar('\n');
	options_help(v->options);
	return cmd_done(EXIT_DONE);
}

/* ---- which verb ---- */

const struct verb *verb_find(int n, char **v, int *words)
{
	size_t n_verbs;
	const struct verb *verbs = verbs_all(&n_verbs);

	for (*words = 2; *words > 0; --*words) {
		char name[64];
		if (n < *words)
			continue;
		snprintf(name, sizeof name, "%s%s%s", v[0], *words == 2 ? " " : "",
			 *words == 2 ? v[1] : "");
		for (size_t i = 0; i < n_verbs; i++)
			if (strcmp(verbs[i].name, name) == 0)
				return &verbs[i];
	}
	return NULL;
}

bool verb_passes(const struct verb *v, const struct args *args)
{
	if ((v->options & PASSES_ASSIGNMENTS) == PASSES_ASSIGNMENTS)
		return strcmp(args->v[0], "assignments") == 0;
	return v->options & PASSES;
}

/* ---- what is typed behind it ---- */

static int complain_of_usage(const struct verb *v, const char *wrong)
{
	complain("%s: %s\n  usage: rbacctl %s%s%s", v->name, wrong, v->name, *v->usage ? " " : "",
		 v->usage);
	return EXIT_USAGE;
}

/* The name of positional argument number N (from 0) in the usage of V, and its length. */
static int argument_name(const struct verb *v, int n, const char **name)
{
	const char *p = v->usage;

	for (; n > 0 && *p; n--)
		p += strcspn(p, " ") + 1;
	*name = p;
	return (int)strcspn(p, " ");
}

/* Are there as many positional arguments as V takes, and none of them ""? No name, number or file
 * is empty. If not, WRONG says what is wrong. */
static bool right_words(const struct verb *v, const struct args *args, struct buf *wrong)
{
	const char *name;

	if (args->n < v->min) {
		int len = argument_name(v, args->n, &name);
		buf_printf(wrong, "%.*s is missing", len, name);
	} else if (args->n > v->max) {
		verb_too_many(v, args->v[v->max], wrong);
	}
	for (int i = 0; i < args->n && !wrong->len; i++)
		if (!*args->v[i] && v->run != cmd_completion)
			buf_printf(wrong, "argument %d is empty", i + 1);
	return wrong->len == 0;
}

bool verb_read(const struct verb *v, int words, int argc, char **argv, struct args *args,
	       int *status)
{
	struct buf wrong = { 0 };

	*args = (struct args){ .verb = v->name };
	bool right = options_read(v->options, argc, argv, args, &wrong);
	args->v += words;
	args->n -= words;
	bool help = right && args->value[OPT_HELP];
	if (help)
		*status = verb_help(v);
	else if (!right || !right_words(v, args, &wrong)) {
		*status = complain_of_usage(v, buf_text(&wrong));
		right = false;
	}
	buf_free(&wrong);
	return right && !help;
}
