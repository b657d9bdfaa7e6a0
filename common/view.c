#include "common/view.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/view_file.h"
#include "common/view_slots.h"

enum { ENTER_TRIES = 8 };

/* The count that this thread uses, chosen by the address of its errno. */
static unsigned stripe_mine(void)
{
	return (unsigned)((uint64_t)(uintptr_t)&errno * UINT64_C(0x9e3779b97f4a7c15) >> 32) %
	       STRIPES;
}

static void slot_leave(struct view_state *s, int i, unsigned stripe)
{
	atomic_int *count = &s->slots[i].stripes[stripe].refs;
	int refs = atomic_load(count);

	/* Never below 0: if a signal handler forked during a lookup, the child returns into that
	 * lookup and finds a zeroed page. */
	do {
		if (refs == 0)
			return;
	} while (!atomic_compare_exchange_weak(count, &refs, refs - 1));
	if (refs == 1 && atomic_load(&s->current) != i + 1)
		view_unmap_deserted(s);
}

/* Count this call into the current slot. Returns its number, or -1: there is none. */
static int slot_enter(struct view_state *s, unsigned stripe)
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

/* The clock is read before the path is checked: so a rename between the two is seen one tick later,
 * and not never. */
static bool slot_fresh(struct slot *slot, const char *path)
{
	uint64_t now = view_tick();

	if (now != 0 && now == atomic_load_explicit(&slot->tick, memory_order_relaxed))
		return true;
	if (!rbac_view_file_same(path, &slot->file.id))
		return false;
	atomic_store_explicit(&slot->tick, now, memory_order_relaxed);
	return true;
}

/* Fill V from slot I, which this call has entered. On SLOT_STALE or SLOT_NOT_OURS the call has left
 * the slot. */
static int slot_use(struct view_state *s, int i, unsigned stripe, const char *path, int trust,
		    struct rbac_view *v)
{
	struct slot *slot = &s->slots[i];
	int err = RBAC_OK;

	if (strcmp(s->path, path) != 0)
		err = SLOT_NOT_OURS;
	else if (!slot_fresh(slot, path))
		err = SLOT_STALE;
	else if (slot->file.owner != 0 && slot->trust != trust)
		err = SLOT_NOT_OURS; /* every caller trusts root's file; another owner's only a
					caller with the same trust */
	if (err)
		slot_leave(s, i, stripe);
	else
		rbac_view_file_give(v, &slot->file, i, stripe);
	return err;
}

static int map_own(const char *path, int trust, struct rbac_view *v)
{
	struct view_file f;
	int err = rbac_view_file_map(path, trust, &f);

	if (err == RBAC_OK)
		rbac_view_file_give(v, &f, -1, 0);
	else
		v->cause = f.cause;
	return err;
}

static int acquire(struct view_state *s, const char *path, int trust, struct rbac_view *v)
{
	unsigned stripe = stripe_mine();

	for (int tries = 0; tries < 2; tries++) {
		int i = slot_enter(s, stripe);
		int err = i < 0 ? SLOT_STALE : slot_use(s, i, stripe, path, trust, v);

		if (err == SLOT_STALE)
			err = view_slot_reload(s, path, trust, i, stripe, v);
		if (err == SLOT_NOT_OURS)
			break;
		if (err != SLOT_BUSY)
			return err;
	}
	return map_own(path, trust, v);
}

int rbac_view_acquire(const char *path, int trust, struct rbac_view *v)
{
	int err, saved = errno;
	struct view_state *s = view_state_get();

	err = s ? acquire(s, path, trust, v) : map_own(path, trust, v);
	if (err)
		rbac_view_file_none(v, v->cause);
	errno = saved;
	return err;
}

int rbac_view_open(const char *path, int trust, struct rbac_view *v)
{
	int err, saved = errno;

	err = map_own(path, trust, v);
	if (err)
		rbac_view_file_none(v, v->cause);
	errno = saved;
	return err;
}

void rbac_view_release(struct rbac_view *v)
{
	int saved = errno;

	if (v->slot < 0)
		rbac_view_file_unmap(v->walk.map, v->walk.size);
	else
		slot_leave(atomic_load(&view_state_ready), v->slot, v->stripe);
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
	int err = rbac_walk_after(&v->walk, key.p, key.len, &next->p, &next->len, &data, &len,
				  place);

	return err ? err : rbac_view_file_verify(next->p, next->len, data, len, rec);
}

int rbac_view_fork_generation(void)
{
	static atomic_int last; /* inherited: a child counts on from its parent's */
	struct view_state *s = view_state_get();
	int generation = s ? atomic_load(&s->fork_generation) : getpid();

	if (generation == 0) {
		int mine = atomic_fetch_add(&last, 1) + 1;

		if (atomic_compare_exchange_strong(&s->fork_generation, &generation, mine))
			generation = mine;
	}
	return generation;
}
