#include "rbacctl/store/exempt.h"

#include <string.h>

#include "rbacctl/buf.h"

/* Key: u64 id. Value: u64 when, seen, acked (all big-endian), then session, user, service and from,
 * each ended by a NUL. */
enum { NUMBERS = 3, STRINGS = 4 };

static bool take_string(const uint8_t **p, const uint8_t *end, const char **out)
{
	const uint8_t *nul = memchr(*p, 0, (size_t)(end - *p));

	*out = (const char *)*p;
	*p = nul ? nul + 1 : end;
	return nul != NULL;
}

static int decode(struct store *s, uint64_t id, const MDB_val *v, struct store_use *u)
{
	const uint8_t *p = v->mv_data, *end = p + v->mv_size;
	const char **strings[STRINGS] = { &u->session, &u->user, &u->service, &u->from };
	bool whole = v->mv_size >= NUMBERS * 8;

	*u = (struct store_use){ .id = id };
	if (whole) {
		u->when = (int64_t)store_from_be64(p);
		u->seen = store_from_be64(p + 8);
		u->acked = store_from_be64(p + 16);
		p += NUMBERS * 8;
	}
	for (size_t i = 0; i < STRINGS && whole; i++)
		whole = take_string(&p, end, strings[i]);
	return whole && p == end ? RBAC_OK
				 : store_fail(s, RBAC_DAMAGED,
					      "the record of use %llu of an exemption is damaged",
					      (unsigned long long)id);
}

int store_use_get(struct store_txn *t, uint64_t id, struct store_use *u)
{
	MDB_val v;
	int err = store_get_at(t, T_EXEMPT, id, &v);

	return err ? err : decode(t->s, id, &v, u);
}

int store_use_put(struct store_txn *t, const struct store_use *u)
{
	const uint64_t numbers[NUMBERS] = { (uint64_t)u->when, u->seen, u->acked };
	const char *const strings[STRINGS] = { u->session, u->user, u->service, u->from };
	struct buf b = { 0 };
	uint8_t key[8], *p = buf_add(&b, NUMBERS * 8);

	for (size_t i = 0; i < NUMBERS && p; i++)
		store_be64(p + 8 * i, numbers[i]);
	for (size_t i = 0; i < STRINGS; i++)
		buf_put(&b, strings[i], strlen(strings[i]) + 1);
	store_be64(key, u->id);
	int err = b.failed ? store_fail(t->s, RBAC_NOMEM, "out of memory")
			   : store_put(t, T_EXEMPT, key, sizeof key, b.p, b.len);
	buf_free(&b);
	return err;
}

int store_use_del(struct store_txn *t, uint64_t id)
{
	uint8_t key[8];

	store_be64(key, id);
	return store_del(t, T_EXEMPT, key, sizeof key);
}

struct walk {
	struct store_txn *t;
	store_use_fn *fn;
	void *ctx;
};

static int on_use(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_use u;
	int err = key->mv_size == 8 ? decode(w->t->s, store_from_be64(key->mv_data), value, &u)
				    : store_fail(w->t->s, RBAC_DAMAGED,
						 "the key of a use of an exemption is damaged");

	return err ? err : w->fn(w->ctx, &u);
}

int store_uses_all(struct store_txn *t, store_use_fn *fn, void *ctx)
{
	return store_each(t, T_EXEMPT, NULL, 0, on_use,
			  &(struct walk){ .t = t, .fn = fn, .ctx = ctx });
}
