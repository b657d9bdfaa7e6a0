/* The journal of rows: what a change wrote, what several come to, and what verify finds when
 * somebody else wrote to the store. */
#include "tests/unit/rbacctl/journal_lab.h"

#include "rbacctl/store/row_name.h"
#include "rbacctl/store/rows.h"

static int setup(void **state)
{
	struct lab *l = journal_lab(state);
	if (!l)
		return -1;
	assert_int_equal(host_assign(l, "root", "bob", "r", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "cyd", "r", "top:a"), RBAC_OK);
	struct change c;
	struct revoke_request r = { .subject = "bob", .role = "r", .scope = "top:a" };
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_revoke(&c, &r)), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "bob", "q", "top:a"), RBAC_OK);
	assert_verified(l);
	return 0;
}

/* "+user bob", "-assignment 2 (...)", "~the number id": made, taken away, otherwise. */
static int say_row(void *ctx, const struct store_row *row)
{
	struct buf *b = ctx;
	buf_printf(b, "%s", !row->before.mv_data ? "+" : !row->after.mv_data ? "-" : "~");
	store_row_name(row, b);
	buf_printf(b, "\n");
	return RBAC_OK;
}

static void say_rows(const struct store_rows *rows, struct buf *b)
{
	buf_reset(b);
	for (size_t i = 0; i < rows->n; i++)
		say_row(b, &rows->v[i]);
}

static void test_a_change_has_its_rows(void **state)
{
	static const char *const rows[] = {
		"+the number id\n+user bob\n+assignment 2 (bob r at top:a)\n",
		"~the number id\n+user cyd\n+assignment 3 (cyd r at top:a)\n",
		"-assignment 2 (bob r at top:a)\n",
		"~the number id\n+assignment 5 (bob q at top:a)\n",
	};
	struct open o;
	struct buf b = { 0 };

	open_store(*state, &o);
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&b);
		assert_int_equal(store_journal_each(&o.t, i + 2, say_row, &b), RBAC_OK);
		assert_string_equal(buf_text(&b), rows[i]);
	}
	assert_int_equal(store_journal_each(&o.t, 6, say_row, &b), RBAC_NOTFOUND);
	buf_free(&b);
	close_store(&o);
}

/* A row that a change writes twice counts once; one that it puts back not at all. */
static void test_a_key_has_one_row_a_change(void **state)
{
	struct open o;
	struct buf b = { 0 };
	struct store_user ann, other;
	struct store_audit a = {
		.when = NOW, .actor = "root", .person = "root", .verb = "test", .text = ""
	};

	open_store(*state, &o);
	assert_int_equal(store_user_get(&o.t, "bob", &ann), RBAC_OK);
	other = ann;
	other.flags = STORE_USER_SUSPENDED;
	assert_int_equal(store_user_put(&o.t, "bob", &other), RBAC_OK);
	assert_int_equal(store_user_put(&o.t, "bob", &ann), RBAC_OK);
	assert_int_equal(store_user_put(&o.t, "eve", &ann), RBAC_OK);
	assert_int_equal(store_user_put(&o.t, "eve", &other), RBAC_OK);
	assert_int_equal(store_user_put(&o.t, "dan", &ann), RBAC_OK);
	assert_int_equal(store_user_del(&o.t, "dan"), RBAC_OK);
	assert_int_equal(store_audit_append(&o.t, &a), RBAC_OK);
	assert_int_equal(store_journal_each(&o.t, 6, say_row, &b), RBAC_OK);
	assert_string_equal(buf_text(&b), "+user eve\n");
	buf_free(&b);
	close_store(&o);
}

static void test_what_several_changes_come_to(void **state)
{
	struct open o;
	struct store_rows rows;
	struct buf b = { 0 };

	open_store(*state, &o);
	assert_int_equal(store_rows_between(&o.t, 1, 4, &rows), RBAC_OK);
	say_rows(&rows, &b);
	assert_string_equal(buf_text(&b), "+the number id\n+user bob\n+user cyd\n"
					  "+assignment 3 (cyd r at top:a)\n");
	store_rows_free(&rows);
	assert_int_equal(store_rows_between(&o.t, 3, 3, &rows), RBAC_OK);
	assert_int_equal(rows.n, 0);
	store_rows_free(&rows);
	assert_int_equal(store_rows_between(&o.t, 3, 6, &rows), RBAC_NOTFOUND);
	store_rows_free(&rows);
	assert_int_equal(store_rows_between(&o.t, 4, 3, &rows), RBAC_NOTFOUND);
	store_rows_free(&rows);
	buf_free(&b);
	close_store(&o);
}

/* Change 2 was reverted in part by change 4: what is left to undo is bob's record. */
static void test_the_inverse_of_a_change_and_what_of_it_the_store_has(void **state)
{
	struct open o;
	struct store_rows rows;
	struct buf b = { 0 };
	enum row_state st;
	MDB_val now;

	open_store(*state, &o);
	assert_int_equal(store_rows_between(&o.t, 1, 2, &rows), RBAC_OK);
	store_rows_invert(&rows);
	say_rows(&rows, &b);
	assert_string_equal(buf_text(&b),
			    "-the number id\n-user bob\n-assignment 2 (bob r at top:a)\n");
	assert_int_equal(store_row_now(&o.t, &rows.v[0], &st, &now), RBAC_OK);
	assert_int_equal(st, ROW_OTHERWISE);
	assert_int_equal(now.mv_size, 8);
	assert_int_equal(store_row_now(&o.t, &rows.v[1], &st, NULL), RBAC_OK);
	assert_int_equal(st, ROW_TO_DO);
	assert_int_equal(store_row_now(&o.t, &rows.v[2], &st, NULL), RBAC_OK);
	assert_int_equal(st, ROW_DONE);
	store_rows_free(&rows);
	buf_free(&b);
	close_store(&o);
}

/* ---- verify ---- */

static void take_fault(void *ctx, const char *what)
{
	buf_printf(ctx, "%s\n", what);
}

/* All that verify says of the journal of O, which it closes. */
static void expect(struct open *o, const char *all)
{
	struct buf b = { 0 };

	assert_int_equal(store_journal_verify(&o->t, take_fault, &b), RBAC_OK);
	assert_string_equal(buf_text(&b), all);
	buf_free(&b);
	close_store(o);
}

static void test_verify_names_rows_that_no_change_made(void **state)
{
	struct open o;
	struct store_assignment a = journal_foreign;

	open_store(*state, &o);
	assert_int_equal(store_assignment_put(&o.t, &a), RBAC_OK);
	expect(&o, "assignment 9 (eve r at top:a) is in the store, and no change wrote it\n");
	open_store(*state, &o);
	a.id = 3;
	assert_int_equal(store_assignment_put_record(&o.t, &a), RBAC_OK);
	expect(&o, "assignment 3 (cyd r at top:a) is not what change 3 wrote\n");
	open_store(*state, &o);
	assert_int_equal(store_assignment_del(&o.t, 3), RBAC_OK);
	expect(&o, "assignment 3 (cyd r at top:a) is missing: change 3 wrote it, and no change "
		   "removed it\n");
	open_store(*state, &o);
	a.id = 2;
	assert_int_equal(store_assignment_put(&o.t, &a), RBAC_OK);
	expect(&o, "assignment 2 (eve r at top:a) is in the store, although change 4 removed it\n");
	open_store(*state, &o);
	assert_int_equal(store_user_put(&o.t, "bob", &(struct store_user){ .uid = 7 }), RBAC_OK);
	expect(&o, "user bob is not what change 2 wrote\n");
	open_store(*state, &o);
	assert_int_equal(store_number_put(&o.t, "id", 77), RBAC_OK);
	expect(&o, "the number id is not what change 5 wrote\n");
	open_store(*state, &o);
	assert_int_equal(store_number_put(&o.t, "applied", 3), RBAC_OK);
	expect(&o, "the number applied is not what change 1 wrote\n");
}

static void read_record(struct open *o, enum store_table table, uint64_t change, struct buf *b)
{
	uint8_t key[8];
	MDB_val v;

	store_be64(key, change);
	assert_int_equal(store_get(&o->t, table, key, 8, &v), RBAC_OK);
	buf_reset(b);
	buf_put(b, v.mv_data, v.mv_size);
}

static void write_record(struct open *o, enum store_table table, uint64_t change,
			 const struct buf *b)
{
	uint8_t key[8];

	store_be64(key, change);
	assert_int_equal(store_put(&o->t, table, key, 8, b->p, b->len), RBAC_OK);
}

/* Any byte of any record: the digest in the chain does not fit any more. */
static void test_verify_finds_each_changed_byte_of_the_journal(void **state)
{
	struct open o;
	struct buf record = { 0 }, said = { 0 };
	char expected[64];

	open_store(*state, &o);
	for (uint64_t change = 1; change <= 5; change++) {
		snprintf(expected, sizeof(expected), "the journal of change %d was changed\n",
			 (int)change);
		read_record(&o, T_JOURNAL, change, &record);
		for (size_t i = 0; i < record.len; i++) {
			record.p[i] ^= 0x21;
			write_record(&o, T_JOURNAL, change, &record);
			buf_reset(&said);
			assert_int_equal(store_journal_verify(&o.t, take_fault, &said), RBAC_OK);
			if (!strstr(buf_text(&said), expected))
				fail_msg("byte %zu of change %d: %s", i, (int)change,
					 buf_text(&said));
			record.p[i] ^= 0x21;
		}
		write_record(&o, T_JOURNAL, change, &record);
	}
	buf_free(&record);
	buf_free(&said);
	expect(&o, "");
}

static void test_verify_names_a_change_that_was_dropped(void **state)
{
	struct open o;
	uint8_t key[8];

	open_store(*state, &o);
	store_be64(key, 4);
	assert_int_equal(store_del(&o.t, T_JOURNAL, key, 8), RBAC_OK);
	expect(&o, "the journal of change 4 is missing\n"
		   "assignment 2 (bob r at top:a) is missing: change 2 wrote it, and no change "
		   "removed it\n");
	/* with its record of the chain too */
	uint64_t bad;
	open_store(*state, &o);
	assert_int_equal(store_del(&o.t, T_JOURNAL, key, 8), RBAC_OK);
	assert_int_equal(store_del(&o.t, T_AUDIT, key, 8), RBAC_OK);
	assert_int_equal(store_audit_verify(&o.t, &bad), RBAC_DAMAGED);
	assert_int_equal(bad, 4);
	close_store(&o);
}

static void test_verify_names_changes_that_were_reordered(void **state)
{
	struct open o;
	struct buf three = { 0 }, five = { 0 };

	open_store(*state, &o);
	read_record(&o, T_JOURNAL, 3, &three);
	read_record(&o, T_JOURNAL, 5, &five);
	write_record(&o, T_JOURNAL, 3, &five);
	write_record(&o, T_JOURNAL, 5, &three);
	buf_free(&three);
	buf_free(&five);
	expect(&o, "the journal of change 3 was changed\nthe journal of change 5 was changed\n"
		   "change 3 found another value of the number id than change 2 left: a change is "
		   "missing, or was changed\n"
		   "change 5 found another value of the number id than change 3 left: a change is "
		   "missing, or was changed\n"
		   "the number id is not what change 5 wrote\n");
}

static void test_verify_names_a_journal_without_a_change(void **state)
{
	struct open o;
	struct buf b = { 0 };

	open_store(*state, &o);
	read_record(&o, T_JOURNAL, 3, &b);
	write_record(&o, T_JOURNAL, 6, &b);
	buf_free(&b);
	expect(&o, "the journal has a change 6 that the audit chain does not have\n");
}

static void test_verify_names_a_changed_policy_text(void **state)
{
	struct open o;
	struct store_rows rows = { 0 };

	open_store(*state, &o);
	assert_int_equal(store_rows_between(&o.t, 0, 1, &rows), RBAC_OK);
	for (size_t i = 0; i < rows.n; i++) {
		const MDB_val *v = &rows.v[i].after;
		if (rows.v[i].table == T_TEXT && strcmp(v->mv_data, "policy.d/p.conf") == 0)
			assert_int_equal(store_put(&o.t, T_CONTENT,
						   (uint8_t *)v->mv_data + v->mv_size - STORE_HASH,
						   STORE_HASH, "roles", 5),
					 RBAC_OK);
	}
	store_rows_free(&rows);
	expect(&o, "the content of policy file policy.d/p.conf of change 1 is missing or was "
		   "changed\n");
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_a_change_has_its_rows),
		ON_A_HOST(test_a_key_has_one_row_a_change),
		ON_A_HOST(test_what_several_changes_come_to),
		ON_A_HOST(test_the_inverse_of_a_change_and_what_of_it_the_store_has),
		ON_A_HOST(test_verify_names_rows_that_no_change_made),
		ON_A_HOST(test_verify_finds_each_changed_byte_of_the_journal),
		ON_A_HOST(test_verify_names_a_change_that_was_dropped),
		ON_A_HOST(test_verify_names_changes_that_were_reordered),
		ON_A_HOST(test_verify_names_a_journal_without_a_change),
		ON_A_HOST(test_verify_names_a_changed_policy_text),
	};

	return cmocka_run_group_tests_name("rbacctl: journal of rows", tests, NULL, NULL);
}
