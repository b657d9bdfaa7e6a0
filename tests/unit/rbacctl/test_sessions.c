/* sessions.h: whose processes make a session, where it came from, and how it is ended. The files of
 * /proc, logind and utmp are the test's own, in a folder of its own; what is ended are children of
 * the test. */
#include "tests/unit/rbacctl/fake_proc.h"

#include "tests/policy/passwd.h"

static const struct session_owners all_of_bob = { .uids = bob, .n_uids = 1, .all = true };

/* pts/3 is device 136:3, 34819. */
static void test_processes_of_one_login_are_one_session(void **state)
{
	static const struct fake all[] = {
		{ 10, 10, BOB, BOB, 7, 34819, 500, "bash", NULL, 0 },
		{ 11, 11, BOB, BOB, 7, 34819, 900, "vim (1) x", NULL, 0 },
		{ 12, 12, 0, BOB, 7, 34819, 950, "sudo", NULL, 0 }, /* root, on bob's terminal */
		{ 13, 13, 0, BOB, 7, 0, 960, "httpd", NULL, 0 },    /* a daemon that bob started */
		{ 20, 20, EVE, EVE, 8, 34820, 500, "bash", NULL, 0 }, /* somebody else */
		{ 30, 30, BOB, BOB, 9, 0, 400, "sftp-server", NULL, 0 },
		{ 31, 30, 0, NOT_SET, NOT_SET, 0, 1, "kthreadd", NULL, 0 },
	};
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	find(&of_bob, &s);
	assert_int_equal(s.n, 2);
	size_t first = s.v[0].key == (uint64_t)7 << 32 ? 0 : 1;
	assert_int_equal(s.v[first].processes, 3);
	assert_string_equal(s.v[first].tty, "pts/3");
	assert_non_null(strstr(s.v[first].what, "bash"));
	assert_non_null(strstr(s.v[first].what, "vim (1) x"));
	assert_int_equal(s.v[1 - first].processes, 1);
	assert_string_equal(s.v[1 - first].tty, "");
	assert_false(s.v[0].own);
	sessions_free(&s);
}

/* A kernel without audit: what has one session id is one session. */
static void test_without_login_uids(void **state)
{
	static const struct fake all[] = {
		{ 10, 10, BOB, NOT_SET, NOT_SET, 34819, 500, "bash", NULL, 0 },
		{ 11, 10, BOB, NOT_SET, NOT_SET, 34819, 500, "less", NULL, 0 },
		{ 12, 12, BOB, NOT_SET, NOT_SET, 0, 500, "sftp-server", NULL, 0 },
		{ 13, 10, 0, NOT_SET, NOT_SET, 34819, 500, "login", NULL, 0 }, /* root's own */
	};
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	find(&of_bob, &s);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.n_processes, 3);
	sessions_free(&s);
}

static size_t asked;

static void count_asked(const char *call, const char *name)
{
	(void)call, (void)name;
	asked++;
}

/* passwd may be a directory: who has a thousand sessions is looked up once. */
static void test_many_sessions_of_one_person(void **state)
{
	struct sessions s;
	(void)state;
	for (int i = 0; i < 100; i++) {
		const struct fake one = { 100 + i, 100 + i, BOB,     NOT_SET, NOT_SET,
					  0,       500,     "sleep", NULL,    0 };
		make_process(&one);
	}
	passwd_reset();
	passwd_user("bob", BOB, 100);
	asked = 0;
	passwd_watch(count_asked);
	find(&of_bob, &s);
	passwd_watch(NULL);
	assert_int_equal(s.n, 100);
	assert_string_equal(s.v[99].user, "bob");
	assert_int_equal(asked, 1);
	sessions_free(&s);
}

static void test_who_has_a_group(void **state)
{
	static const uint32_t staff[] = { STAFF };
	static const struct session_owners owners = { .gids = staff, .n_gids = 1 };
	static const struct fake all[] = {
		{ 10, 10, BOB, BOB, 7, 0, 500, "bash", "100 6000", 0 },
		{ 11, 11, EVE, EVE, 8, 0, 500, "bash", "100 60001 600", 0 },
		{ 12, 12, 0, NOT_SET, NOT_SET, 0, 500, "init", "6000", 0 },
	};
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	find(&owners, &s);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.processes[0].pid, 10);
	sessions_free(&s);
}

/* The kernel tells up to 65,536 groups of a process, in a file that is longer than most. */
static void test_the_last_of_many_groups(void **state)
{
	enum { GROUPS = 20000 };
	static const uint32_t staff[] = { STAFF };
	static const struct session_owners owners = { .gids = staff, .n_gids = 1 };
	static const struct fake one = { 10, 10, BOB, BOB, 7, 0, 500, "bash", NULL, 0 };
	struct sessions s;
	char path[128];
	(void)state;
	make_process(&one);
	snprintf(path, sizeof path, "%s/10/status", proc);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "Name:\tbash\nUid:\t%u\t0\t0\t0\nGroups:\t", BOB);
	for (unsigned i = 0; i < GROUPS; i++)
		fprintf(f, "%u ", 100000 + i);
	fprintf(f, "%u \nNStgid:\t10\n", STAFF);
	assert_int_equal(fclose(f), 0);
	find(&owners, &s);
	assert_int_equal(s.n_processes, 1);
	sessions_free(&s);
}

static void test_where_it_came_from(void **state)
{
	static const struct fake all[] = {
		{ 10, 10, BOB, BOB, 7, 34819, 500, "bash", NULL, 0 },
		{ 20, 20, BOB, BOB, 8, 34820, 500, "bash", NULL, 0 },
		{ 30, 30, BOB, BOB, 9, 0, 500, "bash", NULL, 0 },
	};
	char path[128];
	struct utmp u = { .ut_type = USER_PROCESS, .ut_pid = 77 };
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	snprintf(path, sizeof path, "%s/7", logind);
	write_file(path, "UID=1999990001\nUSER=bob\nREMOTE_HOST=192.0.2.7\nLEADER=9\n");
	memcpy(u.ut_line, "pts/4", 6);
	memcpy(u.ut_host, "far.example", 12);
	FILE *f = fopen(utmp, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(&u, sizeof u, 1, f), 1);
	assert_int_equal(fclose(f), 0);
	find(&of_bob, &s);
	assert_int_equal(s.n, 3);
	for (size_t i = 0; i < s.n; i++)
		assert_string_equal(s.v[i].from, s.v[i].key == (uint64_t)7 << 32   ? "192.0.2.7"
						 : s.v[i].key == (uint64_t)8 << 32 ? "far.example"
										   : "");
	for (size_t i = 0; i < s.n; i++)
		assert_string_equal(s.v[i].logind, s.v[i].key == (uint64_t)7 << 32 ? "7" : "");
	sessions_free(&s);
}

static void test_nobody_and_no_proc(void **state)
{
	struct sessions s;
	const struct session_owners none = { .n_uids = 0 };
	const struct session_places nowhere = { "/nonexistent", "/nonexistent", NULL, NULL };
	(void)state;
	find(&none, &s);
	assert_int_equal(s.n, 0);
	assert_int_equal(sessions_find(&nowhere, &of_bob, &s), RBAC_SYSTEM);
	sessions_free(&s);
}

/* A child of uid BOB in a session of its own, that ignores SIGHUP where STUBBORN. */
static pid_t child(bool stubborn)
{
	int ready[2];
	char c;
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		signal(SIGHUP, stubborn ? SIG_IGN : SIG_DFL);
		if (setresuid(BOB, BOB, BOB) || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void test_ending(void **state)
{
	size_t left = 1;
	(void)state;
	if (syscall(SYS_geteuid) != 0) /* the kernel's word: fakeroot(1) answers geteuid() with 0 */
		skip();
	places = (struct session_places){ "/proc", logind, utmp, NULL };
	signal(SIGCHLD, SIG_IGN); /* a zombie is still in /proc, under its uid */
	pid_t meek = child(false), stubborn = child(true);
	assert_int_equal(sessions_end(&places, &all_of_bob, &left), RBAC_OK);
	assert_int_equal(left, 0);
	assert_int_equal(kill(meek, 0), -1);
	assert_int_equal(kill(stubborn, 0), -1);
	signal(SIGCHLD, SIG_DFL);
}

int main(void)
{
#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(test_processes_of_one_login_are_one_session),
		IN_A_FOLDER(test_without_login_uids),
		IN_A_FOLDER(test_many_sessions_of_one_person),
		IN_A_FOLDER(test_who_has_a_group),
		IN_A_FOLDER(test_the_last_of_many_groups),
		IN_A_FOLDER(test_where_it_came_from),
		IN_A_FOLDER(test_nobody_and_no_proc),
		IN_A_FOLDER(test_ending),
	};
	return cmocka_run_group_tests_name("rbacctl: open sessions", tests, NULL, NULL);
}
