/* An old store that was put back, and one that was cut short: said, and never published from
 * unasked. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rbacctl/store/lmdb_file.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; }; keys = ( ); keychains = { };\n"                      \
	"roles = { box = { kind = \"top\"; }; other = { kind = \"top\"; }; };\n"

static void copy(const char *from, const char *to)
{
	static char text[1 << 22];
	int in = open(from, O_RDONLY | O_CLOEXEC),
	    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n = read(in, text, sizeof text);
	assert_true(in >= 0 && out >= 0 && n > 0 && n < (ssize_t)sizeof text);
	assert_int_equal(write(out, text, (size_t)n), n);
	close(in);
	close(out);
}

static const char *in_state(const struct lab *l, const char *name)
{
	static char p[3][300];
	static int n;
	n = (n + 1) % 3;
	snprintf(p[n], sizeof p[n], "%s/%s", l->state, name);
	return p[n];
}

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	host_init(l, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(l, "root", "bob", "box", "top:a"), RBAC_OK);
	return 0;
}

static int take_away(struct lab *l)
{
	struct change c;
	int err = lab_begin(l, &c, "root", false);
	return lab_end(l, &c,
		       err ? err
			   : change_revoke(&c, &(struct revoke_request){ .subject = "bob",
									 .role = "box",
									 .scope = "top:a" }));
}

static int accept_older(struct lab *l, const char *as)
{
	struct change c;
	l->a.as = as;
	buf_reset(&l->said);
	int err = change_open_to_accept(&c, &l->a);
	return lab_end(l, &c, err ? err : change_accept_older(&c));
}

static uint64_t published(struct lab *l)
{
	struct rbac_view v;
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	uint64_t n = v.meta.generation;
	rbac_view_release(&v);
	return n;
}

static void nothing_publishes_from_a_store_that_is_older(void **state)
{
	struct lab *l = *state;
	struct change c;
	copy(in_state(l, "store/data.mdb"), in_state(l, "kept"));
	assert_int_equal(take_away(l), RBAC_OK);
	copy(in_state(l, "kept"), in_state(l, "store/data.mdb"));
	assert_int_equal(host_assign(l, "root", "cyd", "box", "top:a"), RBAC_CONFLICT);
	assert_said(l, "newer than the store: it shows change 3, and the store ends with change 2");
	assert_said(l, "rbacctl publish --accept-older-store --as root");
	assert_int_equal(host_apply(l, HOST "zone = \"UTC\";\n", POLICY), RBAC_CONFLICT);
	assert_int_equal(change_open_to_publish(&c, &l->a), RBAC_CONFLICT);
	change_close(&c, RBAC_OK);
	l->a.as = "root";
	change_repair(&l->a);
	assert_int_equal(published(l), 3);
	/* Root's word, and nobody else's; it is recorded. */
	assert_int_equal(accept_older(l, "ann"), RBAC_REFUSED);
	assert_int_equal(published(l), 3);
	assert_int_equal(accept_older(l, "root"), RBAC_OK);
	assert_verified(l);
	assert_same_content(l);
	assert_int_equal(accept_older(l, "root"), RBAC_CONFLICT);
	assert_said(l, "nothing to accept");
	assert_int_equal(take_away(l), RBAC_OK);
}

static void the_same_number_of_another_history_is_that_case_too(void **state)
{
	struct lab *l = *state;
	copy(in_state(l, "store/data.mdb"), in_state(l, "kept"));
	assert_int_equal(take_away(l), RBAC_OK);
	copy(l->a.view, in_state(l, "view-kept"));
	copy(in_state(l, "kept"), in_state(l, "store/data.mdb"));
	assert_int_equal(unlink(l->a.view), 0);
	assert_int_equal(host_assign(l, "root", "cyd", "box", "top:a"),
			 RBAC_OK); /* a view that is gone says nothing */
	copy(in_state(l, "view-kept"), l->a.view);
	chmod(l->a.view, 0644);
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_CONFLICT);
	assert_said(l, "shows change 3 of another history");
	/* So is an earlier change that this store does not have. */
	assert_int_equal(unlink(l->a.view), 0);
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_OK);
	copy(in_state(l, "view-kept"), l->a.view);
	chmod(l->a.view, 0644);
	assert_int_equal(host_assign(l, "root", "eve", "box", "top:a"), RBAC_CONFLICT);
	assert_int_equal(accept_older(l, "root"), RBAC_OK);
	assert_verified(l);
}

/* An applied policy that cannot be read does not open the way. */
static void nor_does_apply_over_what_cannot_be_read(void **state)
{
	struct lab *l = *state;
	struct change c;
	copy(in_state(l, "store/data.mdb"), in_state(l, "kept"));
	assert_int_equal(take_away(l), RBAC_OK);
	copy(in_state(l, "kept"), in_state(l, "store/data.mdb"));
	l->a.as = "root";
	assert_int_equal(change_open_to_apply(&c, &l->a), RBAC_CONFLICT);
	change_close(&c, RBAC_OK);
}

/* Whoever could write a view must not be able to stop a revoke with it. */
static void a_view_that_nobody_trusts_says_nothing(void **state)
{
	struct lab *l = *state;
	copy(in_state(l, "store/data.mdb"), in_state(l, "kept"));
	assert_int_equal(take_away(l), RBAC_OK);
	copy(in_state(l, "kept"), in_state(l, "store/data.mdb"));
	assert_int_equal(chmod(l->a.view, 0666), 0);
	assert_int_equal(take_away(l), RBAC_OK);
	assert_verified(l);
}

/* ---- cut short ---- */

static off_t size_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Do ACT in a process of its own: its result, or a failure where a signal ended it. */
static int in_a_child(struct lab *l, int (*act)(struct lab *))
{
	int status;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		_exit(act(l));
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status))
		fail_msg("ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

static int read_all(struct lab *l)
{
	struct store *s;
	struct store_txn t = { 0 };
	struct buf said = { 0 };
	uint64_t bad;
	int err = store_open(l->a.store, STORE_READ, &s);
	if (!err)
		err = store_begin(s, &t);
	if (!err) {
		lab_verify_store(l, &t);
		store_audit_verify(&t, &bad);
	}
	store_abort(&t);
	store_close(s);
	buf_free(&said);
	return err;
}

/* The store is read in one transaction, and the view looked at later. */
static void a_change_that_is_made_meanwhile_is_not_taken_for_an_old_store(void **state)
{
	struct lab *l = *state;
	struct store *s;
	struct store_txn t;
	struct view_judged judged;
	assert_int_equal(store_open_to_read(l->a.store, &s, &t), RBAC_OK);
	assert_int_equal(in_a_child(l, take_away), RBAC_OK);
	assert_int_equal(change_judge_view(&t, l->a.view, &judged), RBAC_OK);
	assert_int_equal(judged.history, VIEW_NEWER);
	assert_int_equal(change_judge_settled(&t, l->a.view, &judged), RBAC_OK);
	assert_int_equal(judged.history, VIEW_SAME);
	assert_int_equal(judged.store, 3);
	store_abort(&t);
	store_close(s);
}

static void a_store_that_is_cut_short_kills_nobody(void **state)
{
	struct lab *l = *state;
	const char *data = in_state(l, "store/data.mdb");
	char path[300], kept[300];
	snprintf(path, sizeof path, "%s", data);
	snprintf(kept, sizeof kept, "%s", in_state(l, "kept"));
	off_t whole = size_of(path);
	copy(path, kept);
	assert_true(whole >= 6 * 4096);
	for (off_t size = 0; size <= whole; size += size < 9000 ? 500 : 2048) {
		copy(kept, path);
		assert_int_equal(truncate(path, size), 0);
		int err = in_a_child(l, read_all), changed = in_a_child(l, take_away);
		if (size + 4096 <= whole && err != RBAC_DAMAGED)
			fail_msg("%ld of %ld bytes: %s", (long)size, (long)whole,
				 rbac_error_text(err));
		if (size + 4096 <= whole)
			assert_int_equal(changed, RBAC_DAMAGED);
	}
	copy(kept, path);
	assert_int_equal(truncate(path, whole - 4096), 0);
	assert_int_equal(take_away(l), RBAC_DAMAGED);
	assert_said(l, "is cut short: it has");
	copy(kept, path);
	assert_int_equal(in_a_child(l, read_all), RBAC_OK);
}

/* Too short for its first page to say anything: two pages are the least. */
static void the_size_that_is_needed_is_told(void **state)
{
	struct lab *l = *state;
	uint64_t has, needs, page = (uint64_t)sysconf(_SC_PAGESIZE);
	char kept[300];
	snprintf(kept, sizeof kept, "%s", in_state(l, "kept"));
	copy(in_state(l, "store/data.mdb"), kept);
	for (off_t size = 0; size <= 100; size += 50) {
		assert_int_equal(truncate(kept, size), 0);
		assert_false(lmdb_file_is_whole(kept, &has, &needs));
		assert_int_equal(has, size);
		assert_int_equal(needs, 2 * page);
	}
}

/* lmdb.h: of the two pages with the number of a transaction the higher one counts. What the other
 * says - of more pages than there are - is of a transaction that is over. */
static void the_older_of_two_headers_says_nothing(void **state)
{
	enum { HEADER = 4096 + 16, MAIN_ROOT = 112, LAST_PAGE = 120, TXN = 128 };
	struct lab *l = *state;
	uint64_t many = UINT64_C(1) << 40, oldest = 1;
	char kept[300];
	snprintf(kept, sizeof kept, "%s", in_state(l, "kept"));
	copy(in_state(l, "store/data.mdb"), kept);
	int fd = open(kept, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &many, 8, HEADER + MAIN_ROOT), 8);
	assert_int_equal(pwrite(fd, &many, 8, HEADER + LAST_PAGE), 8);
	assert_int_equal(pwrite(fd, &oldest, 8, HEADER + TXN), 8);
	assert_true(lmdb_file_is_whole(kept, NULL, NULL));
	oldest = UINT64_C(1) << 40;
	assert_int_equal(pwrite(fd, &oldest, 8, HEADER + TXN), 8);
	assert_false(lmdb_file_is_whole(kept, NULL, NULL));
	close(fd);
}

/* LMDB counts a page that it gave back in the transaction that took it, and does not write it: no
 * reason to refuse a store. */
static void a_store_is_never_shorter_than_its_trees(void **state)
{
	struct lab *l = *state;
	static const char *const users[] = { "ann", "bob", "cyd", "dan", "eve" };
	srand(3);
	for (int i = 0; i < 150; i++) {
		host_assign(l, "root", users[rand() % 5], rand() % 2 ? "box" : "other", "top:a");
		take_away(l);
		assert_true(lmdb_file_is_whole(in_state(l, "store/data.mdb"), NULL, NULL));
		assert_true(lmdb_file_is_whole(l->a.view, NULL, NULL));
	}
}

static int update(struct lab *l)
{
	l->a.update_users = 1;
	return host_assign(l, "root", "bob", "other", "top:a");
}

static void a_view_that_is_cut_short_is_no_base(void **state)
{
	struct lab *l = *state;
	off_t whole = size_of(l->a.view);
	char kept[300], data[300], view[300];
	snprintf(kept, sizeof kept, "%s", in_state(l, "kept"));
	snprintf(data, sizeof data, "%s", in_state(l, "store/data.mdb"));
	snprintf(view, sizeof view, "%s", in_state(l, "view-kept"));
	copy(data, kept);
	copy(l->a.view, view);
	for (off_t size = 0; size < whole; size += 4096) {
		copy(kept, data);
		copy(view, l->a.view);
		assert_int_equal(chmod(l->a.view, 0644), 0);
		assert_int_equal(truncate(l->a.view, size), 0);
		assert_int_equal(in_a_child(l, update), RBAC_OK);
		assert_verified(l);
		assert_same_content(l);
	}
}

static void a_lock_file_that_is_cut_short_is_made_anew(void **state)
{
	struct lab *l = *state;
	for (off_t size = 0; size < 8192; size += 1000) {
		assert_int_equal(truncate(in_state(l, "store/lock.mdb"), size), 0);
		assert_int_equal(in_a_child(l, read_all), RBAC_OK);
		assert_int_equal(truncate(in_state(l, "store/lock.mdb"), size), 0);
		assert_int_equal(in_a_child(l, update), RBAC_OK);
	}
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(nothing_publishes_from_a_store_that_is_older),
		ON_A_HOST(the_same_number_of_another_history_is_that_case_too),
		ON_A_HOST(nor_does_apply_over_what_cannot_be_read),
		ON_A_HOST(a_view_that_nobody_trusts_says_nothing),
		ON_A_HOST(a_change_that_is_made_meanwhile_is_not_taken_for_an_old_store),
		ON_A_HOST(a_store_that_is_cut_short_kills_nobody),
		ON_A_HOST(the_size_that_is_needed_is_told),
		ON_A_HOST(the_older_of_two_headers_says_nothing),
		ON_A_HOST(a_store_is_never_shorter_than_its_trees),
		ON_A_HOST(a_view_that_is_cut_short_is_no_base),
		ON_A_HOST(a_lock_file_that_is_cut_short_is_made_anew),
	};

	return cmocka_run_group_tests_name("rbacctl: old stores and short ones", tests, NULL, NULL);
}
