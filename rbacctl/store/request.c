#include "rbacctl/store/request.h"

#include <stdlib.h>
#include <string.h>

#include "common/name.h"
#include "rbacctl/buf.h"

/*
 * T_PENDING has two kinds of keys: "r" user NUL role NUL scope -> id, and "a" asker NUL id -> when.
 * Numbers are big-endian.
 */
enum { KEY_MAX = 511, NUMBERS = 6 };

static size_t pending_key(char *out, const struct store_request *r)
{
	const char *const parts[] = { r->user, r->role, r->scope };
	size_t n = 1;

	out[0] = 'r';
	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(parts[i]) + 1;
		if (n + len > KEY_MAX)
			return 0;
		memcpy(out + n, parts[i], len);
		n += len;
	}
	return n;
}

static bool take_string(const uint8_t **p, const uint8_t *end, const char **out)
{
	const uint8_t *nul = memchr(*p, 0, (size_t)(end - *p));

	*out = (const char *)*p;
	*p = nul ? nul + 1 : end;
	return nul != NULL;
}

static bool decode_record(uint64_t id, const MDB_val *v, struct store_request *r)
{
	const uint8_t *p = v->mv_data, *end = p + v->mv_size;
	const char **strings[] = { &r->asker,  &r->user,     &r->role, &r->scope,  &r->reason,
				   &r->brings, &r->approved, &r->why,  &r->persons };
	bool whole = v->mv_size >= NUMBERS * 8 && store_from_be64(p) < REQUEST_STATES;

	*r = (struct store_request){ .id = id };
	if (whole) {
		r->state = (enum request_state)store_from_be64(p);
		r->made = (int64_t)store_from_be64(p + 8);
		r->expires = (int64_t)store_from_be64(p + 16);
		r->from = (int64_t)store_from_be64(p + 24);
		r->length = (int64_t)store_from_be64(p + 32);
		r->decided = store_from_be64(p + 40);
		p += NUMBERS * 8;
	}
	for (size_t i = 0; i < sizeof strings / sizeof *strings && whole; i++)
		whole = take_string(&p, end, strings[i]);
	return whole && p == end;
}

int store_request_decode(const MDB_val *key, const MDB_val *value, struct store_request *r)
{
	bool whole = key->mv_size == 8 && decode_record(store_from_be64(key->mv_data), value, r);

	return whole ? RBAC_OK : RBAC_DAMAGED;
}

static int decode(struct store *s, uint64_t id, const MDB_val *v, struct store_request *r)
{
	return decode_record(id, v, r)
		       ? RBAC_OK
		       : store_fail(s, RBAC_DAMAGED, "the record of request %llu is damaged",
				    (unsigned long long)id);
}

int store_request_get(struct store_txn *t, uint64_t id, struct store_request *r)
{
	MDB_val v;
	int err = store_get_at(t, T_REQUEST, id, &v);

	return err ? err : decode(t->s, id, &v, r);
}

static int put_pending(struct store_txn *t, const struct store_request *r)
{
	char key[KEY_MAX];
	uint8_t id[8];
	MDB_val v;
	size_t len = pending_key(key, r);

	if (len == 0)
		return store_fail(t->s, RBAC_INVALID, "%s, %s at %s: too long together", r->user,
				  r->role, r->scope);
	store_be64(id, r->id);
	if (r->state == REQUEST_PENDING)
		return store_put(t, T_PENDING, key, len, id, sizeof id);
	int err = store_get(t, T_PENDING, key, len, &v);
	if (err || v.mv_size != sizeof id || memcmp(v.mv_data, id, sizeof id) != 0)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	return store_del(t, T_PENDING, key, len);
}

int store_request_put(struct store_txn *t, const struct store_request *r)
{
	const uint64_t numbers[NUMBERS] = {
		r->state,          (uint64_t)r->made,   (uint64_t)r->expires,
		(uint64_t)r->from, (uint64_t)r->length, r->decided
	};
	const char *const strings[] = { r->asker,  r->user,     r->role, r->scope,  r->reason,
					r->brings, r->approved, r->why,  r->persons };
	struct buf b = { 0 };
	uint8_t key[8], *p = buf_add(&b, NUMBERS * 8);

	for (size_t i = 0; i < NUMBERS && p; i++)
		store_be64(p + 8 * i, numbers[i]);
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		buf_put(&b, strings[i], strlen(strings[i]) + 1);
	store_be64(key, r->id);
	/* The strings of R may borrow the transaction: the record is whole before anything is
	 * written. */
	int err = b.failed ? store_fail(t->s, RBAC_NOMEM, "out of memory") : put_pending(t, r);
	if (!err)
		err = store_put(t, T_REQUEST, key, sizeof key, b.p, b.len);
	buf_free(&b);
	return err;
}

int store_request_pending(struct store_txn *t, const char *user, const char *role,
			  const char *scope, struct store_request *r)
{
	char key[KEY_MAX];
	MDB_val v;
	size_t len = pending_key(
		key, &(struct store_request){ .user = user, .role = role, .scope = scope });
	int err = len ? store_get(t, T_PENDING, key, len, &v) : RBAC_NOTFOUND;

	if (err)
		return err;
	err = v.mv_size == 8 ? store_request_get(t, store_from_be64(v.mv_data), r) : RBAC_NOTFOUND;
	return err == RBAC_NOTFOUND
		       ? store_fail(t->s, RBAC_DAMAGED, "a pending request has no record")
		       : err;
}

/* ---- walking ---- */

struct walk {
	struct store_txn *t;
	store_request_fn *fn;
	void *ctx;
	uint64_t *ids;
	size_t n, cap;
};

static int on_request(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_request r;
	int err = key->mv_size == 8
			  ? decode(w->t->s, store_from_be64(key->mv_data), value, &r)
			  : store_fail(w->t->s, RBAC_DAMAGED, "the key of a request is damaged");

	return err ? err : w->fn(w->ctx, &r);
}

int store_requests_all(struct store_txn *t, store_request_fn *fn, void *ctx)
{
	return store_each(t, T_REQUEST, NULL, 0, on_request,
			  &(struct walk){ .t = t, .fn = fn, .ctx = ctx });
}

static int on_pending(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;

	(void)key;
	if (value->mv_size != 8)
		return store_fail(w->t->s, RBAC_DAMAGED, "a pending request is damaged");
	if (!buf_room(&w->ids, w->n, &w->cap, sizeof *w->ids))
		return store_fail(w->t->s, RBAC_NOMEM, "out of memory");
	w->ids[w->n++] = store_from_be64(value->mv_data);
	return RBAC_OK;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int store_requests_pending(struct store_txn *t, store_request_fn *fn, void *ctx)
{
	struct walk w = { .t = t };
	struct store_request r;
	int err = store_each(t, T_PENDING, "r", 1, on_pending, &w);

	if (w.n)
		qsort(w.ids, w.n, sizeof *w.ids, by_number);
	for (size_t i = 0; i < w.n && !err; i++) {
		err = store_request_get(t, w.ids[i], &r);
		err = err ? err : fn(ctx, &r);
	}
	free(w.ids);
	return err;
}

/* ---- who asked how often ---- */

static size_t asked_key(char *out, const char *asker, uint64_t id)
{
	size_t len = strlen(asker) + 1;

	out[0] = 'a';
	memcpy(out + 1, asker, len);
	store_be64((uint8_t *)out + 1 + len, id);
	return 1 + len;
}

struct asked {
	struct store_txn *t;
	int64_t since;
	size_t n;
	uint64_t old[32]; /* some of those that are older: the others go another time */
	size_t n_old;
};

static int on_asked(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct asked *a = ctx;

	if (value->mv_size != 8 || key->mv_size < 8)
		return store_fail(a->t->s, RBAC_DAMAGED, "a note of who asked is damaged");
	if ((int64_t)store_from_be64(value->mv_data) > a->since)
		a->n++;
	else if (a->n_old < sizeof a->old / sizeof *a->old)
		a->old[a->n_old++] = store_from_be64((const uint8_t *)key->mv_data + key->mv_size -
						     8);
	return RBAC_OK;
}

int store_asked_since(struct store_txn *t, const char *asker, int64_t since, size_t *n)
{
	char key[1 + RBAC_USER_MAX + 1 + 8];
	struct asked a = { .t = t, .since = since };
	size_t len = asked_key(key, asker, 0);
	int err = store_each(t, T_PENDING, key, len, on_asked, &a);

	*n = a.n;
	for (size_t i = 0; i < a.n_old && !err && t->s->writable; i++) {
		asked_key(key, asker, a.old[i]);
		err = store_del(t, T_PENDING, key, len + 8);
	}
	return err;
}

int store_note_asked(struct store_txn *t, const char *asker, uint64_t id, int64_t when)
{
	char key[1 + RBAC_USER_MAX + 1 + 8];
	uint8_t value[8];
	size_t len = asked_key(key, asker, id);

	store_be64(value, (uint64_t)when);
	return store_put(t, T_PENDING, key, len + 8, value, sizeof value);
}
