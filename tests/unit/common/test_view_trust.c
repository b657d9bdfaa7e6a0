#define _GNU_SOURCE /* unshare */
#include "tests/unit/common/viewfile.h"

#include <grp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static void a_missing_file_or_folder_is_absent(void **state)
{
	char below[128];

	(void)state;
	unlink(view_path);
	assert_int_equal(at_path(), RBAC_ABSENT);
	view_publish(1);
	snprintf(below, sizeof(below), "%s/view.mdb", view_path);
	assert_int_equal(verdict(below, RBAC_TRUST_SELF), RBAC_ABSENT);
}

static void a_file_that_is_not_regular_is_untrusted(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	(void)state;
	view_make(made_path, 1, RBAC_VIEW_VERSION);
	unlink(view_path);
	assert_int_equal(symlink(made_path, view_path), 0);
	assert_int_equal(at_path(), RBAC_UNTRUSTED);
	unlink(view_path);
	assert_int_equal(mkfifo(view_path, 0644), 0);
	assert_int_equal(at_path(), RBAC_UNTRUSTED);
	unlink(view_path);
	assert_int_equal(mkdir(view_path, 0755), 0);
	assert_int_equal(at_path(), RBAC_UNTRUSTED);
	rmdir(view_path);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", view_path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	close(fd);
	assert_int_equal(at_path(), RBAC_UNTRUSTED);
	unlink(view_path);
}

static void a_file_that_others_may_write_is_untrusted_even_when_cached(void **state)
{
	static const mode_t modes[] = { 0664, 0646, 0666, 0620, 0602 };

	(void)state;
	view_publish(1);
	assert_int_equal(at_path(), RBAC_OK);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		chmod(view_path, modes[i]);
		assert_int_equal(at_path(), RBAC_UNTRUSTED);
		chmod(view_path, 0444);
		assert_int_equal(at_path(), RBAC_OK);
	}
}

static void a_trusted_file_belongs_to_root(void **state)
{
	(void)state;
	view_publish(1);
	assert_int_equal(at_path(), RBAC_OK);
	if (geteuid() != 0) {
		assert_int_equal(verdict(view_path, RBAC_TRUST_ROOT), RBAC_UNTRUSTED);
		assert_int_equal(verdict(view_path, RBAC_TRUST_OVERFLOW), RBAC_UNTRUSTED);
		return;
	}
	for (int trust = RBAC_TRUST_ROOT; trust <= RBAC_TRUST_SELF; trust++) {
		assert_int_equal(chown(view_path, 0, 0), 0);
		tick_wait();
		assert_int_equal(verdict(view_path, trust), RBAC_OK);
		assert_int_equal(chown(view_path, 1, 0), 0);
		tick_wait();
		assert_int_equal(verdict(view_path, trust), RBAC_UNTRUSTED);
		assert_int_equal(chown(view_path, 65534, 0), 0);
		tick_wait();
		/* Here root is mapped: the overflow uid is somebody, or what a file server makes of
		 * root. */
		assert_int_equal(verdict(view_path, trust), RBAC_UNTRUSTED);
	}
	assert_int_equal(chown(view_path, 0, 0), 0);
}

/* Only somebody outside may map another uid than one's own. */
static bool write_map(pid_t pid, const char *text)
{
	char file[64];

	snprintf(file, sizeof(file), "/proc/%d/uid_map", (int)pid);
	int fd = open(file, O_WRONLY);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

/*
 * In a child, in a user namespace of its own (MAP: "INSIDE OUTSIDE COUNT"; NULL: none) and, where
 * PROC is false, in a chroot without /proc: RUN. Its result; 77: there can be no such namespace
 * here.
 */
static int in_namespace(const char *map, bool proc, int (*run)(void))
{
	int status, there[2], mapped[2];
	char c = 0;

	assert_true(pipe(there) == 0 && pipe(mapped) == 0);
	pid_t pid = fork();

	if (pid == 0) {
		close(mapped[1]);
		if (unshare(CLONE_NEWUSER) || write(there[1], "", 1) != 1 ||
		    read(mapped[0], &c, 1) != 1)
			_exit(77);
		/* The folder becomes the root: the view is /view.mdb there. */
		if (!proc && (chroot(folder) || chdir("/")))
			_exit(77);
		if (!proc)
			strcpy(view_path, "/view.mdb");
		_exit(run());
	}
	close(there[1]);
	close(mapped[0]);
	if (read(there[0], &c, 1) == 1 && (!map || write_map(pid, map)))
		assert_int_equal(write(mapped[1], "", 1), 1);
	close(there[0]);
	close(mapped[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int open_as(int trust)
{
	struct rbac_view v;
	int rc = rbac_view_open(view_path, trust, &v);

	if (rc == RBAC_OK)
		rbac_view_release(&v);
	return rc;
}

/* 0: nss_rbac takes the view and pam_rbac does not. */
static int nss_alone_trusts(void)
{
	return open_as(RBAC_TRUST_OVERFLOW) != RBAC_OK ||
	       open_as(RBAC_TRUST_ROOT) != RBAC_UNTRUSTED;
}
static int nobody_trusts(void)
{
	return open_as(RBAC_TRUST_OVERFLOW) != RBAC_UNTRUSTED ||
	       open_as(RBAC_TRUST_ROOT) != RBAC_UNTRUSTED;
}

static void expect_in_namespace(const char *map, bool proc, int (*run)(void))
{
	int rc = in_namespace(map, proc, run);

	if (rc == 77)
		print_message("no user namespace %s here\n", map ? map : "");
	else if (rc)
		fail_msg("map %s, %s /proc: %d", map ? map : "none", proc ? "with" : "without", rc);
}

/* A rootless container maps its own root to an ordinary user: what is the machine's root's still
 * shows as the overflow uid. */
static void the_overflow_uid_is_trusted_only_where_root_is_not_mapped(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	view_publish(1);
	assert_int_equal(chown(view_path, 0, 0), 0);
	assert_int_equal(chown(folder, 0, 0), 0);
	expect_in_namespace(NULL, true, nss_alone_trusts);
	expect_in_namespace("0 1000 1\n", true, nss_alone_trusts);
	expect_in_namespace("5 1000 1\n", true, nss_alone_trusts);
	expect_in_namespace("0 1000 1\n", false, nss_alone_trusts);
	/* Root is mapped, to another number even: the overflow uid is not root. */
	assert_int_equal(chown(view_path, 65534, 0), 0);
	expect_in_namespace("0 0 1\n", true, nobody_trusts);
	expect_in_namespace("7 0 1\n", true, nobody_trusts);
	expect_in_namespace("0 0 1\n", false, nobody_trusts);
	assert_int_equal(chown(view_path, 0, 0), 0);
}

static void a_folder_that_others_may_write_is_untrusted(void **state)
{
	static const mode_t modes[] = { 0777, 0775, 0757, 01777, 0722, 0702 };

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		view_publish(1);
		assert_int_equal(at_path(), RBAC_OK);
		/* What is mapped is gone on with, as nothing else lies there yet; what is put there
		 * afterwards is not believed. */
		assert_int_equal(chmod(folder, modes[i]), 0);
		view_publish(2);
		assert_int_equal(at_path(), RBAC_UNTRUSTED);
		assert_int_equal(chmod(folder, 0755), 0);
		assert_int_equal(at_path(), RBAC_OK);
	}
	if (geteuid() != 0)
		return;
	for (uid_t owner = 1; owner <= 65534; owner += 65533) {
		view_publish(1);
		assert_int_equal(chown(folder, owner, (gid_t)-1), 0);
		for (int trust = RBAC_TRUST_ROOT; trust <= RBAC_TRUST_SELF; trust++) {
			tick_wait();
			assert_int_equal(open_as(trust), RBAC_UNTRUSTED);
		}
		assert_int_equal(chown(folder, 0, (gid_t)-1), 0);
		assert_int_equal(open_as(RBAC_TRUST_ROOT), RBAC_OK);
	}
}

static void a_folder_that_is_a_link_is_untrusted(void **state)
{
	char link_path[96], below[128];

	(void)state;
	view_publish(1);
	snprintf(link_path, sizeof(link_path), "%s.link", folder);
	snprintf(below, sizeof(below), "%s/view.mdb", link_path);
	assert_int_equal(symlink(folder, link_path), 0);
	assert_int_equal(verdict(below, RBAC_TRUST_SELF), RBAC_UNTRUSTED);
	unlink(link_path);
}

/* One descriptor is all that a lookup takes: there may be no second one. */
static void one_free_descriptor_is_enough_to_open_a_view(void **state)
{
	struct rlimit old, one;
	struct rbac_view v;
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	view_publish(1);
	assert_true(fd >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	one = old;
	one.rlim_cur = (rlim_t)fd + 1;
	close(fd);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &one), 0);
	int rc = rbac_view_open(view_path, RBAC_TRUST_SELF, &v);
	if (rc == RBAC_OK)
		rbac_view_release(&v);
	one.rlim_cur--;
	setrlimit(RLIMIT_NOFILE, &one);
	int none = rbac_view_open(view_path, RBAC_TRUST_SELF, &v);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(rc, RBAC_OK);
	assert_int_equal(none, RBAC_SYSTEM);
	assert_int_equal(v.cause, EMFILE);
}

static void a_failure_reports_its_errno(void **state)
{
	struct rbac_view v;

	(void)state;
	unlink(view_path);
	tick_wait();
	errno = 12345;
	assert_int_equal(rbac_view_acquire(view_path, RBAC_TRUST_SELF, &v), RBAC_ABSENT);
	assert_int_equal(v.cause, ENOENT);
	assert_int_equal(rbac_view_open(view_path, RBAC_TRUST_SELF, &v), RBAC_ABSENT);
	assert_int_equal(v.cause, ENOENT);
	assert_int_equal(errno, 12345);
	view_publish(1);
	chmod(view_path, 0666);
	tick_wait();
	assert_int_equal(rbac_view_acquire(view_path, RBAC_TRUST_SELF, &v), RBAC_UNTRUSTED);
	assert_int_equal(v.cause, 0);
	if (geteuid() != 0)
		return;
	/* What lies behind a folder that cannot be entered is not absent. */
	int status;
	view_publish(1);
	chmod(folder, 0700);
	pid_t pid = fork();
	if (pid == 0) {
		int bad = setgroups(0, NULL) || setuid(1000) ||
			  rbac_view_open(view_path, RBAC_TRUST_ROOT, &v) != RBAC_SYSTEM;

		_exit(bad || v.cause != EACCES);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	chmod(folder, 0755);
	assert_int_equal(status, 0);
}

static void a_cached_view_is_not_given_to_a_caller_who_does_not_trust_it(void **state)
{
	struct rbac_view v;

	(void)state;
	if (geteuid() != 0)
		skip();
	need_cache();
	assert_int_equal(chown(view_path, 1000, 0), 0);
	assert_int_equal(chown(folder, 1000, 0), 0);
	tick_wait();
	assert_int_equal(seteuid(1000), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &v), RBAC_OK);
		assert_in_range(v.slot, 0, 3);
		assert_int_equal(acquire(view_path, RBAC_TRUST_ROOT, &(struct rbac_view){ 0 }),
				 RBAC_UNTRUSTED);
		release(&v);
	}
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chown(folder, 0, 0), 0);
}

static void a_file_that_is_not_a_view_is_damaged(void **state)
{
	static uint8_t bytes[20000];
	int fd;

	(void)state;
	for (size_t len = 0; len < sizeof(bytes); len = 3 * len + 1) {
		write_file(bytes, len, 0);
		assert_int_equal(at_path(), RBAC_DAMAGED);
	}
	/* qemu-user keeps some twenty bytes for each page that is mapped: for a terabyte,
	 * gigabytes. */
	write_file(bytes, 1, (off_t)1 << (under_emulator() ? 32 : 40));
	/* There is no room for the giant in there. */
	assert_int_equal(at_path(), under_valgrind() ? RBAC_SYSTEM : RBAC_DAMAGED);
	view_publish(1);
	fd = open(view_path, O_RDONLY);
	for (off_t size = read(fd, bytes, sizeof(bytes)) - 1; size > 0; size -= 1111) {
		write_file(bytes, (size_t)size, 0);
		tick_wait();
		/* A rest of the last page may hold all there is; whatever is left must be right or
		 * be found damaged. */
		if (size <= 8192)
			assert_int_equal(verdict(view_path, RBAC_TRUST_SELF), RBAC_DAMAGED);
		else
			verdict(view_path, RBAC_TRUST_SELF);
	}
	close(fd);
	view_make(made_path, 1, 0);
	rename(made_path, view_path);
	assert_int_equal(at_path(), RBAC_DAMAGED);
	view_publish(2);
	tick_wait();
	assert_int_equal(generation(), 2);
}

static void a_view_of_a_later_format_is_newer(void **state)
{
	(void)state;
	view_make(made_path, 1, VERSION_NEXT);
	rename(made_path, view_path);
	assert_int_equal(at_path(), RBAC_NEWER);
	view_publish(2);
	assert_int_equal(at_path(), RBAC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_file_or_folder_is_absent),
		cmocka_unit_test(a_file_that_is_not_regular_is_untrusted),
		cmocka_unit_test(a_file_that_others_may_write_is_untrusted_even_when_cached),
		cmocka_unit_test(a_trusted_file_belongs_to_root),
		cmocka_unit_test(the_overflow_uid_is_trusted_only_where_root_is_not_mapped),
		cmocka_unit_test(a_folder_that_others_may_write_is_untrusted),
		cmocka_unit_test(a_folder_that_is_a_link_is_untrusted),
		cmocka_unit_test(one_free_descriptor_is_enough_to_open_a_view),
		cmocka_unit_test(a_failure_reports_its_errno),
		cmocka_unit_test(a_cached_view_is_not_given_to_a_caller_who_does_not_trust_it),
		cmocka_unit_test(a_file_that_is_not_a_view_is_damaged),
		cmocka_unit_test(a_view_of_a_later_format_is_newer),
	};

	return cmocka_run_group_tests_name("view, trust", tests, view_setup, view_teardown);
}
