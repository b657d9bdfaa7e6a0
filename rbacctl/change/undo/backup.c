#define _GNU_SOURCE /* mkostemp */
#include "rbacctl/change/undo/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/files.h"
#include "rbacctl/store/backup.h"

static int fail(struct buf *why, const char *file)
{
	buf_printf(why, "%s: %s", file, strerror(errno));
	return RBAC_SYSTEM;
}

/* Nothing, or an older backup. */
static int check_place(const char *file, struct buf *why)
{
	struct backup_seal seal;
	struct stat st;
	if (lstat(file, &st) != 0)
		return errno == ENOENT ? RBAC_OK : fail(why, file);
	int fd = S_ISREG(st.st_mode) ? open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
				     : -1;
	int err = fd < 0 ? RBAC_INVALID : backup_read_seal(fd, &seal);
	if (fd >= 0)
		close(fd);
	if (!err)
		return RBAC_OK;
	buf_printf(why, "%s is there already, and is no backup: expected the name of a new file",
		   file);
	return RBAC_CONFLICT;
}

static int sync_parent(const char *file, struct buf *why)
{
	char copy[PATH_MAX];
	snprintf(copy, sizeof copy, "%s", file);
	const char *parent = dirname(copy);
	return files_sync_folder(parent) ? fail(why, parent) : RBAC_OK;
}

int change_backup(const struct invocation *a, const char *file, uint64_t *generation,
		  struct buf *why)
{
	char temp[PATH_MAX];
	struct backup_seal seal = { 0 };
	int err = check_place(file, why);
	if (err)
		return err;
	if ((size_t)snprintf(temp, sizeof temp, "%s.XXXXXX", file) >= sizeof temp) {
		errno = ENAMETOOLONG;
		return fail(why, file);
	}
	int fd = mkostemp(temp, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return fail(why, file);
	err = backup_write(a->store, temp, fd, &seal, why);
	close(fd);
	if (!err && rename(temp, file) != 0)
		err = fail(why, file);
	if (err)
		unlink(temp);
	*generation = seal.generation;
	return err ? err : sync_parent(file, why);
}
