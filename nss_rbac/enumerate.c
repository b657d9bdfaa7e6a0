/*
 * setgrent, getgrent, endgrent: one cursor for each process, as POSIX has it. The C library lets
 * one thread at a time in. A program that calls the module itself, from several threads, meets a
 * try-lock: it gets TRYAGAIN (EAGAIN) and never waits.
 *
 * The lock holds the fork generation of its holder (view.h). If a child finds the lock of its
 * parent, it was forked while another thread of the parent was inside. That thread is not in the
 * child, so the child takes the lock and closes the cursor; the old snapshot stays mapped, because
 * its address may be half written. A child that is forked at any other time continues where its
 * parent was. The code under the lock neither blocks nor has a cancellation point.
 *
 * The snapshot stays mapped when the enumeration has ended. The next one uses it again if the view
 * is still the same file: to map 40 MB and touch each page takes longer than everything else
 * (docs/performance.md).
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/pack.h"
#include "nss_rbac/view_path.h"

/* ENDED: the last group was returned, or the view allows no enumeration. */
enum state { CLOSED = 0, OPEN, ENDED };

static struct {
	atomic_int holder;
	enum state state;
	/* Held while OPEN; else it may be left from the previous enumeration. */
	struct rbac_view_kept kept;
	struct rbac_walk_place place; /* of key */
	size_t key_len;
	uint8_t key[RBAC_WALK_KEY_MAX]; /* of the group that was returned last */
} cursor;

static bool lock(void)
{
	int holder = 0, self = rbac_view_fork_generation();

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

/* Close the cursor and take its snapshot: the caller owns *KEPT then. */
static int take(struct rbac_view_kept *kept)
{
	if (!lock())
		return RBAC_NSS_BUSY;
	*kept = cursor.kept;
	cursor.kept.held = false;
	cursor.state = CLOSED;
	unlock();
	return RBAC_OK;
}

/* Set the cursor to STATE and KEPT, which it owns then. A snapshot that another thread has put
 * there meanwhile is unmapped. */
static int put(enum state state, struct rbac_view_kept *kept)
{
	struct rbac_view_kept other;

	if (!lock()) {
		rbac_view_forget(kept);
		return RBAC_NSS_BUSY;
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
	int err = take(&kept);

	if (err == RBAC_OK)
		err = rbac_view_path_keep(&kept);
	if (err == RBAC_OK)
		err = put(kept.view.meta.flags & RBAC_META_ENUMERATE ? OPEN : ENDED, &kept);
	return err;
}

static int end(void)
{
	if (!lock())
		return RBAC_NSS_BUSY;
	cursor.state = CLOSED;
	unlock();
	return RBAC_OK;
}

/* The next group of our range after the cursor; *AT is its key. Extra Unix groups are skipped:
 * another source lists them. */
static int next_group(struct rbac_bytes *at, struct rbac_group *g, struct rbac_walk_place *place)
{
	struct rbac_bytes key = { cursor.key, cursor.key_len }, rec;

	*place = cursor.place;
	for (;;) {
		int err = rbac_view_next(&cursor.kept.view, key, at, &rec, place);

		if (err != RBAC_OK)
			return err;
		if (at->len == 0 || at->p[0] != RBAC_REC_GROUP)
			return RBAC_NOTFOUND;
		err = rbac_group_decode(rec, g);
		if (err != RBAC_OK)
			return err;
		if (!(g->flags & RBAC_GROUP_EXTRA) &&
		    rbac_meta_in_range(&cursor.kept.view.meta, g->gid))
			return RBAC_OK;
		key = *at;
	}
}

/* The lock is held. The cursor moves only if the group was returned. */
static int step(struct group *out, char *buf, size_t buflen)
{
	struct rbac_walk_place place;
	struct rbac_bytes at;
	struct rbac_group g;
	int err = next_group(&at, &g, &place);

	if (err == RBAC_OK)
		err = rbac_pack_group(&g, rbac_nss_members(&cursor.kept.view, &g),
				      rbac_nss_now(&cursor.kept.view), out, buf, buflen);
	if (err == RBAC_OK && at.len > sizeof(cursor.key))
		err = RBAC_DAMAGED;
	if (err == RBAC_OK) {
		memcpy(cursor.key, at.p, at.len);
		cursor.key_len = at.len;
		cursor.place = place;
	}
	return err;
}

static int next(struct group *out, char *buf, size_t buflen)
{
	int err = RBAC_NSS_NOT_BEGUN;

	if (!lock())
		return RBAC_NSS_BUSY;
	if (cursor.state != CLOSED)
		err = cursor.state == OPEN ? step(out, buf, buflen) : RBAC_NOTFOUND;
	if (err == RBAC_NOTFOUND)
		cursor.state = ENDED;
	unlock();
	return err;
}

static int begin_and_next(struct group *out, char *buf, size_t buflen)
{
	int err = begin();

	if (err != RBAC_OK)
		return err;
	err = next(out, buf, buflen);
	/* Another thread has ended it meanwhile. */
	return err == RBAC_NSS_NOT_BEGUN ? RBAC_NSS_BUSY : err;
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
	int err = next(out, buf, buflen);

	/* Without setgrent, getgrent begins the enumeration (POSIX). */
	if (err == RBAC_NSS_NOT_BEGUN)
		err = begin_and_next(out, buf, buflen);
	return rbac_nss_status(err, saved, errnop);
}

enum nss_status _nss_rbac_endgrent(void)
{
	int saved = errno;

	return rbac_nss_status(end(), saved, NULL);
}

/* At dlclose, so that a program that loads and unloads the module again and again has no mapping
 * left over. At exit another thread may still be inside; then the snapshot stays mapped. */
__attribute__((destructor)) static void unload(void)
{
	struct rbac_view_kept kept;

	if (take(&kept) == RBAC_OK)
		rbac_view_forget(&kept);
}
