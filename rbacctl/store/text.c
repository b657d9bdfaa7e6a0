/* The policy texts of every apply: key: change (big-endian), number of the file, so that loading
 * order is key order. */
#include "rbacctl/config/source.h"
#include "rbacctl/store/store.h"

#include <string.h>

#include "rbacctl/buf.h"

static const char applied_key[] = "applied";

int store_texts_put(struct store_txn *t, uint64_t change, const struct policy_sources *in)
{
	t->touched.all = true;
	for (size_t i = 0; i < in->n; i++) {
		uint8_t key[12];
		struct buf b = { 0 };
		store_be64(key, change);
		memcpy(key + 8, (uint8_t[4]){ 0, 0, (uint8_t)(i >> 8), (uint8_t)i }, 4);
		buf_put(&b, in->v[i].name, strlen(in->v[i].name) + 1);
		buf_put(&b, in->v[i].text, in->v[i].len);
		int err = b.failed ? store_fail(t->s, RBAC_NOMEM, "out of memory")
				   : store_put(t, T_TEXT, key, sizeof key, b.p, b.len);
		buf_free(&b);
		if (err)
			return err;
	}
	return store_number_put(t, applied_key, change);
}

struct collect {
	struct store_txn *t;
	struct policy_sources *out;
};

static int on_text(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct collect *c = ctx;
	const char *name = value->mv_data, *nul = memchr(name, 0, value->mv_size);
	if (key->mv_size != 12 || !nul)
		return store_fail(c->t->s, RBAC_DAMAGED, "the applied policy is damaged");
	size_t name_len = (size_t)(nul - name) + 1;
	int err = policy_sources_add(c->out, name, name + name_len, value->mv_size - name_len);
	return err ? store_fail(c->t->s, err, "the applied policy: %s", rbac_error_text(err))
		   : RBAC_OK;
}

int store_texts_get(struct store_txn *t, uint64_t change, struct policy_sources *out)
{
	uint8_t key[8];
	int err = RBAC_OK;
	*out = (struct policy_sources){ 0 };
	if (change == 0)
		err = store_number_get(t, applied_key, &change);
	if (err)
		return err;
	store_be64(key, change);
	struct collect c = { t, out };
	err = store_each(t, T_TEXT, key, sizeof key, on_text, &c);
	if (!err && out->n == 0)
		err = RBAC_NOTFOUND;
	if (err)
		policy_sources_free(out);
	return err;
}
