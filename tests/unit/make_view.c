#include "tests/unit/make_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/walk.h"

static char folder[64];

void maker_enter_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/rbac-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
}

void maker_leave_folder(void)
{
	static const char *const made[] = { "view.mdb", "other.mdb", "view.mdb.new" };
	for (size_t i = 0; i < COUNT(made); i++)
		unlink(made[i]);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
}

void maker_begin(struct maker *m, const char *path)
{
	*m = (struct maker){ 0 };
	snprintf(m->path, sizeof(m->path), "%s", path);
	snprintf(m->temp, sizeof(m->temp), "%s.new", path);
	unlink(m->temp);
	assert_int_equal(mdb_env_create(&m->env), 0);
	assert_int_equal(mdb_env_set_mapsize(m->env, 64 << 20), 0);
	assert_int_equal(
		mdb_env_open(m->env, m->temp, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0644), 0);
	assert_int_equal(mdb_txn_begin(m->env, NULL, 0, &m->txn), 0);
	assert_int_equal(mdb_dbi_open(m->txn, NULL, 0, &m->dbi), 0);
}

static void put(struct maker *m, uint8_t *key, size_t len)
{
	assert_true(len > 0);
	encode_seal(&m->buf, key, len);
	assert_false(m->buf.failed);
	MDB_val k = { len, key }, v = { m->buf.len, m->buf.p };
	assert_int_equal(mdb_put(m->txn, m->dbi, &k, &v, 0), 0);
	buf_reset(&m->buf);
}

void maker_put(struct maker *m, uint8_t type, const char *name)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	put(m, key, encode_key(key, type, name, strlen(name)));
}

void maker_put_gid(struct maker *m, uint8_t type, uint32_t gid)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	put(m, key, encode_key_gid(key, type, gid));
}

void maker_end(struct maker *m)
{
	assert_int_equal(mdb_txn_commit(m->txn), 0);
	mdb_env_close(m->env);
	buf_free(&m->buf);
	assert_int_equal(chmod(m->temp, 0644), 0);
	assert_int_equal(rename(m->temp, m->path), 0);
}
