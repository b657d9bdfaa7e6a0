#include "rbacctl/run.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rbacctl/access/admit.h"
#include "rbacctl/change/read/as_of.h"
#include "rbacctl/change/change.h"
#include "rbacctl/change/fleet/directory.h"
#include "rbacctl/change/read/other_host.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/setup_undo.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/human_time.h"
#include "rbacctl/serve/client.h"
#include "rbacctl/serve/listener.h"
#include "rbacctl/serve/message.h"
#include "rbacctl/verb_hints.h"
#include "rbacctl/view/clock.h"
#include "rbacctl/view/publish.h"

enum { CLOCK_BEHIND_UNSAID = 10 }; /* seconds */
enum { PEER_LOCK_WAIT = 5 };       /* seconds that a peer waits for the store's lock */

static peer_run_fn run_for_peer;
static exempt_fn record_exempt;

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
		complain("--wait %s: expected a duration: " DURATION_FORMATS ", or 0", text);
		return false;
	}
	return true;
}

/* --confirm */
static bool read_confirm(const char *text, int64_t *seconds)
{
	if (!text || (policy_duration_parse(text, seconds) == RBAC_OK && *seconds > 0))
		return true;
	complain("--confirm %s: expected a duration: " DURATION_FORMATS, text);
	return false;
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
	complain("the clock says %s, but the view was published at %s: the later time counts, "
		 "so that no ended assignment counts again\n"
		 "  set the clock; if it is right now, and was wrong then: %s",
		 said, taken, COMMAND("rbacctl publish --trust-clock"));
}

/* The paths that follow from A->etc and A->state, and the time. False: with a complaint. */
static bool find_places(struct invocation *a, const struct args *args)
{
	/* A script whose variable is empty does not mean the root folder. */
	if (!*a->etc || !*a->state) {
		complain("%s: expected the name of a folder, not an empty word",
			 *a->etc ? "--store" : "--etc");
		return false;
	}
	if ((size_t)snprintf(a->store, sizeof a->store, "%s/store", a->state) >=
	    sizeof a->store - 64) {
		complain("--store: too long a path");
		return false;
	}
	a->member = fleet_is_member(a);
	publish_view_path(a->state, a->view, sizeof a->view); /* shorter than that of the store */
	if (args->value[OPT_TRUST_CLOCK]) {
		a->now = time(NULL);
		return true;
	}
	clock_set_now(a);
	complain_of_clock(a->now - a->behind, a->now);
	return true;
}

/* ---- who typed it ---- */

static char *const *after_program(char **typed, int *n)
{
	for (*n = 0; typed[*n + 1];)
		++*n;
	return typed + 1;
}

/* The socket that somebody asks by: root works on the files; so does who names another folder.
 * NULL: none. */
static const char *socket_of(const struct args *args)
{
	bool elsewhere = args->value[OPT_ETC] || args->value[OPT_STORE] ||
			 strcmp(place(NULL, "RBAC_STORE", RBAC_STATE_DIR), RBAC_STATE_DIR) != 0 ||
			 strcmp(place(NULL, "RBAC_ETC", RBAC_ETC_DIR), RBAC_ETC_DIR) != 0;

	return geteuid() != 0 && !elsewhere ? RBAC_SOCKET_PATH : NULL;
}

int run_typed(const struct verb *v, const struct args *args, char **typed)
{
	struct invocation a = {
		.etc = place(args->value[OPT_ETC], "RBAC_ETC", RBAC_ETC_DIR),
		.state = place(args->value[OPT_STORE], "RBAC_STORE", RBAC_STATE_DIR),
		.as = args->value[OPT_AS],
		.json = args->value[OPT_JSON] != NULL,
		.dry_run = args->value[OPT_DRY_RUN] != NULL,
		.force = args->value[OPT_FORCE] != NULL,
		.ends_sessions = args->value[OPT_END_SESSIONS] != NULL,
		.lists_processes = args->value[OPT_LIST_SESSIONS] != NULL,
		.run_for_peer = run_for_peer,
		.record_exempt = record_exempt,
		.socket = socket_of(args),
	};
	bool no_listener = false;
	int n, status;
	if (!read_wait(args->value[OPT_WAIT], &a.wait) ||
	    !read_confirm(args->value[OPT_CONFIRM], &a.confirm))
		return EXIT_USAGE;
	if (a.socket && verb_passes(v, args)) {
		char *const *words = after_program(typed, &n);
		status = client_ask(a.socket, n, words);
		if (status != CLIENT_NOT_THERE)
			return cmd_done(status);
		no_listener = true;
	}
	command_began(&(struct command_typed){ typed, a.etc, args->value[OPT_ETC],
					       args->value[OPT_STORE], a.view, no_listener });
	a.verbs = verbs_all(&a.n_verbs);
	if (!find_places(&a, args))
		return EXIT_USAGE;
	/* publish does it itself, and once; doctor and status --check look at what is there. */
	bool only_looks = v->run == cmd_doctor || (v->run == cmd_status && args->value[OPT_CHECK]);
	if (geteuid() == 0 && v->run != cmd_verify && v->run != cmd_publish &&
	    v->run != cmd_completion && !only_looks) {
		(void)setup_undo_overdue(&a);
		change_repair(&a);
	}
	bool elsewhere = v->run == cmd_explain && args->value[OPT_HOST];
	if (elsewhere && args->value[OPT_AS_OF]) {
		complain("--host and --as-of do not go together");
		return EXIT_USAGE;
	}
	if (!args->value[OPT_AS_OF] && !elsewhere) {
		status = v->run(&a, args);
		if (a.recorded)
			cmd_fleet_sent(&a, strncmp(v->name, "fleet ", 6) != 0);
		return status;
	}
	status = elsewhere ? other_host_begin(&a, args->value[OPT_HOST])
			   : as_of_begin(&a, args->value[OPT_AS_OF]);
	if (status)
		return status;
	status = v->run(&a, args);
	as_of_end(&a);
	return status;
}

/* ---- who sent it ---- */

static int refuse_option(const char *option)
{
	complain("refused: --%s is not taken through the socket: it is for root", option);
	return EXIT_REFUSED;
}

/* EXIT_DONE: it may run. */
static int check_options(const struct verb *v, const struct args *args)
{
	static const struct {
		enum opt option;
		const char *word;
	} never[] = { { OPT_AS, "as" },
		      { OPT_ETC, "etc" },
		      { OPT_STORE, "store" },
		      { OPT_FORCE, "force" },
		      { OPT_DROP, "drop" },
		      { OPT_VERIFY, "verify" },
		      { OPT_AS_OF, "as-of" },
		      { OPT_HEAD, "head" },
		      { OPT_PRUNE, "prune" },
		      { OPT_BY, "by" },
		      { OPT_ROLE, "role" },
		      { OPT_CONFIRM, "confirm" },
		      { OPT_END_SESSIONS, "end-sessions" } };

	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (args->value[never[i].option])
			return refuse_option(never[i].word);
	/* `request` has it for everybody. */
	if (args->value[OPT_USER] && v->run == cmd_log)
		return refuse_option("user");
	return EXIT_DONE;
}

/* Their output so far is not to be seen: the command is run again. */
static void forget_output(void)
{
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		fflush(fd == STDOUT_FILENO ? stdout : stderr);
		if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
			complain("the answer cannot be started again");
	}
}

static int run_pass(const struct invocation *listener, struct peer *peer, const struct verb *v,
		    const struct args *args)
{
	struct invocation a = {
		.etc = listener->etc,
		.state = listener->state,
		.json = args->value[OPT_JSON] != NULL,
		.dry_run = args->value[OPT_DRY_RUN] != NULL,
		.lists_processes = args->value[OPT_LIST_SESSIONS] != NULL,
		.peer = peer,
	};
	if (!read_wait(args->value[OPT_WAIT], &a.wait))
		return EXIT_USAGE;
	if (a.wait == 0 || a.wait > PEER_LOCK_WAIT)
		a.wait = PEER_LOCK_WAIT;
	if (!find_places(&a, args))
		return EXIT_USAGE;
	int status = v->run(&a, args);
	if (a.recorded) /* rbac-push.path sends it: here is nobody who may */
		(void)fleet_queue(&a);
	return status;
}

static int run_passes(const struct invocation *listener, struct peer *peer, const struct verb *v,
		      const struct args *args, bool *change)
{
	if (peer->retry_in && (v->options & PASSES_QUESTION) != PASSES_QUESTION) {
		complain("busy: too many changes and refusals; try again in %d s", peer->retry_in);
		*change = false;
		return EXIT_TROUBLE;
	}
	peer->judging = true;
	int status = run_pass(listener, peer, v, args);
	*change = peer->would_write || (status != EXIT_DONE && status != EXIT_NO);
	if (!peer->would_write)
		return status;
	forget_output();
	peer->judging = false;
	return run_pass(listener, peer, v, args);
}

static int admit(const struct invocation *listener, const struct peer *peer)
{
	struct invocation a = *listener;
	struct buf why = { 0 };

	publish_view_path(a.state, a.view, sizeof a.view);
	int err = admit_peer(&a, peer->uid, "/etc/login.defs", &why);
	if (err)
		complain("%s", buf_text(&why));
	buf_free(&why);
	return exit_of(err);
}

/* ARGV, and FIRST, a copy to find the verb in: the N words with the program's name before them. */
static int run_words(const struct invocation *listener, struct peer *peer, int n, char **first,
		     char **argv, bool *change)
{
	struct args args = { 0 };
	struct buf wrong = { 0 };
	int words, status;
	options_read(OPTIONS_ANY, n, first, &args, &wrong);
	buf_free(&wrong);
	if (args.value[OPT_JSON])
		complain_in_json();
	const struct verb *v = args.n ? verb_find(args.n, args.v, &words) : NULL;

	if (!v && args.n)
		return verb_unknown(args.n, args.v);
	if (!v) {
		complain("expected a command (%s)", COMMAND("rbacctl --help"));
		return EXIT_USAGE;
	}
	if (!(v->options & PASSES)) {
		complain("refused: %s does not go through the socket: it is for root", v->name);
		return EXIT_REFUSED;
	}
	if (!verb_read(v, words, n, argv, &args, &status))
		return status;
	if (!verb_passes(v, &args)) {
		complain("refused: %s %s does not go through the socket", v->name, args.v[0]);
		return EXIT_REFUSED;
	}
	status = check_options(v, &args);
	return status ? status : run_passes(listener, peer, v, &args, change);
}

static int run_for_peer(struct invocation *listener, struct peer *peer, int n, char **words,
			bool *change)
{
	char *copies[3][MESSAGE_WORDS + 2] = { { "rbacctl" }, { "rbacctl" }, { "rbacctl" } };
	char **typed = copies[2];

	*change = true;
	/* getopt_long puts the arguments into another order; messages repeat them as they came. */
	for (int i = 0; i < 3; i++)
		memcpy(copies[i] + 1, words, (size_t)n * sizeof *words);
	command_began(&(struct command_typed){
		.argv = typed, .etc = listener->etc, .view = listener->view });
	int status = admit(listener, peer);
	return status ? status : run_words(listener, peer, n + 1, copies[0], copies[1], change);
}

static int record_exempt(struct invocation *listener, int fd)
{
	struct invocation a = { .etc = listener->etc,
				.state = listener->state,
				.wait = LISTENER_RECORD_S };
	struct args none = { 0 };

	return find_places(&a, &none) ? cmd_record_exempt(&a, fd) : EXIT_USAGE;
}
