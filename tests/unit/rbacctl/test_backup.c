/* backup and restore: whole or refused, a change like any other, and no group id twice. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rbacctl/change/backup.h"
#include "rbacctl/store/backup.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY(roles)                                                                              \
	"version = 1; kinds = { top = { }; };\nroles = { boss = { kind = \"top\"; bootstrap = "    \
	"true; }; box = { kind = \"top\"; }; " roles " };\n"

static const char *in_state(const struct lab *l, const char *name)
{
	static char path[4][300];
	static int n;
	n = (n + 1) % 4;
	snprintf(path[n], sizeof path[n], "%s/%s", l->state, name);
	return path[n];
}

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY(""), "top:a", "ann");
	return 0;
}

static void backup(struct lab *l, const char *name)
{
	struct buf why = { 0 };
	uint64_t generation;
	int err = change_backup(&l->a, in_state(l, name), &generation, &why);
	if (err)
		fail_msg("backup: %s", buf_text(&why));
	buf_free(&why);
}

/* What comes of restoring NAME; l->said has the words. */
static int restore_as(struct lab *l, const char *name, const char *actor, bool force)
{
	struct restore r = { 0 };
	struct change c;
	l->a.as = actor;
	l->a.now = l->now;
	l->a.dry_run = false;
	buf_reset(&l->said);
	int err = restore_read(&l->a, in_state(l, name), &r, &l->said);
	if (!err) {
		err = change_open_to_restore(&c, &l->a);
		err = lab_end(l, &c, err ? err : change_restore(&c, &r, force));
	}
	restore_close(&r);
	return err;
}

static int restore(struct lab *l, const char *name)
{
	return restore_as(l, name, "root", false);
}

struct count {
	const char *subject, *role;
	size_t n;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct count *n = ctx;
	n->n += strcmp(a->subject, n->subject) == 0 && strcmp(a->role, n->role) == 0;
	return RBAC_OK;
}

static struct store_txn open_to_read(struct lab *l, struct store **s)
{
	struct store_txn t;
	assert_int_equal(store_open(l->a.store, STORE_READ, s), RBAC_OK);
	assert_int_equal(store_begin(*s, &t), RBAC_OK);
	return t;
}

static bool holds(struct lab *l, const char *subject, const char *role)
{
	struct store *s;
	struct store_txn t = open_to_read(l, &s);
	struct count n = { subject, role, 0 };
	assert_int_equal(store_assignments_all(&t, on_assignment, &n), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return n.n > 0;
}

static uint64_t generation_of(struct lab *l)
{
	struct store *s;
	struct store_txn t = open_to_read(l, &s);
	uint64_t n;
	assert_int_equal(store_generation(&t, &n), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return n;
}

static int last_id(struct lab *l)
{
	struct store *s;
	struct store_txn t = open_to_read(l, &s);
	uint64_t n;
	assert_int_equal(store_last_id(&t, &n), RBAC_OK);
	store_abort(&t);
	store_close(s);
	return (int)n;
}

static int take_away(struct lab *l, const char *subject)
{
	struct change c;
	int err = lab_begin(l, &c, "root", false);
	return lab_end(l, &c,
		       err ? err
			   : change_revoke(&c, &(struct revoke_request){ .subject = subject,
									 .role = "box",
									 .scope = "top:a" }));
}

static void what_was_is_again_and_the_log_goes_on(void **state)
{
	struct lab *l = *state;
	assert_int_equal(host_assign(l, "root", "bob", "box", "top:a"), RBAC_OK);
	backup(l, "b");
	assert_int_equal(take_away(l, "bob"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "cyd", "box", "top:a"), RBAC_OK);
	assert_int_equal(host_apply(l, HOST, POLICY("more = { kind = \"top\"; };")), RBAC_OK);
	int last = last_id(l);
	uint64_t before = generation_of(l);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_verified(l);
	assert_same_content(l);
	assert_true(holds(l, "bob", "box"));
	assert_false(holds(l, "cyd", "box"));
	assert_int_equal(generation_of(l), before + 1);
	assert_int_equal(host_assign(l, "root", "dan", "more", "top:a"), RBAC_INVALID);
	/* No id is given twice, also not those of assignments that are gone now. */
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_OK);
	assert_true(last_id(l) > last);
}

static uint32_t gid_of(struct lab *l, const char *group, uint32_t *flags)
{
	struct store *s;
	struct store_txn t = open_to_read(l, &s);
	uint32_t gid = 0;
	(void)store_gid_get(&t, group, &gid, flags);
	store_abort(&t);
	store_close(s);
	return gid;
}

static void a_group_id_given_since_is_never_given_again(void **state)
{
	struct lab *l = *state;
	uint32_t flags;
	char role[200];
	backup(l, "b");
	assert_int_equal(host_apply(l, HOST, POLICY("later = { kind = \"top\"; };")), RBAC_OK);
	uint32_t gid = gid_of(l, "later", &flags);
	assert_true(gid > 0);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_int_equal(gid_of(l, "later", &flags), gid);
	assert_int_equal(flags, STORE_GID_GONE);
	snprintf(role, sizeof role, POLICY("other = { kind = \"top\"; gid = %u; };"), gid);
	assert_int_equal(host_apply(l, HOST, role), RBAC_REFUSED);
	assert_int_equal(host_apply(l, HOST, POLICY("later = { kind = \"top\"; };")), RBAC_OK);
	assert_int_equal(gid_of(l, "later", &flags), gid);
	assert_int_equal(flags, 0);
}

static void a_group_that_was_renamed_since_has_its_name_and_its_id_back(void **state)
{
	struct lab *l = *state;
	uint32_t flags;
	assert_int_equal(host_apply(l, HOST, POLICY("early = { kind = \"top\"; };")), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "bob", "early", "top:a"), RBAC_OK);
	uint32_t gid = gid_of(l, "early", &flags);
	backup(l, "b");
	assert_int_equal(
		host_apply(l, HOST,
			   POLICY("late = { kind = \"top\"; renamed_from = \"early\"; };")),
		RBAC_OK);
	assert_int_equal(gid_of(l, "late", &flags), gid);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_int_equal(gid_of(l, "early", &flags), gid);
	assert_int_equal(gid_of(l, "late", &flags), 0);
	assert_true(holds(l, "bob", "early"));
	assert_verified(l);
	assert_same_content(l);
}

static void lose_store(struct lab *l)
{
	static const char *const files[] = { "store/data.mdb", "store/lock.mdb", "store/lock",
					     "store" };
	(void)remove(in_state(l, "store/data.mdb.v1")); /* what a migration keeps */
	for (size_t i = 0; i < COUNT(files); i++)
		assert_int_equal(remove(in_state(l, files[i])), 0);
}

/* The view shows what the backup has not: its groups and its ids stay given. */
static void a_lost_store_comes_back_beside_a_view_that_is_newer(void **state)
{
	struct lab *l = *state;
	uint32_t flags;
	char role[200];
	assert_int_equal(host_assign(l, "root", "bob", "box", "top:a"), RBAC_OK);
	backup(l, "b");
	assert_int_equal(host_apply(l, HOST, POLICY("later = { kind = \"top\"; };")), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "cyd", "box", "top:a"), RBAC_OK);
	uint32_t gid = gid_of(l, "later", &flags);
	int last = last_id(l);
	lose_store(l);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_verified(l);
	assert_same_content(l);
	assert_true(holds(l, "bob", "box"));
	assert_false(holds(l, "cyd", "box"));
	snprintf(role, sizeof role, POLICY("other = { kind = \"top\"; gid = %u; };"), gid);
	assert_int_equal(host_apply(l, HOST, role), RBAC_REFUSED);
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_OK);
	assert_true(last_id(l) > last);
	/* Killed after the store was put back, and before the change: once more does it. */
	lose_store(l);
	struct restore r = { 0 };
	assert_int_equal(restore_read(&l->a, in_state(l, "b"), &r, &l->said), RBAC_OK);
	assert_true(r.put_back);
	restore_close(&r);
	assert_int_equal(host_assign(l, "root", "dan", "box", "top:a"), RBAC_CONFLICT);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_verified(l);
}

static void only_root_and_only_this_stores_own_backup(void **state)
{
	struct lab *l = *state;
	backup(l, "b");
	assert_int_equal(restore_as(l, "b", "ann", false), RBAC_REFUSED);
	assert_said(l, "only root");
	lose_store(l);
	l->now++;
	host_init(l, HOST, POLICY("other = { kind = \"top\"; };"), "top:a", "bob");
	assert_int_equal(restore(l, "b"), RBAC_REFUSED);
	assert_said(l, "of another store");
	assert_true(holds(l, "bob", "boss"));
	assert_int_equal(restore_as(l, "b", "root", true), RBAC_OK);
	assert_true(holds(l, "ann", "boss"));
	assert_false(holds(l, "bob", "boss"));
	assert_verified(l);
	assert_same_content(l);
}

static void what_is_damaged_is_refused(void **state)
{
	struct lab *l = *state;
	struct stat st;
	backup(l, "b");
	uint64_t before = generation_of(l);
	int fd = open(in_state(l, "b"), O_RDWR | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	for (off_t at = 0; at < st.st_size; at += at < st.st_size - BACKUP_SEAL ? 1021 : 1) {
		uint8_t byte, other;
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		other = byte ^ 0x20;
		assert_int_equal(pwrite(fd, &other, 1, at), 1);
		int err = restore(l, "b");
		if (err != RBAC_DAMAGED && err != RBAC_INVALID)
			fail_msg("byte %ld: %s", (long)at, rbac_error_text(err));
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	assert_int_equal(generation_of(l), before);
	static const off_t less[] = { 1, BACKUP_SEAL, 4096 };
	assert_int_equal(restore(l, "b"), RBAC_OK);
	for (size_t i = 0; i < COUNT(less); i++) {
		assert_int_equal(ftruncate(fd, st.st_size - less[i]), 0);
		assert_int_equal(restore(l, "b"), RBAC_INVALID);
		assert_said(l, "its end is missing");
	}
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(restore(l, "b"), RBAC_INVALID);
	close(fd);
	assert_int_equal(restore(l, "none"), RBAC_SYSTEM);
	assert_int_equal(restore(l, "store"), RBAC_INVALID);
}

static void a_backup_replaces_a_backup_and_nothing_else(void **state)
{
	struct lab *l = *state;
	struct buf why = { 0 };
	uint64_t generation;
	backup(l, "b");
	assert_int_equal(host_assign(l, "root", "bob", "box", "top:a"), RBAC_OK);
	backup(l, "b");
	FILE *f = fopen(in_state(l, "mine"), "w");
	fputs("mine\n", f);
	fclose(f);
	assert_int_equal(change_backup(&l->a, in_state(l, "mine"), &generation, &why),
			 RBAC_CONFLICT);
	assert_int_equal(symlink("b", in_state(l, "link")), 0);
	assert_int_equal(change_backup(&l->a, in_state(l, "link"), &generation, &why),
			 RBAC_CONFLICT);
	assert_int_equal(change_backup(&l->a, in_state(l, "no/folder"), &generation, &why),
			 RBAC_SYSTEM);
	buf_free(&why);
	assert_int_equal(take_away(l, "bob"), RBAC_OK);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_true(holds(l, "bob", "box"));
}

/* A process changes the store all the while: every backup is a store as it was after one change. */
static void each_backup_is_of_one_instant(void **state)
{
	enum { CHANGES = 60, BACKUPS = 25 };
	struct lab *l = *state;
	struct buf why = { 0 };
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < CHANGES; i++)
			if (host_assign(l, "root", "bob", "box", "top:a") || take_away(l, "bob"))
				_exit(1);
		_exit(0);
	}
	for (int i = 0; i < BACKUPS; i++) {
		struct restore r = { 0 };
		backup(l, "b");
		if (restore_read(&l->a, in_state(l, "b"), &r, &why))
			fail_msg("%s", buf_text(&why));
		restore_close(&r);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	buf_free(&why);
}

/* ---- a store of rbac 0.1.0, which no change has migrated yet ---- */

#define OLD "tests/data/store-0.1.0/"

static void copy_file(const char *from, const char *to, mode_t mode)
{
	static char bytes[1 << 20];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	ssize_t n = read(in, bytes, sizeof bytes);
	assert_true(n > 0);
	assert_int_equal(write(out, bytes, (size_t)n), n);
	close(in);
	close(out);
}

static int setup_old(void **state)
{
	static const char *const names[] = { "alice", "bob", "carol", "mallory" };
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	for (size_t i = 0; i < COUNT(names); i++)
		passwd_user(names[i], (uid_t)(1001 + i), 100);
	l->now = INT64_C(1795800000);
	mkdir(in_state(l, "view"), 0755);
	mkdir(l->a.store, 0700);
	copy_file(OLD "view.mdb", l->a.view, 0644);
	copy_file(OLD "data.mdb", in_state(l, "store/data.mdb"), 0600);
	return 0;
}

static void a_backup_of_an_older_store_is_taken(void **state)
{
	struct lab *l = *state;
	backup(l, "b");
	assert_int_equal(host_assign(l, "root", "bob", "admin", "account:main"), RBAC_OK);
	assert_true(holds(l, "bob", "admin"));
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_false(holds(l, "bob", "admin"));
	assert_true(holds(l, "alice", "admin"));
	assert_verified(l);
	assert_same_content(l);
	lose_store(l);
	assert_int_equal(restore(l, "b"), RBAC_OK);
	assert_true(holds(l, "alice", "admin"));
	assert_verified(l);
	assert_same_content(l);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(what_was_is_again_and_the_log_goes_on),
		ON_A_HOST(a_group_id_given_since_is_never_given_again),
		ON_A_HOST(a_group_that_was_renamed_since_has_its_name_and_its_id_back),
		ON_A_HOST(a_lost_store_comes_back_beside_a_view_that_is_newer),
		ON_A_HOST(only_root_and_only_this_stores_own_backup),
		ON_A_HOST(what_is_damaged_is_refused),
		ON_A_HOST(a_backup_replaces_a_backup_and_nothing_else),
		ON_A_HOST(each_backup_is_of_one_instant),
		cmocka_unit_test_setup_teardown(a_backup_of_an_older_store_is_taken, setup_old,
						host_teardown),
	};

	return cmocka_run_group_tests_name("rbacctl: backup", tests, NULL, NULL);
}
