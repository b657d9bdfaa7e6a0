#include "common/view_slots.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#if defined(__x86_64__) || defined(__i386__)
enum { PAGE_MOST = 4096 };
#else
enum { PAGE_MOST = 65536 };
#endif

_Static_assert(sizeof(struct view_state) <= 4096, "the state must fit the smallest page");

/* The state fills one whole page of these two, with nothing else on it, wherever the module was
 * loaded. */
static uint8_t arena[2 * PAGE_MOST];

_Atomic(struct view_state *) view_state_ready;
static atomic_bool off; /* nothing is cached */

/*
 * Where each slot is mapped, in memory that a child inherits. `addr` is set after the mapping was
 * made and cleared before it is unmapped, so every address that a child finds is a mapping that it
 * has. (A fork between the two steps costs that child the address space of one view.)
 */
static _Alignas(64) struct mapping {
	_Atomic(void *) addr;
	atomic_size_t size;
} mapped[SLOTS];

/*
 * Several threads may call this at once, and a fork may come in between. Both are harmless: madvise
 * may be repeated. (A flag that says "a thread is preparing" would stay set in a child for ever.)
 */
struct view_state *view_state_prepare(void)
{
	size_t page = getauxval(AT_PAGESZ);
	uintptr_t at;

	if (atomic_load(&off))
		return NULL;
	at = page ? ((uintptr_t)arena + page - 1) & ~(uintptr_t)(page - 1) : 0;
	/* Advice -1 does not exist. An emulator that accepts it accepts everything and does
	 * nothing. */
	if (page == 0 || page > PAGE_MOST || madvise((void *)at, page, -1) == 0 ||
	    madvise((void *)at, page, MADV_WIPEONFORK)) {
		atomic_store(&off, true);
		return NULL;
	}
	atomic_store(&view_state_ready, (struct view_state *)at);
	return (struct view_state *)at;
}

static bool try_lock(struct view_state *s)
{
	int open = 0;

	return atomic_load(&s->busy) == 0 && atomic_compare_exchange_strong(&s->busy, &open, 1);
}

/*
 * Does no call use slot I? Reading the counts one after another is enough: a call that counts
 * itself in after its stripe was read sees that the slot is not current, and of several calls that
 * leave at once the last one finds all counts zero.
 */
static bool slot_deserted(struct view_state *s, int i)
{
	for (int k = 0; k < STRIPES; k++)
		if (atomic_load(&s->slots[i].stripes[k].refs) != 0)
			return false;
	return true;
}

/*
 * May slot I be unmapped? If this was true once under the lock, it stays true until a load: a call
 * that counts itself in later checks `current` again and leaves.
 */
static bool slot_removable(struct view_state *s, int i)
{
	return atomic_load(&s->current) != i + 1 && atomic_load(&mapped[i].addr) &&
	       slot_deserted(s, i);
}

/* The lock is held. In a child this also unmaps what it inherited from its parent. */
static void unmap_removable(struct view_state *s)
{
	for (int i = 0; i < SLOTS; i++) {
		if (slot_removable(s, i)) {
			void *addr = atomic_load(&mapped[i].addr);

			atomic_store(&mapped[i].addr, NULL);
			rbac_view_file_unmap(addr, atomic_load(&mapped[i].size));
		}
	}
}

static bool any_removable(struct view_state *s)
{
	for (int i = 0; i < SLOTS; i++)
		if (slot_removable(s, i))
			return true;
	return false;
}

/*
 * A call that finds the lock taken may leave: the holder comes here after it has released the lock,
 * and then sees what became removable meanwhile.
 */
void view_unmap_deserted(struct view_state *s)
{
	for (int round = 0; round < SLOTS && any_removable(s) && try_lock(s); round++) {
		unmap_removable(s);
		atomic_store(&s->busy, 0);
	}
}

/* The lock is held. Is PATH the one that is cached? The first path that is asked for becomes it. */
static bool path_claim(struct view_state *s, const char *path)
{
	size_t len = strnlen(path, PATH_KEPT);

	if (len == PATH_KEPT)
		return false;
	if (s->path[0] == '\0')
		memcpy(s->path, path, len + 1);
	return strcmp(s->path, path) == 0;
}

static int slot_free(struct view_state *s)
{
	for (int i = 0; i < SLOTS; i++)
		if (atomic_load(&s->current) != i + 1 && !atomic_load(&mapped[i].addr) &&
		    slot_deserted(s, i))
			return i;
	return -1;
}

/*
 * The lock is held. Map the file at PATH into slot I, make it current, and count the caller in. If
 * that fails there is no current slot. I -1, no slot is free: SLOT_NOT_OURS, and the current slot
 * stays; it is stale, and each call that enters it will see that.
 */
static int slot_load(struct view_state *s, int i, const char *path, int trust, unsigned stripe,
		     struct rbac_view *v)
{
	uint64_t now = view_tick(); /* before the path is looked at, as in view.c */
	struct view_file f;
	struct slot *slot;
	int err;

	if (i < 0)
		return SLOT_NOT_OURS;
	slot = &s->slots[i];
	err = rbac_view_file_map(path, trust, &f);
	if (err) {
		atomic_store(&s->current, 0);
		v->cause = f.cause;
		return err;
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

int view_slot_reload(struct view_state *s, const char *path, int trust, int seen, unsigned stripe,
		     struct rbac_view *v)
{
	int current, err = SLOT_BUSY;

	if (!try_lock(s))
		return SLOT_BUSY;
	current = atomic_load(&s->current) - 1;
	if (current < 0 || current == seen) {
		err = SLOT_NOT_OURS;
		if (path_claim(s, path)) {
			unmap_removable(s);
			err = slot_load(s, slot_free(s), path, trust, stripe, v);
		}
	}
	atomic_store(&s->busy, 0);
	view_unmap_deserted(s);
	return err;
}

/*
 * At dlclose and at exit. Other threads may still be looking up, so a slot that a call uses stays
 * mapped. The lock is taken and never released, so nothing is loaded any more. If another thread
 * has the lock, this is an exit, and nothing needs to be unmapped.
 */
__attribute__((destructor)) static void view_unload(void)
{
	struct view_state *s = atomic_load(&view_state_ready);
	int saved = errno;

	atomic_store(&off, true);
	if (s && try_lock(s)) {
		atomic_store(&s->current, 0);
		unmap_removable(s);
	}
	errno = saved;
}
