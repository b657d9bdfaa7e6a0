#include "rbacctl/store/rows.h"

#include <stdio.h>
#include <string.h>

/*
 * For each table one cursor keeps its position. The next key is mostly a neighbour, and LMDB then
 * finds it without a walk from the root, through a list of up to 100,000 changed pages. After an
 * error or a delete the cursor is closed, so that its position is never older than its page.
 */
static void let_go(MDB_cursor **c)
{
	if (*c)
		mdb_cursor_close(*c);
	*c = NULL;
}

void store_let_go(struct store_txn *t)
{
	for (int i = 0; i < STORE_TABLES; i++) {
		let_go(&t->at[i]);
		let_go(&t->walked[i]);
	}
}

static int cursor(struct store_txn *t, enum store_table table, MDB_cursor **c)
{
	int rc = t->at[table] ? 0 : mdb_cursor_open(t->txn, t->s->table[table], &t->at[table]);
	*c = t->at[table];
	return rc;
}

int store_get(struct store_txn *t, enum store_table table, const void *key, size_t len,
	      MDB_val *value)
{
	MDB_val k = { len, (void *)key };
	MDB_cursor *c;
	if (len == 0 || len > 511 || !t->s->table[table])
		return RBAC_NOTFOUND;
	int rc = cursor(t, table, &c);
	if (!rc)
		rc = mdb_cursor_get(c, &k, value, MDB_SET);
	if (rc && rc != MDB_NOTFOUND)
		let_go(&t->at[table]);
	return store_lmdb(t->s, rc, "read");
}

int store_get_at(struct store_txn *t, enum store_table table, uint64_t number, MDB_val *value)
{
	uint8_t key[8];

	store_be64(key, number);
	return store_get(t, table, key, sizeof(key), value);
}

/* A store that is open for reading: note that the command would write. */
static int refuse_write(struct store *s)
{
	s->would_write = true;
	return store_fail(s, RBAC_REFUSED, "%s is open for reading only", s->dir);
}

/*
 * Note for the journal that KEY gets the value NEW (mv_data NULL: none). *SAME: it has that
 * already, and there is nothing to write.
 */
static int note(struct store_txn *t, enum store_table table, const MDB_val *key, const MDB_val *new,
		bool *same)
{
	struct store_row row = { .table = table, .key = *key, .after = *new };
	*same = false;
	if (!store_is_journaled(table, key->mv_data, key->mv_size))
		return RBAC_OK;
	int err = store_get(t, table, key->mv_data, key->mv_size, &row.before);
	if (err == RBAC_NOTFOUND)
		row.before = (MDB_val){ 0 };
	else if (err)
		return err;
	*same = store_same_value(&row.before, &row.after);
	if (*same || journal_note(t, &row))
		return RBAC_OK;
	return store_fail(t->s, RBAC_NOMEM, "out of memory");
}

int store_put(struct store_txn *t, enum store_table table, const void *key, size_t len,
	      const void *value, size_t vlen)
{
	MDB_val k = { len, (void *)key }, v = { vlen, (void *)value };
	MDB_cursor *c;
	bool same;
	if (!t->s->writable)
		return refuse_write(t->s);
	int err = note(t, table, &k, &v, &same);
	if (err || same)
		return err;
	let_go(&t->walked[table]);
	int rc = cursor(t, table, &c);
	if (!rc)
		rc = mdb_cursor_put(c, &k, &v, 0);
	if (rc)
		let_go(&t->at[table]);
	return store_lmdb(t->s, rc, "write");
}

int store_del(struct store_txn *t, enum store_table table, const void *key, size_t len)
{
	MDB_val k = { len, (void *)key }, none = { 0 };
	bool same;
	if (len == 0 || len > 511)
		return RBAC_NOTFOUND;
	if (!t->s->writable)
		return refuse_write(t->s);
	int err = note(t, table, &k, &none, &same);
	if (err)
		return err;
	let_go(&t->at[table]);
	let_go(&t->walked[table]);
	return store_lmdb(t->s, mdb_del(t->txn, t->s->table[table], &k, NULL), "delete");
}

int store_empty(struct store_txn *t, enum store_table table)
{
	if (!t->s->writable)
		return refuse_write(t->s);
	let_go(&t->at[table]);
	let_go(&t->walked[table]);
	return store_lmdb(t->s, mdb_drop(t->txn, t->s->table[table], 0), "empty a table");
}

int store_each(struct store_txn *t, enum store_table table, const void *prefix, size_t len,
	       store_fn *fn, void *ctx)
{
	MDB_cursor *c = t->walked[table];
	MDB_val k = { len, (void *)prefix }, v;
	if (!t->s->table[table])
		return RBAC_OK;
	int err = RBAC_OK, rc = c ? 0 : mdb_cursor_open(t->txn, t->s->table[table], &c);
	if (rc)
		return store_lmdb(t->s, rc, "walk");
	t->walked[table] = NULL; /* FN may walk this table too: with a cursor of its own */
	for (rc = mdb_cursor_get(c, &k, &v, len ? MDB_SET_RANGE : MDB_FIRST); !rc && !err;
	     rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) {
		if (k.mv_size < len || (len && memcmp(k.mv_data, prefix, len) != 0))
			break;
		err = fn(ctx, &k, &v);
		if (err)
			break;
	}
	if (!err && rc && rc != MDB_NOTFOUND)
		err = store_lmdb(t->s, rc, "walk");
	if (err)
		let_go(&c);
	let_go(&t->walked[table]);
	t->walked[table] = c;
	return err;
}

int store_count(struct store_txn *t, enum store_table table, size_t *n)
{
	MDB_stat st;
	*n = 0;
	if (!t->s->table[table])
		return RBAC_OK;
	int rc = mdb_stat(t->txn, t->s->table[table], &st);
	*n = rc ? 0 : st.ms_entries;
	return store_lmdb(t->s, rc, "count");
}

int store_number_get(struct store_txn *t, const char *name, uint64_t *value)
{
	MDB_val v;
	int err = store_get(t, T_META, name, strlen(name), &v);
	if (err)
		return err;
	if (v.mv_size != 8)
		return store_fail(t->s, RBAC_DAMAGED, "the number \"%s\" has %zu bytes", name,
				  v.mv_size);
	*value = store_from_be64(v.mv_data);
	return RBAC_OK;
}

int store_number_put(struct store_txn *t, const char *name, uint64_t value)
{
	uint8_t b[8];
	store_be64(b, value);
	return store_put(t, T_META, name, strlen(name), b, sizeof b);
}

int store_generation(struct store_txn *t, uint64_t *generation)
{
	int err = store_number_get(t, "generation", generation);
	if (err == RBAC_NOTFOUND) {
		*generation = 0;
		err = RBAC_OK;
	}
	return err;
}

int store_last_id(struct store_txn *t, uint64_t *id)
{
	int err = store_number_get(t, "id", id);
	if (err == RBAC_NOTFOUND) {
		*id = 0;
		err = RBAC_OK;
	}
	return err;
}

int store_next_id(struct store_txn *t, uint64_t generation, uint64_t *id)
{
	uint64_t last;
	int err = store_last_id(t, &last);
	if (err)
		return err;
	*id = last + 1 > generation ? last + 1 : generation;
	return store_last_id_put(t, *id);
}

int store_last_id_put(struct store_txn *t, uint64_t id)
{
	return store_number_put(t, "id", id);
}
