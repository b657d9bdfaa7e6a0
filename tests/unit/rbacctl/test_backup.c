/* A backup is of one instant, and whole: what is damaged, or of another store, is refused. */
#include "tests/unit/rbacctl/backup_lab.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rbacctl/store/backup.h"

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
	const struct CMUnitTest tests[] = {
		ON_A_HOST(only_root_and_only_this_stores_own_backup),
		ON_A_HOST(what_is_damaged_is_refused),
		ON_A_HOST(a_backup_replaces_a_backup_and_nothing_else),
		ON_A_HOST(each_backup_is_of_one_instant),
		cmocka_unit_test_setup_teardown(a_backup_of_an_older_store_is_taken, setup_old,
						host_teardown),
	};

	return cmocka_run_group_tests_name("rbacctl: backup", tests, NULL, NULL);
}
