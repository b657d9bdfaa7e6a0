/* verify --repair: each row that something else wrote is again what the log says. */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/rbacctl/journal_lab.h"

#include "rbacctl/change/read/repair_rows.h"
#include "rbacctl/store/journal.h"
#include "rbacctl/store/rows.h"

/* Assignment 2: bob, 3: cyd; bob owns low:a/x. */
static int setup(void **state)
{
	struct change c;

	struct lab *l = journal_lab(state);
	if (!l)
		return -1;
	assert_int_equal(host_assign(l, "root", "bob", "r", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "cyd", "r", "top:a"), RBAC_OK);
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_scope_create(&c, "low:a/x", "bob")),
			 RBAC_OK);
	assert_verified(l);
	return 0;
}

static int repair(struct lab *l, const char *actor, bool dry_run)
{
	struct change c;

	l->a.as = actor;
	l->a.now = l->now;
	l->a.dry_run = dry_run;
	buf_reset(&l->said);
	int err = change_open_to_repair_rows(&c, &l->a);
	if (!err)
		err = change_repair_rows(&c);
	if (!err)
		buf_printf(&l->said, "%s", buf_text(&c.done));
	return lab_end(l, &c, err);
}

/* What an editor does: rows change, and no change says so. */
static void tamper(struct lab *l, void (*edit)(struct store_txn *t))
{
	struct store *s;
	struct store_txn t;

	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	edit(&t);
	journal_forget(&t);
	assert_int_equal(store_commit(&t), RBAC_OK);
	store_close(s);
}

static void edit_role(struct store_txn *t)
{
	struct store_assignment a;
	char subject[64], scope[64];

	assert_int_equal(store_assignment_get(t, 3, &a), RBAC_OK);
	snprintf(subject, sizeof(subject), "%s", a.subject);
	snprintf(scope, sizeof(scope), "%s", a.scope);
	a.subject = subject;
	a.scope = scope;
	a.role = "q";
	a.by = a.reason = a.source = "";
	assert_int_equal(store_assignment_put_record(t, &a), RBAC_OK);
}

static void edit_bytes(struct store_txn *t)
{
	uint8_t key[8];

	store_be64(key, 2);
	assert_int_equal(store_put(t, T_ASSIGN, key, 8, "no record", 9), RBAC_OK);
}

static void add_assignment(struct store_txn *t)
{
	assert_int_equal(store_assignment_put(t, &journal_foreign), RBAC_OK);
}

static void drop_assignment(struct store_txn *t)
{
	assert_int_equal(store_assignment_del(t, 2), RBAC_OK);
}

static void suspend_user(struct store_txn *t)
{
	struct store_user u = { .uid = 7, .flags = STORE_USER_SUSPENDED };

	assert_int_equal(store_user_put(t, "bob", &u), RBAC_OK);
}

static void change_owner_of_scope(struct store_txn *t)
{
	struct store_scope s = { .owner = "eve", .plan = "", .source = "command" };

	assert_int_equal(store_scope_put(t, "low:a/x", &s), RBAC_OK);
}

static void change_numbers(struct store_txn *t)
{
	assert_int_equal(store_number_put(t, "id", 1), RBAC_OK);
	assert_int_equal(store_number_put(t, "applied", 3), RBAC_OK);
}

static void free_a_gid(struct store_txn *t)
{
	assert_int_equal(store_del(t, T_GID, "r", 1), RBAC_OK);
}

static void empty_indexes(struct store_txn *t)
{
	assert_int_equal(store_empty(t, T_SUBJECT), RBAC_OK);
	assert_int_equal(store_empty(t, T_OWNED), RBAC_OK);
	assert_int_equal(store_put(t, T_HELD, "x\0r\0\0\0\0\0\0\0\0\7", 12, "", 0), RBAC_OK);
}

static const struct {
	void (*edit)(struct store_txn *t);
	const char *says;
} edits[] = {
	{ edit_role, "assignment 3 (cyd r at top:a): restored: it had been changed\n"
		     "cyd -q at top:a id 3\ncyd +r at top:a id 3\n" },
	{ edit_bytes, "assignment 2 (bob r at top:a): restored: it had been changed\n" },
	{ add_assignment, "assignment 9 (eve r at top:a): removed: no change wrote it\n"
			  "eve -r at top:a" },
	{ drop_assignment, "assignment 2 (bob r at top:a): restored: it was missing\n"
			   "bob +r at top:a id 2\n" },
	{ suspend_user, "user bob: restored: it had been changed\n"
			"user bob uid 7 -> 1002 not suspended\n" },
	{ change_owner_of_scope, "scope low:a/x: restored: it had been changed\n"
				 "scope low:a/x owner eve -> bob\n" },
	{ change_numbers, "the number id: restored: it had been changed\n" },
	{ free_a_gid, "the GID of group r: restored: it was missing\n" },
	{ empty_indexes, "indexes: built again\n" },
};

static void assert_unsound(struct lab *l)
{
	assert_false(lab_verify(l));
}

static void test_each_row_is_put_back_and_named(void **state)
{
	struct lab *l = *state;

	for (size_t i = 0; i < COUNT(edits); i++) {
		tamper(l, edits[i].edit);
		assert_unsound(l);
		assert_int_equal(repair(l, "root", true), RBAC_OK);
		assert_said(l, edits[i].says);
		assert_unsound(l);
		assert_int_equal(repair(l, "root", false), RBAC_OK);
		assert_said(l, edits[i].says);
		assert_verified(l);
		assert_same_content(l);
	}
	/* all at once */
	for (size_t i = 0; i < COUNT(edits); i++)
		if (edits[i].edit != drop_assignment && edits[i].edit != edit_bytes)
			tamper(l, edits[i].edit);
	assert_int_equal(repair(l, "root", false), RBAC_OK);
	assert_verified(l);
	assert_int_equal(host_assign(l, "root", "dan", "q", "top:a"), RBAC_OK);
	assert_verified(l);
	/* then there is nothing to do */
	assert_int_equal(repair(l, "root", false), RBAC_OK);
	assert_said(l, "the store is what the log says: nothing to do");
	assert_int_equal(repair(l, "ann", false), RBAC_REFUSED);
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

static void lose_texts(struct store_txn *t)
{
	assert_int_equal(store_empty(t, T_CONTENT), RBAC_OK);
}

/* What the log has of a file is its digest: the file itself brings the text back. */
static void test_each_text_is_put_back_from_its_file(void **state)
{
	struct lab *l = *state;
	char etc[300], folder[320];

	snprintf(etc, sizeof(etc), "%s/etc", l->state);
	snprintf(folder, sizeof(folder), "%s/policy.d", etc);
	assert_true(mkdir(etc, 0755) == 0 && mkdir(folder, 0755) == 0);
	write_file(etc, "rbac.conf", HOST);
	write_file(folder, "p.conf", POLICY);
	const char *before = l->a.etc;
	l->a.etc = etc;
	tamper(l, lose_texts);
	assert_unsound(l);
	assert_int_equal(repair(l, "root", false), RBAC_OK);
	const char *first = strstr(buf_text(&l->said), ": content restored from ");
	assert_non_null(first);
	assert_non_null(strstr(first + 1, ": content restored from "));
	assert_verified(l);
	assert_same_content(l);
	l->a.etc = before;
	assert_true(remove(strcat(folder, "/p.conf")) == 0);
	*strrchr(folder, '/') = '\0';
	assert_true(rmdir(folder) == 0 && remove(strcat(strcpy(folder, etc), "/rbac.conf")) == 0 &&
		    rmdir(etc) == 0);
}

static void damage_journal(struct store_txn *t)
{
	uint8_t key[8];

	store_be64(key, 3);
	assert_int_equal(store_put(t, T_JOURNAL, key, 8, "x", 1), RBAC_OK);
}

static void damage_chain(struct store_txn *t)
{
	uint8_t key[8];

	store_be64(key, 2);
	assert_int_equal(store_del(t, T_AUDIT, key, 8), RBAC_OK);
}

static void test_a_damaged_log_repairs_nothing(void **state)
{
	struct lab *l = *state;

	tamper(l, add_assignment);
	tamper(l, damage_journal);
	assert_int_equal(repair(l, "root", false), RBAC_REFUSED);
	assert_said(l, "refused: the log itself was changed");
	assert_unsound(l);
}

static void test_a_damaged_chain_repairs_nothing(void **state)
{
	struct lab *l = *state;

	tamper(l, add_assignment);
	tamper(l, damage_chain);
	assert_int_equal(repair(l, "root", false), RBAC_REFUSED);
	assert_said(l, "refused: the log itself was changed");
}

/* The journal replays after it as if nothing had happened. */
static void test_the_repair_can_be_looked_at_like_any_change(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;
	struct store_rows rows;

	tamper(l, edit_role);
	assert_int_equal(repair(l, "root", false), RBAC_OK);
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_rows_between(&t, 4, 5, &rows), RBAC_OK);
	assert_int_equal(rows.n, 0);
	store_rows_free(&rows);
	store_abort(&t);
	store_close(s);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_each_row_is_put_back_and_named),
		ON_A_HOST(test_each_text_is_put_back_from_its_file),
		ON_A_HOST(test_a_damaged_log_repairs_nothing),
		ON_A_HOST(test_a_damaged_chain_repairs_nothing),
		ON_A_HOST(test_the_repair_can_be_looked_at_like_any_change),
	};

	return cmocka_run_group_tests_name("rbacctl: verify --repair", tests, NULL, NULL);
}
