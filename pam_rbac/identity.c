#define _GNU_SOURCE /* O_PATH */
#include "pam_rbac/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/error.h"

/* In bytes, and numbers of groups. A group of a large directory has megabytes of members; an entry
 * beyond 64 MiB is a fault of the source. */
enum { BUFFER_FIRST = 4096, BUFFER_MAX = 64 << 20, GROUPS_FIRST = 64, GROUPS_MAX = 1 << 20 };

bool rbac_identity_invoked_by_root(void)
{
	return getuid() == 0;
}

/*
 * The C library returns 0 if every source has answered and none knows the name. Any errno means
 * that a source could not be asked; that includes ENOENT (the socket of a directory does not
 * exist). POSIX allows several errno values as "not found". We do not, because a judged user who
 * takes all descriptors could then become unknown.
 */
static int lookup_result(int number)
{
	errno = number;
	return number == 0        ? RBAC_NOTFOUND
	       : number == ENOMEM ? RBAC_NOMEM
	       : number == ERANGE ? RBAC_RANGE
				  : RBAC_SYSTEM;
}

static int find_user(const char *typed, char *buf, size_t size, void *out)
{
	struct rbac_identity *id = out;
	struct passwd pw, *found = NULL;
	int number = getpwnam_r(typed, &pw, buf, size, &found);

	if (!found)
		return lookup_result(number);
	/* To the kernel it means no uid (setresuid(2)), and to us one that is compared with none.
	 */
	if (pw.pw_uid == RBAC_NO_UID) {
		errno = EINVAL;
		return RBAC_SYSTEM;
	}
	id->uid = pw.pw_uid;
	id->primary = pw.pw_gid;
	id->name = strdup(pw.pw_name);
	return id->name ? RBAC_OK : RBAC_NOMEM;
}

static int find_group(const char *name, char *buf, size_t size, void *out)
{
	uint32_t *gid = out;
	struct group gr, *found = NULL;
	int number = getgrnam_r(name, &gr, buf, size, &found);

	if (!found)
		return lookup_result(number);
	*gid = gr.gr_gid;
	return RBAC_OK;
}

/* Call FIND with a buffer that doubles until it is large enough. */
static int with_buffer(int (*find)(const char *, char *, size_t, void *), const char *name,
		       void *out)
{
	for (size_t size = BUFFER_FIRST; size <= BUFFER_MAX; size *= 2) {
		char *buf = malloc(size);

		if (!buf)
			return RBAC_NOMEM;
		int err = find(name, buf, size, out);
		free(buf);
		if (err != RBAC_RANGE)
			return err;
	}
	return RBAC_SYSTEM;
}

int rbac_identity_group_gid(const char *name, uint32_t *gid)
{
	return with_buffer(find_group, name, gid);
}

/*
 * getgrouplist(3) skips a source that fails, and does not report it. Groups would be missing, and a
 * user who holds a role through one of them would be unknown. Only errno tells: a source that
 * lacked memory or descriptors usually leaves its errno there.
 */
static bool fell_short(int number)
{
	return number == ENOMEM || number == EMFILE || number == ENFILE || number == EIO;
}

int rbac_identity_groups(struct rbac_identity *id)
{
	if (!id->name)
		return RBAC_OK;
	for (int room = GROUPS_FIRST; room <= GROUPS_MAX; room *= 2) {
		int n = room;
		gid_t *groups = malloc((size_t)room * sizeof(*groups));

		errno = groups ? 0 : ENOMEM;
		int err = groups ? getgrouplist(id->name, id->primary, groups, &n) : -1;
		id->cause = errno;
		if (fell_short(id->cause) || (err < 0 && n <= room)) {
			free(groups); /* getgrouplist(3) has no other failure than want of memory */
			return id->cause == ENOMEM || !fell_short(id->cause) ? RBAC_NOMEM
									     : RBAC_SYSTEM;
		}
		if (err >= 0 && n <= room) {
			id->groups = groups;
			id->n_groups = (size_t)n;
			return RBAC_OK;
		}
		free(groups);
	}
	return RBAC_SYSTEM;
}

/* In bytes, and a number. The client of SSSD maps 10 MiB for its cache of groups; a module and its
 * libraries take a few MiB more. */
enum { SPARE_MEMORY = 32 << 20, SPARE_DESCRIPTORS = 4 };

static int lacks_memory(void)
{
	void *p = mmap(NULL, SPARE_MEMORY, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return ENOMEM; /* also for EAGAIN (RLIMIT_MEMLOCK) */
	munmap(p, SPARE_MEMORY);
	return 0;
}

static int lacks_descriptors(void)
{
	int fds[SPARE_DESCRIPTORS], n = 0, number = 0;

	while (n < SPARE_DESCRIPTORS && !number) {
		fds[n] = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fds[n] < 0)
			number = errno;
		else
			n++;
	}
	while (n > 0)
		close(fds[--n]);
	return number;
}

int rbac_identity_shortage(void)
{
	int number = lacks_memory();

	return number ? number : lacks_descriptors();
}

int rbac_identity_find(const char *typed, struct rbac_identity *id)
{
	*id = (struct rbac_identity){ .uid = RBAC_NO_UID };
	int err = with_buffer(find_user, typed, id);
	id->cause = err == RBAC_OK || err == RBAC_NOTFOUND ? 0 : errno;
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

void rbac_identity_free(struct rbac_identity *id)
{
	free(id->name);
	free(id->groups);
	*id = (struct rbac_identity){ .uid = RBAC_NO_UID };
}
