#include "rbacctl/host/new_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/buf.h"
#include "rbacctl/files.h"

enum { NEW_FILE_SIZE_MAX = 1 << 30 };

/* Keep PATH, which is about to be made. */
static int note(struct new_files *f, const char *path, bool is_folder)
{
	char *copy = buf_room(&f->v, f->n, &f->cap, sizeof *f->v) ? strdup(path) : NULL;
	if (!copy)
		return RBAC_NOMEM;
	f->v[f->n++] = (struct new_file){ copy, is_folder };
	return RBAC_OK;
}

/* It was not made after all. */
static void forget(struct new_files *f)
{
	int e = errno;
	free(f->v[--f->n].path);
	errno = e;
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
	int err = note(f, path, true);
	if (err)
		return err;
	if (mkdir(path, 0755) != 0) {
		forget(f);
		return errno == EEXIST ? RBAC_OK : RBAC_SYSTEM;
	}
	return chmod(path, 0755) == 0 ? RBAC_OK : RBAC_SYSTEM; /* whatever the umask */
}

static int write_all(int fd, const char *text, size_t len)
{
	if (files_write(fd, text, len))
		return RBAC_SYSTEM;
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
	int err = note(f, path, false);
	bool made = !e && !err && link(temp, path) == 0;
	if (!err && !made) {
		e = e ? e : errno;
		forget(f);
	}
	unlink(temp);
	errno = e;
	return err ? err : made ? RBAC_OK : RBAC_SYSTEM;
}

void new_files_remove(struct new_files *f)
{
	while (f->n > 0) {
		const struct new_file *made = &f->v[f->n - 1];
		if (made->is_folder)
			rmdir(made->path);
		else if (unlink(made->path) == 0)
			printf("removed %s again\n", made->path);
		forget(f);
	}
}

void new_files_free(struct new_files *f)
{
	while (f->n > 0)
		forget(f);
	free(f->v);
	*f = (struct new_files){ 0 };
}
