/* The yardstick: mdb_get on the same file, with the transaction renewed and reset around each. No
 * lock file: the view has none. */
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

struct raw {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
};

struct raw *raw_open(const char *path)
{
	struct raw *r = calloc(1, sizeof *r);

	if (!r || mdb_env_create(&r->env) || mdb_env_set_mapsize(r->env, (size_t)8 << 30) ||
	    mdb_env_open(r->env, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY, 0) ||
	    mdb_txn_begin(r->env, NULL, MDB_RDONLY, &r->txn) ||
	    mdb_dbi_open(r->txn, NULL, 0, &r->dbi))
		world_fail(path);
	mdb_txn_reset(r->txn);
	return r;
}

void raw_close(struct raw *r)
{
	mdb_txn_abort(r->txn);
	mdb_env_close(r->env);
	free(r);
}

static inline size_t get(struct raw *r, const uint8_t *key, size_t len)
{
	MDB_val k = { len, (void *)(uintptr_t)key }, v;
	int rc;

	mdb_txn_renew(r->txn);
	rc = mdb_get(r->txn, r->dbi, &k, &v);
	mdb_txn_reset(r->txn);
	return rc == 0;
}

static inline size_t get_named(struct raw *r, uint8_t type, const char *name)
{
	uint8_t key[1 + NAME_SIZE];
	size_t len = strlen(name);

	key[0] = type;
	memcpy(key + 1, name, len);
	return get(r, key, len + 1);
}

size_t raw_user(void *ctx, const struct key *keys, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += get_named(ctx, RBAC_REC_USER, keys[i].name);
	return found;
}

size_t raw_group(void *ctx, const struct key *keys, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += get_named(ctx, RBAC_REC_GROUP, keys[i].name);
	return found;
}

size_t raw_gid(void *ctx, const struct key *keys, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t key[1 + RBAC_NUMBER_KEY] = { RBAC_REC_GID };
		rbac_number_key(key + 1, keys[i].gid);
		found += get(ctx, key, sizeof(key));
	}
	return found;
}
