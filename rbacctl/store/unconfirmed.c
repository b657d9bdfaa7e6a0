/* Value: change, until, until_boot, big-endian; then the texts, a NUL behind each. */
#include "rbacctl/store/unconfirmed.h"

#include <string.h>

#include "rbacctl/buf.h"

enum { NUMBERS = 3 };

int store_unconfirmed_get(struct store_txn *t, struct store_unconfirmed *u)
{
	MDB_val v;
	const char **texts[] = { &u->boot_id, &u->login, &u->person, &u->verb };
	int err = store_get(t, T_META, STORE_UNCONFIRMED, strlen(STORE_UNCONFIRMED), &v);

	if (err)
		return err;
	bool whole = v.mv_size >= NUMBERS * sizeof(uint64_t);
	const uint8_t *p = v.mv_data, *end = p + v.mv_size;
	if (whole) {
		u->change = store_from_be64(p);
		u->until = (int64_t)store_from_be64(p + 8);
		u->until_boot = (int64_t)store_from_be64(p + 16);
		p += NUMBERS * sizeof(uint64_t);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && whole; i++) {
		const uint8_t *nul = memchr(p, 0, (size_t)(end - p));
		*texts[i] = (const char *)p;
		whole = nul != NULL;
		p = nul ? nul + 1 : end;
	}
	return whole && p == end
		       ? RBAC_OK
		       : store_fail(t->s, RBAC_DAMAGED,
				    "the record of the change to be confirmed is damaged");
}

int store_unconfirmed_put(struct store_txn *t, const struct store_unconfirmed *u)
{
	const char *const texts[] = { u->boot_id, u->login, u->person, u->verb };
	uint8_t numbers[NUMBERS * sizeof(uint64_t)];
	struct buf b = { 0 };

	store_be64(numbers, u->change);
	store_be64(numbers + 8, (uint64_t)u->until);
	store_be64(numbers + 16, (uint64_t)u->until_boot);
	buf_put(&b, numbers, sizeof(numbers));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		buf_put(&b, texts[i], strlen(texts[i]) + 1);
	int err = b.failed ? store_fail(t->s, RBAC_NOMEM, "out of memory")
			   : store_put(t, T_META, STORE_UNCONFIRMED, strlen(STORE_UNCONFIRMED), b.p,
				       b.len);
	buf_free(&b);
	return err;
}

int store_unconfirmed_del(struct store_txn *t)
{
	int err = store_del(t, T_META, STORE_UNCONFIRMED, strlen(STORE_UNCONFIRMED));

	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}
