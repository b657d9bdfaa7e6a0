#include "rbacctl/view/readback.h"

#include <string.h>
#include <sys/mman.h>

#include "common/error.h"
#include "common/walk.h"

enum { GIVE_BACK_EVERY = 50000 };

/*
 * What liblmdb says of a key, our own walker must say too, byte for byte, and the checksum must
 * hold: another format of LMDB ends here. RC is liblmdb's.
 */
static int same(const struct rbac_walk *w, const MDB_val *k, int rc, const MDB_val *v)
{
	const uint8_t *data;
	size_t len;
	int err = rbac_walk_get(w, k->mv_data, k->mv_size, &data, &len);
	if (rc == MDB_NOTFOUND)
		return err == RBAC_NOTFOUND ? RBAC_OK : RBAC_DAMAGED;
	if (!err && (rc || len != v->mv_size || memcmp(data, v->mv_data, len) != 0 ||
		     !encode_is_sealed(k->mv_data, k->mv_size, data, len)))
		err = RBAC_DAMAGED;
	return err == RBAC_NOTFOUND ? RBAC_DAMAGED : err;
}

static int compare_touched(struct output *o, MDB_txn *txn, const struct rbac_walk *w)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < o->n_touched && !err; i++) {
		MDB_val k = { o->touched[i].len, o->touched[i].key }, v;
		err = same(w, &k, mdb_get(txn, o->dbi, &k, &v), &v);
	}
	return err;
}

static bool equal(const MDB_val *a, const uint8_t *p, size_t len)
{
	return a->mv_size == len && memcmp(a->mv_data, p, len) == 0;
}

struct reading {
	const struct rbac_walk *w;
	struct rbac_walk_place place;
	MDB_val k, v; /* the record before; k.mv_size 0: none */
};

/*
 * The record that follows must be K and V, whole. Where a leaf ends and another begins, both
 * neighbours are looked up from the root as well: what lies between two that are found in one leaf,
 * in order, would be found there too.
 */
static int follow(struct reading *r, const MDB_val *k, const MDB_val *v)
{
	const uint8_t *key, *data;
	size_t key_len, len;
	uint64_t leaf = r->place.page;
	int err = rbac_walk_after(r->w, r->k.mv_data, r->k.mv_size, &key, &key_len, &data, &len,
				  &r->place);
	if (err || !equal(k, key, key_len) || !equal(v, data, len) ||
	    !encode_is_sealed(k->mv_data, k->mv_size, v->mv_data, v->mv_size))
		return RBAC_DAMAGED;
	if (r->place.page != leaf) {
		err = r->k.mv_size ? same(r->w, &r->k, 0, &r->v) : RBAC_OK;
		if (!err)
			err = same(r->w, k, 0, v);
	}
	r->k = *k;
	r->v = *v;
	return err;
}

/* The file is mapped twice, by liblmdb and by us: our pages are given back now and then, as a host
 * may have few. */
static int compare_all(struct output *o, MDB_txn *txn, const struct rbac_walk *w)
{
	struct reading r = { .w = w };
	MDB_cursor *c;
	MDB_val k, v;
	size_t n = 0;
	int err = RBAC_OK, rc = mdb_cursor_open(txn, o->dbi, &c);
	if (rc)
		return RBAC_DAMAGED;
	while (!err && (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0) {
		err = follow(&r, &k, &v);
		if (++n % GIVE_BACK_EVERY == 0)
			madvise((void *)(uintptr_t)w->map, w->size, MADV_DONTNEED);
	}
	mdb_cursor_close(c);
	if (!err && r.k.mv_size)
		err = same(w, &r.k, 0, &r.v);
	return err ? err : rc == MDB_NOTFOUND && n == o->entries ? RBAC_OK : RBAC_DAMAGED;
}

int readback(struct output *o, const void *map, size_t size)
{
	struct rbac_walk w;
	MDB_txn *txn;
	int rc = mdb_txn_begin(o->env, NULL, MDB_RDONLY, &txn);
	if (rc)
		return output_lmdb(o, rc, "read back");
	int err = rbac_walk_init(&w, map, size);
	if (!err)
		err = o->copy ? compare_touched(o, txn, &w) : compare_all(o, txn, &w);
	mdb_txn_abort(txn);
	return err ? output_fail(o, RBAC_DAMAGED,
				 "%s: what liblmdb (%s) wrote cannot be read back "
				 "by the readers of this version: %s",
				 o->path, mdb_version(NULL, NULL, NULL), rbac_error_text(err))
		   : RBAC_OK;
}
