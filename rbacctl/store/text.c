/*
 * The policy texts of every apply. T_TEXT: key: change (big-endian), number of the file, so that
 * loading order is key order; value: name NUL, digest of the content. T_CONTENT has the content by
 * its digest (BLAKE2b-256), once for all applies that have it. In a store of version 1 the content
 * itself stands behind the name.
 */
#include "rbacctl/store/text.h"

#include <sodium.h>
#include <string.h>

#include "rbacctl/buf.h"

static const char applied_key[] = "applied";

static void digest_of(uint8_t digest[STORE_HASH], const void *text, size_t len)
{
	crypto_generichash(digest, STORE_HASH, text, len, NULL, 0);
}

int store_text_put(struct store_txn *t, const uint8_t key[STORE_TEXT_KEY], const char *name,
		   const void *text, size_t len)
{
	uint8_t digest[STORE_HASH];
	struct buf b = { 0 };

	digest_of(digest, text, len);
	int err = store_put(t, T_CONTENT, digest, sizeof(digest), text, len);
	buf_put(&b, name, strlen(name) + 1);
	buf_put(&b, digest, sizeof(digest));
	if (!err)
		err = b.failed ? store_fail(t->s, RBAC_NOMEM, "out of memory")
			       : store_put(t, T_TEXT, key, STORE_TEXT_KEY, b.p, b.len);
	buf_free(&b);
	return err;
}

int store_texts_put(struct store_txn *t, uint64_t change, const struct policy_sources *in)
{
	t->touched.all = true;
	for (size_t i = 0; i < in->n; i++) {
		uint8_t key[STORE_TEXT_KEY];
		store_be64(key, change);
		memcpy(key + 8, (uint8_t[4]){ 0, 0, (uint8_t)(i >> 8), (uint8_t)i }, 4);
		int err = store_text_put(t, key, in->v[i].name, in->v[i].text, in->v[i].len);
		if (err)
			return err;
	}
	return store_number_put(t, applied_key, change);
}

bool store_text_is(const MDB_val *value, const void *text, size_t len, const char **name)
{
	uint8_t digest[STORE_HASH];
	const char *nul = memchr(value->mv_data, 0, value->mv_size);

	*name = value->mv_data;
	digest_of(digest, text, len);
	return nul && value->mv_size == (size_t)(nul - *name) + 1 + STORE_HASH &&
	       memcmp(nul + 1, digest, STORE_HASH) == 0;
}

int store_text_decode(struct store_txn *t, const MDB_val *value, const char **name, MDB_val *text)
{
	uint8_t digest[STORE_HASH];
	const char *nul = memchr(value->mv_data, 0, value->mv_size);

	*name = value->mv_data;
	if (!nul)
		return store_fail(t->s, RBAC_DAMAGED, "the applied policy is damaged");
	size_t name_len = (size_t)(nul - *name) + 1;
	MDB_val rest = { value->mv_size - name_len, (char *)value->mv_data + name_len };
	if (t->s->version < STORE_VERSION_TEXTS) {
		*text = rest;
		return RBAC_OK;
	}
	int err = rest.mv_size == STORE_HASH
			  ? store_get(t, T_CONTENT, rest.mv_data, rest.mv_size, text)
			  : RBAC_DAMAGED;
	if (err == RBAC_NOTFOUND)
		return store_fail(t->s, RBAC_DAMAGED,
				  "the applied policy: the text of %s is missing in the store",
				  *name);
	if (!err)
		digest_of(digest, text->mv_data, text->mv_size);
	if (err == RBAC_DAMAGED || (!err && memcmp(digest, rest.mv_data, STORE_HASH) != 0))
		return store_fail(t->s, RBAC_DAMAGED,
				  "the applied policy: the text of %s is damaged", *name);
	return err;
}

struct collect {
	struct store_txn *t;
	struct policy_sources *out;
};

static int on_text(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct collect *c = ctx;
	const char *name;
	MDB_val text;
	if (key->mv_size != STORE_TEXT_KEY)
		return store_fail(c->t->s, RBAC_DAMAGED, "the applied policy is damaged");
	int err = store_text_decode(c->t, value, &name, &text);
	if (err)
		return err;
	err = policy_sources_add(c->out, name, text.mv_data, text.mv_size);
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
