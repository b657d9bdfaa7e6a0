#define _DEFAULT_SOURCE
#include "rbacctl/host/edit/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/files.h"

enum { NAMES_MAX = 64 << 10, VALUE_MAX = 64 << 10 }; /* XATTR_LIST_MAX, XATTR_SIZE_MAX of Linux */

static int fail(struct buf *why, const char *path)
{
	buf_printf(why, "%s: %s", path, strerror(errno));
	return RBAC_SYSTEM;
}

/* The extended attributes of FROM become those of TO. Only an access control list has to: a file
 * system may refuse others, such as a label that the kernel gives by itself. */
static bool copy_attributes(int from, int to)
{
	char *names = malloc(NAMES_MAX), *value = malloc(VALUE_MAX);
	bool done = names && value;
	ssize_t len = done ? flistxattr(from, names, NAMES_MAX) : 0;

	for (const char *name = names; done && len > 0;) {
		size_t used = strlen(name) + 1;
		ssize_t n = fgetxattr(from, name, value, VALUE_MAX);
		bool set = n >= 0 && fsetxattr(to, name, value, (size_t)n, 0) == 0;
		done = set || strncmp(name, "system.posix_acl", 16) != 0;
		name += used;
		len -= (ssize_t)used;
	}
	free(names);
	free(value);
	return done;
}

/* Owner, mode and attributes of the file at PATH become those of TO. A file that is not there yet
 * is root's, readable by everybody. */
static bool be_like(const char *path, int to)
{
	struct stat st;
	int from = open(path, O_RDONLY | O_CLOEXEC);

	if (from < 0)
		return errno == ENOENT && fchmod(to, 0644) == 0;
	bool done = fstat(from, &st) == 0 && fchown(to, st.st_uid, st.st_gid) == 0 &&
		    fchmod(to, st.st_mode & 07777) == 0 && copy_attributes(from, to);
	int cause = errno;
	close(from);
	errno = cause;
	return done;
}

int edit_replace(const char *path, const char *text, struct buf *why)
{
	char real[PATH_MAX], temporary[PATH_MAX + 20];

	if (!realpath(path, real)) {
		if (errno != ENOENT)
			return fail(why, path);
		snprintf(real, sizeof real, "%s", path);
	}
	snprintf(temporary, sizeof temporary, "%s.rbac-new", real);
	unlink(temporary);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(why, temporary);
	bool done = files_write(fd, text, strlen(text)) == 0 && be_like(real, fd) && fsync(fd) == 0;
	done = close(fd) == 0 && done && rename(temporary, real) == 0;
	if (done)
		return RBAC_OK;
	int err = fail(why, path);
	unlink(temporary);
	return err;
}
