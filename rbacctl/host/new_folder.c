#include "rbacctl/host/new_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/files.h"

enum { ROOM = PATH_MAX + 300 };

struct new_folder {
	const struct policy_sources *s;
	char temp[PATH_MAX]; /* PATH.XXXXXX */
	struct buf *why;
};

static int fail(struct buf *why, const char *path)
{
	buf_printf(why, "%s: %s", path, strerror(errno));
	return RBAC_SYSTEM;
}

static bool is_empty(const char *path)
{
	DIR *d = opendir(path);
	bool empty = d != NULL;
	const struct dirent *e;

	while (empty && (e = readdir(d)))
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	if (d)
		closedir(d);
	return empty;
}

/* Nothing, or an empty folder that a rename replaces. */
static int check_place(const char *path, struct buf *why)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? RBAC_OK : fail(why, path);
	if (S_ISDIR(st.st_mode) && is_empty(path))
		return RBAC_OK;
	buf_printf(why,
		   "%s is there already: expected the name of a new folder, or of an empty one",
		   path);
	return RBAC_CONFLICT;
}

/* The name of S->v[I] in the new folder, into OUT, with its folder made. */
static int place(const struct new_folder *f, size_t i, char out[ROOM])
{
	const char *name = f->s->v[i].name, *slash = strchr(name, '/');

	if (slash) {
		snprintf(out, ROOM, "%s/%.*s", f->temp, (int)(slash - name), name);
		if (mkdir(out, 0700) != 0 && errno != EEXIST)
			return fail(f->why, out);
	}
	snprintf(out, ROOM, "%s/%s", f->temp, name);
	return RBAC_OK;
}

static int write_file(const struct new_folder *f, size_t i)
{
	const struct policy_text *t = &f->s->v[i];
	char path[ROOM];
	int err = place(f, i, path);
	int fd = err ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (err)
		return err;
	if (fd < 0)
		return fail(f->why, path);
	bool bad = files_write(fd, t->text, t->len) != RBAC_OK || fchmod(fd, 0600) || fsync(fd);
	int e = errno;
	if (close(fd) && !bad) {
		bad = true;
		e = errno;
	}
	errno = e;
	return bad ? fail(f->why, path) : RBAC_OK;
}

/* Call FN with each folder in the new one, then with itself. */
static int each_folder(const struct new_folder *f, int (*fn)(const char *path))
{
	char path[ROOM];
	const char *last = "";
	size_t last_len = 0;

	for (size_t i = 0; i < f->s->n; i++) {
		const char *name = f->s->v[i].name, *slash = strchr(name, '/');
		size_t len = slash ? (size_t)(slash - name) : 0;
		if (len == 0 || (len == last_len && memcmp(name, last, len) == 0))
			continue;
		last = name;
		last_len = len;
		snprintf(path, sizeof path, "%s/%.*s", f->temp, (int)len, name);
		if (fn(path))
			return fail(f->why, path);
	}
	return fn(f->temp) ? fail(f->why, f->temp) : RBAC_OK;
}

static void remove_made(const struct new_folder *f)
{
	char path[ROOM];
	struct buf unsaid = { 0 };
	struct new_folder quiet = *f;

	for (size_t i = 0; i < f->s->n; i++) {
		snprintf(path, sizeof path, "%s/%s", f->temp, f->s->v[i].name);
		unlink(path);
	}
	quiet.why = &unsaid;
	each_folder(&quiet, rmdir);
	rmdir(f->temp);
	buf_free(&unsaid);
}

static int sync_parent(const char *path, struct buf *why)
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof copy, "%s", path);
	const char *parent = dirname(copy);
	return files_sync_folder(parent) ? fail(why, parent) : RBAC_OK;
}

int new_folder_write(const char *path, const struct policy_sources *s, struct buf *why)
{
	struct new_folder f = { .s = s, .why = why };
	size_t len = strlen(path);
	char place[PATH_MAX];

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0 || len > PATH_MAX - sizeof ".XXXXXX") {
		errno = len ? ENAMETOOLONG : ENOENT;
		return fail(why, path);
	}
	snprintf(place, sizeof place, "%.*s", (int)len, path);
	int err = check_place(place, why);
	if (err)
		return err;
	snprintf(f.temp, sizeof f.temp, "%.*s.XXXXXX", (int)len, path);
	if (!mkdtemp(f.temp))
		return fail(why, place);
	for (size_t i = 0; i < s->n && !err; i++)
		err = write_file(&f, i);
	if (!err)
		err = each_folder(&f, files_sync_folder);
	if (!err && rename(f.temp, place) != 0)
		err = fail(why, place);
	if (err)
		remove_made(&f);
	return err ? err : sync_parent(place, why);
}
