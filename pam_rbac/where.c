#define _GNU_SOURCE /* O_PATH */
#include "pam_rbac/where.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/error.h"

/* A group of a large directory has megabytes of members; what is beyond this is not a group but a
 * fault. */
enum { BUFFER_FIRST = 4096, BUFFER_MAX = 64 << 20, GROUPS_FIRST = 64, GROUPS_MAX = 1 << 20 };

int rbac_where_acquire(struct rbac_view *v)
{
	/* Fixed when this is built (Makefile): the view alone has that folder. */
	return rbac_view_acquire(RBAC_VIEW_PATH, RBAC_TRUST_ROOT, v);
}

bool rbac_where_invoked_by_root(void)
{
	return getuid() == 0;
}

/*
 * The C library returns 0 where each source has answered and none knows the name; any errno means
 * that a source could not be asked, ENOENT too (a directory whose socket is not there). POSIX lists
 * more of them as ways to say "not found", but then a judged user who takes all descriptors could
 * make passwd forget who they are.
 */
static int lookup_result(int err)
{
	errno = err;
	return err == 0        ? RBAC_NOTFOUND
	       : err == ENOMEM ? RBAC_NOMEM
	       : err == ERANGE ? RBAC_RANGE
			       : RBAC_SYSTEM;
}

static int find_user(const char *typed, char *buf, size_t size, void *out)
{
	struct rbac_identity *id = out;
	struct passwd pw, *found = NULL;
	int err = getpwnam_r(typed, &pw, buf, size, &found);
	if (!found)
		return lookup_result(err);
	id->uid = pw.pw_uid;
	id->primary = pw.pw_gid;
	id->name = strdup(pw.pw_name);
	return id->name ? RBAC_OK : RBAC_NOMEM;
}

static int find_group(const char *name, char *buf, size_t size, void *out)
{
	uint32_t *gid = out;
	struct group gr, *found = NULL;
	int err = getgrnam_r(name, &gr, buf, size, &found);
	if (!found)
		return lookup_result(err);
	*gid = gr.gr_gid;
	return RBAC_OK;
}

/* Ask with a buffer that doubles until it will do. */
static int with_buffer(int (*find)(const char *, char *, size_t, void *), const char *name,
		       void *out)
{
	for (size_t size = BUFFER_FIRST; size <= BUFFER_MAX; size *= 2) {
		char *buf = malloc(size);
		if (!buf)
			return RBAC_NOMEM;
		int rc = find(name, buf, size, out);
		free(buf);
		if (rc != RBAC_RANGE)
			return rc;
	}
	return RBAC_SYSTEM;
}

int rbac_where_gid(const char *name, uint32_t *gid)
{
	return with_buffer(find_group, name, gid);
}

/*
 * getgrouplist(3) passes over a source that fails, and says nothing of it: groups would be missing,
 * and somebody who holds a role through one would be unknown. What a process that is short of
 * something leaves in errno tells.
 */
static bool fell_short(int err)
{
	return err == ENOMEM || err == EMFILE || err == ENFILE || err == EIO;
}

int rbac_where_groups(struct rbac_identity *id)
{
	if (!id->name)
		return RBAC_OK;
	for (int room = GROUPS_FIRST; room <= GROUPS_MAX; room *= 2) {
		int n = room;
		gid_t *groups = malloc((size_t)room * sizeof(*groups));
		errno = groups ? 0 : ENOMEM;
		int rc = groups ? getgrouplist(id->name, id->primary, groups, &n) : -1;
		id->cause = errno;
		if (fell_short(id->cause) || (rc < 0 && n <= room)) {
			free(groups); /* getgrouplist(3) has no other failure than want of memory */
			return id->cause == ENOMEM || !fell_short(id->cause) ? RBAC_NOMEM
									     : RBAC_SYSTEM;
		}
		if (rc >= 0 && n <= room) {
			id->groups = groups;
			id->n_groups = (size_t)n;
			return RBAC_OK;
		}
		free(groups);
	}
	return RBAC_SYSTEM;
}

/* SSSD's client maps 10 MiB for its cache of groups; a module and its libraries take a few MiB
 * more. */
enum { SPARE_MEMORY = 32 << 20, SPARE_DESCRIPTORS = 4 };

static int lacks_memory(void)
{
	void *p = mmap(NULL, SPARE_MEMORY, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return ENOMEM; /* EAGAIN, RLIMIT_MEMLOCK, is as little memory */
	munmap(p, SPARE_MEMORY);
	return 0;
}

static int lacks_descriptors(void)
{
	int fds[SPARE_DESCRIPTORS], n = 0, err = 0;
	while (n < SPARE_DESCRIPTORS && !err) {
		fds[n] = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fds[n] < 0)
			err = errno;
		else
			n++;
	}
	while (n > 0)
		close(fds[--n]);
	return err;
}

int rbac_where_lacks(void)
{
	int err = lacks_memory();
	return err ? err : lacks_descriptors();
}

int rbac_where_find(const char *typed, struct rbac_identity *id)
{
	*id = (struct rbac_identity){ .uid = RBAC_NO_UID };
	int rc = with_buffer(find_user, typed, id);
	id->cause = rc == RBAC_OK || rc == RBAC_NOTFOUND ? 0 : errno;
	return rc == RBAC_NOTFOUND ? RBAC_OK : rc;
}

void rbac_where_forget(struct rbac_identity *id)
{
	free(id->name);
	free(id->groups);
	*id = (struct rbac_identity){ .uid = RBAC_NO_UID };
}
