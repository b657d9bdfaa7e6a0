#include "rbacctl/publish/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "common/view.h"
#include "rbacctl/publish/output.h"
#include "rbacctl/publish/update.h"

static int fail(struct publication *p, int err, const char *what, const char *path)
{
	snprintf(p->why, sizeof p->why, "%.400s: %s: %s", path, what, strerror(errno));
	return err;
}

int publish_begin(struct publication *p, const char *dir)
{
	char aside[4200];
	*p = (struct publication){ 0 };
	if (snprintf(p->dir, sizeof p->dir, "%s", dir) >= 4000) {
		errno = ENAMETOOLONG;
		return fail(p, RBAC_INVALID, "the folder", dir);
	}
	snprintf(p->path, sizeof p->path, "%.4000s/view.mdb", dir);
	snprintf(p->temp, sizeof p->temp, "%.4000s/view.mdb.new", dir);
	output_aside(p->temp, aside, sizeof aside);
	if (unlink(p->temp) != 0 && errno != ENOENT)
		return fail(p, RBAC_SYSTEM, "a leftover that cannot be deleted", p->temp);
	if (unlink(aside) != 0 && errno != ENOENT)
		return fail(p, RBAC_SYSTEM, "a leftover that cannot be deleted", aside);
	return RBAC_OK;
}

int publish_prepare(struct publication *p, const struct compile *c, bool small)
{
	int err = small ? update_view(c, p->path, p->temp, p->why, sizeof p->why) : compile_view(c, p->temp, p->why, sizeof p->why);
	if (small && err == RBAC_DAMAGED)
		err = RBAC_NOTFOUND;   /* what is published is no base to build on */
	p->ready = !err;
	return err;
}

static int sync_dir(struct publication *p)
{
	int fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(p, RBAC_SYSTEM, "cannot be opened", p->dir);
	int bad = fsync(fd);
	int err = bad ? fail(p, RBAC_SYSTEM, "sync", p->dir) : RBAC_OK;
	close(fd);
	return err;
}

static bool coarse_moved(const struct timespec *since)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec != since->tv_sec || now.tv_nsec != since->tv_nsec;
}

/* Readers look at the file again when this clock has moved; whoever runs after we return must be one of those. */
static void wait_for_readers(void)
{
	struct timespec at, pause = { .tv_nsec = 500000 };
	clock_gettime(CLOCK_MONOTONIC_COARSE, &at);
	while (!coarse_moved(&at))
		nanosleep(&pause, NULL);
}

int publish_install(struct publication *p)
{
	if (rename(p->temp, p->path) != 0)
		return fail(p, RBAC_SYSTEM, "cannot be renamed to view.mdb", p->temp);
	p->ready = false;
	int err = sync_dir(p);
	wait_for_readers();
	return err;
}

void publish_discard(struct publication *p)
{
	if (p->ready)
		unlink(p->temp);
	p->ready = false;
}

bool publish_matches(const char *dir, uint64_t generation, const uint8_t *head)
{
	char path[4096];
	struct rbac_view v;
	snprintf(path, sizeof path, "%.4000s/view.mdb", dir);
	if (rbac_view_open(path, RBAC_TRUST_SELF, &v))
		return false;
	bool same = v.meta.generation == generation && memcmp(v.meta.identity, head, STORE_HASH) == 0;
	rbac_view_release(&v);
	return same;
}
