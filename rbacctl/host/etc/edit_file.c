#include "rbacctl/host/etc/edit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/files.h"

enum { FILE_BYTES_MAX = 16 << 20 };

static const struct place {
	const char *folder, *ending;
} places[] = { { "policy.d/", ".conf" }, { "assignments.d/", ".conf" }, { "tests.d/", ".test" } };

enum { PLACES = sizeof places / sizeof *places };

static int fail(struct buf *why, const char *path)
{
	buf_printf(why, "%s: %s", path, strerror(errno));
	return RBAC_SYSTEM;
}

static bool ends_in(const char *name, const char *ending)
{
	size_t len = strlen(name), end = strlen(ending);

	return len > end && strcmp(name + len - end, ending) == 0;
}

/* Is NAME one that a reader of the folder takes? */
static bool is_of_configuration(const char *name)
{
	if (strcmp(name, "rbac.conf") == 0)
		return true;
	for (size_t i = 0; i < PLACES; i++) {
		size_t len = strlen(places[i].folder);
		if (strncmp(name, places[i].folder, len) == 0 && name[len] != '.' &&
		    !strchr(name + len, '/') && ends_in(name + len, places[i].ending))
			return true;
	}
	return false;
}

static bool is_there(const char *etc, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%.3500s/%.500s", etc, name);
	return access(path, F_OK) == 0;
}

/* The name of what WORD means, into F->name. */
static int find_name(struct edit_file *f, const char *etc, const char *word, struct buf *why)
{
	size_t len = strlen(etc), found = 0;
	char name[300];

	word = word ? word : "rbac.conf";
	if (strncmp(word, etc, len) == 0 && word[len] == '/')
		word += len + 1 + strspn(word + len + 1, "/");
	snprintf(f->name, sizeof f->name, "%s", word);
	if (is_of_configuration(f->name) && strlen(word) < sizeof f->name)
		return RBAC_OK;
	for (size_t i = 0; i < PLACES && !strchr(word, '/'); i++) {
		snprintf(name, sizeof name, "%s%.200s", places[i].folder, word);
		if (!is_of_configuration(name) || !is_there(etc, name))
			continue;
		snprintf(f->name, sizeof f->name, "%s", name);
		found++;
	}
	if (found == 1)
		return RBAC_OK;
	buf_printf(why,
		   "%s: expected %srbac.conf, policy.d/NAME.conf, assignments.d/NAME.conf or "
		   "tests.d/NAME.test",
		   word, found ? "the folder too, since several have such a file: " : "");
	return RBAC_INVALID;
}

static int take_lock(struct edit_file *f, const char *etc, struct buf *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%.4000s/.edit.lock", etc);
	f->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (f->lock < 0)
		return fail(why, path);
	if (flock(f->lock, LOCK_EX | LOCK_NB) == 0)
		return RBAC_OK;
	if (errno != EWOULDBLOCK)
		return fail(why, path);
	buf_printf(why, "busy: somebody else edits a file of %s at this moment", etc);
	return RBAC_CONFLICT;
}

/* What PATH holds. *TEXT NULL: there is no such file. */
static int read_file(const char *path, char **text, size_t *len, struct buf *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	*text = NULL;
	*len = 0;
	if (fd < 0)
		return errno == ENOENT ? RBAC_OK : fail(why, path);
	int err = files_read(fd, FILE_BYTES_MAX, text, len);
	if (err == RBAC_SYSTEM)
		fail(why, path);
	else if (err)
		buf_printf(why, "%s: %s", path, rbac_error_text(err));
	close(fd);
	return err;
}

static int write_file(const char *path, const char *text, size_t len, struct buf *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return fail(why, path);
	bool bad = files_write(fd, text, len) || fsync(fd);
	int e = errno;
	bad |= close(fd) != 0 && !bad;
	errno = e;
	return bad ? fail(why, path) : RBAC_OK;
}

/* What an edit that was killed has left is somebody's work: it stays, under another name. */
static int keep_leftover(const struct edit_file *f, struct buf *why)
{
	char kept[PATH_MAX];

	snprintf(kept, sizeof kept, "%.4000s.kept", f->copy);
	if (rename(f->copy, kept) != 0)
		return errno == ENOENT ? RBAC_OK : fail(why, f->copy);
	fprintf(stderr, "rbacctl: an edit was interrupted; what it left is kept in %s\n", kept);
	return RBAC_OK;
}

static int make_copy(struct edit_file *f, struct buf *why)
{
	const char *slash = strrchr(f->path, '/');
	size_t len = (size_t)(slash - f->path);

	snprintf(f->folder, sizeof f->folder, "%.*s", (int)len, f->path);
	snprintf(f->copy, sizeof f->copy, "%.3500s/.edit-%.300s", f->folder, slash + 1);
	if (mkdir(f->folder, 0755) != 0 && errno != EEXIST)
		return fail(why, f->folder);
	int err = keep_leftover(f, why);
	if (!err)
		err = read_file(f->path, &f->before, &f->before_len, why);
	if (!err)
		err = write_file(f->copy, f->before ? f->before : "", f->before_len, why);
	return err;
}

int edit_file_open(struct edit_file *f, const char *etc, const char *word, struct buf *why)
{
	*f = (struct edit_file){ .lock = -1 };
	int err = find_name(f, etc, word, why);
	if (!err)
		err = take_lock(f, etc, why);
	snprintf(f->path, sizeof f->path, "%.3500s/%.300s", etc, f->name);
	return err ? err : make_copy(f, why);
}

int edit_file_read(const struct edit_file *f, char **text, size_t *len, struct buf *why)
{
	int err = read_file(f->copy, text, len, why);

	if (!err && !*text) {
		buf_printf(why, "%s: the editor has removed the copy", f->copy);
		err = RBAC_INVALID;
	}
	if (!err && memchr(*text, 0, *len)) {
		buf_printf(why, "%s holds a NUL byte: this is no text file", f->name);
		err = RBAC_INVALID;
	}
	return err;
}

static bool is_unchanged(const struct edit_file *f, struct buf *why)
{
	char *now;
	size_t len;
	bool same = read_file(f->path, &now, &len, why) == RBAC_OK && !now == !f->before &&
		    len == f->before_len && (!now || memcmp(now, f->before, len) == 0);

	free(now);
	return same;
}

/* Editors may write a file anew, with another mode: ours is that of the configuration. */
static int move_in(struct edit_file *f, struct buf *why)
{
	int fd = open(f->copy, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool bad = fd < 0 || fchown(fd, 0, 0) || fchmod(fd, 0644) || fsync(fd) ||
		   rename(f->copy, f->path) || files_sync_folder(f->folder);
	int e = errno;

	if (fd >= 0)
		close(fd);
	errno = e;
	return bad ? fail(why, f->path) : RBAC_OK;
}

int edit_file_install(struct edit_file *f, struct buf *why)
{
	char kept[PATH_MAX];

	if (is_unchanged(f, why))
		return move_in(f, why);
	snprintf(kept, sizeof kept, "%.4000s.kept", f->copy);
	if (rename(f->copy, kept) != 0)
		return fail(why, f->copy);
	buf_reset(why);
	buf_printf(why,
		   "refused: somebody else has changed %s meanwhile; "
		   "that stays, and your text is in %s",
		   f->path, kept);
	return RBAC_CONFLICT;
}

int edit_file_restore(struct edit_file *f, struct buf *why)
{
	int err;

	if (!f->before)
		return unlink(f->path) || files_sync_folder(f->folder) ? fail(why, f->path)
								       : RBAC_OK;
	err = write_file(f->copy, f->before, f->before_len, why);
	return err ? err : move_in(f, why);
}

void edit_file_close(struct edit_file *f)
{
	if (f->lock >= 0 && f->copy[0])
		unlink(f->copy);
	if (f->lock >= 0)
		close(f->lock);
	free(f->before);
	*f = (struct edit_file){ .lock = -1 };
}
