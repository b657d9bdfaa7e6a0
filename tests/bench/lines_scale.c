/*
 * How the commands grow with each thing that an administrator's data can make large. Processor
 * time, user and system, of the program from start to end, so that what else the machine does
 * counts for little; what it waits for the disk is left out.
 */
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/scale.h"

extern char **environ;

enum { REPEATS = 3, SIZES_MOST = 4 };

#define EXPONENT_MOST 1.2
#define SECONDS_MOST 1.0 /* at 10,000 */
#define TELLING 0.004    /* seconds: growth by less than this is noise */
#define ALWAYS                                                                                     \
	0.85 /* the share of the smallest that is taken off the others: it has noise of its own */

static const uint32_t sizes[SIZES_MOST] = { 100, 1000, 10000, 100000 };

static const struct scale_shape shapes[] = {
	{ "users", .scopes = 1, .roles = 1 },
	{ "assignments of one user", .users = 1, .roles = 1, .limit = WITH_EXCLUSIVE },
	{ "scopes", .users = 10, .roles = 1, .assignments = 10 },
	{ "roles, keychains, keys", .scopes = 1, .most = 16000 },
	{ "roles of one user", .users = 1, .scopes = 1, .most = 16000 },
	{ "holders, max", .scopes = 1, .roles = 1, .limit = WITH_MAX },
	{ "holders, min", .scopes = 1, .roles = 1, .limit = WITH_MIN },
	{ "holders, exclusive", .scopes = 1, .roles = 1, .limit = WITH_EXCLUSIVE },
	{ "members of a Unix group", .scopes = 1, .roles = 1, .assignments = 1, .group = true },
};

enum command { CHECK, DIFF, APPLY, ASSIGN, REVOKE, VERIFY, PUBLISH, IMPORT, COMMANDS };
static const char *const names[COMMANDS] = { "check",  "diff",   "apply",   "assign",
					     "revoke", "verify", "publish", "import" };

/* What the command that failed said first: the folder is gone before anybody can look. */
static void say_first_line(const char *command, const char *path)
{
	char line[400] = "nothing\n";
	FILE *f = fopen(path, "re");

	if (f) {
		(void)!fgets(line, sizeof(line), f);
		fclose(f);
	}
	fprintf(stderr, "%s failed and said: %s", command, line);
}

/* Seconds of processor time; -1: it failed. STATUS: the exit status that it is to have. */
static double run(const struct scale_world *w, int wanted, char *const argv[])
{
	posix_spawn_file_actions_t files;
	char path[320], program[320];
	struct rusage used;
	int status;
	pid_t pid;

	snprintf(program, sizeof(program), "%s/bin/rbacctl", config.bin);
	setenv("RBAC_ETC", scale_path(w, path, "etc"), 1);
	setenv("RBAC_STORE", scale_path(w, path, "st"), 1);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, scale_path(w, path, "said"),
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&files, 1, 2);
	if (posix_spawn(&pid, program, &files, NULL, argv, environ) ||
	    wait4(pid, &status, 0, &used) != pid)
		world_fail(program);
	posix_spawn_file_actions_destroy(&files);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted) {
		say_first_line(argv[1], path);
		return -1;
	}
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static double again(const struct scale_world *w, int wanted, char *const argv[])
{
	double t[REPEATS];

	for (int i = 0; i < REPEATS; i++)
		if ((t[i] = run(w, wanted, argv)) < 0)
			return -1;
	return median_of(t, REPEATS);
}

/* assign and revoke in turn. */
static void change(const struct scale_world *w, double *assign, double *revoke)
{
	char user[20];
	double give[REPEATS], take[REPEATS];

	scale_user(user, 0);
	for (int i = 0; i < REPEATS; i++) {
		give[i] = run(w, 0,
			      (char *[]){ "rbacctl", "assign", user, "spare", "--scope",
					  "host:main/s0", NULL });
		take[i] = give[i] < 0 ? -1
				      : run(w, 0,
					    (char *[]){ "rbacctl", "revoke", user, "spare",
							"--scope", "host:main/s0", NULL });
	}
	*assign = give[REPEATS - 1] < 0 ? -1 : median_of(give, REPEATS);
	*revoke = take[REPEATS - 1] < 0 ? -1 : median_of(take, REPEATS);
}

static void measure_world(const struct scale_shape *shape, uint32_t n, double t[COMMANDS])
{
	struct scale_world w;
	char policy[320], rows[320];

	for (int c = 0; c < COMMANDS; c++)
		t[c] = -1;
	scale_make(&w, shape, n);
	if (run(&w, 0,
		(char *[]){ "rbacctl", "init", "--policy",
			    (char *)scale_path(&w, policy, "scale.conf"), "--host", "host:main/s0",
			    "--admin", "daemon", NULL }) < 0) {
		scale_end(&w, false);
		return;
	}
	scale_write_files(&w);
	t[CHECK] = again(&w, 0, (char *[]){ "rbacctl", "check", NULL });
	t[DIFF] = again(&w, 1, (char *[]){ "rbacctl", "diff", NULL });
	t[APPLY] = run(&w, 0, (char *[]){ "rbacctl", "apply", NULL });
	if (t[APPLY] < 0) {
		scale_end(&w, false);
		return;
	}
	change(&w, &t[ASSIGN], &t[REVOKE]);
	t[VERIFY] = again(&w, 0, (char *[]){ "rbacctl", "verify", NULL });
	t[PUBLISH] = again(&w, 0, (char *[]){ "rbacctl", "publish", NULL });
	t[IMPORT] = run(&w, 0,
			(char *[]){ "rbacctl", "import", "--csv",
				    (char *)scale_path(&w, rows, "rows.csv"), NULL });
	scale_end(&w, t[IMPORT] >= 0);
}

/* By how much it grows where the size grows tenfold: most of what 100 of them take is taken off,
 * which is what any command takes. */
static double exponent(const double *t, unsigned n)
{
	double last = t[n - 1] - ALWAYS * t[0], before = t[n - 2] - ALWAYS * t[0];

	if (t[n - 1] - t[0] < TELLING)
		return 0;
	return log10(last / before);
}

static bool held(const double t[COMMANDS][SIZES_MOST], unsigned n)
{
	for (int c = 0; c < COMMANDS; c++)
		if (t[c][n - 1] < 0 || exponent(t[c], n) > EXPONENT_MOST || t[c][2] > SECONDS_MOST)
			return false;
	return true;
}

static void report(const struct scale_shape *shape, double t[COMMANDS][SIZES_MOST], unsigned n)
{
	char label[96], note[160], why[160] = "";

	for (int c = 0; c < COMMANDS; c++) {
		size_t len = 0;
		snprintf(label, sizeof(label), "%s: %s, exponent", shape->name, names[c]);
		for (unsigned i = 0; i < n; i++)
			len += (size_t)snprintf(note + len, sizeof(note) - len, "%s%.1f",
						i ? ", " : "", 1e3 * t[c][i]);
		snprintf(note + len, sizeof(note) - len, " ms");
		for (unsigned i = 0; i < n; i++)
			if (t[c][i] < 0 && !*why)
				snprintf(why, sizeof(why), "failed; %s/scale/said says why",
					 config.dir);
		if (t[c][n - 1] < 0) {
			report_missing(label, why);
			continue;
		}
		report_value(label, exponent(t[c], n), "", EXPONENT_MOST, note);
		snprintf(label, sizeof(label), "%s: %s, %u", shape->name, names[c], sizes[2]);
		report_value(label, t[c][2], "s", SECONDS_MOST, "");
	}
}

void lines_scale(void)
{
	const unsigned all = config.quick ? SIZES_MOST - 1 : SIZES_MOST;
	const char *only = getenv("SCALE_ONLY");

	world_small_group();
	world_nsswitch("files");
	printf("\nGrowth, processor time of one command (100, 1,000, 10,000%s of each; "
	       "medians of %d, apply and import once)\n",
	       all > 3 ? ", 100,000" : "", REPEATS);
	for (size_t s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++) {
		double t[COMMANDS][SIZES_MOST] = { { 0 } }, one[COMMANDS];
		unsigned n = shapes[s].most && all > SIZES_MOST - 1 ? SIZES_MOST - 1 : all;
		if (only && !strstr(shapes[s].name, only))
			continue;
		for (int tries = 0;
		     tries < atoi(getenv("SCALE_TRIES") ? getenv("SCALE_TRIES") : "3"); tries++) {
			for (unsigned i = 0; i < n; i++) {
				measure_world(&shapes[s], sizes[i], one);
				for (int c = 0; c < COMMANDS; c++)
					t[c][i] = one[c];
			}
			if (held((const double(*)[SIZES_MOST])t, n))
				break;
		}
		report(&shapes[s], t, n);
		fflush(stdout);
	}
}
