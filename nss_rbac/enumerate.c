/*
 * setgrent, getgrent, endgrent: one cursor per process, as POSIX has it. The C library serialises its own callers; a
 * host that calls past it, from several threads or in a child, finds a try-lock and is told TRYAGAIN (EAGAIN), never kept waiting.
 *
 * The lock holds the pid of its holder. A child that finds its parent's pid there was forked while another thread was
 * inside: that thread isn't in the child, so the child takes the lock over and begins anew (the old snapshot stays
 * mapped, as its address may be half written). A child forked at any other time goes on where its parent stood.
 * Nothing that blocks, or that a thread could be cancelled in, is done under the lock.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/pack.h"
#include "nss_rbac/where.h"

enum state { CLOSED = 0, OPEN, ENDED };   /* ENDED: the snapshot is let go of already, the end is still to be told */

static struct {
	atomic_int holder;
	enum state state;
	struct rbac_view view;             /* while OPEN: a mapping of its own, the snapshot that the enumeration began on */
	size_t key_len;
	uint8_t key[RBAC_WALK_KEY_MAX];    /* of the group last given out */
} cursor;

static bool lock(void)
{
	int holder = 0, self = getpid();
	if (atomic_compare_exchange_strong_explicit(&cursor.holder, &holder, self, memory_order_acquire, memory_order_relaxed))
		return true;
	if (holder == self || !atomic_compare_exchange_strong_explicit(&cursor.holder, &holder, self, memory_order_acquire, memory_order_relaxed))
		return false;
	cursor.state = CLOSED;
	return true;
}

static void unlock(void)
{
	atomic_store_explicit(&cursor.holder, 0, memory_order_release);
}

/* Under the lock: put STATE and, where it is OPEN, VIEW in place. RBAC_OK with *OLD to be released by the caller; RBAC_NOTFOUND: no old one. */
static int swap(enum state state, const struct rbac_view *view, struct rbac_view *old)
{
	int rc = cursor.state == OPEN ? RBAC_OK : RBAC_NOTFOUND;
	if (rc == RBAC_OK)
		*old = cursor.view;
	if (state == OPEN)
		cursor.view = *view;
	cursor.key[0] = RBAC_REC_GROUP;
	cursor.key_len = 1;
	cursor.state = state;
	return rc;
}

static int restart(enum state state, const struct rbac_view *view)
{
	struct rbac_view old;
	if (!lock())
		return RBAC_CONFLICT;
	int rc = swap(state, view, &old);
	unlock();
	if (rc == RBAC_OK)
		rbac_view_release(&old);
	return RBAC_OK;
}

static int begin(void)
{
	struct rbac_view view;
	int rc = rbac_where_open(&view);
	if (rc != RBAC_OK) {
		restart(CLOSED, NULL);
		return rc;
	}
	bool enumerate = view.meta.flags & RBAC_META_ENUMERATE;
	rc = restart(enumerate ? OPEN : ENDED, &view);
	if (rc != RBAC_OK || !enumerate)
		rbac_view_release(&view);
	return rc;
}

/* The next group after the cursor that is one of ours; *AT is its key. An extra Unix group is another source's to enumerate. */
static int next_group(struct rbac_bytes *at, struct rbac_group *g)
{
	struct rbac_bytes key = { cursor.key, cursor.key_len }, rec;
	for (;;) {
		int rc = rbac_view_next(&cursor.view, key, at, &rec);
		if (rc != RBAC_OK)
			return rc;
		if (at->len == 0 || at->p[0] != RBAC_REC_GROUP)
			return RBAC_NOTFOUND;
		rc = rbac_group_decode(rec, g);
		if (rc != RBAC_OK)
			return rc;
		if (!(g->flags & RBAC_GROUP_EXTRA) && rbac_meta_in_range(&cursor.view.meta, g->gid))
			return RBAC_OK;
		key = *at;
	}
}

/* Under the lock. The cursor moves only when the group was given out. */
static int step(struct group *out, char *buf, size_t buflen)
{
	struct rbac_bytes at;
	struct rbac_group g;
	int rc = next_group(&at, &g);
	if (rc == RBAC_OK)
		rc = rbac_pack_group(&g, rbac_nss_members(&cursor.view, &g), rbac_nss_now(), out, buf, buflen);
	if (rc == RBAC_OK && at.len > sizeof(cursor.key))
		rc = RBAC_DAMAGED;
	if (rc == RBAC_OK) {
		memcpy(cursor.key, at.p, at.len);
		cursor.key_len = at.len;
	}
	return rc;
}

/* RBAC_ABSENT: nothing is begun. */
static int next(struct group *out, char *buf, size_t buflen)
{
	struct rbac_view old;
	bool release = false;
	if (!lock())
		return RBAC_CONFLICT;
	enum state state = cursor.state;
	int rc = state == OPEN ? step(out, buf, buflen) : RBAC_NOTFOUND;
	if (state == OPEN && rc == RBAC_NOTFOUND)
		release = swap(ENDED, NULL, &old) == RBAC_OK;
	unlock();
	if (release)
		rbac_view_release(&old);
	return state == CLOSED ? RBAC_ABSENT : rc;
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
	return rbac_nss_status(restart(CLOSED, NULL), saved, NULL);
}

/* dlclose: a host that loads and unloads us must not gather mappings. At exit other threads may still be inside: they keep theirs. */
__attribute__((destructor)) static void unload(void)
{
	_nss_rbac_endgrent();
}
