/* The store: every table and its indexes, the walks, the audit chain, and what verify finds. */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/rbacctl/box.h"

#include "rbacctl/config/source.h"
#include "rbacctl/store/fleet.h"

static void reopen(struct box *b)
{
	assert_int_equal(store_commit(&b->t), RBAC_OK);
	store_close(b->s);
	assert_int_equal(store_open(b->lab.a.store, STORE_CHANGE, &b->s), RBAC_OK);
	assert_int_equal(store_begin(b->s, &b->t), RBAC_OK);
}

static size_t rows(struct box *b, enum store_table table)
{
	size_t n;
	assert_int_equal(store_count(&b->t, table, &n), RBAC_OK);
	return n;
}

static void put_user(struct box *b, const char *name)
{
	assert_int_equal(
		store_user_put(&b->t, name, &(struct store_user){ .uid = 1001, .change = 3 }),
		RBAC_OK);
}

/* ---- tables ---- */

static void test_users(void **state)
{
	struct box *b = *state;
	struct store_user u;
	assert_int_equal(store_user_get(&b->t, "ann", &u), RBAC_NOTFOUND);
	assert_int_equal(store_user_put(&b->t, "ann",
					&(struct store_user){ 0xfffffffe, STORE_USER_SUSPENDED,
							      UINT64_MAX }),
			 RBAC_OK);
	put_user(b, "an");
	reopen(b);
	assert_int_equal(store_user_get(&b->t, "ann", &u), RBAC_OK);
	assert_int_equal(u.uid, 0xfffffffe);
	assert_int_equal(u.flags, STORE_USER_SUSPENDED);
	assert_true(u.change == UINT64_MAX);
	assert_int_equal(store_user_get(&b->t, "anna", &u), RBAC_NOTFOUND);
	assert_int_equal(store_user_get(&b->t, "", &u), RBAC_NOTFOUND);
	assert_int_equal(store_user_del(&b->t, "ann"), RBAC_OK);
	assert_int_equal(store_user_del(&b->t, "ann"), RBAC_NOTFOUND);
	assert_int_equal(rows(b, T_USER), 1);
}

static int take_name(void *ctx, const char *scope, const struct store_scope *s)
{
	(void)s;
	strcat(strcat(ctx, scope), " ");
	return RBAC_OK;
}

static void test_scopes_and_owners(void **state)
{
	struct box *b = *state;
	struct store_scope s;
	char owned[200] = "", all[200] = "", none[200] = "";
	const struct store_scope mine = {
		.owner = "ann", .plan = "free", .source = "command", .change = 9
	};
	assert_int_equal(store_scope_put(&b->t, "k:b", &mine), RBAC_OK);
	assert_int_equal(store_scope_put(&b->t, "k:a", &mine), RBAC_OK);
	assert_int_equal(
		store_scope_put(
			&b->t, "k:c",
			&(struct store_scope){ .owner = "anna", .plan = "", .source = "x.conf:3" }),
		RBAC_OK);
	assert_int_equal(
		store_scope_put(&b->t, "k:d",
				&(struct store_scope){ .owner = "", .plan = "", .source = "init" }),
		RBAC_OK);
	reopen(b);
	assert_int_equal(store_scopes_owned(&b->t, "ann", take_name, owned), RBAC_OK);
	assert_string_equal(owned, "k:a k:b ");
	assert_int_equal(store_scopes_all(&b->t, take_name, all), RBAC_OK);
	assert_string_equal(all, "k:a k:b k:c k:d ");
	assert_int_equal(store_scope_get(&b->t, "k:b", &s), RBAC_OK);
	assert_string_equal(s.owner, "ann");
	assert_string_equal(s.plan, "free");
	assert_int_equal(s.change, 9);
	/* another owner: the index moves along */
	assert_int_equal(store_scope_put(&b->t, "k:b",
					 &(struct store_scope){
						 .owner = "bob", .plan = "", .source = "command" }),
			 RBAC_OK);
	owned[0] = 0;
	assert_int_equal(store_scopes_owned(&b->t, "ann", take_name, owned), RBAC_OK);
	assert_string_equal(owned, "k:a ");
	assert_int_equal(rows(b, T_OWNED), 3);
	assert_int_equal(store_scope_del(&b->t, "k:b"), RBAC_OK);
	assert_int_equal(store_scopes_owned(&b->t, "bob", take_name, none), RBAC_OK);
	assert_string_equal(none, "");
	assert_int_equal(rows(b, T_OWNED), 2);
	assert_int_equal(store_scope_del(&b->t, "k:b"), RBAC_NOTFOUND);
}

static int take_id(void *ctx, const struct store_assignment *a)
{
	sprintf((char *)ctx + strlen(ctx), "%d ", (int)a->id);
	return RBAC_OK;
}

static void test_assignments_and_indexes(void **state)
{
	struct box *b = *state;
	struct store_assignment a;
	char ids[100] = "";
	put_assignment(b, 300, "ann", "r", "k:a");
	put_assignment(b, 2, "ann", "r2", "k:a");
	put_assignment(b, 1, "anna", "r", "k:a");
	put_assignment(b, 4, "%devs", "r", "k:a/b");
	reopen(b);
	assert_int_equal(store_assignment_get(&b->t, 300, &a), RBAC_OK);
	assert_string_equal(a.subject, "ann");
	assert_string_equal(a.role, "r");
	assert_string_equal(a.scope, "k:a");
	assert_string_equal(a.by, "root");
	assert_string_equal(a.reason, "why");
	assert_string_equal(a.source, "command");
	assert_true(a.change == 4 && a.when == 5 && a.from == -6 && a.until == 7);
	static const struct {
		const char *subject, *ids;
	} of[] = {
		{ "ann", "2 300 " }, { "anna", "1 " }, { "%devs", "4 " }, { "an", "" }, { "", "" }
	};
	for (size_t i = 0; i < COUNT(of); i++) {
		ids[0] = 0;
		assert_int_equal(store_assignments_of(&b->t, of[i].subject, take_id, ids), RBAC_OK);
		assert_string_equal(ids, of[i].ids);
	}
	static const struct {
		const char *scope, *role, *ids;
	} at[] = {
		{ "k:a", "r", "1 300 " }, { "k:a", "r2", "2 " }, { "k:a", NULL, "1 300 2 " },
		{ "k:a/b", NULL, "4 " },  { "k:a/b", "r2", "" }, { "k:", NULL, "" },
	};
	for (size_t i = 0; i < COUNT(at); i++) {
		ids[0] = 0;
		assert_int_equal(store_assignments_at(&b->t, at[i].scope, at[i].role, take_id, ids),
				 RBAC_OK);
		assert_string_equal(ids, at[i].ids);
	}
	ids[0] = 0;
	assert_int_equal(store_assignments_all(&b->t, take_id, ids), RBAC_OK);
	assert_string_equal(ids, "1 2 4 300 ");
	assert_int_equal(store_assignment_del(&b->t, 300), RBAC_OK);
	assert_int_equal(store_assignment_del(&b->t, 300), RBAC_NOTFOUND);
	assert_int_equal(rows(b, T_ASSIGN), 3);
	assert_int_equal(rows(b, T_SUBJECT), 3);
	assert_int_equal(rows(b, T_HELD), 3);
}

static void test_longest_names(void **state)
{
	struct box *b = *state;
	char user[RBAC_USER_MAX + 1], scope[RBAC_SCOPE_MAX + 1], role[RBAC_WORD_MAX + 1],
		ids[20] = "";
	memset(user, 'u', sizeof user);
	memset(scope, 's', sizeof scope);
	memset(role, 'r', sizeof role);
	user[RBAC_USER_MAX] = scope[RBAC_SCOPE_MAX] = role[RBAC_WORD_MAX] = 0;
	put_assignment(b, 7, user, role, scope);
	assert_int_equal(store_assignments_at(&b->t, scope, role, take_id, ids), RBAC_OK);
	assert_string_equal(ids, "7 ");
	assert_int_equal(store_assignment_del(&b->t, 7), RBAC_OK);
	/* owner and scope share one key of LMDB: what does not fit is said, and nothing is written
	 */
	const struct store_scope owned = { .owner = user, .plan = "", .source = "command" };
	assert_int_equal(store_scope_put(&b->t, scope, &owned), RBAC_INVALID);
	assert_int_equal(rows(b, T_SCOPE), 0);
	assert_int_equal(rows(b, T_OWNED), 0);
}

static void test_gids(void **state)
{
	struct box *b = *state;
	uint32_t gid, flags;
	const char *name;
	assert_int_equal(store_gid_put(&b->t, "web", 2010000007, 0), RBAC_OK);
	assert_int_equal(store_gid_put(&b->t, "old", 2010000008, STORE_GID_GONE), RBAC_OK);
	reopen(b);
	assert_int_equal(store_gid_get(&b->t, "web", &gid, &flags), RBAC_OK);
	assert_true(gid == 2010000007 && flags == 0);
	assert_int_equal(store_gid_get(&b->t, "old", &gid, &flags), RBAC_OK);
	assert_int_equal(flags, STORE_GID_GONE);
	assert_int_equal(store_gid_name(&b->t, 2010000008, &name), RBAC_OK);
	assert_string_equal(name, "old");
	assert_int_equal(store_gid_name(&b->t, 1, &name), RBAC_NOTFOUND);
}

static void test_numbers(void **state)
{
	struct box *b = *state;
	uint64_t n, first, second;
	assert_int_equal(store_generation(&b->t, &n), RBAC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(store_next_id(&b->t, 5, &first), RBAC_OK);
	assert_int_equal(store_next_id(&b->t, 5, &second), RBAC_OK);
	assert_true(first == 5 &&
		    second == 6); /* the change's number where it can be, never one twice */
	assert_int_equal(store_next_id(&b->t, 20, &second), RBAC_OK);
	assert_int_equal(second, 20);
	assert_int_equal(store_number_get(&b->t, "nothing", &n), RBAC_NOTFOUND);
}

static void test_texts(void **state)
{
	struct box *b = *state;
	struct policy_sources in = { 0 }, out;
	assert_int_equal(store_texts_get(&b->t, 0, &out), RBAC_NOTFOUND);
	policy_sources_add(&in, "rbac.conf", "version = 1;\n", 13);
	policy_sources_add(&in, "policy.d/b.conf", "b", 1);
	policy_sources_add(&in, "policy.d/a.conf", "", 0);
	assert_int_equal(store_texts_put(&b->t, 3, &in), RBAC_OK);
	assert_int_equal(policy_sources_add(&in, "assignments.d/z.conf", "z", 1), RBAC_OK);
	assert_int_equal(store_texts_put(&b->t, 8, &in), RBAC_OK);
	reopen(b);
	assert_int_equal(store_texts_get(&b->t, 0, &out), RBAC_OK);
	assert_true(policy_sources_equal(&in, &out));
	policy_sources_free(&out);
	assert_int_equal(store_texts_get(&b->t, 3, &out),
			 RBAC_OK); /* what was applied before stays */
	assert_int_equal(out.n, 3);
	policy_sources_free(&out);
	assert_int_equal(store_texts_get(&b->t, 4, &out), RBAC_NOTFOUND);
	policy_sources_free(&in);
}

/* ---- opening ---- */

static void test_open(void **state)
{
	struct box *b = *state;
	struct store *other;
	char dir[200], file[220];
	struct stat st;
	snprintf(dir, sizeof dir, "%s/nothing", b->lab.state);
	assert_int_equal(store_open(dir, STORE_CHANGE, &other), RBAC_ABSENT);
	store_close(other);
	assert_int_equal(store_open(dir, STORE_READ, &other), RBAC_ABSENT);
	store_close(other);
	assert_int_equal(stat(b->lab.a.store, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	snprintf(file, sizeof file, "%s/store/data.mdb", b->lab.state);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
	/* a folder that others can write is not the truth */
	assert_int_equal(mkdir(dir, 0777), 0);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(store_open(dir, STORE_CREATE, &other), RBAC_UNTRUSTED);
	store_close(other);
	/* nor is one in the place of which others could put another; a sticky folder is none */
	assert_int_equal(stat(b->lab.state, &st), 0);
	for (int i = 0; i < 4; i++) {
		static const struct {
			mode_t mode;
			uid_t owner;
			int result;
		} above[] = { { 0777, 0, RBAC_UNTRUSTED },
			      { 0775, 0, RBAC_UNTRUSTED },
			      { 0755, 1002, RBAC_UNTRUSTED },
			      { 01777, 0, RBAC_OK } };
		assert_int_equal(chown(b->lab.state, above[i].owner, (gid_t)-1), 0);
		assert_int_equal(chmod(b->lab.state, above[i].mode), 0);
		assert_int_equal(store_open(b->lab.a.store, STORE_READ, &other), above[i].result);
		if (above[i].result)
			assert_non_null(strstr(store_why(other), b->lab.state));
		store_close(other);
	}
	assert_int_equal(chmod(b->lab.state, st.st_mode & 07777), 0);
	assert_int_equal(store_number_put(&b->t, "version", STORE_VERSION + 1), RBAC_OK);
	assert_int_equal(store_commit(&b->t), RBAC_OK);
	store_close(b->s);
	assert_int_equal(store_open(b->lab.a.store, STORE_CHANGE, &b->s), RBAC_NEWER);
}

static void test_abort(void **state)
{
	struct box *b = *state;
	put_user(b, "ann");
	store_abort(&b->t);
	store_abort(&b->t);
	assert_int_equal(store_begin(b->s, &b->t), RBAC_OK);
	assert_int_equal(rows(b, T_USER), 0);
}

/* The row of a sheet, and one of a store from before heads were noted, which is shorter. */
static void test_sheets(void **state)
{
	enum { BEFORE = 57 };
	static const char key[] = "sspace:main/web";
	struct box *b = *state;
	struct store_sheet s = { .term = 2, .number = 7, .issued = -1, .named = 9, .here = true };
	uint8_t row[BEFORE];
	MDB_val v;

	s.named_term = 3;
	assert_int_equal(store_sheet_put(&b->t, key + 1, &s), RBAC_OK);
	reopen(b);
	assert_int_equal(store_sheet_get(&b->t, key + 1, &s), RBAC_OK);
	assert_true(s.number == 7 && s.issued == -1 && s.here && s.named == 9 && s.named_term == 3);
	assert_int_equal(store_get(&b->t, T_FLEET, key, sizeof key - 1, &v), RBAC_OK);
	memcpy(row, v.mv_data, sizeof row);
	assert_int_equal(store_put(&b->t, T_FLEET, key, sizeof key - 1, row, sizeof row), RBAC_OK);
	assert_int_equal(store_sheet_get(&b->t, key + 1, &s), RBAC_OK);
	assert_true(s.number == 7 && s.here && s.named == 0 && s.named_term == 0);
	assert_int_equal(store_put(&b->t, T_FLEET, key, sizeof key - 1, row, sizeof row - 1),
			 RBAC_OK);
	assert_int_equal(store_sheet_get(&b->t, key + 1, &s), RBAC_DAMAGED);
}

int main(void)
{
#define IN_A_BOX(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)
	const struct CMUnitTest tests[] = {
		IN_A_BOX(test_users),
		IN_A_BOX(test_scopes_and_owners),
		IN_A_BOX(test_assignments_and_indexes),
		IN_A_BOX(test_longest_names),
		IN_A_BOX(test_gids),
		IN_A_BOX(test_numbers),
		IN_A_BOX(test_texts),
		IN_A_BOX(test_sheets),
		IN_A_BOX(test_open),
		IN_A_BOX(test_abort),
	};

	return cmocka_run_group_tests_name("rbacctl: store", tests, NULL, NULL);
}
