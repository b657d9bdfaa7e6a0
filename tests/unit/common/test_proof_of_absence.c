/*
 * common/proof_of_absence.c: in a sound file absence is proven for every key that is not there, and
 * for no key that is there; a node that was cut off hides no record. tests/fault/data_absent.c
 * flips bits.
 */
#include "tests/unit/common/db.h"

#include "common/crc32c.h"
#include "common/view.h"

/* A record of LEN bytes and its checksum. */
static void put_sealed(struct db *db, const uint8_t *key, size_t key_len, size_t len)
{
	static uint8_t value[70000 + 4];
	MDB_val k = { key_len, (void *)(uintptr_t)key }, v = { len + 4, value };

	for (size_t i = 0; i < len; i++)
		value[i] = (uint8_t)random();
	uint32_t crc = rbac_crc32c(rbac_crc32c(0, key, key_len), value, len);
	for (size_t i = 0; i < 4; i++)
		value[len + i] = (uint8_t)(crc >> 8 * i);
	assert_int_equal(mdb_put(db->txn, db->dbi, &k, &v, 0), 0);
}

static int prove(const struct rbac_walk *w, const uint8_t *key, size_t len)
{
	const struct rbac_view v = { .walk = *w };

	return rbac_view_prove_absent(&v, key[0], key + 1, len - 1);
}

/* Keys with an even and with an odd number of bytes, records that lie in pages of their own. */
static void absence_is_proven_only_for_missing_names(void **state)
{
	static const struct {
		unsigned n;
		size_t key_max, value_max;
	} sizes[] = { { 1, 20, 10 },
		      { 2, 20, 5000 },
		      { 30, KEY_MAX, 70000 },
		      { 500, 100, 9000 },
		      { 20000, 30, 60 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		unsigned there = 0, absent = 0;
		uint8_t key[KEY_MAX];
		struct rbac_walk w;
		struct db db;

		srandom((unsigned)i + 1);
		db_open(&db);
		db_begin(&db, 0);
		for (unsigned j = 0; j < sizes[i].n; j++)
			put_sealed(&db, key, random_key(key, sizes[i].key_max, 4 * sizes[i].n),
				   up_to(random() % 2 ? 60 : sizes[i].value_max));
		assert_int_equal(mdb_txn_commit(db.txn), 0);
		db_begin(&db, MDB_RDONLY);
		map_file(&w);
		for (int j = 0; j < 4000; j++) {
			MDB_val k = { random_key(key, sizes[i].key_max, 4 * sizes[i].n), key }, v;
			bool is = mdb_get(db.txn, db.dbi, &k, &v) == 0;
			there += is;
			absent += !is;
			assert_int_equal(prove(&w, key, k.mv_size),
					 is ? RBAC_DAMAGED : RBAC_NOTFOUND);
		}
		assert_true(there > 0 && absent > 0);
		mdb_txn_abort(db.txn);
		unmap_file(&w);
		db_close(&db);
	}
}

static void in_an_empty_view_every_name_is_absent(void **state)
{
	struct rbac_walk w;
	struct db db;

	(void)state;
	db_open(&db);
	db_begin(&db, 0);
	put_sealed(&db, (const uint8_t *)"ubob", 4, 10);
	assert_int_equal(mdb_txn_commit(db.txn), 0);
	db_begin(&db, 0);
	assert_int_equal(mdb_drop(db.txn, db.dbi, 0), 0);
	assert_int_equal(mdb_txn_commit(db.txn), 0);
	map_file(&w);
	assert_int_equal(prove(&w, (const uint8_t *)"ubob", 4), RBAC_NOTFOUND);
	unmap_file(&w);
	db_close(&db);
}

/* The longest key is one of the file's; a longer one cannot be in it. */
static void a_name_of_510_bytes_and_a_longer_one(void **state)
{
	uint8_t key[KEY_MAX + 1];
	struct rbac_walk w;
	struct db db;

	(void)state;
	memset(key, 'x', sizeof(key));
	db_open(&db);
	db_begin(&db, 0);
	put_sealed(&db, key, KEY_MAX, 10);
	assert_int_equal(mdb_txn_commit(db.txn), 0);
	map_file(&w);
	assert_int_equal(prove(&w, key, KEY_MAX), RBAC_DAMAGED);
	assert_int_equal(prove(&w, key, KEY_MAX - 1), RBAC_NOTFOUND);
	assert_int_equal(prove(&w, key, KEY_MAX + 1), RBAC_NOTFOUND);
	unmap_file(&w);
	db_close(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absence_is_proven_only_for_missing_names),
		cmocka_unit_test(in_an_empty_view_every_name_is_absent),
		cmocka_unit_test(a_name_of_510_bytes_and_a_longer_one),
	};

	return db_main("proof of absence", tests, sizeof(tests) / sizeof(tests[0]));
}
