/* main: which verb, where, by whom, at what time. verbs.c has the verbs, options.c the options. */
#include <limits.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/human_time.h"
#include "rbacctl/verb_hints.h"
#include "rbacctl/verbs.h"
#include "rbacctl/view/clock.h"
#include "rbacctl/view/publish.h"

enum { CLOCK_BEHIND_UNSAID = 10 }; /* seconds */

/* --etc and --store: the option, else the environment, else the FIXED folder. */
static const char *place(const char *option, const char *variable, const char *fixed)
{
	const char *env = getenv(variable);
	return option ? option : env && *env ? env : fixed;
}

/* --wait: 0 is not at all. */
static bool read_wait(const char *text, int *seconds)
{
	int64_t s = 0;
	if (text && strcmp(text, "0") == 0)
		*seconds = -1;
	else if (!text || (policy_duration_parse(text, &s) == RBAC_OK && s <= INT_MAX))
		*seconds = (int)s;
	else {
		complain("--wait %s: expected a time like 90s or 10m, or 0", text);
		return false;
	}
	return true;
}

/*
 * Say that CLOCK lies before NOW, which is taken for it, and what to do. Nothing is said for a few
 * seconds: a time server may set a clock back by as much.
 */
static void complain_of_clock(int64_t clock, int64_t now)
{
	char said[64], taken[64];

	if (now - clock <= CLOCK_BEHIND_UNSAID)
		return;
	human_date_time(clock, said, sizeof said);
	human_date_time(now, taken, sizeof taken);
	complain("the clock says %s, but the view was published at %s: that is taken for the time, "
		 "so that what has ended stays so\n"
		 "  set the clock; if it is right, and was wrong then: %s",
		 said, taken, COMMAND("rbacctl publish --trust-clock"));
}

static int run(const struct verb *v, const struct args *args, char **typed)
{
	struct invocation a = {
		.etc = place(args->value[OPT_ETC], "RBAC_ETC", RBAC_ETC_DIR),
		.state = place(args->value[OPT_STORE], "RBAC_STORE", RBAC_STATE_DIR),
		.as = args->value[OPT_AS],
		.json = args->value[OPT_JSON] != NULL,
		.dry_run = args->value[OPT_DRY_RUN] != NULL,
		.force = args->value[OPT_FORCE] != NULL,
		.now = time(NULL),
	};
	if (!read_wait(args->value[OPT_WAIT], &a.wait))
		return EXIT_USAGE;
	/* A script whose variable is empty does not mean the root folder. */
	if (!*a.etc || !*a.state) {
		complain("%s: expected the name of a folder, not an empty word",
			 *a.etc ? "--store" : "--etc");
		return EXIT_USAGE;
	}
	if ((size_t)snprintf(a.store, sizeof a.store, "%s/store", a.state) >= sizeof a.store - 64) {
		complain("--store: too long a path");
		return EXIT_USAGE;
	}
	publish_view_path(a.state, a.view, sizeof a.view); /* shorter than that of the store */
	command_began(&(struct command_typed){ typed, a.etc, args->value[OPT_ETC],
					       args->value[OPT_STORE], a.view });
	if (!args->value[OPT_TRUST_CLOCK]) {
		const int64_t clock = a.now;
		a.now = clock_not_before(a.view, clock);
		complain_of_clock(clock, a.now);
	}
	/* publish does it itself, and once. */
	if (geteuid() == 0 && v->run != cmd_verify && v->run != cmd_publish)
		change_repair(&a);
	return v->run(&a, args);
}

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
		status = run(v, &args, typed);
	buf_free(&wrong);
	return status;
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
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
