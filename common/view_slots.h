/*
 * view_slots.h - the cache of views: four slots, the memory that they are in, and the rare work on
 * them (load, unmap). Private to view.c, which has the warm path, and view_slots.c.
 *
 * No function blocks, allocates heap memory or keeps a descriptor open. They change errno; view.c
 * restores it.
 */
#ifndef RBAC_COMMON_VIEW_SLOTS_H
#define RBAC_COMMON_VIEW_SLOTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "common/error.h"
#include "common/view.h"
#include "common/view_file.h"

enum { SLOTS = 4, STRIPES = 8, PATH_KEPT = 256 };

/* How an attempt to use the cache ends, if not with an RBAC_* result of the file. */
enum slot_result {
	SLOT_STALE = RBAC_ERROR_COUNT, /* there is no current slot, or its file was replaced */
	SLOT_BUSY,                     /* another thread is loading, or has just loaded */
	SLOT_NOT_OURS, /* the cache is for another path or another trust, or no slot is free */
};

/*
 * A count of the calls that use a slot. A slot has several, each on a cache line of its own and
 * chosen by thread, so that threads that only look up do not share a cache line.
 */
struct stripe {
	_Alignas(64) atomic_int refs;
};

/*
 * `trust` and `file` are written by the holder of `busy`, while the slot is not current and no call
 * uses it. They are read by a call that has counted itself in and has then seen that the slot is
 * current. The counts are only ever added to and taken from, never set.
 */
struct slot {
	struct stripe stripes[STRIPES];
	_Alignas(64) _Atomic uint64_t tick; /* view_tick() when the path was last seen to be FILE */
	int trust;                          /* with which FILE was loaded */
	struct view_file file;
};

/* All zero is unlocked and empty. A child always finds it so: its parent's threads do not matter.
 */
struct view_state {
	atomic_int busy;            /* try-lock for all changes; nobody waits for it */
	atomic_int current;         /* slot + 1; 0: none */
	atomic_int fork_generation; /* of rbac_view_fork_generation(); 0: not asked for yet */
	char path[PATH_KEPT];       /* set once, before `current` is first set */
	struct slot slots[SLOTS];
};

/* The state, or NULL until view_state_prepare() has succeeded. */
extern _Atomic(struct view_state *) view_state_ready;

/* Set up the state. NULL: the kernel cannot zero it in a child, or the module is being unloaded;
 * then nothing is cached. */
struct view_state *view_state_prepare(void);

static inline struct view_state *view_state_get(void)
{
	struct view_state *s = atomic_load(&view_state_ready);

	return s ? s : view_state_prepare();
}

/* CLOCK_MONOTONIC_COARSE in nanoseconds plus 1; 0: the clock failed, and every lookup checks the
 * path. Inline: each warm lookup calls it. */
static inline uint64_t view_tick(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC_COARSE, &t))
		return 0;
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec + 1;
}

/* Unmap the mappings that no call uses and no slot needs. */
void view_unmap_deserted(struct view_state *s);

/*
 * Load the view at PATH into a free slot and make it current; SEEN is the slot that the caller
 * found stale, -1: there was none. RBAC_OK: V is filled from the new slot and counted in STRIPE.
 * Else SLOT_BUSY, SLOT_NOT_OURS or an RBAC_* error of the file, and V->cause.
 */
int view_slot_reload(struct view_state *s, const char *path, int trust, int seen, unsigned stripe,
		     struct rbac_view *v);

#endif
