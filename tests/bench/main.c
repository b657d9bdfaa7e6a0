/*
 * bench DIR BUILD USERS...: print the table. Run it through run.sh (`make bench`), which makes the
 * world it needs. LINES_OF_BENCH, a comma-separated list of the sections below, says which
 * (default: all). With BENCH_STRICT set, a line over its bound is a failure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

struct config config;

static const struct {
	const char *name;
	void (*run)(void);
} sections[] = {
	/* First, while this process is small: a program's largest size counts what it was spawned
	   from. */
	{ "admin", lines_admin },   { "scale", lines_scale },   { "direct", lines_direct },
	{ "growth", lines_growth }, { "glibc", lines_glibc },   { "login", lines_login },
	{ "stage", lines_stage },   { "fresh", lines_fresh },   { "enumerate", lines_enumerate },
	{ "socket", lines_socket }, { "memory", lines_memory }, { "threads", lines_threads },
	{ "crowd", lines_crowd },
};

static bool listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = list; p && *p; p = strchr(p, ','), p = p ? p + 1 : NULL)
		if (strncmp(p, name, len) == 0 && (p[len] == ',' || p[len] == '\0'))
			return true;
	return !list || !*list;
}

int main(int argc, char **argv)
{
	const char *lines = getenv("LINES_OF_BENCH");

	if (argc < 4) {
		fprintf(stderr, "usage: bench DIR BUILD USERS...\n");
		return 2;
	}
	config.dir = argv[1];
	config.bin = argv[2];
	config.quick = getenv("BENCH_QUICK") != NULL;
	for (int i = 3; i < argc && config.n_sizes < 8; i++)
		config.sizes[config.n_sizes++] = (uint32_t)strtoul(argv[i], NULL, 10);
	for (unsigned i = 0; i < config.n_sizes; i++)
		if (!world_enter(config.sizes[i], true))
			world_fail(config.dir);
	modules_load();
	printf("Medians; ratios are medians of the rounds' own ratios. In brackets: "
	       "ours over the best peer.\n");
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (listed(lines, sections[i].name))
			sections[i].run();
	return report_end() && getenv("BENCH_STRICT") ? 1 : 0;
}
