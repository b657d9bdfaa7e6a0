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

#include "rbacctl/change/import.h"
#include "rbacctl/config/source.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\"; login = ( { services = [ \"s\" ]; keys = [ \"k\" ]; "      \
	"groups = [ \"ops\" ]; } );\n"                                                             \
	"groups = { extra = ( { role = \"r\"; unix_groups = [ \"devs\" ]; } ); };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; owner = \"keeper\"; "         \
	"create_by = [ \"anyone\" ]; delete_by = [ \"owner\" ]; plan = \"one\"; "                  \
	"plan_by = [ \"r\" ]; }; };\n"                                                             \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; };\n"                          \
	"roles = { r = { kind = \"top\"; keychains = [ \"c\" ]; assign_by = [ \"r\" ]; "           \
	"bootstrap = true; min = 1; };\n"                                                          \
	"  q = { kind = \"top\"; assign_by = [ \"r\" ]; max = 3; }; x = { kind = \"top\"; "        \
	"assign_by = [ \"r\" ]; };\n"                                                              \
	"  keeper = { kind = \"low\"; max = \"plan:keepers\"; }; };\n"                             \
	"users = { add_by = [ \"r\" ]; suspend_by = [ \"r\" ]; forget_by = [ \"r\" ]; };\n"        \
	"plans = { one = { keepers = 2; }; two = { keepers = 3; }; }; "                            \
	"exclusive = ( { name = \"e\"; roles = [ \"q\", \"x\" ]; at_most = 1; } );\n"
#define OTHER_POLICY POLICY "# another text\n"

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

/* ---- what is done ---- */

typedef int act(struct change *c);

static int assign(struct change *c)
{
	return change_assign(c, &(struct assign_request){ .subject = "cyd",
							  .role = "q",
							  .scope = "top:a",
							  .reason = "w",
							  .from = NOW - 1,
							  .until = NOW + 9 });
}

static int assign_group(struct change *c)
{
	return change_assign(c, &(struct assign_request){ .subject = "%ops",
							  .role = "x",
							  .scope = "top:a",
							  .from = RBAC_TIME_MIN,
							  .until = RBAC_TIME_MAX });
}

static int replace(struct change *c)
{
	return change_assign(c, &(struct assign_request){ .subject = "bob",
							  .role = "q",
							  .scope = "top:a",
							  .replace = true,
							  .from = RBAC_TIME_MIN,
							  .until = NOW + 9 });
}

static int revoke_q(struct change *c)
{
	return change_revoke(
		c, &(struct revoke_request){ .subject = "bob", .role = "q", .scope = "top:a" });
}

static int create(struct change *c)
{
	return change_scope_create(c, "low:a/y", NULL);
}

static int delete_it(struct change *c)
{
	return change_scope_delete(c, "low:a/x", false, true);
}

static int transfer(struct change *c)
{
	return change_scope_transfer(c, "low:a/x", "dan", true);
}

static int plan(struct change *c)
{
	return change_scope_plan(c, "low:a/x", "two");
}

static int add(struct change *c)
{
	return change_user_add(c, "dan", NULL, false);
}

static int suspend(struct change *c)
{
	return change_user_suspend(c, "bob", true, false);
}

static int forget(struct change *c)
{
	return change_user_forget(c, "eve");
}

static int rename_bob(struct change *c)
{
	passwd_user("bert", 1002, 100);
	return change_user_rename(c, "bob", "bert");
}

static int import(struct change *c)
{
	struct import_row rows[] = { { .user = "cyd",
				       .role = "q",
				       .scope = "top:a",
				       .from = RBAC_TIME_MIN,
				       .until = RBAC_TIME_MAX,
				       .line = 1 },
				     { .user = "dan",
				       .role = "x",
				       .scope = "",
				       .from = RBAC_TIME_MIN,
				       .until = RBAC_TIME_MAX,
				       .line = 2 } };
	struct problems problems = { 0 };
	size_t made;
	int err = change_import(c, rows, COUNT(rows), false, &problems, "f", NULL, &made);
	problems_free(&problems);
	return err;
}

static const struct {
	const char *name, *actor;
	act *fn;
} acts[] = {
	{ "assign", "ann", assign },
	{ "assign %group", "ann", assign_group },
	{ "replace", "ann", replace },
	{ "revoke", "ann", revoke_q },
	{ "create", "bob", create },
	{ "delete", "root", delete_it },
	{ "transfer", "root", transfer },
	{ "plan", "ann", plan },
	{ "add", "ann", add },
	{ "suspend", "ann", suspend },
	{ "forget", "ann", forget },
	{ "rename", "ann", rename_bob },
	{ "import", "ann", import },
	{ "apply", "root", NULL },
};

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
	if (!acts[i].fn) {
		struct policy_sources s;
		bool counting = faults.counting;
		faults.counting = false;
		two_files(&s, HOST, OTHER_POLICY);
		faults.counting = counting;
		return lab_apply(l, &s, false, NULL, NULL);
	}
	int err = lab_begin(l, &c, acts[i].actor, false);
	return lab_end(l, &c, err ? err : acts[i].fn(&c));
}

static uint64_t generation(struct lab *l)
{
	struct rbac_view v;
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	uint64_t n = v.meta.generation;
	rbac_view_release(&v);
	return n;
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
	static char whole[COUNT(acts)][500];
	char text[500];
	void *state = NULL;
	assert_int_equal(setup(&state), 0);
	struct lab *l = state;
	uint64_t before = generation(l);
	memset(&faults, 0, sizeof faults);
	faults.kind = kind;
	faults.fail_at = fail_at;
	faults.counting = true;
	int err = try(l, i);
	faults.counting = false;
	bool failed = faults.failed;
	if (!failed && err)
		fail_msg("%s: %s: %s", acts[i].name, rbac_error_text(err), buf_text(&l->said));
	if (err && l->said.len == 0 && kind == LMDB)
		fail_msg("%s: call %u: %s, and not a word of why", acts[i].name, fail_at,
			 rbac_error_text(err));
	if (err && (err == RBAC_REFUSED || err == RBAC_INVALID || err == RBAC_CONFLICT))
		fail_msg("%s: call %u: a failure is no rule that refuses: %s", acts[i].name,
			 fail_at, buf_text(&l->said));
	uint64_t after = generation(l);
	if (after != before + (err == RBAC_OK))
		fail_msg("%s: call %u: %s, and generation %d became %d", acts[i].name, fail_at,
			 rbac_error_text(err), (int)before, (int)after);
	assert_verified(l);
	if (err)
		assert_int_equal(try(l, i), RBAC_OK);
	assert_verified(l);
	/* What was done in spite of a failure is what would have been done without. */
	last_text(l, text);
	if (!whole[i][0])
		strcpy(whole[i], text);
	if (strcmp(text, whole[i]) != 0)
		fail_msg("%s: call %u: done was %s instead of %s", acts[i].name, fail_at, text,
			 whole[i]);
	host_teardown(&state);
	return failed;
}

/* Some of the calls of each act; all of them where RBAC_FAILING_ALL is set. */
static void each_act(enum kind kind)
{
	const char *all = getenv("RBAC_FAILING_ALL");
	for (size_t i = 0; i < COUNT(acts); i++) {
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
