/*
 * disk_log.h - the log of what a program wrote, as disk.c takes it and disk_leave.c plays it.
 * Private to these two.
 */
#ifndef TESTS_FAULT_DISK_LOG_H
#define TESTS_FAULT_DISK_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { FILES = 256, EVENTS = 8192, PATH = 256, PIECES = 64 };

enum what { WRITE, TRUNCATE, SYNC, SYNC_DIR, NAME, MOVE, REMOVE };

/* A file or a folder, whatever its current name. */
struct file {
	bool dir;
	mode_t mode;
	char *bytes;
	size_t len;
};

struct event {
	enum what what;
	int file;  /* WRITE, TRUNCATE, SYNC, NAME */
	bool safe; /* WRITE: O_DSYNC */
	size_t at, len;
	char *bytes;
	char path[PATH], to[PATH]; /* NAME, MOVE, REMOVE; SYNC_DIR: the folder */
};

struct name {
	char path[PATH];
	int file;
};

extern struct file disk_files[FILES];
extern struct name disk_first[FILES]; /* the names at the begin */
extern struct event disk_log[EVENTS];
extern size_t disk_n_first;

/* Do to the N names at V what E did. */
void disk_rename_in(struct name *v, size_t *n, const struct event *e);

/* Is PATH directly in FOLDER? */
bool disk_in_folder(const char *path, const char *folder);

#endif
