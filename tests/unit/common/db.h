/*
 * db.h - databases for the tests of the walker: made by liblmdb, filled at random, mapped for the
 * walker.
 */
#ifndef RBAC_TESTS_DB_H
#define RBAC_TESTS_DB_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <lmdb.h>

#include "common/error.h"
#include "common/walk.h"

enum { KEY_MAX = 511 };

static char folder[64], file[96];

struct db {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
};

static inline void db_begin(struct db *db, unsigned flags)
{
	assert_int_equal(mdb_txn_begin(db->env, NULL, flags, &db->txn), 0);
	assert_int_equal(mdb_dbi_open(db->txn, NULL, 0, &db->dbi), 0);
}

static inline void db_open(struct db *db)
{
	unlink(file);
	assert_int_equal(mdb_env_create(&db->env), 0);
	assert_int_equal(mdb_env_set_mapsize(db->env, (size_t)1 << 30), 0);
	assert_int_equal(mdb_env_open(db->env, file, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0600),
			 0);
}

static inline size_t up_to(size_t max)
{
	return (size_t)random() % (max + 1);
}

/* Keys share beginnings and come in all lengths; some bytes are 0 or 255. */
static inline size_t random_key(uint8_t *key, size_t max, unsigned space)
{
	size_t len = (size_t)snprintf((char *)key, KEY_MAX, "%c%s%07u", "gum"[random() % 3],
				      random() % 2 ? "user" : "", (unsigned)up_to(space));
	size_t more = max > len && random() % 8 == 0 ? up_to(max - len) : 0;

	while (more--)
		key[len++] = random() % 4 ? 'x' : (uint8_t)(random() % 2 ? 0 : 255);
	return len;
}

static inline void db_put(struct db *db, const uint8_t *key, size_t key_len, size_t len)
{
	static uint8_t value[70000];
	MDB_val k = { key_len, (void *)(uintptr_t)key }, v = { len, value };

	for (size_t i = 0; i < len; i++)
		value[i] = (uint8_t)random();
	assert_int_equal(mdb_put(db->txn, db->dbi, &k, &v, 0), 0);
}

static inline size_t random_len(size_t max)
{
	return random() % 50 ? up_to(max < 300 ? max : 300) : up_to(max);
}

static inline void db_fill(struct db *db, unsigned n, size_t key_max, size_t value_max)
{
	uint8_t key[KEY_MAX];

	db_begin(db, 0);
	for (unsigned i = 0; i < n; i++)
		db_put(db, key, random_key(key, key_max, 4 * n), random_len(value_max));
	assert_int_equal(mdb_txn_commit(db->txn), 0);
}

/* Delete one in EVERY, rewrite another with a different length. */
static inline void db_change(struct db *db, unsigned every)
{
	MDB_cursor *c;
	MDB_val k, v;

	db_begin(db, 0);
	assert_int_equal(mdb_cursor_open(db->txn, db->dbi, &c), 0);
	for (int rc = mdb_cursor_get(c, &k, &v, MDB_FIRST); rc == 0;
	     rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) {
		unsigned what = (unsigned)random() % every;

		if (what == 0) {
			assert_int_equal(mdb_cursor_del(c, 0), 0);
		} else if (what == 1) {
			uint8_t key[KEY_MAX];
			size_t len = k.mv_size;

			memcpy(key, k.mv_data, len);
			db_put(db, key, len, random_len(20000));
			k = (MDB_val){ len, key };
			assert_int_equal(mdb_cursor_get(c, &k, &v, MDB_SET_KEY), 0);
		}
	}
	mdb_cursor_close(c);
	assert_int_equal(mdb_txn_commit(db->txn), 0);
}

static inline void db_close(struct db *db)
{
	mdb_env_close(db->env);
	unlink(file);
}

static inline void map_file(struct rbac_walk *w)
{
	struct stat st;
	int fd = open(file, O_RDONLY);
	void *map;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	close(fd);
	assert_int_equal(rbac_walk_init(w, map, (size_t)st.st_size), RBAC_OK);
}

static inline void unmap_file(const struct rbac_walk *w)
{
	munmap((void *)(uintptr_t)w->map, w->size);
}

static inline int db_main(const char *name, const struct CMUnitTest *tests, size_t n)
{
	const char *tmp = getenv("TMPDIR");
	int failed;

	snprintf(folder, sizeof(folder), "%.40s/rbac-walk.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return 1;
	snprintf(file, sizeof(file), "%s/db.mdb", folder);
	failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
	unlink(file);
	rmdir(folder);
	return failed;
}

#endif
