/* The audit chain, and the faults that verify finds: each is planted here. */
#include "tests/unit/rbacctl/journal_lab.h"

#include "rbacctl/change/read/records.h"

static int setup(void **state)
{
	struct change c;
	struct lab *l = journal_lab(state);
	if (!l)
		return -1;
	assert_int_equal(host_assign(l, "root", "bob", "r", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "%devs", "r", "top:a"), RBAC_OK);
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_scope_create(&c, "low:a/x", "bob")),
			 RBAC_OK);
	assert_verified(l);
	return 0;
}

static int take(void *ctx, const struct store_audit *a)
{
	struct buf *b = ctx;
	buf_printf(b, "%d %s %s: %s", (int)a->change, a->actor, a->verb, a->text);
	return RBAC_OK;
}

static void test_says_what_was_done(void **state)
{
	struct open o;
	struct buf b = { 0 };
	open_store(*state, &o);
	assert_int_equal(store_audit_each(&o.t, 2, take, &b), RBAC_OK);
	assert_string_equal(
		buf_text(&b),
		"2 root assign: bob +r at top:a id 2\n3 root assign: %devs +r at top:a id 3\n"
		"4 root scope create: scope +low:a/x owner bob\n");
	buf_free(&b);
	close_store(&o);
}

static void test_chain(void **state)
{
	struct open o;
	uint8_t head[STORE_HASH], before[STORE_HASH];
	uint64_t bad, n;
	struct store_audit a = {
		.when = NOW, .actor = "root", .person = "root (uid 0)", .verb = "test", .text = ""
	};
	open_store(*state, &o);
	assert_int_equal(store_audit_head(&o.t, before), RBAC_OK);
	assert_int_equal(store_audit_append(&o.t, &a), RBAC_OK);
	assert_int_equal(a.change, 5);
	assert_int_equal(store_audit_head(&o.t, head), RBAC_OK);
	assert_memory_equal(head, a.hash, STORE_HASH);
	assert_memory_not_equal(head, before, STORE_HASH);
	assert_int_equal(store_generation(&o.t, &n), RBAC_OK);
	assert_int_equal(n, 5);
	assert_int_equal(store_audit_verify(&o.t, &bad), RBAC_OK);
	close_store(&o);
}

/* What `log --head` prints. */
static void test_head_is_the_hash_of_the_last_change(void **state)
{
	struct lab *l = *state;
	struct open o;
	struct buf why = { 0 };
	uint8_t head[STORE_HASH], last[STORE_HASH];
	uint64_t generation;
	assert_int_equal(records_head(l->a.store, &generation, head, &why), RBAC_OK);
	assert_int_equal(generation, 4);
	open_store(l, &o);
	assert_int_equal(store_audit_hash(&o.t, 4, last), RBAC_OK);
	assert_memory_equal(head, last, STORE_HASH);
	close_store(&o);
	buf_free(&why);
}

/* Any byte of any record, and any byte of the head. */
static void test_tampering(void **state)
{
	struct open o;
	open_store(*state, &o);
	for (uint64_t change = 1; change <= 4; change++) {
		uint8_t key[8], copy[4096];
		MDB_val v;
		store_be64(key, change);
		assert_int_equal(store_get(&o.t, T_AUDIT, key, 8, &v), RBAC_OK);
		size_t len = v.mv_size;
		assert_true(len < sizeof copy);
		memcpy(copy, v.mv_data, len);
		for (size_t i = 0; i < len; i++) {
			uint64_t bad = 0;
			copy[i] ^= 0x20;
			assert_int_equal(store_put(&o.t, T_AUDIT, key, 8, copy, len), RBAC_OK);
			assert_int_equal(store_audit_verify(&o.t, &bad), RBAC_DAMAGED);
			assert_int_equal(bad, change);
			copy[i] ^= 0x20;
		}
		assert_int_equal(store_put(&o.t, T_AUDIT, key, 8, copy, len), RBAC_OK);
	}
	uint64_t bad;
	uint8_t head[STORE_HASH];
	assert_int_equal(store_audit_verify(&o.t, &bad), RBAC_OK);
	assert_int_equal(store_audit_head(&o.t, head), RBAC_OK);
	head[31] ^= 1;
	assert_int_equal(store_put(&o.t, T_META, "head", 4, head, STORE_HASH), RBAC_OK);
	assert_int_equal(store_audit_verify(&o.t, &bad), RBAC_DAMAGED);
	close_store(&o);
}

static void test_records_taken_out(void **state)
{
	static const struct {
		uint64_t change, bad;
	} cases[] = { { 1, 1 }, { 2, 2 }, { 3, 3 }, { 4, 4 } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct open o;
		uint8_t key[8];
		uint64_t bad = 0;
		open_store(*state, &o);
		store_be64(key, cases[i].change);
		assert_int_equal(store_del(&o.t, T_AUDIT, key, 8), RBAC_OK);
		assert_int_equal(store_audit_verify(&o.t, &bad), RBAC_DAMAGED);
		assert_int_equal(bad, cases[i].bad);
		close_store(&o);
	}
}

static int take_none(void *ctx, const struct store_audit *a)
{
	(void)a;
	++*(int *)ctx;
	return RBAC_OK;
}

/* log --verify: each record is shown, and where the chain breaks is told. */
static void test_the_log_tells_where_its_chain_breaks(void **state)
{
	struct lab *l = *state;
	struct open o;
	struct buf why = { 0 };
	struct records_chain chain = { .broken = true };
	uint8_t key[8], copy[4096];
	MDB_val v;
	int n = 0;
	assert_int_equal(records_log(l->a.store, NULL, take_none, &n, &chain, &why), RBAC_OK);
	assert_false(chain.broken);
	open_store(l, &o);
	store_be64(key, 3);
	assert_int_equal(store_get(&o.t, T_AUDIT, key, 8, &v), RBAC_OK);
	size_t len = v.mv_size;
	assert_true(len < sizeof copy);
	memcpy(copy, v.mv_data, len);
	copy[len - 1] ^= 1;
	assert_int_equal(store_put(&o.t, T_AUDIT, key, 8, copy, len), RBAC_OK);
	assert_int_equal(store_commit(&o.t), RBAC_OK);
	store_close(o.s);
	int again = 0;
	assert_int_equal(records_log(l->a.store, NULL, take_none, &again, &chain, &why), RBAC_OK);
	assert_int_equal(again, n);
	assert_true(chain.broken);
	assert_int_equal(chain.at, 3);
	buf_free(&why);
}

/* ---- store_verify ---- */

static void take_fault(void *ctx, const char *what)
{
	buf_printf(ctx, "%s\n", what);
}

/* What verify says of O, which must have the words. Closes O. */
static void expect_fault(struct open *o, const char *words)
{
	struct buf b = { 0 };
	int err = store_verify(&o->t, take_fault, &b);
	if (err)
		buf_printf(&b, "%s\n", store_why(o->s));
	if (words ? !strstr(buf_text(&b), words) : b.len > 0)
		fail_msg("\"%s\" is not in: %s", words ? words : "nothing", buf_text(&b));
	buf_free(&b);
	close_store(o);
}

static void test_verify_finds_nothing(void **state)
{
	struct open o;
	open_store(*state, &o);
	expect_fault(&o, NULL);
}

static void test_verify_finds_missing_rows(void **state)
{
	struct open o;
	open_store(*state, &o);
	assert_int_equal(store_user_del(&o.t, "bob"), RBAC_OK);
	expect_fault(&o, "bob holds an assignment and is not recorded");
	open_store(*state, &o);
	assert_int_equal(store_user_del(&o.t, "bob"), RBAC_OK);
	expect_fault(&o, "low:a/x has an owner who is not recorded: bob");
	open_store(*state, &o);
	assert_int_equal(store_scope_del(&o.t, "top:a"), RBAC_OK);
	expect_fault(&o, "r is assigned at a scope that does not exist: top:a");
}

static void test_verify_finds_broken_indexes(void **state)
{
	static const uint8_t bob_2[] = "bob\0\0\0\0\0\0\0\0\2", bob_9[] = "bob\0\0\0\0\0\0\0\0\11",
			     held_2[] = "top:a\0r\0\0\0\0\0\0\0\0\2";
	uint8_t id[8];
	struct open o;
	open_store(*state, &o);
	assert_int_equal(store_del(&o.t, T_SUBJECT, bob_2, 12), RBAC_OK);
	expect_fault(&o, "an index of assignments has more or fewer");
	open_store(*state, &o);
	assert_int_equal(store_del(&o.t, T_HELD, held_2, 16), RBAC_OK);
	expect_fault(&o, "an index of assignments has more or fewer");
	open_store(*state, &o);
	assert_int_equal(store_put(&o.t, T_SUBJECT, bob_9, 12, "", 0), RBAC_OK);
	expect_fault(&o, "an index names an assignment that is not in the table: 9");
	open_store(*state, &o);
	store_be64(id, 2);
	assert_int_equal(store_del(&o.t, T_ASSIGN, id, 8), RBAC_OK);
	expect_fault(&o, "an index names an assignment that is not in the table: 2");
	open_store(*state, &o);
	assert_int_equal(store_del(&o.t, T_OWNED, "bob\0low:a/x", 11), RBAC_OK);
	expect_fault(&o, "the index of owners");
	open_store(*state, &o);
	assert_int_equal(store_put(&o.t, T_GID, "stray", 5, "\1\0\0\0\0\0\0\0", 8), RBAC_OK);
	expect_fault(&o, "stray: its gid belongs to another name");
}

/* An index that names another subject's assignment leaves all counts as they are. */
static void test_verify_finds_swapped_index(void **state)
{
	static const uint8_t bob_2[] = "bob\0\0\0\0\0\0\0\0\2", bob_3[] = "bob\0\0\0\0\0\0\0\0\3",
			     held_2[] = "top:a\0r\0\0\0\0\0\0\0\0\2",
			     other_2[] = "top:a\0q\0\0\0\0\0\0\0\0\2";
	struct open o;
	open_store(*state, &o);
	assert_int_equal(store_del(&o.t, T_SUBJECT, bob_2, 12), RBAC_OK);
	assert_int_equal(store_put(&o.t, T_SUBJECT, bob_3, 12, "", 0), RBAC_OK);
	expect_fault(&o, "index");
	open_store(*state, &o);
	assert_int_equal(store_del(&o.t, T_HELD, held_2, 16), RBAC_OK);
	assert_int_equal(store_put(&o.t, T_HELD, other_2, 16, "", 0), RBAC_OK);
	expect_fault(&o, "index");
	open_store(*state, &o);
	assert_int_equal(store_del(&o.t, T_OWNED, "bob\0low:a/x", 11), RBAC_OK);
	assert_int_equal(store_put(&o.t, T_OWNED, "cyd\0low:a/x", 11, "", 0), RBAC_OK);
	expect_fault(&o, "index");
}

static void test_verify_finds_damaged_records(void **state)
{
	uint8_t id[8];
	struct open o;
	open_store(*state, &o);
	store_be64(id, 2);
	assert_int_equal(store_put(&o.t, T_ASSIGN, id, 8, "short", 5), RBAC_OK);
	expect_fault(&o, "assignment");
	open_store(*state, &o);
	assert_int_equal(store_put(&o.t, T_SCOPE, "low:a/x", 7, "short", 5), RBAC_OK);
	expect_fault(&o, "low:a/x");
	open_store(*state, &o);
	assert_int_equal(store_put(&o.t, T_USER, "bob", 3, "short", 5), RBAC_OK);
	expect_fault(&o, "bob");
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_says_what_was_done),
		ON_A_HOST(test_chain),
		ON_A_HOST(test_the_log_tells_where_its_chain_breaks),
		ON_A_HOST(test_head_is_the_hash_of_the_last_change),
		ON_A_HOST(test_tampering),
		ON_A_HOST(test_records_taken_out),
		ON_A_HOST(test_verify_finds_nothing),
		ON_A_HOST(test_verify_finds_missing_rows),
		ON_A_HOST(test_verify_finds_broken_indexes),
		ON_A_HOST(test_verify_finds_swapped_index),
		ON_A_HOST(test_verify_finds_damaged_records),
	};

	return cmocka_run_group_tests_name("rbacctl: audit chain and verify", tests, NULL, NULL);
}
