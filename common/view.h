/*
 * view.h - the published view, as the readers see it: opened, checked for trust, cached, current.
 *
 * Every function here may be called from any thread of any process, in a child of a threaded
 * process, in a chroot, and with every descriptor taken. None blocks, keeps a descriptor open,
 * allocates heap memory, or changes errno. Errors are from common/error.h.
 *
 * How it works (docs/design.md, "The readers"): a process has four slots. A slot is a mapped file
 * and a count of the calls that use it. A lookup counts itself into the current slot, reads, and
 * counts itself out. When CLOCK_MONOTONIC_COARSE has advanced since the path was last checked (4 ms
 * at CONFIG_HZ=250), the lookup calls stat(2); if device, inode, size or ctime differ, it maps the
 * new file into a free slot. Publish returns only after that clock has advanced past the rename, so
 * a lookup that begins after rbacctl returned sees the new view.
 *
 * The slots are in memory that the kernel zeroes in a child (MADV_WIPEONFORK, Linux 4.14). Where
 * the kernel cannot do that, nothing is cached and each call maps the file.
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

/* Which owners of a file and of its folder are trusted. */
enum rbac_view_trust {
	RBAC_TRUST_ROOT = 0,     /* uid 0: pam_rbac */
	RBAC_TRUST_OVERFLOW = 1, /* also 65534, if this user namespace does not map root, whose
				    files then show that owner: nss_rbac */
	RBAC_TRUST_SELF = 2,     /* also the effective uid: rbacctl with --store, tests */
};

/* A view that one call holds. The caller owns the struct, usually on its stack, and may read META
 * and CAUSE. The rest is private. */
struct rbac_view {
	struct rbac_walk walk;
	struct rbac_meta meta; /* decoded; borrows the mapping */
	int slot;              /* 0..3: the slot that is counted; -1: a mapping of its own */
	unsigned stripe;       /* which of the slot's counts */
	int cause; /* after a failure: errno of the system call that failed, 0 if none failed */
};

/* Identifies one state of one file: a changed or replaced file has another one. */
struct rbac_file_id {
	dev_t dev;
	ino_t ino;
	off_t size; /* bytes */
	struct timespec ctime;
};

/* A view that is kept from one enumeration to the next. All zero: none. */
struct rbac_view_kept {
	struct rbac_view view; /* to be read, not to be released */
	struct rbac_file_id id;
	int trust; /* with which it was mapped */
	bool held;
};

/*
 * Get the current view at PATH. A process caches one path, the first that it asks for; other paths
 * are mapped on each call. TRUST: enum rbac_view_trust.
 *
 * RBAC_OK, and the caller calls rbac_view_release() soon. Or RBAC_ABSENT, RBAC_UNTRUSTED (the file
 * or its folder), RBAC_DAMAGED, RBAC_NEWER, RBAC_NOMEM, RBAC_SYSTEM or RBAC_INVALID (the path is
 * too long); then nothing is held, and V->cause says why.
 */
int rbac_view_acquire(const char *path, int trust, struct rbac_view *v);

/* The same without the cache: for rbacctl. */
int rbac_view_open(const char *path, int trust, struct rbac_view *v);

/* Give back what acquire or open returned. V must not be used afterwards. */
void rbac_view_release(struct rbac_view *v);

/*
 * The same for an enumeration, which reads one snapshot however long it takes. If K holds the file
 * that is at PATH now, it stays; else K is unmapped and gets a new mapping. RBAC_OK, and the owner
 * of K calls rbac_view_forget() later; or an error as above, and K holds nothing. The owner of K
 * must see to it that no other thread uses K meanwhile. A child may use the K that it inherits.
 */
int rbac_view_keep(const char *path, int trust, struct rbac_view_kept *k);

/* Unmap what K holds, if anything. */
void rbac_view_forget(struct rbac_view_kept *k);

/*
 * Look up the record of TYPE (RBAC_REC_*) and NAME, LEN bytes. *REC borrows the view; it is the
 * payload without its checksum, which has been verified. RBAC_OK, RBAC_NOTFOUND (also for a name
 * that is too long for a key) or RBAC_DAMAGED.
 */
int rbac_view_get(const struct rbac_view *v, uint8_t type, const void *name, size_t len,
		  struct rbac_bytes *rec);

/*
 * Prove that a record is missing, after rbac_view_get() returned RBAC_NOTFOUND. RBAC_NOTFOUND: no
 * damage in one place can have hidden the record; else RBAC_DAMAGED. A caller who grants something
 * where a record is missing must ask for this proof. Cost: every page on the way down, and two
 * records (docs/performance.md).
 */
int rbac_view_prove_absent(const struct rbac_view *v, uint8_t type, const void *name, size_t len);

/* The record after KEY in the order of keys, of any type; KEY empty: the first. Its checksum has
 * been verified. PLACE: see walk.h; may be NULL. RBAC_OK, RBAC_NOTFOUND or RBAC_DAMAGED. */
int rbac_view_next(const struct rbac_view *v, struct rbac_bytes key, struct rbac_bytes *next,
		   struct rbac_bytes *rec, struct rbac_walk_place *place);

/*
 * A number, never 0, that differs between a process and each of its ancestors, however it was
 * forked (fork, _Fork, clone). For a lock in memory that a child inherits: the holder's number
 * tells a child that its parent held the lock. It is not a pid, because pids are used again and two
 * pid namespaces have the same ones. Where the kernel cannot zero memory in a child, it is the pid.
 */
int rbac_view_fork_generation(void);

#endif
