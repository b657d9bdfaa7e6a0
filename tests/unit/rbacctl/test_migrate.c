/* A store of rbac 0.1.0 becomes one of this version; one that is newer is left alone. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/store/baseline.h"
#include "rbacctl/store/migrate.h"

#define OLD "tests/data/store-0.1.0/"

static void copy_file(const char *from, const char *to, mode_t mode)
{
	static char bytes[1 << 20];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	ssize_t n = read(in, bytes, sizeof(bytes));

	assert_true(n > 0);
	assert_int_equal(write(out, bytes, (size_t)n), n);
	close(in);
	close(out);
}

/* A host with the store and the view that 0.1.0 left. */
static int setup(void **state)
{
	static const char *const names[] = { "alice", "bob", "carol", "mallory" };
	char path[256];

	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	for (size_t i = 0; i < COUNT(names); i++)
		passwd_user(names[i], (uid_t)(1001 + i), 100);
	l->now = INT64_C(1795800000); /* after the last change of 0.1.0 */
	snprintf(path, sizeof(path), "%s/view", l->state);
	mkdir(path, 0755);
	mkdir(l->a.store, 0700);
	copy_file(OLD "view.mdb", l->a.view, 0644);
	snprintf(path, sizeof(path), "%s/store/data.mdb", l->state);
	copy_file(OLD "data.mdb", path, 0600);
	return 0;
}

static uint64_t version_of(const char *store)
{
	struct store *s;

	assert_int_equal(store_open(store, STORE_READ, &s), RBAC_OK);
	uint64_t version = s->version;
	store_close(s);
	return version;
}

static int count(void *ctx, const struct store_assignment *a)
{
	(void)a;
	++*(int *)ctx;
	return RBAC_OK;
}

static void test_can_be_read_as_it_is(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;
	struct policy_sources texts;
	int n = 0;

	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_true(store_is_older(s));
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_assignments_all(&t, count, &n), RBAC_OK);
	assert_int_equal(n, 4);
	assert_int_equal(store_texts_get(&t, 0, &texts), RBAC_OK);
	assert_int_equal(texts.n, 2);
	assert_non_null(strstr(texts.v[1].text, "visitor"));
	policy_sources_free(&texts);
	store_abort(&t);
	store_close(s);
	assert_verified(l);
	assert_int_equal(version_of(l->a.store), 1);
}

/* The change that came first, and the one that migrated. */
static void test_the_first_change_migrates(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;
	struct store_baseline b;
	uint64_t generation;
	char kept[256];
	int n = 0;

	/* what a migration left that was killed */
	snprintf(kept, sizeof(kept), "%s/store/data.mdb.v1.new", l->state);
	copy_file(OLD "view.mdb", kept, 0600);
	assert_int_equal(host_assign(l, "root", "bob", "visitor", "account:main"), RBAC_OK);
	assert_int_equal(access(kept, F_OK), -1);
	assert_verified(l);
	assert_same_content(l);
	assert_int_equal(version_of(l->a.store), STORE_VERSION);
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_generation(&t, &generation), RBAC_OK);
	assert_int_equal(generation, 11);
	assert_int_equal(store_baseline_get(&t, &b), RBAC_OK);
	assert_int_equal(b.change, 9);
	assert_false(b.pruned);
	assert_int_equal(store_assignments_all(&t, count, &n), RBAC_OK);
	assert_int_equal(n, 5);
	store_abort(&t);
	store_close(s);
	/* the old one: whole, and still of version 1 */
	snprintf(kept, sizeof(kept), "%s/store/data.mdb.v1", l->state);
	assert_int_equal(chmod(kept, 0600), 0);
	char old[256], path[300];
	snprintf(old, sizeof(old), "%s/old", l->state);
	assert_int_equal(mkdir(old, 0700), 0);
	snprintf(path, sizeof(path), "%s/data.mdb", old);
	copy_file(kept, path, 0600);
	assert_int_equal(version_of(old), 1);
}

static void test_every_policy_that_ever_was_is_kept(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;
	struct policy_sources first, last;

	assert_int_equal(host_assign(l, "root", "bob", "visitor", "account:main"), RBAC_OK);
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_texts_get(&t, 1, &first), RBAC_OK);
	assert_int_equal(store_texts_get(&t, 9, &last), RBAC_OK);
	assert_int_equal(first.n, 2);
	assert_null(strstr(first.v[1].text, "visitor"));
	assert_non_null(strstr(last.v[1].text, "visitor"));
	/* rbac.conf is the same in both, and once in the store */
	size_t contents;
	assert_int_equal(store_count(&t, T_CONTENT, &contents), RBAC_OK);
	assert_int_equal(contents, 3);
	policy_sources_free(&first);
	policy_sources_free(&last);
	store_abort(&t);
	store_close(s);
}

/* A view that is newer than the old store: nothing is touched, not even the version. */
static void test_an_old_store_that_was_put_back_is_not_migrated(void **state)
{
	struct lab *l = *state;
	char data[256], kept[256];
	struct stat st;

	assert_int_equal(host_assign(l, "root", "bob", "visitor", "account:main"), RBAC_OK);
	snprintf(data, sizeof(data), "%s/store/data.mdb", l->state);
	snprintf(kept, sizeof(kept), "%s/store/data.mdb.v1", l->state);
	assert_int_equal(rename(kept, data), 0);
	assert_int_equal(host_assign(l, "root", "bob", "guest", "account:main"), RBAC_CONFLICT);
	assert_said(l, "newer than the store");
	assert_int_equal(version_of(l->a.store), 1);
	assert_int_equal(stat(kept, &st), -1);
}

static void test_a_newer_store_is_refused_in_words(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;

	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_number_put(&t, "version", STORE_VERSION + 1), RBAC_OK);
	assert_int_equal(store_commit(&t), RBAC_OK);
	store_close(s);
	assert_int_equal(host_assign(l, "root", "bob", "guest", "account:main"), RBAC_NEWER);
	assert_said(l, "a newer rbac made this store: it has version 3, and this rbacctl knows "
		       "versions up to 2");
	assert_said(l, "Nothing was changed");
}

/* Nothing can be kept there: the store stays as it is, and can be read. */
static void test_no_migration_without_the_old_store_kept(void **state)
{
	struct lab *l = *state;
	char taken[256];

	snprintf(taken, sizeof(taken), "%s/store/data.mdb.v1", l->state);
	assert_int_equal(mkdir(taken, 0700), 0);
	assert_int_equal(host_assign(l, "root", "bob", "guest", "account:main"), RBAC_SYSTEM);
	assert_said(l, "cannot be brought to version 2");
	assert_int_equal(version_of(l->a.store), 1);
	assert_verified(l);
	assert_int_equal(rmdir(taken), 0);
	snprintf(taken, sizeof(taken), "%s/store/data.mdb.v1.new", l->state);
	assert_int_equal(mkdir(taken, 0700), 0);
	assert_int_equal(host_assign(l, "root", "bob", "guest", "account:main"), RBAC_SYSTEM);
	assert_said(l, "data.mdb.v1.new: Is a directory");
	assert_int_equal(rmdir(taken), 0);
	assert_int_equal(host_assign(l, "root", "bob", "guest", "account:main"), RBAC_OK);
	assert_verified(l);
}

static void take_fault(void *ctx, const char *what)
{
	buf_printf(ctx, "%s\n", what);
}

/* A row that was there before the journal began is named too. */
static void test_the_baseline_is_verified(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;
	struct buf said = { 0 };

	assert_int_equal(host_assign(l, "root", "bob", "visitor", "account:main"), RBAC_OK);
	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_user_put(&t, "mallory", &(struct store_user){ .uid = 1004 }),
			 RBAC_OK);
	assert_int_equal(store_journal_verify(&t, take_fault, &said), RBAC_OK);
	assert_string_equal(buf_text(&said), "user mallory is not what change 9 left\n");
	buf_reset(&said);
	assert_int_equal(store_put(&t, T_BASELINE, "\1mallory", 8, "\0", 1), RBAC_OK);
	assert_int_equal(store_journal_verify(&t, take_fault, &said), RBAC_OK);
	assert_non_null(strstr(buf_text(&said), "the baseline of change 9 was changed\n"));
	buf_free(&said);
	store_abort(&t);
	store_close(s);
}

int main(void)
{
#define ON_AN_OLD_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_AN_OLD_HOST(test_can_be_read_as_it_is),
		ON_AN_OLD_HOST(test_the_first_change_migrates),
		ON_AN_OLD_HOST(test_every_policy_that_ever_was_is_kept),
		ON_AN_OLD_HOST(test_an_old_store_that_was_put_back_is_not_migrated),
		ON_AN_OLD_HOST(test_a_newer_store_is_refused_in_words),
		ON_AN_OLD_HOST(test_no_migration_without_the_old_store_kept),
		ON_AN_OLD_HOST(test_the_baseline_is_verified),
	};

	return cmocka_run_group_tests_name("rbacctl: a store of an older version", tests, NULL,
					   NULL);
}
