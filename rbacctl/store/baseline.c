#include "rbacctl/store/baseline.h"

#include <sodium.h>
#include <string.h>

enum {
	PACKED = 8 + 1 + 2 * STORE_HASH,
	SIGNED = PACKED + BASELINE_PUBLIC + BASELINE_SIGNATURE, /* pruned */
};

static const char baseline_key[] = "baseline";

int store_baseline_get(struct store_txn *t, struct store_baseline *b)
{
	MDB_val v;

	*b = (struct store_baseline){ 0 };
	int err = store_get(t, T_META, baseline_key, strlen(baseline_key), &v);
	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	const uint8_t *p = v.mv_data;
	if (v.mv_size != PACKED && (v.mv_size != SIGNED || !p[8]))
		return store_fail(t->s, RBAC_DAMAGED, "the row of the baseline has %zu bytes",
				  v.mv_size);
	b->change = store_from_be64(p);
	b->pruned = p[8];
	memcpy(b->chain, p + 9, STORE_HASH);
	memcpy(b->digest, p + 9 + STORE_HASH, STORE_HASH);
	if (v.mv_size == SIGNED) {
		memcpy(b->public, p + PACKED, sizeof(b->public));
		memcpy(b->signature, p + PACKED + sizeof(b->public), sizeof(b->signature));
	}
	return RBAC_OK;
}

int store_baseline_put(struct store_txn *t, const struct store_baseline *b)
{
	uint8_t p[SIGNED];

	store_be64(p, b->change);
	p[8] = b->pruned;
	memcpy(p + 9, b->chain, STORE_HASH);
	memcpy(p + 9 + STORE_HASH, b->digest, STORE_HASH);
	memcpy(p + PACKED, b->public, sizeof(b->public));
	memcpy(p + PACKED + sizeof(b->public), b->signature, sizeof(b->signature));
	return store_put(t, T_META, baseline_key, strlen(baseline_key), p,
			 b->pruned ? SIGNED : PACKED);
}

void store_baseline_message(const struct store_baseline *b, struct buf *out)
{
	static const char magic[] = "rbac baseline 1\n";
	uint8_t change[8];

	store_be64(change, b->change);
	buf_put(out, magic, sizeof(magic) - 1);
	buf_put(out, change, sizeof(change));
	buf_put(out, b->chain, sizeof(b->chain));
	buf_put(out, b->digest, sizeof(b->digest));
}

/* ---- the digest ---- */

static void add_bytes(crypto_generichash_state *st, const MDB_val *v)
{
	uint8_t len[8];

	store_be64(len, v->mv_size);
	crypto_generichash_update(st, len, sizeof(len));
	crypto_generichash_update(st, v->mv_data, v->mv_size);
}

static int on_digest(void *ctx, const MDB_val *key, const MDB_val *value)
{
	add_bytes(ctx, key);
	add_bytes(ctx, value);
	return RBAC_OK;
}

int store_baseline_digest(struct store_txn *t, uint8_t digest[STORE_HASH])
{
	crypto_generichash_state st;

	crypto_generichash_init(&st, NULL, 0, STORE_HASH);
	int err = store_each(t, T_BASELINE, NULL, 0, on_digest, &st);
	crypto_generichash_final(&st, digest, STORE_HASH);
	return err;
}

/* ---- the rows ---- */

struct reverting {
	struct store_txn *t;
	enum store_table table;
};

static int put_row(struct store_txn *t, enum store_table table, const MDB_val *key,
		   const MDB_val *value)
{
	uint8_t full[512];

	if (key->mv_size >= sizeof(full) - 1)
		return store_fail(t->s, RBAC_DAMAGED, "a key is damaged: it has %zu bytes",
				  key->mv_size);
	full[0] = (uint8_t)table;
	memcpy(full + 1, key->mv_data, key->mv_size);
	return store_put(t, T_BASELINE, full, key->mv_size + 1, value->mv_data, value->mv_size);
}

static int on_take(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct reverting *b = ctx;

	if (!store_is_journaled(b->table, key->mv_data, key->mv_size))
		return RBAC_OK;
	return put_row(b->t, b->table, key, value);
}

int store_baseline_take(struct store_txn *t, uint8_t digest[STORE_HASH])
{
	int err = RBAC_OK;

	for (int i = 0; i < STORE_TABLES && !err; i++) {
		if (i == T_JOURNAL || i == T_BASELINE || !t->s->table[i])
			continue;
		struct reverting b = { t, (enum store_table)i };
		err = store_each(t, b.table, NULL, 0, on_take, &b);
	}
	return err ? err : store_baseline_digest(t, digest);
}

struct reading {
	struct store_txn *t;
	struct store_rows *rows;
};

static int on_row(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct reading *r = ctx;
	const uint8_t *p = key->mv_data;

	if (key->mv_size < 2 || p[0] >= STORE_TABLES)
		return store_fail(r->t->s, RBAC_DAMAGED, "a key of the baseline is damaged");
	struct store_row row = { .table = (enum store_table)p[0],
				 .key = { key->mv_size - 1, (void *)(p + 1) },
				 .after = *value };
	return store_rows_add(r->rows, &row) ? RBAC_OK
					     : store_fail(r->t->s, RBAC_NOMEM, "out of memory");
}

int store_baseline_rows(struct store_txn *t, struct store_rows *rows)
{
	struct reading r = { t, rows };

	return store_each(t, T_BASELINE, NULL, 0, on_row, &r);
}

int store_baseline_write(struct store_txn *t, const struct store_rows *rows,
			 uint8_t digest[STORE_HASH])
{
	int err = store_empty(t, T_BASELINE);

	for (size_t i = 0; i < rows->n && !err; i++)
		if (rows->v[i].after.mv_data)
			err = put_row(t, rows->v[i].table, &rows->v[i].key, &rows->v[i].after);
	return err ? err : store_baseline_digest(t, digest);
}
