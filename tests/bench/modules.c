#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

struct module modules[COLUMNS] = {
	[OURS] = { .name = "rbac" },
	[RAW] = { .name = "raw" },
	[EMPTY] = { .name = "empty" },
	[FILES] = { .name = "files" },
	[EXTRAUSERS] = { .name = "extrausers" },
	[CACHE] = { .name = "cache" },
	[DB] = { .name = "db" },
};

static void *find(void *handle, const char *module, const char *what)
{
	char symbol[64];

	snprintf(symbol, sizeof(symbol), "_nss_%s_%s", module, what);
	return dlsym(handle, symbol);
}

void modules_load(void)
{
	for (int i = 0; i < COLUMNS; i++) {
		struct module *m = &modules[i];
		char file[64];
		if (!m->name)
			continue;
		snprintf(file, sizeof(file), "libnss_%s.so.2", m->name);
		/* Where nss_files is built into the C library (2.34 and later), the file is an
		 * empty one. */
		void *h = i == FILES && dlsym(RTLD_DEFAULT, "_nss_files_getgrnam_r")
				  ? RTLD_DEFAULT
				  : dlopen(file, RTLD_NOW | RTLD_LOCAL);
		if (!h && i != FILES)
			continue;
		*(void **)&m->getgrnam = find(h, m->name, "getgrnam_r");
		*(void **)&m->getgrgid = find(h, m->name, "getgrgid_r");
		*(void **)&m->initgroups = find(h, m->name, "initgroups_dyn");
		*(void **)&m->setgrent = find(h, m->name, "setgrent");
		*(void **)&m->getgrent = find(h, m->name, "getgrent_r");
		*(void **)&m->endgrent = find(h, m->name, "endgrent");
		*(void **)&m->reset = find(h, m->name, "reset");
	}
	if (!modules[OURS].getgrnam || !modules[EMPTY].getgrnam || !modules[RAW].getgrnam)
		world_fail("libnss_rbac.so.2, libnss_empty.so.2, libnss_raw.so.2");
}

void modules_reset(void)
{
	for (int i = 0; i < COLUMNS; i++)
		if (modules[i].reset)
			modules[i].reset();
}

/* Big enough for the crowd; the same for all, so that nobody pays for it alone. */
static char *buffer(size_t *size)
{
	static char *buf;

	*size = (size_t)16 << 20;
	if (!buf)
		buf = malloc(*size);
	return buf;
}

size_t module_getgrnam(void *ctx, const struct key *keys, size_t n)
{
	const struct module *m = ctx;
	size_t size, found = 0;
	char *buf = buffer(&size);
	struct group g;
	int err;

	for (size_t i = 0; i < n; i++)
		found += m->getgrnam(keys[i].name, &g, buf, size, &err) == NSS_STATUS_SUCCESS;
	return found;
}

size_t module_getgrgid(void *ctx, const struct key *keys, size_t n)
{
	const struct module *m = ctx;
	size_t size, found = 0;
	char *buf = buffer(&size);
	struct group g;
	int err;

	for (size_t i = 0; i < n; i++)
		found += m->getgrgid(keys[i].gid, &g, buf, size, &err) == NSS_STATUS_SUCCESS;
	return found;
}

size_t module_initgroups(void *ctx, const struct key *keys, size_t n)
{
	const struct module *m = ctx;
	long size = GROUP_ROOM;
	gid_t *gids = calloc(GROUP_ROOM, sizeof *gids);
	size_t found = 0;
	int err;

	for (size_t i = 0; i < n; i++) {
		long start = 0;
		m->initgroups(keys[i].name, NOBODY_GID, &start, &size, &gids, 0, &err);
		found += start >= GROUPS_PER_USER;
	}
	free(gids);
	return found;
}
