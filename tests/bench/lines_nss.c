/* The module called directly, and through the C library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

struct line {
	const char *label;
	enum key_kind kind;
	bool hits, members;
	size_t (*direct)(void *, const struct key *, size_t);
	size_t (*raw)(void *, const struct key *, size_t);
	double bound;
	bool grows; /* its growth is judged as well */
};

static const struct line lines[] = {
	{ "initgroups", KEY_USER, true, true, module_initgroups, raw_user, 1.2, true },
	{ "initgroups, no such user", KEY_NO_USER, false, true, module_initgroups, raw_user, 1.2,
	  true },
	{ "getgrnam, no such group", KEY_NO_GROUP, false, true, module_getgrnam, raw_group, 1.2,
	  true },
	{ "getgrgid, no such gid in our range", KEY_NO_GID, false, true, module_getgrgid, raw_gid,
	  1.2, true },
	{ "getgrnam, 300 members", KEY_GROUP, true, true, module_getgrnam, raw_group, 6, true },
	{ "getgrgid, 300 members", KEY_GROUP, true, true, module_getgrgid, raw_gid, 6, true },
	{ "getgrnam, members off", KEY_GROUP, true, false, module_getgrnam, raw_group, 1.7, true },
	{ "getgrgid, members off", KEY_GROUP, true, false, module_getgrgid, raw_gid, 1.7, true },
};
enum { LINES = sizeof(lines) / sizeof(lines[0]) };

static double reached[LINES][8]; /* ratio to raw, by line and size */

static size_t has_entry(const struct module *m,
			size_t (*direct)(void *, const struct key *, size_t))
{
	if (direct == module_initgroups)
		return m->initgroups != NULL;
	return (direct == module_getgrnam ? (void *)m->getgrnam : (void *)m->getgrgid) != NULL;
}

static void one_direct(unsigned at, unsigned size)
{
	const struct line *l = &lines[at];
	uint32_t users = config.sizes[size];
	struct contender c[CONTENDERS] = { 0 };
	struct times t[CONTENDERS];
	char path[256];
	struct raw *raw;

	world_enter(users, l->members);
	raw = raw_open(world_path(path, l->members ? "on/view.mdb" : "off/view.mdb"));
	for (int i = 0; i < COLUMNS; i++)
		if (i != RAW && i != EMPTY && has_entry(&modules[i], l->direct) &&
		    (l->members || i == OURS))
			c[i] = (struct contender){ l->direct, &modules[i], NULL, false };
	c[RAW] = (struct contender){ l->raw, raw, NULL, false };
	measure(c, t, l->kind, users, l->hits, RAW, l->bound);
	report_times(l->label, t, RAW, l->bound);
	reached[at][size] = ratio(&t[OURS], &t[RAW]);
	raw_close(raw);
}

static void far_gid(uint32_t users)
{
	struct contender c[CONTENDERS] = { [OURS] = { module_getgrgid, &modules[OURS], NULL,
						      false } };
	struct times t[CONTENDERS];

	world_enter(users, true);
	measure(c, t, KEY_FAR_GID, users, false, RAW, 0);
	report_value("getgrgid, gid out of our range", median(&t[OURS]), "ns", 30, NULL);
}

void lines_direct(void)
{
	for (unsigned s = 0; s < config.n_sizes; s++) {
		char title[64];
		snprintf(title, sizeof(title), "%u users, called directly", config.sizes[s]);
		report_begin(title);
		for (unsigned i = 0; i < LINES; i++)
			one_direct(i, s);
		far_gid(config.sizes[s]);
	}
}

void lines_growth(void)
{
	unsigned last = config.n_sizes - 1;
	char label[96];

	if (last == 0)
		return;
	printf("\nGrowth from %u to %u users, over raw's own growth\n", config.sizes[0],
	       config.sizes[last]);
	for (unsigned i = 0; i < LINES; i++) {
		snprintf(label, sizeof(label), "growth: %s", lines[i].label);
		report_value(label, reached[i][last] / reached[i][0], "x", 1.2, NULL);
	}
}

/* ---- through the C library ---- */

static char buf[BUFFER];

static size_t glibc_getgrnam(void *unused, const struct key *keys, size_t n)
{
	struct group g, *found;
	size_t hits = 0;

	(void)unused;
	for (size_t i = 0; i < n; i++)
		hits += getgrnam_r(keys[i].name, &g, buf, sizeof(buf), &found) == 0 && found;
	return hits;
}

static size_t glibc_getgrgid(void *unused, const struct key *keys, size_t n)
{
	struct group g, *found;
	size_t hits = 0;

	(void)unused;
	for (size_t i = 0; i < n; i++)
		hits += getgrgid_r(keys[i].gid, &g, buf, sizeof(buf), &found) == 0 && found;
	return hits;
}

static size_t glibc_initgroups(void *unused, const struct key *keys, size_t n)
{
	gid_t gids[GROUP_ROOM];
	size_t hits = 0;

	(void)unused;
	for (size_t i = 0; i < n; i++) {
		int room = GROUP_ROOM;
		getgrouplist(keys[i].name, NOBODY_GID, gids, &room);
		hits += room > GROUPS_PER_USER;
	}
	return hits;
}

/* The C library reads its nsswitch.conf again when that has changed: not while the clock runs. */
static void prepare(void *module)
{
	struct key k = { .gid = GID_MIN };

	world_nsswitch(((struct module *)module)->name);
	group_name(k.name, 0);
	glibc_getgrnam(NULL, &k, 1);
}

static const struct line through[] = {
	{ "glibc: initgroups", KEY_USER, true, true, glibc_initgroups, NULL, 1.4, false },
	{ "glibc: initgroups, no such user", KEY_NO_USER, false, true, glibc_initgroups, NULL, 1.4,
	  false },
	{ "glibc: getgrnam, no such group", KEY_NO_GROUP, false, true, glibc_getgrnam, NULL, 1.4,
	  false },
	{ "glibc: getgrgid, no such gid in our range", KEY_NO_GID, false, true, glibc_getgrgid,
	  NULL, 1.4, false },
	{ "glibc: getgrgid, gid out of our range", KEY_FAR_GID, false, true, glibc_getgrgid, NULL,
	  1.4, false },
	{ "glibc: getgrnam, 300 members", KEY_GROUP, true, true, glibc_getgrnam, NULL, 1.4, false },
	{ "glibc: getgrgid, 300 members", KEY_GROUP, true, true, glibc_getgrgid, NULL, 1.4, false },
	{ "glibc: getgrnam, members off", KEY_GROUP, true, false, glibc_getgrnam, NULL, 1.4,
	  false },
	{ "glibc: getgrgid, members off", KEY_GROUP, true, false, glibc_getgrgid, NULL, 1.4,
	  false },
};

static void one_through(const struct line *l, uint32_t users)
{
	struct contender c[CONTENDERS] = { 0 };
	struct times t[CONTENDERS];

	world_enter(users, l->members);
	for (int i = 0; i < COLUMNS; i++)
		if (modules[i].getgrnam && (l->members || i == OURS || i == EMPTY || i == RAW))
			c[i] = (struct contender){ l->direct, &modules[i], prepare,
						   i == EMPTY || i == RAW };
	measure(c, t, l->kind, users, l->hits, EMPTY, l->bound);
	report_times(l->label, t, EMPTY, l->bound);
}

void lines_glibc(void)
{
	for (unsigned s = 0; s < config.n_sizes; s++) {
		char title[64];
		snprintf(title, sizeof(title), "%u users, through the C library", config.sizes[s]);
		report_begin(title);
		for (unsigned i = 0; i < sizeof(through) / sizeof(through[0]); i++)
			one_through(&through[i], config.sizes[s]);
	}
}
