/*
 * Each call of liblmdb and of the allocator that a change makes fails once: the change is refused
 * with a word of why, or it was made; nothing lies between, and the next change works.
 *
 * tests/fault does the same to system calls, with a process for each. What is called is counted by
 * a first run.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

#include "tests/unit/rbacctl/failing_acts.h"

/* ---- the call number `fail_at` fails ---- */

enum kind { LMDB, MEMORY };
static struct {
	bool counting;
	enum kind kind;
	unsigned calls, fail_at;
	bool failed;
} faults;

static bool fails(enum kind kind)
{
	if (!faults.counting || faults.kind != kind || ++faults.calls != faults.fail_at)
		return false;
	faults.failed = true;
	return true;
}

#define REAL(name)                                                                                 \
	static __typeof__(&name) real;                                                             \
	if (!real)                                                                                 \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

int mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data)
{
	REAL(mdb_get);
	return fails(LMDB) ? EIO : real(txn, dbi, key, data);
}

int mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned flags)
{
	REAL(mdb_put);
	return fails(LMDB) ? EIO : real(txn, dbi, key, data, flags);
}

int mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data)
{
	REAL(mdb_del);
	return fails(LMDB) ? EIO : real(txn, dbi, key, data);
}

int mdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor)
{
	REAL(mdb_cursor_open);
	return fails(LMDB) ? EIO : real(txn, dbi, cursor);
}

int mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op)
{
	REAL(mdb_cursor_get);
	return fails(LMDB) ? EIO : real(cursor, key, data, op);
}

int mdb_cursor_put(MDB_cursor *cursor, MDB_val *key, MDB_val *data, unsigned flags)
{
	REAL(mdb_cursor_put);
	return fails(LMDB) ? EIO : real(cursor, key, data, flags);
}

int mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn)
{
	REAL(mdb_txn_begin);
	return fails(LMDB) ? EIO : real(env, parent, flags, txn);
}

int mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *dbi)
{
	REAL(mdb_dbi_open);
	return fails(LMDB) ? EIO : real(txn, name, flags, dbi);
}

int mdb_stat(MDB_txn *txn, MDB_dbi dbi, MDB_stat *stat)
{
	REAL(mdb_stat);
	return fails(LMDB) ? EIO : real(txn, dbi, stat);
}

int mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
	REAL(mdb_env_open);
	return fails(LMDB) ? EIO : real(env, path, flags, mode);
}

/* A failed commit is undone: that the transaction ends is part of it. */
int mdb_txn_commit(MDB_txn *txn)
{
	REAL(mdb_txn_commit);
	if (!fails(LMDB))
		return real(txn);
	mdb_txn_abort(txn);
	return EIO;
}

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1 /* the allocator is the sanitizer's own */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifndef SANITIZED
static void *none(void)
{
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t size)
{
	REAL(malloc);
	return fails(MEMORY) ? none() : real(size);
}

void *calloc(size_t n, size_t size)
{
	REAL(calloc);
	return fails(MEMORY) ? none() : real(n, size);
}

void *realloc(void *p, size_t size)
{
	REAL(realloc);
	return fails(MEMORY) ? none() : real(p, size);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	REAL(reallocarray);
	return fails(MEMORY) ? none() : real(p, n, size);
}
#endif

static int setup(void **state)
{
	struct change c;
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	passwd_member("cyd", 5001);
	host_init(l, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(l, "ann", "bob", "q", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(l, "ann", "eve", "x", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "%devs", "r", "top:a"), RBAC_OK);
	int err = lab_begin(l, &c, "bob", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_scope_create(&c, "low:a/x", NULL)),
			 RBAC_OK);
	return 0;
}

static int try(struct lab *l, size_t i)
{
	struct change c;
	if (!failing_acts[i].fn) {
		struct policy_sources s;
		bool counting = faults.counting;
		faults.counting = false;
		two_files(&s, HOST, OTHER_POLICY);
		faults.counting = counting;
		return lab_apply(l, &s, false, NULL, NULL);
	}
	int err = lab_begin(l, &c, failing_acts[i].actor, false);
	return lab_end(l, &c, err ? err : failing_acts[i].fn(&c));
}

/* What the log says of the last change. */
static int take_text(void *ctx, const struct store_audit *a)
{
	snprintf(ctx, 500, "%s", a->text);
	return RBAC_OK;
}

static void last_text(struct lab *l, char text[500])
{
	struct store *s;
	struct store_txn t;
	uint64_t n;
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_generation(&t, &n), RBAC_OK);
	assert_int_equal(store_audit_each(&t, n, take_text, text), RBAC_OK);
	store_abort(&t);
	store_close(s);
}

/* Runs act I with call FAIL_AT failing, on a host of its own. False: it makes fewer calls. */
static bool one(size_t i, enum kind kind, unsigned fail_at)
{
	static char whole[COUNT(failing_acts)][500];
	char text[500];
	void *state = NULL;
	assert_int_equal(setup(&state), 0);
	struct lab *l = state;
	uint64_t before = view_generation(l);
	memset(&faults, 0, sizeof faults);
	faults.kind = kind;
	faults.fail_at = fail_at;
	faults.counting = true;
	int err = try(l, i);
	faults.counting = false;
	bool failed = faults.failed;
	if (!failed && err)
		fail_msg("%s: %s: %s", failing_acts[i].name, rbac_error_text(err),
			 buf_text(&l->said));
	if (err && l->said.len == 0 && kind == LMDB)
		fail_msg("%s: call %u: %s, and not a word of why", failing_acts[i].name, fail_at,
			 rbac_error_text(err));
	if (err && (err == RBAC_REFUSED || err == RBAC_INVALID || err == RBAC_CONFLICT))
		fail_msg("%s: call %u: a failure is no rule that refuses: %s", failing_acts[i].name,
			 fail_at, buf_text(&l->said));
	uint64_t after = view_generation(l);
	if (after != before + (err == RBAC_OK))
		fail_msg("%s: call %u: %s, and generation %d became %d", failing_acts[i].name,
			 fail_at, rbac_error_text(err), (int)before, (int)after);
	assert_verified(l);
	if (err)
		assert_int_equal(try(l, i), RBAC_OK);
	assert_verified(l);
	/* What was done in spite of a failure is what would have been done without. */
	last_text(l, text);
	if (!whole[i][0])
		strcpy(whole[i], text);
	if (strcmp(text, whole[i]) != 0)
		fail_msg("%s: call %u: done was %s instead of %s", failing_acts[i].name, fail_at,
			 text, whole[i]);
	host_teardown(&state);
	return failed;
}

/* Some of the calls of each act; all of them where RBAC_FAILING_ALL is set. */
static void each_act(enum kind kind)
{
	const char *all = getenv("RBAC_FAILING_ALL");
	for (size_t i = 0; i < COUNT(failing_acts); i++) {
		unsigned step = all ? 1 : kind == LMDB ? 7 : 29, at = 1;
		one(i, kind, 0);
		while (one(i, kind, at))
			at += step;
	}
}

static void test_each_call_of_liblmdb(void **state)
{
	(void)state;
	each_act(LMDB);
}

static void test_each_allocation(void **state)
{
	(void)state;
	each_act(MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_each_call_of_liblmdb),
					    cmocka_unit_test(test_each_allocation) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
