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
	char said[32], taken[32];

	if (now - clock <= CLOCK_BEHIND_UNSAID)
		return;
	policy_time_print(clock, said);
	policy_time_print(now, taken);
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
					       args->value[OPT_STORE] });
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

/* `help`, or `help VERB`. */
static int help_about(int argc, char **argv)
{
	int words;
	const struct verb *v = argc ? verb_find(argc, argv, &words) : NULL;

	if (argc == 0)
		return verbs_help(stdout);
	return v ? verb_help(v) : verb_unknown(argc, argv);
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

int main(int argc, char **argv)
{
	struct args args;
	int words, status;

	setlocale(LC_ALL, "");
	if (sodium_init() < 0) {
		complain("libsodium cannot be initialised");
		return EXIT_TROUBLE;
	}
	if (argc < 2)
		return verbs_help(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return help_about(argc - 2, argv + 2);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return puts("rbacctl " RBAC_VERSION) < 0 ? EXIT_TROUBLE : cmd_done(EXIT_DONE);
	const struct verb *v = verb_find(argc - 1, argv + 1, &words);
	if (!v)
		return verb_unknown(argc - 1, argv + 1);
	char **typed = copy_words(argc, argv);
	if (verb_read(v, argc - words, argv + words, &args, &status))
		status = run(v, &args, typed);
	free(typed);
	return status;
}
