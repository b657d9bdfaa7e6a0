#include "rbacctl/store/notice.h"

#include <string.h>

#include "common/name.h"
#include "rbacctl/buf.h"

/*
 * Key: u8 kind, u64 id, u64 instant (both big-endian), person. Value: u64 made, next, tries, left
 * (big-endian), then role, scope, text and why, each ended by a NUL.
 */
enum { KEY_FIXED = 17, KEY_MAX = KEY_FIXED + RBAC_USER_MAX, NUMBERS = 4, STRINGS = 4 };

/* 0: the name is too long. */
static size_t key_of(const struct store_notice *n, uint8_t key[KEY_MAX])
{
	size_t len = strlen(n->person);

	if (len > RBAC_USER_MAX)
		return 0;
	key[0] = (uint8_t)n->kind;
	store_be64(key + 1, n->id);
	store_be64(key + 9, (uint64_t)n->instant);
	memcpy(key + KEY_FIXED, n->person, len);
	return KEY_FIXED + len;
}

int store_notice_has(struct store_txn *t, const struct store_notice *n)
{
	uint8_t key[KEY_MAX];
	MDB_val v;
	size_t len = key_of(n, key);

	return len ? store_get(t, T_NOTICE, key, len, &v) : RBAC_NOTFOUND;
}

int store_notice_put(struct store_txn *t, const struct store_notice *n)
{
	const uint64_t numbers[NUMBERS] = { (uint64_t)n->made, (uint64_t)n->next, n->tries,
					    n->left };
	const char *const strings[STRINGS] = { n->role, n->scope, n->text, n->why };
	uint8_t key[KEY_MAX], *p;
	size_t len = key_of(n, key);
	struct buf b = { 0 };

	if (len == 0)
		return store_fail(t->s, RBAC_INVALID, "a name of %zu bytes", strlen(n->person));
	p = buf_add(&b, NUMBERS * 8);
	for (size_t i = 0; i < NUMBERS && p; i++)
		store_be64(p + 8 * i, numbers[i]);
	for (size_t i = 0; i < STRINGS; i++)
		buf_put(&b, strings[i], strlen(strings[i]) + 1);
	int err = b.failed ? store_fail(t->s, RBAC_NOMEM, "out of memory")
			   : store_put(t, T_NOTICE, key, len, b.p, b.len);
	buf_free(&b);
	return err;
}

int store_notice_del(struct store_txn *t, const struct store_notice *n)
{
	uint8_t key[KEY_MAX];
	size_t len = key_of(n, key);

	return len ? store_del(t, T_NOTICE, key, len) : RBAC_NOTFOUND;
}

/* ---- walking ---- */

struct walk {
	struct store_txn *t;
	store_notice_fn *fn;
	void *ctx;
};

static bool take_string(const uint8_t **p, const uint8_t *end, const char **out)
{
	const uint8_t *nul = memchr(*p, 0, (size_t)(end - *p));

	*out = (const char *)*p;
	*p = nul ? nul + 1 : end;
	return nul != NULL;
}

static bool decode(const MDB_val *key, const MDB_val *value, char person[RBAC_USER_MAX + 1],
		   struct store_notice *n)
{
	const uint8_t *k = key->mv_data, *p = value->mv_data, *end = p + value->mv_size;
	const char **strings[STRINGS] = { &n->role, &n->scope, &n->text, &n->why };
	bool whole = key->mv_size >= KEY_FIXED && key->mv_size <= KEY_MAX &&
		     value->mv_size >= NUMBERS * 8;

	*n = (struct store_notice){ .person = person };
	if (!whole)
		return false;
	size_t len = key->mv_size - KEY_FIXED;
	memcpy(person, k + KEY_FIXED, len);
	person[len] = 0;
	n->kind = (enum notice_kind)k[0];
	n->id = store_from_be64(k + 1);
	n->instant = (int64_t)store_from_be64(k + 9);
	n->made = (int64_t)store_from_be64(p);
	n->next = (int64_t)store_from_be64(p + 8);
	n->tries = (uint32_t)store_from_be64(p + 16);
	n->left = (uint32_t)store_from_be64(p + 24);
	p += NUMBERS * 8;
	for (size_t i = 0; i < STRINGS && whole; i++)
		whole = take_string(&p, end, strings[i]);
	return whole && p == end;
}

static int on_notice(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_notice n;
	char person[RBAC_USER_MAX + 1];

	if (!decode(key, value, person, &n))
		return store_fail(w->t->s, RBAC_DAMAGED, "the record of a notice is damaged");
	return w->fn(w->ctx, &n);
}

int store_notices_all(struct store_txn *t, store_notice_fn *fn, void *ctx)
{
	return store_each(t, T_NOTICE, NULL, 0, on_notice,
			  &(struct walk){ .t = t, .fn = fn, .ctx = ctx });
}

const char *notice_word(enum notice_kind kind)
{
	switch (kind) {
	case NOTICE_ASKED:
	case NOTICE_HALF:
		return "request";
	case NOTICE_DECIDED:
		return "decided";
	case NOTICE_EXPIRED:
		return "expired";
	case NOTICE_VOID:
		return "void";
	case NOTICE_DAY:
	case NOTICE_HOUR:
	case NOTICE_WARNING:
		return "ending";
	case NOTICE_ENDED:
		return "ended";
	case NOTICE_REVIEW:
		return "review";
	case NOTICE_SESSIONS:
		return "sessions";
	case NOTICE_BREAKGLASS:
		return "breakglass";
	}
	return "notice";
}
