#define _GNU_SOURCE
#include "tests/fault/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/fault/disk_log.h"
#include "tests/fault/kit.h"

enum { FDS = 256 };

struct file disk_files[FILES];
struct name disk_first[FILES];
struct event disk_log[EVENTS];
size_t disk_n_first;
static size_t n_files, n_events, n_now;
static struct {
	int file;
	bool safe;
	size_t pos;
	char path[PATH];
} fds[FDS];                    /* FILE -1: not a file of rbac */
static struct name now[FILES]; /* the names as the program sees them */

/* ---- names ---- */

static int find_name(const struct name *v, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].path, path) == 0)
			return (int)i;
	return -1;
}

static void set_name(struct name *v, size_t *n, const char *path, int file)
{
	int i = find_name(v, *n, path);
	if (i < 0) {
		need(*n < FILES);
		i = (int)(*n)++;
	}
	snprintf(v[i].path, PATH, "%s", path);
	v[i].file = file;
}

static int drop_name(struct name *v, size_t *n, const char *path)
{
	int i = find_name(v, *n, path);
	if (i < 0)
		return -1;
	int file = v[i].file;
	v[i] = v[--*n];
	return file;
}

void disk_rename_in(struct name *v, size_t *n, const struct event *e)
{
	switch (e->what) {
	case NAME:
		set_name(v, n, e->path, e->file);
		break;
	case REMOVE:
		drop_name(v, n, e->path);
		break;
	case MOVE: {
		int file = drop_name(v, n, e->path);
		if (file >= 0)
			set_name(v, n, e->to, file);
		break;
	}
	default:
		break;
	}
}

static bool is_ours(const char *path)
{
	return strncmp(path, "/var/lib/rbac", 13) == 0 || strncmp(path, "/var/lib/etc", 12) == 0;
}

bool disk_in_folder(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	return strncmp(path, folder, len) == 0 && path[len] == '/' && !strchr(path + len + 1, '/');
}

/* ---- what is there at disk_first ---- */

static int add_file(bool dir, mode_t mode)
{
	need(n_files < FILES);
	disk_files[n_files] = (struct file){ .dir = dir, .mode = mode };
	return (int)n_files++;
}

static int take(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	int number = add_file(type == FTW_D, st->st_mode & 07777);
	struct file *f = &disk_files[number];
	set_name(disk_first, &disk_n_first, path, number);
	if (type == FTW_D)
		return 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	f->len = (size_t)st->st_size;
	f->bytes = malloc(f->len + 1);
	need(fd >= 0 && f->bytes && read(fd, f->bytes, f->len) == (ssize_t)f->len);
	return close(fd);
}

void disk_begin(void)
{
	for (size_t i = 0; i < n_files; i++)
		free(disk_files[i].bytes);
	for (size_t i = 0; i < n_events; i++)
		free(disk_log[i].bytes);
	n_files = disk_n_first = n_events = 0;
	for (int i = 0; i < FDS; i++)
		fds[i].file = -1;
	need(nftw("/var/lib/etc", take, 16, FTW_PHYS) == 0 &&
	     nftw("/var/lib/rbac", take, 16, FTW_PHYS) == 0);
	memcpy(now, disk_first, sizeof now);
	n_now = disk_n_first;
}

/* ---- the log ---- */

static struct event *add(enum what what, int file)
{
	need(n_events < EVENTS);
	struct event *e = &disk_log[n_events++];
	*e = (struct event){ .what = what, .file = file };
	return e;
}

static void add_name(enum what what, int file, const char *path, const char *to)
{
	if (!is_ours(path))
		return;
	struct event *e = add(what, file);
	snprintf(e->path, PATH, "%s", path);
	snprintf(e->to, PATH, "%s", to);
	disk_rename_in(now, &n_now, e);
}

static void note_open(const struct tracer_call *c, const char *path)
{
	if (c->result >= FDS || !is_ours(path))
		return;
	int i = find_name(now, n_now, path), file;
	if (i < 0) {
		file = add_file(false, (mode_t)c->args[3] & ~(mode_t)022);
		add_name(NAME, file, path, "");
	} else
		file = now[i].file;
	fds[c->result].file = file;
	fds[c->result].safe = c->args[2] & O_DSYNC;
	fds[c->result].pos = 0;
	snprintf(fds[c->result].path, PATH, "%s", path);
}

static void note_write(const struct tracer_call *c, int fd, size_t at, uint64_t addr, size_t len)
{
	struct event *e = add(WRITE, fds[fd].file);
	e->safe = fds[fd].safe;
	e->at = at;
	e->len = len;
	e->bytes = malloc(len + 1);
	need(e->bytes && tracer_read(c, addr, e->bytes, len));
}

static void note_writev(const struct tracer_call *c, int fd)
{
	struct iovec v[PIECES];
	size_t n = (size_t)c->args[2];
	need(n <= PIECES && tracer_read(c, c->args[1], v, n * sizeof *v));
	for (size_t i = 0, left = (size_t)c->result; i < n && left; i++) {
		size_t len = v[i].iov_len < left ? v[i].iov_len : left;
		note_write(c, fd, fds[fd].pos, (uintptr_t)v[i].iov_base, len);
		fds[fd].pos += len;
		left -= len;
	}
}

static void note_on_fd(const struct tracer_call *c, int fd)
{
	switch (c->nr) {
	case SYS_write:
		note_write(c, fd, fds[fd].pos, c->args[1], (size_t)c->result);
		fds[fd].pos += (size_t)c->result;
		break;
	case SYS_pwrite64:
		note_write(c, fd, (size_t)c->args[3], c->args[1], (size_t)c->result);
		break;
	case SYS_writev:
		note_writev(c, fd);
		break;
	case SYS_read:
		fds[fd].pos += (size_t)c->result;
		break;
	case SYS_lseek:
		fds[fd].pos = (size_t)c->result;
		break;
	case SYS_ftruncate:
		add(TRUNCATE, fds[fd].file)->len = (size_t)c->args[1];
		break;
	case SYS_fsync:
	case SYS_fdatasync: {
		struct event *e = add(disk_files[fds[fd].file].dir ? SYNC_DIR : SYNC, fds[fd].file);
		snprintf(e->path, PATH, "%s", fds[fd].path);
		break;
	}
	case SYS_close:
		fds[fd].file = -1;
		break;
	case SYS_pwritev:
	case SYS_copy_file_range:
	case SYS_fallocate:
		need_say(false, "%s is not in the model of the disk", tracer_name(c->nr));
	}
}

void disk_note(void *ctx, const struct tracer_call *c)
{
	char path[PATH], to[PATH];
	(void)ctx;
	if (c->result < 0)
		return;
	tracer_path(c, path, sizeof path);
	int fd = c->args[0] < FDS ? (int)c->args[0] : -1;
	if (c->nr == SYS_openat)
		note_open(c, path);
	else if (c->nr == SYS_mkdir || c->nr == SYS_mkdirat)
		add_name(NAME, add_file(true, 0700), path, "");
	else if (c->nr == SYS_unlink || c->nr == SYS_unlinkat)
		add_name(REMOVE, -1, path, "");
	else if (c->nr == SYS_rename || c->nr == SYS_link) {
		tracer_string(c, c->args[1], to, sizeof to);
		int i = find_name(now, n_now, path);
		add_name(c->nr == SYS_link ? NAME : MOVE, i < 0 ? -1 : now[i].file,
			 c->nr == SYS_link ? to : path, to);
	} else if (c->nr == SYS_mmap) {
		fd = (int)c->args[4];
		need_say(!(tracer_matters(c) && fd >= 0 && fd < FDS && fds[fd].file >= 0 &&
			   !strstr(fds[fd].path, "lock.mdb")),
			 "%s is written through a mapping", fds[fd].path);
	} else if (fd >= 0 && fds[fd].file >= 0)
		note_on_fd(c, fd);
}

size_t disk_events(void)
{
	return n_events;
}

void disk_describe(size_t n, char *out, size_t size)
{
	static const char *const words[] = { "write", "truncate", "sync",  "sync of folder",
					     "name",  "rename",   "unlink" };
	if (n == 0)
		snprintf(out, size, "power lost before anything was written");
	else
		snprintf(out, size, "power lost after event %zu of %zu, %s %s", n, n_events,
			 words[disk_log[n - 1].what], disk_log[n - 1].path);
}
