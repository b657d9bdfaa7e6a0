/*
 * lmdb_server: the 64-bit liblmdb for a 32-bit test (remote_lmdb.c), by requests on its standard
 * input, which is a socket. It ends when the test has ended.
 */
#include <lmdb.h>
#include <stdlib.h>

#include "tests/arch/remote.h"

enum { SOCKET = 0, BYTES_MOST = 1 << 20 };

static MDB_val key, value;

static int on_env(const struct remote_request *rq, uint64_t *out)
{
	MDB_env *env = (MDB_env *)(uintptr_t)rq->handle;
	MDB_envinfo info;
	int rc = 0;

	switch (rq->op) {
	case REMOTE_ENV_CREATE:
		rc = mdb_env_create(&env);
		*out = (uintptr_t)env;
		return rc;
	case REMOTE_ENV_MAPSIZE:
		return mdb_env_set_mapsize(env, rq->a);
	case REMOTE_ENV_OPEN:
		return mdb_env_open(env, key.mv_data, (unsigned)rq->a, (mdb_mode_t)rq->b);
	case REMOTE_ENV_LAST_PAGE:
		rc = mdb_env_info(env, &info);
		*out = info.me_last_pgno;
		return rc;
	default:
		mdb_env_close(env);
		return 0;
	}
}

static int on_txn(const struct remote_request *rq, uint64_t *out)
{
	MDB_env *env = (MDB_env *)(uintptr_t)rq->handle;
	MDB_txn *txn = (MDB_txn *)(uintptr_t)rq->handle;
	MDB_dbi dbi = (MDB_dbi)rq->a;
	int rc = 0;

	switch (rq->op) {
	case REMOTE_TXN_BEGIN:
		rc = mdb_txn_begin(env, NULL, (unsigned)rq->a, &txn);
		*out = (uintptr_t)txn;
		return rc;
	case REMOTE_TXN_COMMIT:
		return mdb_txn_commit(txn);
	case REMOTE_TXN_ABORT:
		mdb_txn_abort(txn);
		return 0;
	case REMOTE_DBI_OPEN:
		rc = mdb_dbi_open(txn, NULL, (unsigned)rq->a, &dbi);
		*out = dbi;
		return rc;
	case REMOTE_PUT:
		return mdb_put(txn, dbi, &key, &value, (unsigned)rq->b);
	case REMOTE_GET:
		return mdb_get(txn, dbi, &key, &value);
	case REMOTE_DEL:
		return mdb_del(txn, dbi, &key, NULL);
	default:
		return mdb_drop(txn, dbi, (int)rq->b);
	}
}

static int on_cursor(const struct remote_request *rq, uint64_t *out)
{
	MDB_cursor *cursor = (MDB_cursor *)(uintptr_t)rq->handle;
	int rc;

	switch (rq->op) {
	case REMOTE_CURSOR_OPEN:
		rc = mdb_cursor_open((MDB_txn *)(uintptr_t)rq->handle, (MDB_dbi)rq->a, &cursor);
		*out = (uintptr_t)cursor;
		return rc;
	case REMOTE_CURSOR_GET:
		return mdb_cursor_get(cursor, &key, &value, (MDB_cursor_op)rq->a);
	case REMOTE_CURSOR_DEL:
		return mdb_cursor_del(cursor, (unsigned)rq->a);
	default:
		mdb_cursor_close(cursor);
		return 0;
	}
}

static bool answer(const struct remote_request *rq)
{
	bool gives = rq->op == REMOTE_GET || rq->op == REMOTE_CURSOR_GET;
	struct remote_reply re = { 0 };

	if (rq->op <= REMOTE_ENV_LAST_PAGE)
		re.rc = on_env(rq, &re.handle);
	else if (rq->op <= REMOTE_DROP)
		re.rc = on_txn(rq, &re.handle);
	else
		re.rc = on_cursor(rq, &re.handle);
	if (gives && re.rc == 0) {
		re.key_len = key.mv_size;
		re.value_len = value.mv_size;
	}
	return remote_write(SOCKET, &re, sizeof(re)) &&
	       remote_write(SOCKET, key.mv_data, re.key_len) &&
	       remote_write(SOCKET, value.mv_data, re.value_len);
}

int main(void)
{
	char *keys = malloc(BYTES_MOST), *values = malloc(BYTES_MOST);
	struct remote_request rq;

	while (keys && values && remote_read(SOCKET, &rq, sizeof(rq)) && rq.key_len < BYTES_MOST &&
	       rq.value_len < BYTES_MOST) {
		key = (MDB_val){ rq.key_len, keys };
		value = (MDB_val){ rq.value_len, values };
		if (!remote_read(SOCKET, keys, rq.key_len) ||
		    !remote_read(SOCKET, values, rq.value_len) || !answer(&rq))
			break;
	}
	free(keys);
	free(values);
	return 0;
}
