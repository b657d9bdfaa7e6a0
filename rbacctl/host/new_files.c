#include "rbacctl/host/new_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/files.h"

enum { NEW_FILE_SIZE_MAX = 1 << 30 };

static void note(struct new_files *f, const char *path, bool is_folder)
{
	f->is_folder[f->n] = is_folder;
	snprintf(f->made[f->n++], sizeof f->made[0], "%s", path);
}

int new_files_read(const char *path, char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	*text = NULL;
	*len = 0;
	if (fd < 0)
		return RBAC_SYSTEM;
	int err = files_read(fd, NEW_FILE_SIZE_MAX, text, len), e = errno;
	close(fd);
	errno = err == RBAC_INVALID ? EFBIG : e;
	return err == RBAC_INVALID ? RBAC_SYSTEM : err;
}

int new_files_folder(struct new_files *f, const char *path)
{
	if (mkdir(path, 0755) != 0)
		return errno == EEXIST ? RBAC_OK : RBAC_SYSTEM;
	note(f, path, true);
	return chmod(path, 0755) == 0 ? RBAC_OK : RBAC_SYSTEM; /* whatever the umask */
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);
		if (n < 0 && errno != EINTR)
			return RBAC_SYSTEM;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return fchmod(fd, 0644) || fsync(fd) ? RBAC_SYSTEM : RBAC_OK;
}

/*
 * What an init that is killed leaves of a file does not end in .conf: nobody reads it, and the next
 * init begins it again.
 */
int new_files_write(struct new_files *f, const char *path, const char *text, size_t len)
{
	char temp[4300];
	snprintf(temp, sizeof temp, "%s.new", path);
	if (unlink(temp) != 0 && errno != ENOENT)
		return RBAC_SYSTEM;
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return RBAC_SYSTEM;
	int e = write_all(fd, text, len) ? errno : 0;
	if (close(fd) && !e)
		e = errno;
	if (!e && link(temp, path))
		e = errno;
	unlink(temp);
	if (!e)
		note(f, path, false);
	errno = e;
	return e ? RBAC_SYSTEM : RBAC_OK;
}

void new_files_take_back(struct new_files *f)
{
	while (f->n > 0) {
		const char *path = f->made[--f->n];
		if (f->is_folder[f->n])
			rmdir(path);
		else if (unlink(path) == 0)
			printf("removed %s again\n", path);
	}
}
