/* What a fresh process pays for its first lookup, and how much memory is its own. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

extern char **environ;

enum { SPAWNS = 301, SPAWNS_QUICK = 151 };

static char program[256];

static double spawn(const char *module, const char *user)
{
	char *argv[] = { program, (char *)(uintptr_t)module, (char *)(uintptr_t)user, NULL };
	double began = now_ns();
	pid_t pid;

	if (posix_spawn(&pid, program, NULL, NULL, argv, environ))
		world_fail(program);
	waitpid(pid, NULL, 0);
	return (now_ns() - began) / 1e3;
}

/* Microseconds above the empty module; the middle of as many pairs. */
static double first_lookup(uint32_t users, double *whole)
{
	static double above[SPAWNS], empty[SPAWNS];
	unsigned n = config.quick ? SPAWNS_QUICK : SPAWNS;

	for (unsigned i = 0; i < n; i++) {
		struct key k;
		keys_fill(KEY_USER, users, &k, 1);
		double a = i % 2 ? spawn("rbac", k.name) : 0;
		empty[i] = spawn("empty", k.name);
		double b = i % 2 ? a : spawn("rbac", k.name);
		above[i] = b - empty[i];
	}
	*whole = median_of(empty, n);
	return median_of(above, n);
}

void lines_fresh(void)
{
	double at[8], whole;
	char label[64], note[64];

	snprintf(program, sizeof(program), "%s/tests/bench/first", config.bin);
	printf("\nA fresh process's first lookup (getgrouplist), above the module "
	       "that knows nothing\n");
	for (unsigned s = 0; s < config.n_sizes; s++) {
		world_enter(config.sizes[s], true);
		at[s] = first_lookup(config.sizes[s], &whole);
		snprintf(label, sizeof(label), "fresh process, %u users", config.sizes[s]);
		snprintf(note, sizeof(note), "the empty one, fork to exit: %.0f us", whole);
		report_value(label, at[s], "us", 60, note);
	}
	if (config.n_sizes > 1)
		report_value("fresh process, the largest over the smallest",
			     at[config.n_sizes - 1] - at[0], "us", 10, "the same, but for noise");
}

/* ---- memory ---- */

static double private_kb(const char *module, uint32_t users)
{
	char command[512];
	double kb = -1;

	snprintf(command, sizeof(command), "%s/tests/bench/first %s %u memory", config.bin, module,
		 users);
	FILE *p = popen(command, "r");
	if (!p || fscanf(p, "%lf", &kb) != 1)
		kb = -1;
	if (p)
		pclose(p);
	return kb;
}

void lines_memory(void)
{
	uint32_t users = config.sizes[config.n_sizes - 1];
	char label[64];
	double ours, empty;

	world_enter(users, true);
	printf("\nPrivate memory after looking up every user and group, above the module "
	       "that knows nothing\n");
	ours = private_kb("rbac", users);
	empty = private_kb("empty", users);
	snprintf(label, sizeof(label), "memory, %u users", users);
	if (ours < 0 || empty < 0)
		report_missing(label, "first did not say");
	else
		report_value(label, ours - empty, "kB", 100, "Anonymous of /proc/self/smaps");
}
