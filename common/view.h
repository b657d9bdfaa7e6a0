/*
 * view.h - the published view, as the readers see it: opened, trusted, cached, and always the
 * current one.
 *
 * Safe to call from any thread of any process, in a child of a threaded process, in a chroot, with
 * every descriptor taken. It never blocks, leaves no descriptor open, allocates no heap memory, and
 * keeps errno.
 *
 * How: four slots, each a mapped file with a count of those inside, on memory that a child gets
 * zeroed (MADV_WIPEONFORK, Linux 4.14). Where the kernel cannot do that, nothing is cached and each
 * call maps the file anew. A lookup takes a reference to the current slot, looks, and releases.
 * When CLOCK_MONOTONIC_COARSE has moved since the last look (4 ms at CONFIG_HZ=250) the path is
 * stat'ed; device, inode, size or ctime changed means: map the new file into a free slot. Publish
 * returns only after that clock has moved past the rename, so that whoever looks after rbacctl
 * returned sees the new view.
 */
#ifndef RBAC_COMMON_VIEW_H
#define RBAC_COMMON_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "common/walk.h"
#include "common/wire.h"

/* Whose files are trusted beside root's. */
enum rbac_view_trust {
	RBAC_TRUST_ROOT = 0,     /* owner uid 0 only: pam_rbac */
	RBAC_TRUST_OVERFLOW = 1, /* also 65534, where root is not mapped in this user namespace and
				    shows as that: nss_rbac */
	RBAC_TRUST_SELF = 2,     /* also the effective uid: rbacctl with --store, tests */
};

/* A view held open for one call. Lives on the caller's stack; content is private to view.c but for
 * META and CAUSE. */
struct rbac_view {
	struct rbac_walk walk;
	struct rbac_meta meta; /* decoded; borrows the map */
	int slot;              /* 0..3: referenced slot; -1: a mapping of its own */
	unsigned stripe;       /* which of the slot's counts counts us */
	int cause; /* after a failure: errno of the system call that failed, 0 where none did */
};

/* Which file it was, and in which state: what has changed in between or stands in its place has
 * another. */
struct rbac_file_id {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec ctime;
};

/* A view kept from one enumeration to the next. All zero: none. */
struct rbac_view_kept {
	struct rbac_view view; /* to be read, not to be released */
	struct rbac_file_id id;
	int trust; /* with which it was mapped */
	bool held;
};

/*
 * Get the current view at PATH (one path per process is cached: the first one asked for; others are
 * mapped each time). RBAC_OK, and release it soon; or RBAC_ABSENT, RBAC_UNTRUSTED (the file or its
 * folder), RBAC_DAMAGED, RBAC_NEWER, RBAC_NOMEM, RBAC_SYSTEM, and nothing is held; V->cause then
 * says why.
 */
int rbac_view_acquire(const char *path, int trust, struct rbac_view *v);

/* The same, never through the cache: for rbacctl. */
int rbac_view_open(const char *path, int trust, struct rbac_view *v);

/*
 * The same, for an enumeration, which keeps its snapshot however long it takes: what K holds, if
 * that is still the file at PATH, or else a new mapping in its place. RBAC_OK, and
 * rbac_view_forget() it one day; or an error, and K holds nothing. K's owner sees to it that nobody
 * else uses K meanwhile. A child has its parent's mapping, and may go on with it.
 */
int rbac_view_keep(const char *path, int trust, struct rbac_view_kept *k);

/* Unmap what K holds, if anything. */
void rbac_view_forget(struct rbac_view_kept *k);

/* Let go of what acquire or open gave. V is not to be used afterwards. */
void rbac_view_release(struct rbac_view *v);

/*
 * Look up TYPE and NAME (see wire.h). *REC is the payload, checksum verified and cut off; it
 * borrows the view. RBAC_OK, RBAC_NOTFOUND, RBAC_DAMAGED; RBAC_NOTFOUND too for a name too long to
 * be a key.
 */
int rbac_view_get(const struct rbac_view *v, uint8_t type, const void *name, size_t len,
		  struct rbac_bytes *rec);

/*
 * Called when rbac_view_get() said RBAC_NOTFOUND, where absence would give something away:
 * RBAC_NOTFOUND when no damage of one place can have hidden the record, else RBAC_DAMAGED. Looks at
 * every page on the way, and at two records.
 */
int rbac_view_absent(const struct rbac_view *v, uint8_t type, const void *name, size_t len);

/* The record after KEY in order, whatever its type; KEY empty: the first. Checksum verified as
 * above. PLACE: see walk.h; NULL will do. */
int rbac_view_next(const struct rbac_view *v, struct rbac_bytes key, struct rbac_bytes *next,
		   struct rbac_bytes *rec, struct rbac_walk_place *place);

/*
 * A number that no process shares with its parent, nor with the parent's parents, however it was
 * made (fork, _Fork, clone): for whoever holds a lock in memory that a child inherits. Not a pid,
 * which comes round again and which a pid namespace gives out twice. Never 0. Where nothing can be
 * wiped in a child it is the pid all the same.
 */
int rbac_view_life(void);

#endif
