/*
 * setgrent, getgrent, endgrent: one cursor per process, as POSIX has it. The C library serialises
 * its own callers; a host that calls past it, from several threads or in a child, finds a try-lock
 * and is told TRYAGAIN (EAGAIN), never kept waiting.
 *
 * The lock holds its holder's life (view.h). A child that finds its parent's there was forked while
 * another thread was inside: that thread isn't in the child, so the child takes the lock over and
 * begins anew (the old snapshot stays mapped, as its address may be half written). A child forked
 * at any other time goes on where its parent stood. Nothing that blocks, or that a thread could be
 * cancelled in, is done under the lock.
 *
 * The snapshot stays mapped when the enumeration has ended, and serves the next one if the view is
 * still the same: mapping 40 MB anew, and touching them, takes longer than all else
 * (docs/performance.md).
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/pack.h"
#include "nss_rbac/where.h"

enum state {
	CLOSED = 0,
	OPEN,
	ENDED
}; /* ENDED: the last group was given out, or there are none to be shown */

static struct {
	atomic_int holder;
	enum state state;
	struct rbac_view_kept
		kept; /* held while OPEN; otherwise from the enumeration before, if there was one */
	struct rbac_walk_place place; /* of key */
	size_t key_len;
	uint8_t key[RBAC_WALK_KEY_MAX]; /* of the group last given out */
} cursor;

static bool lock(void)
{
	int holder = 0, self = rbac_view_life();
	if (atomic_compare_exchange_strong_explicit(&cursor.holder, &holder, self,
						    memory_order_acquire, memory_order_relaxed))
		return true;
	if (holder == self ||
	    !atomic_compare_exchange_strong_explicit(&cursor.holder, &holder, self,
						     memory_order_acquire, memory_order_relaxed))
		return false;
	cursor.state = CLOSED;
	cursor.kept.held = false;
	return true;
}

static void unlock(void)
{
	atomic_store_explicit(&cursor.holder, 0, memory_order_release);
}

/* Close the cursor, and have what it keeps: *KEPT is the caller's then. */
static int take(struct rbac_view_kept *kept)
{
	if (!lock())
		return RBAC_CONFLICT;
	*kept = cursor.kept;
	cursor.kept.held = false;
	cursor.state = CLOSED;
	unlock();
	return RBAC_OK;
}

/* Put STATE and KEPT in place. What another thread put there meanwhile is let go of. */
static int put(enum state state, struct rbac_view_kept *kept)
{
	struct rbac_view_kept other;
	if (!lock()) {
		rbac_view_forget(kept);
		return RBAC_CONFLICT;
	}
	other = cursor.kept;
	cursor.kept = *kept;
	cursor.place = (struct rbac_walk_place){ 0 };
	cursor.key[0] = RBAC_REC_GROUP;
	cursor.key_len = 1;
	cursor.state = state;
	unlock();
	rbac_view_forget(&other);
	return RBAC_OK;
}

static int begin(void)
{
	struct rbac_view_kept kept;
	int rc = take(&kept);
	if (rc == RBAC_OK)
		rc = rbac_where_keep(&kept);
	if (rc == RBAC_OK)
		rc = put(kept.view.meta.flags & RBAC_META_ENUMERATE ? OPEN : ENDED, &kept);
	return rc;
}

static int end(void)
{
	if (!lock())
		return RBAC_CONFLICT;
	cursor.state = CLOSED;
	unlock();
	return RBAC_OK;
}

/* The next group after the cursor that is one of ours; *AT is its key. An extra Unix group is
 * another source's to enumerate. */
static int next_group(struct rbac_bytes *at, struct rbac_group *g, struct rbac_walk_place *place)
{
	struct rbac_bytes key = { cursor.key, cursor.key_len }, rec;
	*place = cursor.place;
	for (;;) {
		int rc = rbac_view_next(&cursor.kept.view, key, at, &rec, place);
		if (rc != RBAC_OK)
			return rc;
		if (at->len == 0 || at->p[0] != RBAC_REC_GROUP)
			return RBAC_NOTFOUND;
		rc = rbac_group_decode(rec, g);
		if (rc != RBAC_OK)
			return rc;
		if (!(g->flags & RBAC_GROUP_EXTRA) &&
		    rbac_meta_in_range(&cursor.kept.view.meta, g->gid))
			return RBAC_OK;
		key = *at;
	}
}

/* Under the lock. The cursor moves only when the group was given out. */
static int step(struct group *out, char *buf, size_t buflen)
{
	struct rbac_walk_place place;
	struct rbac_bytes at;
	struct rbac_group g;
	int rc = next_group(&at, &g, &place);
	if (rc == RBAC_OK)
		rc = rbac_pack_group(&g, rbac_nss_members(&cursor.kept.view, &g),
				     rbac_nss_now(&cursor.kept.view), out, buf, buflen);
	if (rc == RBAC_OK && at.len > sizeof(cursor.key))
		rc = RBAC_DAMAGED;
	if (rc == RBAC_OK) {
		memcpy(cursor.key, at.p, at.len);
		cursor.key_len = at.len;
		cursor.place = place;
	}
	return rc;
}

/* RBAC_ABSENT: nothing is begun. */
static int next(struct group *out, char *buf, size_t buflen)
{
	int rc = RBAC_ABSENT;
	if (!lock())
		return RBAC_CONFLICT;
	if (cursor.state != CLOSED)
		rc = cursor.state == OPEN ? step(out, buf, buflen) : RBAC_NOTFOUND;
	if (rc == RBAC_NOTFOUND)
		cursor.state = ENDED;
	unlock();
	return rc;
}

static int begin_and_next(struct group *out, char *buf, size_t buflen)
{
	int rc = begin();
	if (rc != RBAC_OK)
		return rc;
	rc = next(out, buf, buflen);
	/* Begun here, and ended by another thread meanwhile. */
	return rc == RBAC_ABSENT ? RBAC_CONFLICT : rc;
}

enum nss_status _nss_rbac_setgrent(int stayopen)
{
	(void)stayopen;
	int saved = errno;
	return rbac_nss_status(begin(), saved, NULL);
}

enum nss_status _nss_rbac_getgrent_r(struct group *out, char *buf, size_t buflen, int *errnop)
{
	int saved = errno;
	int rc = next(out, buf, buflen);
	/* Nobody called setgrent: POSIX lets getgrent begin by itself. */
	if (rc == RBAC_ABSENT)
		rc = begin_and_next(out, buf, buflen);
	return rbac_nss_status(rc, saved, errnop);
}

enum nss_status _nss_rbac_endgrent(void)
{
	int saved = errno;
	return rbac_nss_status(end(), saved, NULL);
}

/* dlclose: a host that loads and unloads us must not gather mappings. At exit other threads may
 * still be inside: they keep theirs. */
__attribute__((destructor)) static void unload(void)
{
	struct rbac_view_kept kept;
	if (take(&kept) == RBAC_OK)
		rbac_view_forget(&kept);
}
