/* The audit chain: one record a change, each hashed with the one before (BLAKE2b-256, libsodium's
 * crypto_generichash). */
#include "rbacctl/store/baseline.h"

#include <sodium.h>
#include <string.h>

#include "rbacctl/buf.h"
#include "rbacctl/store/journal.h"

static const char head_key[] = "head", generation_key[] = "generation";

int store_audit_head(struct store_txn *t, uint8_t hash[STORE_HASH])
{
	MDB_val v;
	memset(hash, 0, STORE_HASH);
	int err = store_get(t, T_META, head_key, strlen(head_key), &v);
	if (err == RBAC_NOTFOUND)
		return RBAC_OK;
	if (!err && v.mv_size != STORE_HASH)
		return store_fail(t->s, RBAC_DAMAGED, "the head of the audit chain is damaged");
	if (!err)
		memcpy(hash, v.mv_data, STORE_HASH);
	return err;
}

/* What is hashed and what is stored before the hash: change, time, the strings with their NULs, and
 * the digest of the change's rows. */
static void encode(struct buf *b, const struct store_audit *a)
{
	const char *const strings[] = { a->actor, a->person, a->verb, a->text };
	buf_u64(b, a->change);
	buf_u64(b, (uint64_t)a->when);
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		buf_put(b, strings[i], strlen(strings[i]) + 1);
	buf_put(b, a->journal, STORE_HASH);
}

static void chain(uint8_t out[STORE_HASH], const uint8_t previous[STORE_HASH], const void *record,
		  size_t len)
{
	crypto_generichash_state st;
	crypto_generichash_init(&st, NULL, 0, STORE_HASH);
	crypto_generichash_update(&st, previous, STORE_HASH);
	crypto_generichash_update(&st, record, len);
	crypto_generichash_final(&st, out, STORE_HASH);
}

static int decode(const MDB_val *key, const MDB_val *value, struct store_audit *a)
{
	const uint8_t *p = value->mv_data, *end;
	if (key->mv_size != 8 || value->mv_size < 16 + 4 + STORE_HASH)
		return RBAC_DAMAGED;
	end = p + value->mv_size - STORE_HASH;
	memcpy(a->hash, end, STORE_HASH);
	a->change = rbac_le64(p);
	a->when = (int64_t)rbac_le64(p + 8);
	p += 16;
	const char **strings[] = { &a->actor, &a->person, &a->verb, &a->text };
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		const uint8_t *nul = p < end ? memchr(p, 0, (size_t)(end - p)) : NULL;
		if (!nul)
			return RBAC_DAMAGED;
		*strings[i] = (const char *)p;
		p = nul + 1;
	}
	/* A change of store version 1 has no journal. */
	a->journal = p == end ? NULL : p;
	return (p == end || end - p == STORE_HASH) && a->change == store_from_be64(key->mv_data)
		       ? RBAC_OK
		       : RBAC_DAMAGED;
}

/* The baseline has the hash of the last change that was pruned. */
static int pruned_hash(struct store_txn *t, uint64_t change, uint8_t hash[STORE_HASH])
{
	struct store_baseline b;
	int err = store_baseline_get(t, &b);
	if (!err && (!b.pruned || b.change != change))
		return RBAC_NOTFOUND;
	if (!err)
		memcpy(hash, b.chain, STORE_HASH);
	return err;
}

int store_audit_hash(struct store_txn *t, uint64_t change, uint8_t hash[STORE_HASH])
{
	uint8_t key[8];
	MDB_val k = { sizeof key, key }, v;
	struct store_audit a;
	store_be64(key, change);
	int err = store_get(t, T_AUDIT, key, sizeof key, &v);
	if (err == RBAC_NOTFOUND)
		return pruned_hash(t, change, hash);
	if (!err && decode(&k, &v, &a))
		return store_fail(t->s, RBAC_DAMAGED, "the audit record of a change");
	if (!err)
		memcpy(hash, a.hash, STORE_HASH);
	return err;
}

int store_audit_append(struct store_txn *t, struct store_audit *a)
{
	uint8_t key[8], previous[STORE_HASH], journal[STORE_HASH];
	uint64_t generation;
	struct buf b = { 0 };
	int err = store_generation(t, &generation);
	if (!err)
		err = store_audit_head(t, previous);
	if (err)
		return err;
	a->change = generation + 1;
	a->journal = journal;
	err = journal_append(t, a->change, journal);
	if (err)
		return err;
	encode(&b, a);
	if (!b.failed)
		chain(a->hash, previous, b.p, b.len);
	buf_put(&b, a->hash, STORE_HASH);
	store_be64(key, a->change);
	err = b.failed ? store_fail(t->s, RBAC_NOMEM, "out of memory")
		       : store_put(t, T_AUDIT, key, 8, b.p, b.len);
	buf_free(&b);
	a->journal = NULL;
	if (!err)
		err = store_put(t, T_META, head_key, strlen(head_key), a->hash, STORE_HASH);
	if (!err)
		err = store_number_put(t, generation_key, a->change);
	return err;
}

static int damaged(struct store_txn *t)
{
	return store_fail(t->s, RBAC_DAMAGED, "a record of the audit chain is damaged");
}

int store_audit_get(struct store_txn *t, uint64_t change, struct store_audit *a)
{
	uint8_t number[8];
	const MDB_val key = { sizeof number, number };
	MDB_val value;

	store_be64(number, change);
	int err = store_get(t, T_AUDIT, number, sizeof number, &value);
	if (err)
		return err;
	return decode(&key, &value, a) ? damaged(t) : RBAC_OK;
}

struct walk {
	struct store_txn *t;
	uint64_t from, expect;
	store_audit_fn *fn;
	void *ctx;
	uint8_t hash[STORE_HASH];
};

static int on_record(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_audit a;
	if (decode(key, value, &a))
		return damaged(w->t);
	return a.change < w->from ? RBAC_OK : w->fn(w->ctx, &a);
}

int store_audit_each(struct store_txn *t, uint64_t from, store_audit_fn *fn, void *ctx)
{
	struct walk w = { .t = t, .from = from, .fn = fn, .ctx = ctx };
	return store_each(t, T_AUDIT, NULL, 0, on_record, &w);
}

static int on_verify(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_audit a;
	w->expect++;
	if (decode(key, value, &a) || a.change != w->expect)
		return RBAC_DAMAGED;
	chain(w->hash, w->hash, value->mv_data, value->mv_size - STORE_HASH);
	return memcmp(w->hash, a.hash, STORE_HASH) ? RBAC_DAMAGED : RBAC_OK;
}

int store_audit_verify(struct store_txn *t, uint64_t *bad)
{
	struct walk w = { .t = t };
	struct store_baseline b;
	uint8_t head[STORE_HASH];
	uint64_t generation;
	*bad = 0;
	int err = store_baseline_get(t, &b);
	if (err)
		return err;
	if (b.pruned) {
		w.expect = b.change;
		memcpy(w.hash, b.chain, STORE_HASH);
	}
	err = store_each(t, T_AUDIT, NULL, 0, on_verify, &w);
	*bad = w.expect;
	if (err)
		return err;
	err = store_audit_head(t, head);
	if (!err)
		err = store_generation(t, &generation);
	if (!err && (generation != w.expect || memcmp(head, w.hash, STORE_HASH) != 0)) {
		*bad = w.expect + 1;
		err = store_fail(t->s, RBAC_DAMAGED,
				 "the audit chain ends at change %llu, the store is at %llu",
				 (unsigned long long)w.expect, (unsigned long long)generation);
	}
	return err;
}
