#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fault/disk.h"
#include "tests/fault/disk_log.h"
#include "tests/fault/kit.h"

static bool lucky(enum disk_luck luck, bool name, unsigned *seed)
{
	if (luck == DISK_CHANCE)
		return rand_r(seed) & 1;
	return luck == DISK_ALL || luck == DISK_LATER ||
	       luck == (name ? DISK_NAMES_ONLY : DISK_CONTENT_ONLY);
}

static bool synced(size_t i, size_t n)
{
	for (size_t j = i + 1; j < n; j++)
		if (disk_log[j].what == SYNC && disk_log[j].file == disk_log[i].file)
			return true;
	return disk_log[i].safe;
}

static bool folder_synced(size_t i, size_t n)
{
	for (size_t j = i + 1; j < n; j++)
		if (disk_log[j].what == SYNC_DIR &&
		    disk_in_folder(disk_log[i].path, disk_log[j].path))
			return true;
	return false;
}

static void grow(struct file *f, size_t len)
{
	char *more = realloc(f->bytes, len + 1);
	need(more);
	if (len > f->len)
		memset(more + f->len, 0, len - f->len);
	f->bytes = more;
	f->len = len;
}

static struct file content(int number, size_t n, enum disk_luck luck, unsigned *seed)
{
	struct file f = { .mode = disk_files[number].mode };
	bool first_lost = luck != DISK_LATER;
	grow(&f, disk_files[number].len);
	if (f.len)
		memcpy(f.bytes, disk_files[number].bytes, f.len);
	for (size_t i = 0; i < n; i++) {
		const struct event *e = &disk_log[i];
		if ((e->what != WRITE && e->what != TRUNCATE) || e->file != number)
			continue;
		if (!synced(i, n)) {
			bool lost = !first_lost || !lucky(luck, false, seed);
			first_lost = true;
			if (lost)
				continue;
		}
		if (e->what == TRUNCATE || e->at + e->len > f.len)
			grow(&f, e->what == TRUNCATE ? e->len : e->at + e->len);
		if (e->what == WRITE)
			memcpy(f.bytes + e->at, e->bytes, e->len);
	}
	return f;
}

/* Names of one folder stop at the disk_first that was unlucky. */
static size_t names_left(struct name *v, size_t n, enum disk_luck luck, unsigned *seed)
{
	char stopped[PIECES][PATH];
	size_t n_stopped = 0, left = disk_n_first;
	memcpy(v, disk_first, sizeof disk_first);
	for (size_t i = 0; i < n; i++) {
		struct event *e = &disk_log[i];
		if (e->what != NAME && e->what != MOVE && e->what != REMOVE)
			continue;
		bool stop = false;
		for (size_t j = 0; j < n_stopped; j++)
			stop = stop || disk_in_folder(e->path, stopped[j]);
		if (!stop && (folder_synced(i, n) || lucky(luck, true, seed)))
			disk_rename_in(v, &left, e);
		else if (!stop) {
			need(n_stopped < PIECES);
			snprintf(stopped[n_stopped], PATH, "%s", e->path);
			*strrchr(stopped[n_stopped++], '/') = '\0';
		}
	}
	return left;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->path, ((const struct name *)b)->path);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void put(const struct name *name, size_t n, enum disk_luck luck, unsigned *seed)
{
	if (disk_files[name->file].dir) {
		need(mkdir(name->path, disk_files[name->file].mode) == 0 || errno == EEXIST ||
		     errno == ENOENT);
		return;
	}
	struct file f = content(name->file, n, luck, seed);
	int fd = open(name->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, f.mode);
	/* Without its folder a file is lost, whatever is in it. */
	need(fd >= 0 ? write(fd, f.bytes, f.len) == (ssize_t)f.len : errno == ENOENT);
	if (fd >= 0)
		close(fd);
	free(f.bytes);
}

void disk_leave(size_t n, enum disk_luck luck, unsigned seed)
{
	struct name left[FILES];
	size_t n_left = names_left(left, n, luck, &seed);
	nftw("/var/lib/etc", remove_one, 16, FTW_PHYS | FTW_DEPTH);
	nftw("/var/lib/rbac", remove_one, 16, FTW_PHYS | FTW_DEPTH);
	qsort(left, n_left, sizeof *left, by_path);
	for (size_t i = 0; i < n_left; i++)
		if (!strstr(left[i].path, "lock.mdb"))
			put(&left[i], n, luck, &seed);
}
