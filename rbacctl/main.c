/* main: which verb. verbs.c has the verbs, options.c the options; run.c runs one. */
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/cut_short.h"
#include "rbacctl/run.h"
#include "rbacctl/verb_hints.h"
#include "rbacctl/verbs.h"

/* `help VERB`, `VERB --help` of a verb with two words of which one was typed, or `help`. */
static int help_about(int n, char **v)
{
	int words, status;
	const struct verb *verb = n ? verb_find(n, v, &words) : NULL;

	if (n == 0 || strcmp(v[0], "help") == 0)
		return verbs_help(stdout);
	if (verb)
		return verb_help(verb);
	return n == 1 && verbs_help_family(v[0], &status) ? status : verb_unknown(n, v);
}

/* getopt_long puts the arguments into another order; messages repeat them as they were typed. NULL:
 * out of memory. */
static char **copy_words(int argc, char **argv)
{
	char **copy = calloc((size_t)argc + 1, sizeof *copy);

	if (copy)
		memcpy(copy, argv, (size_t)argc * sizeof *copy);
	return copy;
}

/* No verb is named: help, or a complaint. WRONG: what is wrong with the options; "": nothing. */
static int without_verb(const struct args *args, const char *wrong)
{
	bool help = args->n && strcmp(args->v[0], "help") == 0;

	if (*wrong)
		complain("%s (%s)", wrong, COMMAND("rbacctl --help"));
	else if (help || args->value[OPT_HELP])
		return help_about(args->n - help, args->v + help);
	else if (args->n)
		return verb_unknown(args->n, args->v);
	else
		complain("expected a command (%s)", COMMAND("rbacctl --help"));
	return EXIT_USAGE;
}

/* What ARGV says. FIRST and TYPED are copies of it: one to find the verb in, one to stay. */
static int read_and_run(int argc, char **argv, char **first, char **typed)
{
	struct args args = { 0 };
	struct buf wrong = { 0 };
	int words, status;
	bool right = options_read(OPTIONS_ANY, argc, first, &args, &wrong);
	const struct verb *v = args.n ? verb_find(args.n, args.v, &words) : NULL;

	if (args.value[OPT_JSON])
		complain_in_json();
	if (right && args.value[OPT_VERSION])
		status = puts("rbacctl " RBAC_VERSION) < 0 ? EXIT_TROUBLE : cmd_done(EXIT_DONE);
	else if (!v)
		status = without_verb(&args, buf_text(&wrong));
	else if (verb_read(v, words, argc, argv, &args, &status))
		status = run_typed(v, &args, typed);
	buf_free(&wrong);
	return status;
}

/* A starter may ignore it, and a program inherits that: then the status of a child that has ended
 * cannot be known (wait(2)). */
static void wait_for_children(void)
{
	signal(SIGCHLD, SIG_DFL);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	wait_for_children();
	cut_short_watch();
	if (sodium_init() < 0) {
		complain("libsodium cannot be initialised");
		return EXIT_TROUBLE;
	}
	if (argc < 2)
		return verbs_help(stderr);
	char **first = copy_words(argc, argv), **typed = copy_words(argc, argv);
	int status = EXIT_TROUBLE;
	if (first && typed)
		status = read_and_run(argc, argv, first, typed);
	else
		complain("%s", rbac_error_text(RBAC_NOMEM));
	free(first);
	free(typed);
	return status;
}
