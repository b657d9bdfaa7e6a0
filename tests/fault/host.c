#define _GNU_SOURCE
#include "tests/fault/host.h"

#include <dirent.h>
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/fault/kit.h"
#include "tests/fault/stage.h"
#include "tests/unit/make_view.h"

static void put_group(struct maker *m, const char *name, uint32_t gid,
		      const struct encode_member *members, size_t n)
{
	encode_group(&m->buf, gid, 0, name, members, n);
	maker_put(m, RBAC_REC_GROUP, name);
	encode_group(&m->buf, gid, 0, name, NULL, 0);
	maker_put_gid(m, RBAC_REC_GID, gid);
}

static void make(void *ctx)
{
	unsigned generation = *(unsigned *)ctx;
	struct encode_gid gids[HOST_ALICES];
	static const struct encode_member many[] = {
		{ "alice", ALWAYS },  { "bob", ALWAYS },
		{ "c", ALWAYS },      { "someone-with-a-long-name", ALWAYS },
		{ "dave", ALWAYS },   { "eve", ALWAYS },
		{ "gone", { 1, 2 } }, { "here", { 1, RBAC_TIME_MAX } }
	};
	struct encode_member last = { NULL, ALWAYS };
	struct maker m;
	char name[32];
	maker_begin(&m, STAGE_VIEW);
	encode_meta(&m.buf, &(struct encode_meta){ .flags = RBAC_META_MEMBERS | RBAC_META_ENUMERATE,
						   .generation = generation,
						   .gid_min = HOST_OURS,
						   .gid_max = HOST_OURS + 999 });
	maker_put(&m, RBAC_REC_META, "");
	for (uint32_t i = 0; i < HOST_GROUPS; i++) {
		snprintf(name, sizeof name, "r-%02u", i);
		put_group(&m, name, HOST_OURS + i, many,
			  i == HOST_MANY ? KIT_COUNT(many) : i < HOST_ALICES);
		if (i < HOST_ALICES)
			gids[i] = (struct encode_gid){ HOST_OURS + i, ALWAYS };
	}
	snprintf(name, sizeof name, "gen-%u", generation);
	last.name = name;
	put_group(&m, "r-gen", HOST_OURS + HOST_GROUPS, &last, 1);
	encode_subject(&m.buf, RBAC_NO_UID, 0, gids, HOST_ALICES, NULL, 0);
	maker_put(&m, RBAC_REC_USER, "alice");
	maker_end(&m);
}

static long tick(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (long)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int aside = -1; /* a socket to the process that makes views */

void host_publish_from_aside(void)
{
	int pair[2];
	need(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	fflush(NULL);
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		unsigned generation;
		close(pair[0]);
		while (read(pair[1], &generation, sizeof generation) == sizeof generation) {
			make(&generation);
			if (write(pair[1], &generation, sizeof generation) != sizeof generation)
				_exit(1);
		}
		_exit(0);
	}
	close(pair[1]);
	aside = pair[0];
}

void host_publish(unsigned generation)
{
	unsigned made = 0;
	if (aside < 0)
		made = kit_fork(make, &generation, 30) == 0 ? generation : 0;
	else
		need(write(aside, &generation, sizeof generation) == sizeof generation &&
		     read(aside, &made, sizeof made) >= 0);
	need_say(made == generation, "the view can't be made");
	for (long at = tick(); tick() == at;)
		usleep(500);
}

/* ---- questions ---- */

bool host_ask_group(void)
{
	struct group g, *found = NULL;
	char buf[1024];
	if (getgrnam_r("r-00", &g, buf, sizeof buf, &found) != 0 || !found || g.gr_gid != HOST_OURS)
		return false;
	if (!g.gr_mem[0] || strcmp(g.gr_mem[0], "alice") != 0 || g.gr_mem[1])
		return false;
	return getgrgid_r(HOST_OURS + 5, &g, buf, sizeof buf, &found) == 0 && found &&
	       strcmp(g.gr_name, "r-05") == 0 && !g.gr_mem[0];
}

bool host_ask_generation(unsigned generation)
{
	struct group g, *found = NULL;
	char buf[1024], want[32];
	snprintf(want, sizeof want, "gen-%u", generation);
	return getgrnam_r("r-gen", &g, buf, sizeof buf, &found) == 0 && found && g.gr_mem[0] &&
	       !g.gr_mem[1] && (generation == 0 || strcmp(g.gr_mem[0], want) == 0);
}

bool host_ask_alice(void)
{
	gid_t gids[16];
	int n = 16;
	unsigned ours = 0;
	if (getgrouplist("alice", ALICE, gids, &n) < 0)
		return false;
	for (int i = 0; i < n; i++)
		if (gids[i] >= HOST_OURS && gids[i] < HOST_OURS + HOST_ALICES)
			ours |= 1u << (gids[i] - HOST_OURS);
	/* Her own, devs of /etc/group, and those of ours. */
	return n == 2 + HOST_ALICES && ours == (1u << HOST_ALICES) - 1;
}

bool host_ask_all(void)
{
	int n = 0;
	setgrent();
	for (struct group *g; (g = getgrent());)
		n += g->gr_gid >= HOST_OURS && g->gr_gid <= HOST_OURS + HOST_GROUPS;
	endgrent();
	return n == HOST_GROUPS + 1 && host_ask_group() && host_ask_generation(0) &&
	       host_ask_alice();
}

static void *symbol(struct host_module *m, const char *name)
{
	void *s = dlsym(m->handle, name);
	need_say(s, "%s: %s", name, dlerror());
	return s;
}

void host_load(struct host_module *m, int mode)
{
	m->handle = dlopen("libnss_rbac.so.2", RTLD_NOW | mode);
	need_say(m->handle, "%s", dlerror());
	m->getgrnam = symbol(m, "_nss_rbac_getgrnam_r");
	m->getgrgid = symbol(m, "_nss_rbac_getgrgid_r");
	m->setgrent = symbol(m, "_nss_rbac_setgrent");
	m->getgrent = symbol(m, "_nss_rbac_getgrent_r");
	m->endgrent = symbol(m, "_nss_rbac_endgrent");
	m->initgroups = symbol(m, "_nss_rbac_initgroups_dyn");
}

int host_descriptors(void)
{
	int n = 0;
	DIR *d = opendir("/proc/self/fd");
	need(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 3; /* "." and "..", and that of the folder */
}

int host_mappings(void)
{
	char line[4096];
	int n = 0;
	FILE *f = fopen("/proc/self/maps", "re");
	need(f);
	while (fgets(line, sizeof line, f))
		n += strstr(line, "/view.mdb") != NULL;
	fclose(f);
	return n;
}
