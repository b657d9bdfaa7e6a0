/* A table that becomes what it is in another store: the rows that differ are written, no others. */
#include <stdlib.h>
#include <string.h>

#include "rbacctl/buf.h"
#include "rbacctl/store/store.h"

struct key {
	void *p;
	size_t len;
};

struct replace {
	struct store_txn *to, *from;
	enum store_table table;
	store_replace_fn *fn;
	void *ctx;
	struct key *gone; /* keys that FROM has not: a walk may not write to its table */
	size_t n, cap;
};

static int on_old(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct replace *r = ctx;
	MDB_val there;
	(void)value;
	int err = store_get(r->from, r->table, key->mv_data, key->mv_size, &there);
	if (err != RBAC_NOTFOUND)
		return err ? store_fail(r->to->s, err, "%s", store_why(r->from->s)) : RBAC_OK;
	void *copy = buf_room(&r->gone, r->n, &r->cap, sizeof *r->gone) ? malloc(key->mv_size)
									: NULL;
	if (!copy)
		return store_fail(r->to->s, RBAC_NOMEM, "out of memory");
	memcpy(copy, key->mv_data, key->mv_size);
	r->gone[r->n++] = (struct key){ copy, key->mv_size };
	return RBAC_OK;
}

static int remove_gone(struct replace *r)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < r->n && !err; i++) {
		MDB_val key = { r->gone[i].len, r->gone[i].p }, before;
		err = store_get(r->to, r->table, key.mv_data, key.mv_size, &before);
		if (!err)
			err = r->fn(r->ctx, &key, &before, NULL);
		if (!err)
			err = store_del(r->to, r->table, key.mv_data, key.mv_size);
	}
	return err;
}

static int on_new(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct replace *r = ctx;
	MDB_val before;
	int err = store_get(r->to, r->table, key->mv_data, key->mv_size, &before);
	if (err && err != RBAC_NOTFOUND)
		return err;
	if (!err && before.mv_size == value->mv_size &&
	    memcmp(before.mv_data, value->mv_data, value->mv_size) == 0)
		return RBAC_OK;
	err = r->fn(r->ctx, key, err ? NULL : &before, value);
	return err ? err
		   : store_put(r->to, r->table, key->mv_data, key->mv_size, value->mv_data,
			       value->mv_size);
}

int store_replace(struct store_txn *to, struct store_txn *from, enum store_table table,
		  store_replace_fn *fn, void *ctx)
{
	struct replace r = { .to = to, .from = from, .table = table, .fn = fn, .ctx = ctx };
	int err = store_each(to, table, NULL, 0, on_old, &r);
	if (!err)
		err = remove_gone(&r);
	if (!err)
		err = store_each(from, table, NULL, 0, on_new, &r);
	for (size_t i = 0; i < r.n; i++)
		free(r.gone[i].p);
	free(r.gone);
	return err;
}
