/*
 * disk.h - what a disk may hold after the power went: a log of what a program wrote, named and
 * synced, and the states that a filesystem may leave of any prefix of it. The model is the weakest
 * that POSIX allows, but for one thing: the names in one folder change in the order they were
 * changed in.
 *
 * - What was written to a file is there once the file was synced after it (or it was opened with
 * O_DSYNC); until then any part of it may be there.
 * - A name is made, moved or gone for good once its folder was synced after it; until then the
 * names of a folder may be those of any earlier instant. Syncing a file says nothing about its
 * name. lock.mdb is left out: LMDB makes it anew when nobody has it open.
 */
#ifndef TESTS_FAULT_DISK_H
#define TESTS_FAULT_DISK_H

#include <stddef.h>

#include "tests/fault/tracer.h"

/* Forget all, and take the files and folders under /var/lib/etc and /var/lib/rbac as they are for
 * what is safely on disk. */
void disk_begin(void);

/* To be told of every call that was made; a tracer_exit_fn. */
void disk_note(void *ctx, const struct tracer_call *call);

/* How many events there are. */
size_t disk_events(void);

/* DISK_LATER: all names, and of each file all but the first write that was not synced. */
enum disk_luck {
	DISK_NOTHING,
	DISK_NAMES_ONLY,
	DISK_CONTENT_ONLY,
	DISK_ALL,
	DISK_LATER,
	DISK_CHANCE
};

/* Leave in /var/lib what is left of the first N events. SEED: for DISK_CHANCE. */
void disk_leave(size_t n, enum disk_luck luck, unsigned seed);

/* "3 writes, rename view.mdb.new": what event N was, for messages. */
void disk_describe(size_t n, char *out, size_t size);

#endif
