#include "common/view.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "common/view_file.h"

enum { SLOTS = 4, STRIPES = 8, PATH_KEPT = 256, ENTER_TRIES = 8 };

#if defined(__x86_64__) || defined(__i386__)
enum { PAGE_MOST = 4096 };
#else
enum { PAGE_MOST = 65536 };
#endif

/* Those inside, counted. Several counts, each on a cache line of its own: threads that only look do
 * not meet there. */
struct stripe {
	_Alignas(64) atomic_int refs;
};

/*
 * A slot's file is written by the holder of `busy` while the slot is not current and nobody is in
 * it, and read by those who hold a reference and have seen the slot current since they took it. A
 * count is only ever counted, never set.
 */
struct slot {
	struct stripe stripes[STRIPES];
	_Alignas(64) _Atomic uint64_t tick; /* when the path was last seen to be this file */
	int trust;                          /* with which it was loaded */
	struct view_file file;
};

/* All zero: unlocked and empty. That is what a child finds, whatever its parent's threads were
 * doing. */
struct state {
	atomic_int busy;      /* try-lock of all changes; never waited for */
	atomic_int current;   /* slot + 1; 0: none */
	atomic_int life;      /* rbac_view_life(); 0: not asked for yet */
	char path[PATH_KEPT]; /* set once, before `current` is first set */
	struct slot slots[SLOTS];
};

_Static_assert(sizeof(struct state) <= 4096, "the state must fit the smallest page");

/* A whole page of this is the state: one page, wherever the module was loaded, and nothing else on
 * it. */
static uint8_t arena[2 * PAGE_MOST];

static _Atomic(struct state *) ready; /* the state, once the kernel has promised to wipe it */
static atomic_bool off; /* it will not, or the module is being unloaded: nothing is cached */

/*
 * Where each slot's mapping is, in memory that a child inherits. addr is set last and taken back
 * before the mapping goes, so that whatever a child finds is a mapping that it has. (A fork within
 * those few instructions costs that child the address space of one view.)
 */
static _Alignas(64) struct mapping {
	_Atomic(void *) addr;
	atomic_size_t size;
} mapped[SLOTS];

/*
 * Several threads may get here at once, and a fork may come in between: madvise is the same however
 * often it is done, and a flag that says "someone is at it" would stay up for ever in a child.
 */
static struct state *state_prepare(void)
{
	size_t page = getauxval(AT_PAGESZ);
	uintptr_t at;

	if (atomic_load(&off))
		return NULL;
	at = page ? ((uintptr_t)arena + page - 1) & ~(uintptr_t)(page - 1) : 0;
	/* Advice -1 does not exist: an emulator that says yes to it says yes to all and does
	 * nothing. */
	if (page == 0 || page > PAGE_MOST || madvise((void *)at, page, -1) == 0 ||
	    madvise((void *)at, page, MADV_WIPEONFORK)) {
		atomic_store(&off, true);
		return NULL;
	}
	atomic_store(&ready, (struct state *)at);
	return (struct state *)at;
}

static inline struct state *state_get(void)
{
	struct state *s = atomic_load(&ready);

	return s ? s : state_prepare();
}

/* Never 0 but for a clock that fails: then every lookup looks at the path. */
static uint64_t tick_now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC_COARSE, &t))
		return 0;
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec + 1;
}

static bool try_lock(struct state *s)
{
	int open = 0;

	return atomic_load(&s->busy) == 0 && atomic_compare_exchange_strong(&s->busy, &open, 1);
}

/* This thread's: errno is somewhere else in each. */
static unsigned stripe_mine(void)
{
	return (unsigned)((uint64_t)(uintptr_t)&errno * UINT64_C(0x9e3779b97f4a7c15) >> 32) %
	       STRIPES;
}

/*
 * Is nobody in slot I? Each stripe stands for itself: who counts himself in after it was read here
 * sees that the slot is not current, and of several who leave at once the last one finds all of
 * them zero.
 */
static bool slot_deserted(struct state *s, int i)
{
	for (int k = 0; k < STRIPES; k++)
		if (atomic_load(&s->slots[i].stripes[k].refs) != 0)
			return false;
	return true;
}

/*
 * May slot I be unmapped? Nobody can come in any more once this has been true under the lock:
 * whoever counts himself in later looks at `current` again and goes.
 */
static bool slot_left(struct state *s, int i)
{
	return atomic_load(&s->current) != i + 1 && atomic_load(&mapped[i].addr) &&
	       slot_deserted(s, i);
}

/* Under the lock. In a child this also finds what its parent had mapped. */
static void sweep(struct state *s)
{
	for (int i = 0; i < SLOTS; i++) {
		if (slot_left(s, i)) {
			void *addr = atomic_load(&mapped[i].addr);

			atomic_store(&mapped[i].addr, NULL);
			rbac_view_file_unmap(addr, atomic_load(&mapped[i].size));
		}
	}
}

static bool anything_left(struct state *s)
{
	for (int i = 0; i < SLOTS; i++)
		if (slot_left(s, i))
			return true;
	return false;
}

/*
 * Unmap what nobody is in. Who finds the lock taken may go: its holder comes here after letting go
 * of it, and sees then what was left meanwhile.
 */
static void tidy(struct state *s)
{
	for (int round = 0; round < SLOTS && anything_left(s) && try_lock(s); round++) {
		sweep(s);
		atomic_store(&s->busy, 0);
	}
}

static void unlock(struct state *s)
{
	atomic_store(&s->busy, 0);
	tidy(s);
}

static void slot_leave(struct state *s, int i, unsigned stripe)
{
	atomic_int *count = &s->slots[i].stripes[stripe].refs;
	int refs = atomic_load(count);

	/* Not below 0: a signal handler may have forked in the midst of a lookup, and the child
	 * comes back to a wiped page. */
	do {
		if (refs == 0)
			return;
	} while (!atomic_compare_exchange_weak(count, &refs, refs - 1));
	if (refs == 1 && atomic_load(&s->current) != i + 1)
		tidy(s);
}

/* Count oneself into the current slot. Its number, or -1: there is none. */
static int slot_enter(struct state *s, unsigned stripe)
{
	for (int tries = 0; tries < ENTER_TRIES; tries++) {
		int current = atomic_load(&s->current);

		if (current == 0)
			return -1;
		atomic_fetch_add(&s->slots[current - 1].stripes[stripe].refs, 1);
		if (atomic_load(&s->current) == current)
			return current - 1;
		slot_leave(s, current - 1, stripe);
	}
	return -1;
}

/* The clock is read before the path is looked at: a rename in between is then seen one tick later,
 * not never. */
static bool slot_fresh(struct slot *slot, const char *path)
{
	uint64_t now = tick_now();

	if (now != 0 && now == atomic_load_explicit(&slot->tick, memory_order_relaxed))
		return true;
	if (!rbac_view_file_same(path, &slot->file.id))
		return false;
	atomic_store_explicit(&slot->tick, now, memory_order_relaxed);
	return true;
}

static int map_own(const char *path, int trust, struct rbac_view *v)
{
	struct view_file f;
	int rc = rbac_view_file_map(path, trust, &f);

	if (rc == RBAC_OK)
		rbac_view_file_give(v, &f, -1, 0);
	else
		v->cause = f.cause;
	return rc;
}

/* Under the lock: is PATH the one that is cached? */
static bool path_claim(struct state *s, const char *path)
{
	size_t len = strnlen(path, PATH_KEPT);

	if (len == PATH_KEPT)
		return false;
	if (s->path[0] == '\0')
		memcpy(s->path, path, len + 1);
	return strcmp(s->path, path) == 0;
}

static int slot_free(struct state *s)
{
	for (int i = 0; i < SLOTS; i++)
		if (atomic_load(&s->current) != i + 1 && !atomic_load(&mapped[i].addr) &&
		    slot_deserted(s, i))
			return i;
	return -1;
}

/*
 * Under the lock: make what stands at PATH now the current slot I, or have none; and enter it. I
 * -1: RBAC_INVALID, and the current one stays, stale as it is: whoever enters it will see that.
 */
static int slot_load(struct state *s, int i, const char *path, int trust, struct rbac_view *v)
{
	uint64_t now = tick_now();
	unsigned stripe = stripe_mine();
	struct view_file f;
	struct slot *slot;
	int rc;

	if (i < 0)
		return RBAC_INVALID;
	slot = &s->slots[i];
	rc = rbac_view_file_map(path, trust, &f);
	if (rc) {
		atomic_store(&s->current, 0);
		v->cause = f.cause;
		return rc;
	}
	slot->file = f;
	slot->trust = trust;
	atomic_store_explicit(&slot->tick, now, memory_order_relaxed);
	atomic_store(&mapped[i].size, f.walk.size);
	atomic_store(&mapped[i].addr, (void *)(uintptr_t)f.walk.map);
	atomic_fetch_add(&slot->stripes[stripe].refs, 1);
	atomic_store(&s->current, i + 1);
	rbac_view_file_give(v, &f, i, stripe);
	return RBAC_OK;
}

/*
 * Load anew, SEEN being the slot that was found stale (-1: there was none). RBAC_CONFLICT: someone
 * else is at it, or has been quicker. RBAC_INVALID: the cache is for another path, or every slot is
 * in use.
 */
static int reload(struct state *s, const char *path, int trust, int seen, struct rbac_view *v)
{
	int current, rc = RBAC_CONFLICT;

	if (!try_lock(s))
		return RBAC_CONFLICT;
	current = atomic_load(&s->current) - 1;
	if (current < 0 || current == seen) {
		rc = RBAC_INVALID;
		if (path_claim(s, path)) {
			sweep(s);
			rc = slot_load(s, slot_free(s), path, trust, v);
		}
	}
	unlock(s);
	return rc;
}

/*
 * Fill V from slot I, which was entered. RBAC_CONFLICT: it is stale. RBAC_INVALID: it is not for
 * this caller; it may be for others, and is left as it is.
 */
static int slot_use(struct state *s, int i, unsigned stripe, const char *path, int trust,
		    struct rbac_view *v)
{
	struct slot *slot = &s->slots[i];
	int rc = RBAC_OK;

	if (strcmp(s->path, path) != 0)
		rc = RBAC_INVALID;
	else if (!slot_fresh(slot, path))
		rc = RBAC_CONFLICT;
	else if (slot->file.owner != 0 && slot->trust != trust)
		rc = RBAC_INVALID; /* root's file satisfies everyone; another's only who trusts like
				      the one who loaded it */
	if (rc)
		slot_leave(s, i, stripe);
	else
		rbac_view_file_give(v, &slot->file, i, stripe);
	return rc;
}

static int acquire(struct state *s, const char *path, int trust, struct rbac_view *v)
{
	unsigned stripe = stripe_mine();

	for (int tries = 0; tries < 2; tries++) {
		int rc = RBAC_CONFLICT, i = slot_enter(s, stripe);

		if (i >= 0)
			rc = slot_use(s, i, stripe, path, trust, v);
		if (rc == RBAC_CONFLICT)
			rc = reload(s, path, trust, i, v);
		if (rc == RBAC_INVALID)
			break;
		if (rc != RBAC_CONFLICT)
			return rc;
	}
	return map_own(path, trust, v);
}

int rbac_view_acquire(const char *path, int trust, struct rbac_view *v)
{
	int rc, saved = errno;
	struct state *s = state_get();

	rc = s ? acquire(s, path, trust, v) : map_own(path, trust, v);
	if (rc)
		rbac_view_file_none(v, v->cause);
	errno = saved;
	return rc;
}

int rbac_view_open(const char *path, int trust, struct rbac_view *v)
{
	int rc, saved = errno;

	rc = map_own(path, trust, v);
	if (rc)
		rbac_view_file_none(v, v->cause);
	errno = saved;
	return rc;
}

void rbac_view_release(struct rbac_view *v)
{
	int saved = errno;

	if (v->slot < 0)
		rbac_view_file_unmap(v->walk.map, v->walk.size);
	else
		slot_leave(atomic_load(&ready), v->slot, v->stripe);
	errno = saved;
}

int rbac_view_get(const struct rbac_view *v, uint8_t type, const void *name, size_t len,
		  struct rbac_bytes *rec)
{
	return rbac_view_file_get(&v->walk, type, name, len, rec);
}

int rbac_view_next(const struct rbac_view *v, struct rbac_bytes key, struct rbac_bytes *next,
		   struct rbac_bytes *rec, struct rbac_walk_place *place)
{
	const uint8_t *data;
	size_t len;
	int rc = rbac_walk_after(&v->walk, key.p, key.len, &next->p, &next->len, &data, &len,
				 place);

	return rc ? rc : rbac_view_file_verify(next->p, next->len, data, len, rec);
}

int rbac_view_life(void)
{
	static atomic_int lives; /* a child counts on from its parent's */
	struct state *s = state_get();
	int life = s ? atomic_load(&s->life) : getpid();

	if (life == 0) {
		int mine = atomic_fetch_add(&lives, 1) + 1;

		if (atomic_compare_exchange_strong(&s->life, &life, mine))
			life = mine;
	}
	return life;
}

/*
 * dlclose, and exit: other threads may still be looking. The lock is taken and kept, so that
 * nothing is loaded any more; a slot that someone is in stays mapped. If the lock is taken there is
 * a thread at work, and then this is exit.
 */
__attribute__((destructor)) static void view_unload(void)
{
	struct state *s = atomic_load(&ready);
	int saved = errno;

	atomic_store(&off, true);
	if (s && try_lock(s)) {
		atomic_store(&s->current, 0);
		sweep(s);
	}
	errno = saved;
}
