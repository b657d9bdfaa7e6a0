/* A record of the store that is damaged is never left out in silence: who walks over it is told,
 * and so is who asks for it. */
#include <errno.h>
#include <unistd.h>

#include "tests/unit/rbacctl/box.h"

/* Three of everything: the one in the middle is to be damaged. */
static int setup(void **state)
{
	static const char *const names[] = { "ann", "bob", "cyd" }, *const scopes[] = { "k:a",
											"k:b",
											"k:c" };

	if (box_setup(state))
		return -1;
	struct box *b = *state;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(store_user_put(&b->t, names[i],
						&(struct store_user){ .uid = 1001, .change = 3 }),
				 RBAC_OK);
		assert_int_equal(store_scope_put(&b->t, scopes[i],
						 &(struct store_scope){ .owner = "ann",
									.plan = "p",
									.source = "command" }),
				 RBAC_OK);
		assert_int_equal(store_gid_put(&b->t, names[i], 5000 + (uint32_t)i, 0), RBAC_OK);
		put_assignment(b, 10 + i, "ann", "r", "k:a");
	}
	return 0;
}

/* ---- the walks; each counts what it is handed ---- */

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	(void)a;
	++*(int *)ctx;
	return RBAC_OK;
}

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	(void)name;
	(void)u;
	++*(int *)ctx;
	return RBAC_OK;
}

static int on_scope(void *ctx, const char *name, const struct store_scope *s)
{
	(void)name;
	(void)s;
	++*(int *)ctx;
	return RBAC_OK;
}

static int on_gid(void *ctx, const char *name, uint32_t gid, uint32_t flags)
{
	(void)name;
	(void)gid;
	(void)flags;
	++*(int *)ctx;
	return RBAC_OK;
}

static int all(struct store_txn *t, int *n)
{
	return store_assignments_all(t, on_assignment, n);
}
static int of_subject(struct store_txn *t, int *n)
{
	return store_assignments_of(t, "ann", on_assignment, n);
}
static int at_role(struct store_txn *t, int *n)
{
	return store_assignments_at(t, "k:a", "r", on_assignment, n);
}
static int at_scope(struct store_txn *t, int *n)
{
	return store_assignments_at(t, "k:a", NULL, on_assignment, n);
}
static int users(struct store_txn *t, int *n)
{
	return store_users_all(t, on_user, n);
}
static int scopes(struct store_txn *t, int *n)
{
	return store_scopes_all(t, on_scope, n);
}
static int owned(struct store_txn *t, int *n)
{
	return store_scopes_owned(t, "ann", on_scope, n);
}
static int gids(struct store_txn *t, int *n)
{
	return store_gids_all(t, on_gid, n);
}

typedef int walk(struct store_txn *t, int *n);

static int one_assignment(struct store_txn *t, int *n)
{
	struct store_assignment a;
	(void)n;
	return store_assignment_get(t, 11, &a);
}

static int one_user(struct store_txn *t, int *n)
{
	struct store_user u;
	(void)n;
	return store_user_get(t, "bob", &u);
}

static int one_scope(struct store_txn *t, int *n)
{
	struct store_scope s;
	(void)n;
	return store_scope_get(t, "k:b", &s);
}

static int one_gid(struct store_txn *t, int *n)
{
	uint32_t gid, flags;
	(void)n;
	return store_gid_get(t, "bob", &gid, &flags);
}

static const uint8_t id_11[8] = { [7] = 11 };

/* Which record, and who meets it; SEEN: how many records a walk hands out before. */
static const struct {
	enum store_table table;
	const void *key;
	size_t len;
	walk *walk;
	int seen;
} rows[] = {
	{ T_ASSIGN, id_11, 8, all, 1 },
	{ T_ASSIGN, id_11, 8, of_subject, 1 },
	{ T_ASSIGN, id_11, 8, at_role, 1 },
	{ T_ASSIGN, id_11, 8, at_scope, 1 },
	{ T_ASSIGN, id_11, 8, one_assignment, 0 },
	{ T_USER, "bob", 3, users, 1 },
	{ T_USER, "bob", 3, one_user, 0 },
	{ T_SCOPE, "k:b", 3, scopes, 1 },
	{ T_SCOPE, "k:b", 3, owned, 1 },
	{ T_SCOPE, "k:b", 3, one_scope, 0 },
	{ T_GID, "bob", 3, gids, 1 },
	{ T_GID, "bob", 3, one_gid, 0 },
};

/* Cut anywhere, or one byte too long. */
static void test_a_record_that_is_cut(void **state)
{
	struct box *b = *state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t whole[500] = { 0 };
		MDB_val v;
		assert_int_equal(store_get(&b->t, rows[i].table, rows[i].key, rows[i].len, &v),
				 RBAC_OK);
		size_t size = v.mv_size;
		assert_true(size < sizeof whole);
		memcpy(whole, v.mv_data, size);
		bool numbers = rows[i].table == T_USER || rows[i].table == T_GID;
		for (size_t len = 0; len <= size + numbers; len++) {
			int n = 0;
			assert_int_equal(store_put(&b->t, rows[i].table, rows[i].key, rows[i].len,
						   whole, len),
					 RBAC_OK);
			int err = rows[i].walk(&b->t, &n),
			    wanted = len == size ? RBAC_OK : RBAC_DAMAGED;
			if (err != wanted)
				fail_msg("row %zu, %zu of %zu bytes: %s", i, len, size,
					 rbac_error_text(err));
			if (err) {
				assert_int_equal(n, rows[i].seen);
				assert_true(strlen(store_why(b->s)) > 0);
			}
		}
		assert_int_equal(
			store_put(&b->t, rows[i].table, rows[i].key, rows[i].len, whole, size),
			RBAC_OK);
	}
}

/* A record that an index names and that is not there is missed. */
static void test_a_missing_record(void **state)
{
	struct box *b = *state;
	int n = 0;
	static walk *const by_index[] = { of_subject, at_role, at_scope };
	assert_int_equal(store_del(&b->t, T_ASSIGN, id_11, 8), RBAC_OK);
	for (size_t i = 0; i < COUNT(by_index); i++) {
		n = 0;
		assert_int_equal(by_index[i](&b->t, &n), RBAC_DAMAGED);
		assert_int_equal(n, 1);
	}
	assert_int_equal(store_del(&b->t, T_SCOPE, "k:b", 3), RBAC_OK);
	n = 0;
	assert_int_equal(owned(&b->t, &n), RBAC_DAMAGED);
	assert_int_equal(n, 1);
}

/* Keys of the indexes that are not as they are written. */
static void test_a_key_that_is_no_key(void **state)
{
	struct box *b = *state;
	static const struct {
		enum store_table table;
		const char *key;
		size_t len;
		walk *walk;
	} keys[] = {
		{ T_SUBJECT, "ann\0\0\0\0", 7, of_subject },
		{ T_HELD, "k:a\0r\0\0", 7, at_role },
		{ T_HELD, "k:a\0", 4, at_scope },
	};
	for (size_t i = 0; i < COUNT(keys); i++) {
		int n = 0;
		assert_int_equal(store_put(&b->t, keys[i].table, keys[i].key, keys[i].len, "", 0),
				 RBAC_OK);
		assert_int_equal(keys[i].walk(&b->t, &n), RBAC_DAMAGED);
		assert_int_equal(store_del(&b->t, keys[i].table, keys[i].key, keys[i].len),
				 RBAC_OK);
		assert_int_equal(keys[i].walk(&b->t, &n), RBAC_OK);
	}
}

/* The value of a number, an audit record, the head. */
static void test_numbers(void **state)
{
	struct box *b = *state;
	uint64_t value;
	for (size_t len = 0; len < 10; len++) {
		assert_int_equal(
			store_put(&b->t, T_META, "generation", 10, "\0\0\0\0\0\0\0\7\0", len),
			RBAC_OK);
		assert_int_equal(store_generation(&b->t, &value),
				 len == 8 ? RBAC_OK : RBAC_DAMAGED);
		if (len == 8)
			assert_int_equal(value, 7);
	}
}

/* What liblmdb says, as one of our results, with its words. */
static void test_what_liblmdb_says(void **state)
{
	struct box *b = *state;
	static const struct {
		int rc, err;
	} table[] = {
		{ 0, RBAC_OK },
		{ MDB_NOTFOUND, RBAC_NOTFOUND },
		{ MDB_VERSION_MISMATCH, RBAC_NEWER },
		{ MDB_CORRUPTED, RBAC_DAMAGED },
		{ MDB_INVALID, RBAC_DAMAGED },
		{ MDB_PAGE_NOTFOUND, RBAC_DAMAGED },
		{ MDB_BAD_TXN, RBAC_DAMAGED },
		{ MDB_PANIC, RBAC_DAMAGED },
		{ ENOENT, RBAC_ABSENT },
		{ ENOMEM, RBAC_NOMEM },
		{ ENOSPC, RBAC_SYSTEM },
		{ EIO, RBAC_SYSTEM },
		{ EACCES, RBAC_SYSTEM },
		{ MDB_MAP_FULL, RBAC_SYSTEM },
		{ MDB_READERS_FULL, RBAC_SYSTEM },
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		char doing[20];
		snprintf(doing, sizeof doing, "doing %zu", i);
		assert_int_equal(store_lmdb(b->s, table[i].rc, doing), table[i].err);
		if (table[i].err != RBAC_OK && table[i].err != RBAC_NOTFOUND &&
		    !strstr(store_why(b->s), doing))
			fail_msg("%s: %s", doing, store_why(b->s));
	}
}

int main(void)
{
#define IN_A_BOX(f) cmocka_unit_test_setup_teardown(f, setup, box_teardown)
	const struct CMUnitTest tests[] = {
		IN_A_BOX(test_a_record_that_is_cut), IN_A_BOX(test_a_missing_record),
		IN_A_BOX(test_a_key_that_is_no_key), IN_A_BOX(test_numbers),
		IN_A_BOX(test_what_liblmdb_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
