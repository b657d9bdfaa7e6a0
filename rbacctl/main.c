/* Verbs and their help, one table; options, one table. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rbacctl/view/clock.h"
#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/model/problem.h"
#include "rbacctl/view/publish.h"

enum { CLOCK_BEHIND_UNSAID = 10 }; /* seconds */

#define WINDOW_OPTIONS (OPT(FROM) | OPT(UNTIL) | OPT(FOR))
#define CHANGE_OPTIONS (OPT(AS) | OPT(DRY_RUN))

static const struct verb verbs[] = {
	{ "init", cmd_init, OPT(POLICY) | OPT(ROOT) | OPT(HOST) | OPT(ADMIN), 0, 0,
	  "[--policy NAME|FILE] [--root KIND:NAME] [--host SCOPE] [--admin USER]",
	  "start this host on what is in /etc/rbac, or on a policy: unix, torque, layer5, or a file of yours",
	  "Uses the rbac.conf and the policy that are in /etc/rbac. Where there is no policy, copies that of --policy to policy.d; where there is no\n"
	  "rbac.conf, writes a commented one. Makes the host's scopes with those above them, gives USER (you, unless you are root) the roles that the\n"
	  "policy marks bootstrap, publishes, and says who can now log in here. An init that is refused leaves nothing behind." },
	{ "check", cmd_check, OPT(ELSEWHERE), 0, 0, "[--elsewhere]",
	  "check the files in /etc/rbac; changes nothing",
	  "Exit status 0: they are sound; 1: an error or a warning needs attention. Root is also told what apply would refuse.\n"
	  "--elsewhere: the files are for another host; leave out what only that host can tell." },
	{ "diff", cmd_diff, 0, 0, 0, "",
	  "compare /etc/rbac with what is applied, and say which users an apply would affect",
	  NULL },
	{ "apply", cmd_apply, OPT(DRY_RUN) | OPT(DROP) | OPT(FORCE) | OPT(AS), 0, 0,
	  "[--dry-run] [--drop] [--force]", "make /etc/rbac the policy of this host",
	  "--drop: remove from the store what the new policy no longer has, for example the assignments of a role that is gone.\n"
	  "--force: although nobody could log in and act afterwards, or a service that asks the gate would have no login rule any more." },
	{ "assign", cmd_assign,
	  OPT(SCOPE) | WINDOW_OPTIONS | OPT(REASON) | OPT(REPLACE) | OPT(FORCE) | CHANGE_OPTIONS, 2,
	  2,
	  "USER|%GROUP ROLE [--scope S] [--from T] [--until T | --for 8h] [--reason R] [--replace]",
	  "give a role",
	  "Without --scope: at this host's scope. T is RFC 3339 (2026-01-31T18:00:00Z); a duration is 90s, 30m, 8h, 7d, 2w or a sum (1h30m).\n"
	  "--replace revokes the assignments of this role there, and makes the new one. --force accepts a name that passwd or group does not know." },
	{ "revoke", cmd_revoke, OPT(SCOPE) | OPT(ID) | CHANGE_OPTIONS, 2, 2,
	  "USER|%GROUP ROLE [--scope S] [--id N]", "revoke a role", NULL },
	{ "import", cmd_import, OPT(CSV) | OPT(FORCE) | CHANGE_OPTIONS, 0, 0, "--csv FILE",
	  "many assignments at once, all or nothing",
	  "Lines user,role,scope,from,until; the last three may be empty or left out. Assignments that exist already are skipped." },
	{ "scope create", cmd_scope_create, OPT(OWNER) | CHANGE_OPTIONS, 1, 1,
	  "SCOPE [--owner USER]", "make a scope; where its kind has owners, you own it", NULL },
	{ "scope delete", cmd_scope_delete, OPT(RECURSIVE) | OPT(FORCE) | CHANGE_OPTIONS, 1, 1,
	  "SCOPE [--recursive] [--force]", "delete a scope and what is assigned there",
	  "--recursive: also all scopes below it. --force (root): also where only the owner may delete it." },
	{ "scope transfer", cmd_scope_transfer, OPT(KEEP_ROLE) | CHANGE_OPTIONS, 2, 2,
	  "SCOPE USER [--keep-role]", "give a scope another owner",
	  "--keep-role: the old owner keeps the role, as an assignment." },
	{ "scope set", cmd_scope_set, OPT(PLAN) | CHANGE_OPTIONS, 1, 1, "SCOPE --plan PLAN",
	  "set the plan of a scope (\"\": the default)", NULL },
	{ "scope show", cmd_scope_show, OPT(JSON), 1, 1, "SCOPE",
	  "show a scope: owner, plan, and who holds which role there", NULL },
	{ "scope list", cmd_scope_list, OPT(JSON), 0, 0, "", "list all scopes as a tree", NULL },
	{ "user add", cmd_user_add, OPT(SCOPE) | OPT(FORCE) | CHANGE_OPTIONS, 1, 1,
	  "USER [--scope ROOT]", "record a user, and make the scopes that each new user gets",
	  NULL },
	{ "user rename", cmd_user_rename, CHANGE_OPTIONS, 2, 2, "OLD NEW",
	  "the same person has another login name now: keep everything", NULL },
	{ "user rebind", cmd_user_rebind, OPT(ALL) | CHANGE_OPTIONS, 0, 1, "USER | --all",
	  "the same person has another uid now: keep everything",
	  "--all: every user whose uid is not the recorded one, after a migration. Try --dry-run first: a name that was given to\n"
	  "another person is taken for the same one." },
	{ "user suspend", cmd_user_suspend, OPT(FORCE) | CHANGE_OPTIONS, 1, 1, "USER [--force]",
	  "deny a user everything; their roles are kept",
	  "--force (root): even where too few holders of a role remain (min)." },
	{ "user resume", cmd_user_resume, CHANGE_OPTIONS, 1, 1, "USER", "end a suspension", NULL },
	{ "user forget", cmd_user_forget, CHANGE_OPTIONS, 1, 1, "USER",
	  "revoke all roles of a user and remove the user from the store", NULL },
	{ "user show", cmd_user_show, OPT(JSON), 1, 1, "USER", "show the roles of a user", NULL },
	{ "list", cmd_list, OPT(JSON), 1, 1, "roles|keys|keychains|scopes|users|groups|assignments",
	  "print a table (assignments: root only)", NULL },
	{ "matrix", cmd_matrix, OPT(JSON) | OPT(HTML), 0, 0, "[--html]",
	  "print which role has which permission", NULL },
	{ "graph", cmd_graph, 0, 0, 0, "",
	  "print scopes, roles, keychains, keys and users as DOT, for graphviz", NULL },
	{ "who", cmd_who, OPT(SCOPE) | OPT(KEY) | OPT(MAY_ASSIGN) | OPT(AT) | OPT(JSON), 0, 1,
	  "ROLE | --key KEY | --may-assign ROLE  [--scope S] [--at T]",
	  "say who holds a role or a key, or who may assign a role", NULL },
	{ "can", cmd_can, OPT(SCOPE) | OPT(AT), 2, 3,
	  "USER KEY | USER assign ROLE  [--scope S] [--at T]",
	  "say whether a user may do that; exit status 0 yes, 1 no, 2 unknown name", NULL },
	{ "explain", cmd_explain, OPT(SERVICE) | OPT(RHOST) | OPT(AT), 1, 1,
	  "USER [--service S] [--rhost H] [--at T]",
	  "say why a user may log in or not; without --service: roles, groups and every service",
	  NULL },
	{ "status", cmd_status, OPT(JSON), 0, 0, "",
	  "show the state of this host, and what needs attention", NULL },
	{ "verify", cmd_verify, 0, 0, 0, "", "check store, audit chain and view (root only)",
	  NULL },
	{ "publish", cmd_publish, OPT(ACCEPT_OLDER) | OPT(TRUST_CLOCK) | OPT(AS), 0, 0,
	  "[--accept-older-store] [--trust-clock]",
	  "compile the view again (at boot, and when Unix users or groups have changed)",
	  "--accept-older-store (root): although the view shows changes that the store does not have; recorded in the log.\n"
	  "--trust-clock: the clock is right now, and was ahead at the last publication." },
	{ "log", cmd_log, OPT(JSON) | OPT(VERIFY), 0, 0, "[--verify]",
	  "list every change: when, who, what (root only)", NULL },
};

enum { N_VERBS = sizeof verbs / sizeof *verbs };

static const struct option options[OPT_COUNT + 1] = {
	[OPT_SCOPE] = { "scope", required_argument, NULL, OPT_SCOPE },
	[OPT_FROM] = { "from", required_argument, NULL, OPT_FROM },
	[OPT_UNTIL] = { "until", required_argument, NULL, OPT_UNTIL },
	[OPT_FOR] = { "for", required_argument, NULL, OPT_FOR },
	[OPT_REASON] = { "reason", required_argument, NULL, OPT_REASON },
	[OPT_REPLACE] = { "replace", no_argument, NULL, OPT_REPLACE },
	[OPT_FORCE] = { "force", no_argument, NULL, OPT_FORCE },
	[OPT_ID] = { "id", required_argument, NULL, OPT_ID },
	[OPT_OWNER] = { "owner", required_argument, NULL, OPT_OWNER },
	[OPT_RECURSIVE] = { "recursive", no_argument, NULL, OPT_RECURSIVE },
	[OPT_KEEP_ROLE] = { "keep-role", no_argument, NULL, OPT_KEEP_ROLE },
	[OPT_PLAN] = { "plan", required_argument, NULL, OPT_PLAN },
	[OPT_KEY] = { "key", required_argument, NULL, OPT_KEY },
	[OPT_MAY_ASSIGN] = { "may-assign", required_argument, NULL, OPT_MAY_ASSIGN },
	[OPT_SERVICE] = { "service", required_argument, NULL, OPT_SERVICE },
	[OPT_RHOST] = { "rhost", required_argument, NULL, OPT_RHOST },
	[OPT_AT] = { "at", required_argument, NULL, OPT_AT },
	[OPT_POLICY] = { "policy", required_argument, NULL, OPT_POLICY },
	[OPT_ROOT] = { "root", required_argument, NULL, OPT_ROOT },
	[OPT_HOST] = { "host", required_argument, NULL, OPT_HOST },
	[OPT_ADMIN] = { "admin", required_argument, NULL, OPT_ADMIN },
	[OPT_DROP] = { "drop", no_argument, NULL, OPT_DROP },
	[OPT_ALL] = { "all", no_argument, NULL, OPT_ALL },
	[OPT_ACCEPT_OLDER] = { "accept-older-store", no_argument, NULL, OPT_ACCEPT_OLDER },
	[OPT_DRY_RUN] = { "dry-run", no_argument, NULL, OPT_DRY_RUN },
	[OPT_TRUST_CLOCK] = { "trust-clock", no_argument, NULL, OPT_TRUST_CLOCK },
	[OPT_HTML] = { "html", no_argument, NULL, OPT_HTML },
	[OPT_CSV] = { "csv", required_argument, NULL, OPT_CSV },
	[OPT_VERIFY] = { "verify", no_argument, NULL, OPT_VERIFY },
	[OPT_JSON] = { "json", no_argument, NULL, OPT_JSON },
	[OPT_AS] = { "as", required_argument, NULL, OPT_AS },
	[OPT_ELSEWHERE] = { "elsewhere", no_argument, NULL, OPT_ELSEWHERE },
	[OPT_ETC] = { "etc", required_argument, NULL, OPT_ETC },
	[OPT_STORE] = { "store", required_argument, NULL, OPT_STORE },
	[OPT_WAIT] = { "wait", required_argument, NULL, OPT_WAIT },
	[OPT_HELP] = { "help", no_argument, NULL, OPT_HELP },
};

static const char *const option_help[OPT_COUNT] = {
	[OPT_SCOPE] = "--scope S        the scope, KIND:NAME/NAME; default: this host's scope",
	[OPT_FROM] = "--from T         the assignment begins at this time",
	[OPT_UNTIL] = "--until T        the assignment ends just before this time",
	[OPT_FOR] = "--for D          the assignment lasts this long: 90s, 30m, 8h, 7d, 2w, 1h30m",
	[OPT_REASON] = "--reason R       why; kept in the log",
	[OPT_REPLACE] = "--replace        revoke the assignments that exist, and make this one",
	[OPT_FORCE] = "--force          do it although it looks like a mistake",
	[OPT_ID] = "--id N           only the assignment with this number",
	[OPT_OWNER] = "--owner USER     the owner (root only)",
	[OPT_RECURSIVE] = "--recursive      also all scopes below",
	[OPT_KEEP_ROLE] = "--keep-role      the old owner keeps the role, as an assignment",
	[OPT_PLAN] = "--plan PLAN      one of the policy's plans",
	[OPT_KEY] = "--key KEY        who holds this permission",
	[OPT_MAY_ASSIGN] = "--may-assign R   who may assign this role",
	[OPT_SERVICE] = "--service S      a PAM service: sshd, sudo, ...",
	[OPT_RHOST] = "--rhost H        coming from this host or address",
	[OPT_AT] = "--at T           ask about this time instead of now",
	[OPT_POLICY] = "--policy P       the policy to copy: unix, torque, layer5, or a file",
	[OPT_ROOT] =
		"--root S         the root scope; default: the one above the host's scope, or KIND:main",
	[OPT_HOST] =
		"--host S         this host's scope, for the rbac.conf to be written; default: the root scope",
	[OPT_ADMIN] = "--admin USER     the user who gets the bootstrap roles; default: you",
	[OPT_DROP] = "--drop           remove what the new policy no longer has",
	[OPT_ACCEPT_OLDER] =
		"--accept-older-store  publish from a store that is older than the view (root only)",
	[OPT_ALL] = "--all            every user",
	[OPT_DRY_RUN] = "--dry-run        say what would happen; change nothing",
	[OPT_TRUST_CLOCK] =
		"--trust-clock    take the time of the clock, although the view was published later",
	[OPT_HTML] = "--html           print a page of HTML",
	[OPT_CSV] = "--csv FILE       lines user,role,scope,from,until; - for standard input",
	[OPT_VERIFY] = "--verify         check the audit chain too",
	[OPT_JSON] = "--json           print JSON",
	[OPT_AS] = "--as USER        act with the rights of USER, or of root (root only)",
	[OPT_ELSEWHERE] =
		"--elsewhere      the files are for another host: look at nothing of this one",
	[OPT_ETC] = "--etc DIR        instead of " RBAC_ETC_DIR " (or RBAC_ETC)",
	[OPT_STORE] = "--store DIR      instead of " RBAC_STATE_DIR " (or RBAC_STORE)",
	[OPT_WAIT] =
		"--wait D         wait this long for another change to end: 0, 90s, 10m; default: 60s",
	[OPT_HELP] = "--help           print this help",
};

static const uint64_t everywhere = OPT(ETC) | OPT(STORE) | OPT(WAIT) | OPT(HELP);

static int usage(FILE *to)
{
	fputs("rbacctl " RBAC_VERSION ": roles for Linux logins and groups\n\n", to);
	for (size_t i = 0; i < N_VERBS; i++)
		fprintf(to, "  %-15s %s\n", verbs[i].name, verbs[i].what);
	fputs("\nMore: rbacctl VERB --help, rbacctl(8). Exit status: 0 done or yes, 1 no, 2 usage, 3 refused, 4 trouble.\n",
	      to);
	return to == stdout ? cmd_done(EXIT_DONE) : EXIT_USAGE;
}

static int help(const struct verb *v)
{
	printf("usage: rbacctl %s %s\n%s\n", v->name, v->usage, v->what);
	if (v->help)
		printf("\n%s\n", v->help);
	putchar('\n');
	for (int i = 0; i < OPT_COUNT; i++)
		if ((v->options | everywhere) >> i & 1)
			printf("  %s\n", option_help[i]);
	return cmd_done(EXIT_DONE);
}

/* The verb that ARGV begins with, one word or two; *WORDS gets how many. */
static const struct verb *find_verb(int argc, char **argv, int *words)
{
	for (*words = 2; *words > 0; --*words) {
		char name[64];
		if (argc < *words)
			continue;
		snprintf(name, sizeof name, "%s%s%s", argv[0], *words == 2 ? " " : "",
			 *words == 2 ? argv[1] : "");
		for (size_t i = 0; i < N_VERBS; i++)
			if (strcmp(verbs[i].name, name) == 0)
				return &verbs[i];
	}
	return NULL;
}

/* The second words of the verbs that begin with WORD, "create, delete, ...", into OUT. False: no
 * verb does. */
static bool family(const char *word, struct buf *out)
{
	size_t len = strlen(word);
	for (size_t i = 0; i < N_VERBS; i++)
		if (strncmp(verbs[i].name, word, len) == 0 && verbs[i].name[len] == ' ')
			buf_printf(out, "%s%s", out->len ? ", " : "", verbs[i].name + len + 1);
	return out->len > 0;
}

/* "scope" alone or with a wrong second word. */
static void complain_family(const char *word, const char *second, const char *words)
{
	const char *names[N_VERBS];
	char both[64], wrong[80] = "";
	for (size_t i = 0; i < N_VERBS; i++)
		names[i] = verbs[i].name;
	snprintf(both, sizeof both, "%s %s", word, second ? second : "");
	const char *near = second ? problem_nearest(both, names, N_VERBS) : NULL;
	if (second)
		snprintf(wrong, sizeof wrong, ", not \"%.60s\"", second);
	complain("%s: expected a command: %s%s%s%s%s", word, words, wrong,
		 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int no_such_verb(int argc, char **argv)
{
	const char *names[N_VERBS];
	struct buf words = { 0 };
	for (size_t i = 0; i < N_VERBS; i++)
		names[i] = verbs[i].name;
	const char *near = problem_nearest(argv[0], names, N_VERBS);
	if (argv[0][0] == '-')
		complain("expected a command before %s (%s)", argv[0], COMMAND("rbacctl --help"));
	else if (family(argv[0], &words))
		complain_family(argv[0], argc > 1 ? argv[1] : NULL, buf_text(&words));
	else
		complain("there is no command \"%s\"%s%s%s (%s)", argv[0],
			 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "",
			 COMMAND("rbacctl --help"));
	buf_free(&words);
	return EXIT_USAGE;
}

/* A complaint about the arguments of V, and its usage. */
static int usage_of(const struct verb *v, const char *what, const char *word, const char *help)
{
	complain("%s: %s%s%s\n  usage: rbacctl %s%s%s", v->name, word, what, help, v->name,
		 *v->usage ? " " : "", v->usage);
	return EXIT_USAGE;
}

/* The option of V that is nearest to the misspelt WORD, as "; did you mean --scope?" in OUT. */
static const char *near_option(const struct verb *v, const char *word, char *out, size_t size)
{
	const char *names[OPT_COUNT];
	char name[64];
	size_t n = 0;
	for (int i = 0; i < OPT_COUNT; i++)
		if ((v->options | everywhere) >> i & 1)
			names[n++] = options[i].name;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
	const char *near = problem_nearest(name + strspn(name, "-"), names, n);
	snprintf(out, size, near ? "; did you mean --%s?" : "%s", near ? near : "");
	return out;
}

/* getopt_long's '?': an option that does not exist, is short for several, or takes no value and was
 * given one. */
static int bad_option(const struct verb *v, char **argv)
{
	char help[100], letter[] = { '-', (char)optopt, '\0' };
	const char *word = argv[optind - 1];
	if (optopt > 0 && optopt < OPT_COUNT) {
		snprintf(help, sizeof help, "--%s", options[optopt].name);
		return usage_of(v, " takes no value", help, "");
	}
	if (optopt)
		return usage_of(
			v, " is not an option; options have two dashes and a whole word, as --help",
			letter, "");
	for (int i = 0; i < OPT_COUNT; i++)
		if (strlen(word) > 2 && strncmp(options[i].name, word + 2, strlen(word + 2)) == 0)
			return usage_of(v, " is short for more than one option", word, "");
	return usage_of(v, " is not an option", word, near_option(v, word, help, sizeof help));
}

/* The name of positional argument number N (from 0) in the usage of V. */
static void argument_name(const struct verb *v, int n, char *out, size_t size)
{
	const char *p = v->usage;
	for (; n > 0 && *p; n--)
		p += strcspn(p, " ") + 1;
	snprintf(out, size, "%.*s", (int)strcspn(p, " "), p);
}

static int check_number(const struct verb *v, const struct args *args)
{
	char word[200];
	if (args->n < v->min) {
		argument_name(v, args->n, word, sizeof word);
		return usage_of(v, " is missing", word, "");
	}
	if (args->n <= v->max)
		return -1;
	snprintf(word, sizeof word, "\"%.150s\"", args->v[v->max]);
	return usage_of(v, " is one word too many", word,
			v->max ? "; does a value with blanks need quotes?" : "");
}

/* Sort what follows the verb into options and positional arguments. -1, or the exit status. */
static int read_args(const struct verb *v, int argc, char **argv, struct args *args)
{
	char word[64];
	int c;
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == '?')
			return bad_option(v, argv);
		if (c == ':')
			return usage_of(v, " needs a value", argv[optind - 1], "");
		snprintf(word, sizeof word, "--%s", options[c].name);
		if (!((v->options | everywhere) >> c & 1))
			return usage_of(v, " is not an option of this command", word, "");
		if (args->value[c])
			return usage_of(v, " is given twice", word, "");
		args->value[c] = optarg ? optarg : "";
	}
	args->v = argv + optind;
	args->n = argc - optind;
	return args->value[OPT_HELP] ? help(v) : check_number(v, args);
}

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
	complain(
		"the clock says %s, but the view was published at %s: that is taken for the time, so that what has ended stays so\n"
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
	const struct verb *v = argc ? find_verb(argc, argv, &words) : NULL;
	if (argc == 0)
		return usage(stdout);
	return v ? help(v) : no_such_verb(argc, argv);
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
	struct args args = { 0 };
	int words;
	setlocale(LC_ALL, "");
	if (sodium_init() < 0) {
		complain("libsodium cannot be initialised");
		return EXIT_TROUBLE;
	}
	if (argc < 2)
		return usage(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return help_about(argc - 2, argv + 2);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return puts("rbacctl " RBAC_VERSION) < 0 ? EXIT_TROUBLE : cmd_done(EXIT_DONE);
	const struct verb *v = find_verb(argc - 1, argv + 1, &words);
	if (!v)
		return no_such_verb(argc - 1, argv + 1);
	args.verb = v->name;
	char **typed = copy_words(argc, argv);
	int status = read_args(v, argc - words, argv + words, &args);
	if (status < 0)
		status = run(v, &args, typed);
	free(typed);
	return status;
}
