/* Making edits, and undoing them by their record in a folder of root's: N.path, N.before (not where
 * the file was made), N.after, and N.undo, the command that undoes it. */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/config/trust.h"
#include "rbacctl/files.h"
#include "rbacctl/host/edit/add.h"
#include "rbacctl/host/edit/replace.h"
#include "rbacctl/host/new_files.h"
#include "rbacctl/host/program.h"

static int fail(struct buf *why, const char *path)
{
	buf_printf(why, "%s: %s", path, strerror(errno));
	return RBAC_SYSTEM;
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
	bool done = fd >= 0 && files_write(fd, text, strlen(text)) == 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return done ? RBAC_OK : fail(why, path);
}

static const char *const kinds[] = { "path", "undo", "before", "after" };

enum { KINDS = sizeof kinds / sizeof *kinds };

/* What the record says is done as root: others may not have written it. N: how many edits it has.
 */
static int judge(const char *record, unsigned n, struct buf *why)
{
	char path[4200];
	bool trusted = trust_path(record, why);

	for (unsigned i = 0; i < n * KINDS && trusted; i++) {
		name_of(record, i / KINDS, kinds[i % KINDS], path);
		trusted = trust_path(path, why);
	}
	return trusted ? RBAC_OK : RBAC_UNTRUSTED;
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
	char path[4200];

	for (size_t i = 0; i < KINDS; i++) {
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

/* ---- commands ---- */

enum { COMMAND_SECONDS = 120 };

/* Run COMMAND, words with one blank between them, which is looked for where root's programs are. */
static int run(const char *command, struct buf *out, struct buf *why)
{
	static const char *const before[] = { "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive" };
	size_t n = sizeof before / sizeof *before, room = n + 2;
	int status = 0;

	for (const char *p = command; *p; p++)
		room += *p == ' ';
	const char **argv = calloc(room, sizeof *argv);
	char *copy = strdup(command), *rest = copy, *word;
	int err = argv && copy ? RBAC_OK : RBAC_NOMEM;
	if (!err)
		memcpy(argv, before, sizeof before);
	while (!err && (word = strsep(&rest, " ")))
		argv[n++] = word;
	if (!err)
		err = program_run(argv, COMMAND_SECONDS, out, &status);
	if (err == RBAC_SYSTEM)
		buf_printf(why, "%s: %s", command, strerror(errno));
	if (!err && status != 0) {
		buf_printf(why, "%s: it ended with status %d: %.1000s", command, status,
			   buf_text(out));
		err = RBAC_SYSTEM;
	}
	free(copy);
	free(argv);
	return err;
}

/* ---- undo ---- */

static int put_back(const char *path, const char *before, const char *after, struct buf *done,
		    struct buf *why)
{
	char *now = NULL, *less = NULL;

	if (access(path, F_OK) && errno == ENOENT) {
		buf_printf(done, "  %s is gone: nothing to undo there\n", path);
		return RBAC_OK;
	}
	int err = edit_read(path, &now, why);
	if (!err && strcmp(now, after) == 0 && !before) {
		err = unlink(path) == 0 ? RBAC_OK : fail(why, path);
		buf_printf(done, "  %s removed, as before\n", path);
	} else if (!err && before && strcmp(now, before) == 0) {
		buf_printf(done, "  %s as before\n", path); /* the edit was not made */
	} else if (!err && strcmp(now, after) == 0) {
		err = edit_replace(path, before, why);
		buf_printf(done, "  %s as before\n", path);
	} else if (!err) {
		less = edit_take_out(path, now);
		err = less ? edit_replace(path, less, why) : RBAC_NOMEM;
		buf_printf(done, "  %s was changed since: only the words of rbac were taken out\n",
			   path);
	}
	free(less);
	free(now);
	return err;
}

/* Is our word out of the file at PATH, where UNDO has been run? Else it is taken out: what
 * pam-auth-update takes for an administrator's own lines it leaves alone. */
static int look_after(const char *path, const char *before, const char *undo, struct buf *done,
		      struct buf *why)
{
	char *now = NULL, *less = NULL;
	int err = edit_read(path, &now, why);

	if (err)
		return err;
	less = edit_take_out(path, now);
	if (!less) {
		err = RBAC_NOMEM;
	} else if (strcmp(now, before) == 0) {
		buf_printf(done, "  %s as before (%s)\n", path, undo);
	} else if (strcmp(now, less) != 0) {
		err = edit_replace(path, less, why);
		buf_printf(done, "  %s was changed since: only the words of rbac were taken out\n",
			   path);
	} else {
		buf_printf(done, "  %s has other changes, which stay (%s)\n", path, undo);
	}
	free(less);
	free(now);
	return err;
}

/* A group that is somebody's primary group stays; the other edits are undone nevertheless. */
static int undo_command(const char *path, const char *before, const char *undo, struct buf *done,
			struct buf *why)
{
	struct buf out = { 0 }, wrong = { 0 };
	int err = run(undo, &out, &wrong);

	if (err && strncmp(undo, "groupdel ", 9) == 0) {
		buf_printf(done, "  the group stays: %s\n", buf_text(&wrong));
		err = RBAC_OK;
	} else if (err) {
		buf_printf(why, "%s", wrong.len ? buf_text(&wrong) : rbac_error_text(err));
	} else if (before) {
		err = look_after(path, before, undo, done, why);
	} else {
		buf_printf(done, "  %s\n", undo);
	}
	buf_free(&wrong);
	buf_free(&out);
	return err;
}

static int undo_one(const char *record, unsigned n, struct buf *done, struct buf *why)
{
	char *path = kept(record, n, "path"), *before = kept(record, n, "before"),
	     *after = kept(record, n, "after"), *undo = kept(record, n, "undo");
	int err = RBAC_OK;

	/* A record that was not finished: nothing was edited yet. */
	if (path && undo)
		err = undo_command(path, before, undo, done, why);
	else if (path && after)
		err = put_back(path, before, after, done, why);
	if (!err)
		forget(record, n);
	free(undo);
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
	int err = judge(record, n, why);
	if (err)
		return err;
	err = undo_down_to(record, last && last < n ? n - (unsigned)last : 0, done, why);
	if (!err)
		rmdir(record); /* where it is empty */
	return err;
}

void edits_undo_show(const char *record, struct buf *out)
{
	for (unsigned n = taken(record); n > 0; n--) {
		char *path = kept(record, n - 1, "path"), *undo = kept(record, n - 1, "undo"),
		     *after = kept(record, n - 1, "after");
		if (path && undo)
			buf_printf(out, "  %s: %s\n", path, undo);
		else if (path && after)
			buf_printf(out, "  %s: as it was before setup\n", path);
		free(path);
		free(undo);
		free(after);
	}
}

/* ---- make ---- */

/* A command that ends well and leaves the file as it was has not done what it was to do. */
static int make_by_command(const struct edit *x, struct buf *why)
{
	struct buf out = { 0 };
	char *now = NULL;
	int err = run(x->run, &out, why);

	if (!err && x->before)
		err = edit_read(x->path, &now, why);
	if (now && strcmp(now, x->before) == 0) {
		buf_printf(why, "%s: %s is as it was: %.1000s", x->run, x->path, buf_text(&out));
		err = RBAC_SYSTEM;
	}
	free(now);
	buf_free(&out);
	return err;
}

static int make_one(const struct edit *x, const char *record, unsigned n, struct buf *why)
{
	int err = x->existed ? keep(record, n, "before", x->before, why) : RBAC_OK;

	if (!err && x->after)
		err = keep(record, n, "after", x->after, why);
	if (!err && x->undo)
		err = keep(record, n, "undo", x->undo, why);
	if (!err)
		err = keep(record, n, "path", x->path, why);
	if (err)
		return err;
	if (x->after)
		return edit_replace(x->path, x->after, why);
	return x->run ? make_by_command(x, why) : RBAC_OK;
}

int edits_make(const struct edits *e, const char *record, struct buf *why)
{
	struct buf done = { 0 }, lost = { 0 };
	int err = RBAC_OK;

	if (mkdir(record, 0700) && errno != EEXIST)
		return fail(why, record);
	unsigned first = taken(record);
	err = judge(record, first, why);
	if (err)
		return err;
	for (size_t i = 0; i < e->n && !err; i++)
		err = make_one(&e->v[i], record, first + (unsigned)i, why);
	if (err) {
		undo_down_to(record, first, &done, &lost);
		rmdir(record); /* where it is empty */
	}
	buf_free(&done);
	buf_free(&lost);
	return err;
}
