/* A file in the order of its readers holds what it held before, to liblmdb as well, which goes on
 * writing to it. */
#include "tests/unit/common/db.h"

#include "common/page.h"
#include "rbacctl/view/layout.h"

/* What lies in `file`, in the order of its keys, once more: the layout must not lose or change any
 * of it. */
static MDB_env *before;

static void open_before(void)
{
	assert_int_equal(mdb_env_create(&before), 0);
	assert_int_equal(mdb_env_set_mapsize(before, (size_t)1 << 30), 0);
	assert_int_equal(mdb_env_open(before, file, MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY, 0), 0);
}

/* Lay `file` out anew, in its own place; liblmdb has the one before open. */
static int lay_out(const char *front)
{
	struct rbac_walk w;
	map_file(&w);
	assert_int_equal(unlink(file), 0);
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	int err = layout_write(&w, front, strlen(front), fd);
	assert_int_equal(close(fd), 0);
	unmap_file(&w);
	return err;
}

static MDB_cursor *cursor_of(MDB_env *env)
{
	MDB_txn *txn;
	MDB_dbi dbi;
	MDB_cursor *c;
	assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	assert_int_equal(mdb_cursor_open(txn, dbi, &c), 0);
	return c;
}

static void close_cursor(MDB_cursor *c)
{
	MDB_txn *txn = mdb_cursor_txn(c);
	mdb_cursor_close(c);
	mdb_txn_abort(txn);
}

static void compare_with_before(struct db *db)
{
	MDB_cursor *old = cursor_of(before), *new = cursor_of(db->env);
	MDB_val ok, ov, nk, nv;
	int rc;
	while ((rc = mdb_cursor_get(old, &ok, &ov, MDB_NEXT)) == 0) {
		assert_int_equal(mdb_cursor_get(new, &nk, &nv, MDB_NEXT), 0);
		assert_int_equal(ok.mv_size, nk.mv_size);
		assert_memory_equal(ok.mv_data, nk.mv_data, ok.mv_size);
		assert_int_equal(ov.mv_size, nv.mv_size);
		assert_memory_equal(ov.mv_data, nv.mv_data, ov.mv_size);
	}
	assert_int_equal(rc, MDB_NOTFOUND);
	assert_int_equal(mdb_cursor_get(new, &nk, &nv, MDB_NEXT), MDB_NOTFOUND);
	close_cursor(old);
	close_cursor(new);
}

/* No page but those of the tree, which both meta pages name; the root and the way to FRONT first.
 */
static void check_pages(struct db *db, const char *front)
{
	MDB_stat st;
	MDB_txn *txn;
	MDB_dbi dbi;
	struct rbac_walk w;
	const uint8_t *data;
	size_t len;
	map_file(&w);
	assert_int_equal(mdb_txn_begin(db->env, NULL, MDB_RDONLY, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	assert_int_equal(mdb_stat(txn, dbi, &st), 0);
	assert_int_equal(w.size, (META_PAGES + st.ms_branch_pages + st.ms_leaf_pages +
				  st.ms_overflow_pages) *
					 w.page);
	assert_int_equal(w.pages, w.size / w.page);
	assert_int_equal(w.root, META_PAGES);
	assert_memory_equal(w.map + PAGE_HEADER, w.map + w.page + PAGE_HEADER, META_TXN);
	if (rbac_walk_get(&w, front, strlen(front), &data, &len) == RBAC_OK && len < 300)
		assert_true(data < w.map + (META_PAGES + (size_t)w.depth) * w.page);
	mdb_txn_abort(txn);
	unmap_file(&w);
}

static struct db reopen(struct db *db)
{
	struct db again = { 0 };
	mdb_env_close(db->env);
	assert_int_equal(mdb_env_create(&again.env), 0);
	assert_int_equal(mdb_env_set_mapsize(again.env, (size_t)1 << 30), 0);
	assert_int_equal(
		mdb_env_open(again.env, file, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0600), 0);
	return again;
}

static void one(unsigned n, size_t key_max, size_t value_max)
{
	struct db db;
	uint8_t front[KEY_MAX + 1];
	db_open(&db);
	db_fill(&db, n, key_max, value_max);
	for (int round = 0; round < 3; round++) {
		front[random_key(front, 20, 4 * n)] = 0;
		if (round == 0) /* one that is there */
			db_begin(&db, 0), db_put(&db, front, strlen((char *)front), 100),
				assert_int_equal(mdb_txn_commit(db.txn), 0);
		open_before();
		assert_int_equal(lay_out((char *)front), RBAC_OK);
		db = reopen(&db);
		compare_with_before(&db);
		check_pages(&db, (char *)front);
		mdb_env_close(before);
		db_change(&db, 3);
		db_fill(&db, n / 2, key_max, value_max);
	}
	db_close(&db);
}

static void nothing_is_lost_and_liblmdb_goes_on(void **state)
{
	static const struct {
		unsigned n;
		size_t key_max, value_max;
	} sizes[] = {
		{ 1, 20, 10 },           { 2, 20, 5000 },    { 30, KEY_MAX, 300 },
		{ 500, KEY_MAX, 70000 }, { 5000, 60, 5000 }, { 60000, 30, 60 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		srandom((unsigned)i + 1);
		one(sizes[i].n, sizes[i].key_max, sizes[i].value_max);
	}
}

static void an_empty_tree_is_refused(void **state)
{
	struct db db;
	(void)state;
	db_open(&db);
	assert_int_equal(lay_out("m"), RBAC_DAMAGED);
	db_close(&db);
}

/* Of a file that is damaged, whatever comes is within bounds (the sanitizers watch), and an error
 * or a file of no more pages. */
static void damage_stays_within_bounds(void **state)
{
	struct db db;
	struct rbac_walk w;
	unsigned refused = 0;
	(void)state;
	srandom(11);
	db_open(&db);
	db_fill(&db, 400, 60, 6000);
	map_file(&w);
	uint8_t *copy = malloc(w.size);
	assert_non_null(copy);
	for (int i = 0; i < 3000; i++) {
		struct rbac_walk damaged = w;
		memcpy(copy, w.map, w.size);
		damaged.map = copy;
		for (int k = 0; k < 3; k++) {
			size_t page = META_PAGES + (size_t)random() % (w.pages - META_PAGES);
			copy[page * w.page + (size_t)random() % (random() % 2 ? 64 : w.page)] =
				(uint8_t)random();
		}
		int fd = open("/dev/null", O_WRONLY);
		assert_true(fd >= 0);
		int err = layout_write(&damaged, "m", 1, fd);
		assert_true(err == RBAC_OK || err == RBAC_DAMAGED);
		refused += err == RBAC_DAMAGED;
		close(fd);
	}
	assert_true(refused > 0);
	free(copy);
	unmap_file(&w);
	db_close(&db);
}

static void a_full_disk_is_told(void **state)
{
	struct db db;
	struct rbac_walk w;
	(void)state;
	int fd = open("/dev/full", O_WRONLY);
	if (fd < 0)
		skip();
	db_open(&db);
	db_fill(&db, 400, 60, 600);
	map_file(&w);
	assert_int_equal(layout_write(&w, "m", 1, fd), RBAC_SYSTEM);
	close(fd);
	unmap_file(&w);
	db_close(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_and_liblmdb_goes_on),
		cmocka_unit_test(an_empty_tree_is_refused),
		cmocka_unit_test(damage_stays_within_bounds),
		cmocka_unit_test(a_full_disk_is_told),
	};
	return db_main("layout", tests, sizeof(tests) / sizeof(tests[0]));
}
