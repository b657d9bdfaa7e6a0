#include "rbacctl/view/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "common/view.h"
#include "rbacctl/files.h"
#include "rbacctl/view/finish.h"
#include "rbacctl/view/update.h"

static int fail(struct publication *p, int err, const char *what, const char *path)
{
	snprintf(p->why, sizeof p->why, "%.400s: %s: %s", path, what, strerror(errno));
	return err;
}

int publish_view_path(const char *state, char *path, size_t size)
{
	return (size_t)snprintf(path, size, "%s/view/view.mdb", state) < size ? RBAC_OK
									      : RBAC_INVALID;
}

/*
 * The folder of the view, made where it is not there, with mode 0755 whatever the umask. What else
 * it was before is said: in a folder that others can write to, they can put an old view back, and
 * the readers believe nothing that lies there.
 */
static int need_folder(struct publication *p)
{
	struct stat st;
	bool made = mkdir(p->dir, 0755) == 0;
	if (!made && errno != EEXIST)
		return fail(p, RBAC_SYSTEM, "cannot be made", p->dir);
	p->first = made ||
		   access(p->path, F_OK) !=
			   0; /* made, or left without a view by a publish that was killed */
	int fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail(p, RBAC_SYSTEM, "expected a folder", p->dir);
	int err = fstat(fd, &st) == 0 ? RBAC_OK : fail(p, RBAC_SYSTEM, "the folder", p->dir);
	if (!err && st.st_uid != geteuid() && fchown(fd, geteuid(), (gid_t)-1) != 0)
		err = fail(p, RBAC_UNTRUSTED, "belongs to somebody else", p->dir);
	if (!err && (st.st_mode & 07777) != 0755 && fchmod(fd, 0755) != 0)
		err = fail(p, RBAC_SYSTEM, "its mode cannot be set to 0755", p->dir);
	p->folder_repaired = !err && !made &&
			     (st.st_uid != geteuid() || (st.st_mode & 07777) != 0755);
	close(fd);
	return err;
}

static int remove_leftover(struct publication *p, const char *path)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return fail(p, RBAC_SYSTEM, "a leftover that cannot be deleted", path);
	return RBAC_OK;
}

int publish_begin(struct publication *p, const char *state)
{
	char compact[4200];
	*p = (struct publication){ 0 };
	if (strlen(state) >= 3900) {
		errno = ENAMETOOLONG;
		return fail(p, RBAC_INVALID, "the folder", state);
	}
	publish_view_path(state, p->path, sizeof p->path);
	snprintf(p->dir, sizeof p->dir, "%.3900s/view", state);
	snprintf(p->temp, sizeof p->temp, "%.3900s/view/view.mdb.new", state);
	snprintf(p->old, sizeof p->old, "%.3900s/view.mdb", state);
	finish_compact_path(p->temp, compact, sizeof(compact));
	int err = need_folder(p);
	if (!err)
		err = remove_leftover(p, p->temp);
	if (!err)
		err = remove_leftover(p, compact);
	return err;
}

int publish_prepare(struct publication *p, const struct compile *c, bool small)
{
	int err = small ? update_view(c, p->path, p->temp, p->why, sizeof p->why)
			: compile_view(c, p->temp, p->why, sizeof p->why);
	if (small && err == RBAC_DAMAGED)
		err = RBAC_NOTFOUND; /* what is published is no base to build on */
	p->ready = !err;
	return err;
}

static int sync_folder(struct publication *p, const char *dir)
{
	return files_sync_folder(dir) ? fail(p, RBAC_SYSTEM, "sync", dir) : RBAC_OK;
}

/* The name of the view's folder is in the state folder, and lasts once that is synced. */
static int sync_state(struct publication *p)
{
	char state[sizeof(p->dir)];

	snprintf(state, sizeof(state), "%.*s", (int)(strrchr(p->dir, '/') - p->dir), p->dir);
	return sync_folder(p, state);
}

static bool coarse_moved(const struct timespec *since)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec != since->tv_sec || now.tv_nsec != since->tv_nsec;
}

/* Readers look at the file again when this clock has moved; whoever runs after we return must be
 * one of those. */
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
	int err = sync_folder(p, p->dir);
	if (!err && p->first)
		err = sync_state(p);
	unlink(p->old); /* where it lay before it had a folder of its own: nobody reads that one any
			   more */
	wait_for_readers();
	return err;
}

void publish_discard(struct publication *p)
{
	if (p->ready)
		unlink(p->temp);
	p->ready = false;
}

bool publish_matches(const char *state, uint64_t generation, const uint8_t *head)
{
	char path[4096];
	struct rbac_view v;
	if (publish_view_path(state, path, sizeof path) ||
	    rbac_view_open(path, RBAC_TRUST_SELF, &v))
		return false;
	bool same = v.meta.generation == generation &&
		    memcmp(v.meta.identity, head, STORE_HASH) == 0;
	rbac_view_release(&v);
	return same;
}
