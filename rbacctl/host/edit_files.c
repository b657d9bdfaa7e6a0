/* Making edits, and undoing them by their record: N.path, N.before (not where the file was made)
 * and N.after in a folder of root's. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/edit.h"
#include "rbacctl/host/new_files.h"

static int fail(struct buf *why, const char *path)
{
	buf_printf(why, "%s: %s", path, strerror(errno));
	return RBAC_SYSTEM;
}

static bool write_all(int fd, const char *text)
{
	for (size_t left = strlen(text); left;) {
		ssize_t n = write(fd, text, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		left -= (size_t)n;
	}
	return true;
}

/* The file at PATH becomes TEXT, by rename, with the owner and mode that it has. */
static int replace(const char *path, const char *text, struct buf *why)
{
	char temporary[4200];
	struct stat st = { .st_mode = 0644 };

	(void)stat(path, &st);
	snprintf(temporary, sizeof temporary, "%.4100s.rbac-new", path);
	unlink(temporary);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(why, temporary);
	bool done = write_all(fd, text) && fchown(fd, st.st_uid, st.st_gid) == 0 &&
		    fchmod(fd, st.st_mode & 07777) == 0 && fsync(fd) == 0;
	done = close(fd) == 0 && done && rename(temporary, path) == 0;
	if (!done) {
		int err = fail(why, path);
		unlink(temporary);
		return err;
	}
	return RBAC_OK;
}

/* ---- the record ---- */

static void name_of(const char *record, unsigned n, const char *kind, char path[4200])
{
	snprintf(path, 4200, "%.4000s/%04u.%s", record, n, kind);
}

static int keep(const char *record, unsigned n, const char *kind, const char *text, struct buf *why)
{
	char path[4200];

	name_of(record, n, kind, path);
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool done = fd >= 0 && write_all(fd, text) && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return done ? RBAC_OK : fail(why, path);
}

/* The text of one of the record; NULL: there is none. */
static char *kept(const char *record, unsigned n, const char *kind)
{
	char path[4200], *text = NULL;
	size_t len;

	name_of(record, n, kind, path);
	return new_files_read(path, &text, &len) == RBAC_OK ? text : NULL;
}

static void forget(const char *record, unsigned n)
{
	static const char *const kinds[] = { "path", "before", "after" };
	char path[4200];

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		name_of(record, n, kinds[i], path);
		unlink(path);
	}
}

/* How many numbers are taken: those from 0 on. */
static unsigned taken(const char *record)
{
	char path[4200];
	unsigned n = 0;

	for (;; n++) {
		name_of(record, n, "path", path);
		if (access(path, F_OK))
			return n;
	}
}

size_t edits_recorded(const char *record)
{
	return taken(record);
}

/* ---- undo ---- */

static int put_back(const char *path, const char *before, const char *after, struct buf *done,
		    struct buf *why)
{
	char *now = NULL, *less = NULL;
	size_t len;
	int err = new_files_read(path, &now, &len);

	if (err == RBAC_SYSTEM && errno == ENOENT) {
		buf_printf(done, "  %s is gone: nothing to undo there\n", path);
		return RBAC_OK;
	}
	if (err == RBAC_SYSTEM)
		return fail(why, path);
	if (!err && strcmp(now, after) == 0 && !before) {
		err = unlink(path) == 0 ? RBAC_OK : fail(why, path);
		buf_printf(done, "  %s removed, as before\n", path);
	} else if (!err && strcmp(now, after) == 0) {
		err = replace(path, before, why);
		buf_printf(done, "  %s as before\n", path);
	} else if (!err) {
		less = edit_take_out(path, now);
		err = less ? replace(path, less, why) : RBAC_NOMEM;
		buf_printf(done, "  %s was changed since: only the words of rbac were taken out\n",
			   path);
	}
	free(less);
	free(now);
	return err;
}

static int undo_one(const char *record, unsigned n, struct buf *done, struct buf *why)
{
	char *path = kept(record, n, "path"), *before = kept(record, n, "before"),
	     *after = kept(record, n, "after");
	/* A record that was not finished: nothing was edited yet. */
	int err = path && after ? put_back(path, before, after, done, why) : RBAC_OK;

	if (!err)
		forget(record, n);
	free(path);
	free(before);
	free(after);
	return err;
}

static int undo_down_to(const char *record, unsigned first, struct buf *done, struct buf *why)
{
	int err = RBAC_OK;

	for (unsigned n = taken(record); n > first && !err; n--)
		err = undo_one(record, n - 1, done, why);
	return err;
}

int edits_undo(const char *record, size_t last, struct buf *done, struct buf *why)
{
	unsigned n = taken(record);

	if (n == 0)
		return RBAC_NOTFOUND;
	int err = undo_down_to(record, last && last < n ? n - (unsigned)last : 0, done, why);
	if (!err)
		rmdir(record); /* where it is empty */
	return err;
}

/* ---- make ---- */

static int make_one(const struct edit *x, const char *record, unsigned n, struct buf *why)
{
	int err = x->existed ? keep(record, n, "before", x->before, why) : RBAC_OK;

	if (!err)
		err = keep(record, n, "after", x->after, why);
	if (!err)
		err = keep(record, n, "path", x->path, why);
	return err ? err : replace(x->path, x->after, why);
}

int edits_make(const struct edits *e, const char *record, struct buf *why)
{
	struct buf done = { 0 }, lost = { 0 };
	int err = RBAC_OK;

	if (mkdir(record, 0700) && errno != EEXIST)
		return fail(why, record);
	unsigned first = taken(record);
	for (size_t i = 0; i < e->n && !err; i++)
		err = make_one(&e->v[i], record, first + (unsigned)i, why);
	if (err)
		undo_down_to(record, first, &done, &lost);
	buf_free(&done);
	buf_free(&lost);
	return err;
}
