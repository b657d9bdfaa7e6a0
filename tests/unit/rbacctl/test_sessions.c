/* sessions.h: whose processes make a session, where it came from, and how it is ended. The files of
 * /proc, logind and utmp are the test's own, in a folder of its own; what is ended are children of
 * the test. */
#define _GNU_SOURCE /* nftw(), setresuid() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utmp.h>

#include "common/error.h"
#include "rbacctl/host/sessions.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define NOT_SET UINT32_MAX
/* Uids that nobody has: processes of BOB are ended. */
enum { BOB = 1999990001, EVE = 1999990002, STAFF = 6000 };

static char folder[] = "/tmp/rbac-sessions.XXXXXX";
static char proc[64], logind[64], utmp[64];
static struct session_places places;

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

struct fake {
	int pid, sid;
	uint32_t uid, login, audit;
	unsigned tty;
	unsigned began;
	const char *name, *groups;
	int parent; /* 0: init */
};

static void make_process(const struct fake *p)
{
	char path[128], text[512];
	snprintf(path, sizeof path, "%s/%d", proc, p->pid);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof path, "%s/%d/status", proc, p->pid);
	snprintf(text, sizeof text, "Name:\t%s\nUid:\t%u\t%u\t%u\t%u\nGroups:\t%s \n", p->name,
		 p->uid, p->uid, p->uid, p->uid, p->groups ? p->groups : "100");
	write_file(path, text);
	snprintf(path, sizeof path, "%s/%d/stat", proc, p->pid);
	snprintf(text, sizeof text,
		 "%d (%s) S %d %d %d %u -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 %u 1000 100\n", p->pid,
		 p->name, p->parent ? p->parent : 1, p->pid, p->sid, p->tty, p->began);
	write_file(path, text);
	snprintf(path, sizeof path, "%s/%d/loginuid", proc, p->pid);
	snprintf(text, sizeof text, "%u", p->login);
	write_file(path, text);
	snprintf(path, sizeof path, "%s/%d/sessionid", proc, p->pid);
	snprintf(text, sizeof text, "%u", p->audit);
	write_file(path, text);
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/rbac-sessions.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(proc, sizeof proc, "%s/proc", folder);
	snprintf(logind, sizeof logind, "%s/logind", folder);
	snprintf(utmp, sizeof utmp, "%s/utmp", folder);
	places = (struct session_places){ proc, logind, utmp, NULL };
	return mkdir(proc, 0755) || mkdir(logind, 0755);
}

static int drop(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS);
}

static void find(const struct session_owners *owners, struct sessions *s)
{
	assert_int_equal(sessions_find(&places, owners, s), RBAC_OK);
}

static const uint32_t bob[] = { BOB };
static const struct session_owners of_bob = { .uids = bob, .n_uids = 1 },
				   all_of_bob = { .uids = bob, .n_uids = 1, .all = true };

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

/* ---- which are to end ---- */

static bool ends(const struct sessions *s, int pid)
{
	for (size_t i = 0; i < s->n_processes; i++)
		if (s->processes[i].pid == pid)
			return s->v[s->processes[i].session].ends;
	return false;
}

static int sshd_is_denied(void *ctx, const char *user, const char *service)
{
	(void)user;
	return strcmp(service, "sshd") == 0 ? *(int *)ctx : strcmp(service, "cron") == 0 ? 0 : -1;
}

/* A session that has a group that was lost ends whole, with root behind sudo; one that does not,
 * and what others have, stays. */
static void test_what_carries_a_lost_group_ends(void **state)
{
	static const uint32_t lost[] = { 7000, STAFF };
	static const struct session_owners owners = {
		.uids = bob, .n_uids = 1, .lost = lost, .n_lost = 2
	};
	static const struct fake all[] = {
		{ 10, 10, BOB, BOB, 7, 34819, 500, "bash", "100 6000", 0 },
		{ 11, 10, BOB, BOB, 7, 34819, 500, "newgrp", "100", 10 },
		{ 12, 12, 0, BOB, 7, 0, 500, "nohup", "0", 0 }, /* root, detached */
		{ 20, 20, BOB, BOB, 8, 34820, 500, "bash", "100 60001 600", 0 },
		{ 30, 30, EVE, EVE, 9, 34821, 500, "bash", "100 6000", 0 },
		{ 40, 40, BOB, NOT_SET, NOT_SET, 0, 500, "tmux", "100 6000", 0 },
		{ 41, 41, 0, NOT_SET, NOT_SET, 0, 500, "sudo", "0", 40 },
		{ 42, 42, 0, NOT_SET, NOT_SET, 0, 500, "bash", "0", 41 },
		{ 50, 50, 0, NOT_SET, NOT_SET, 0, 500, "nginx", "6000", 0 },
		{ 60, 60, EVE, BOB, 7, 34819, 500, "su", "100", 10 }, /* bob, as eve */
	};
	static const int dead[] = { 10, 11, 12, 40, 41, 42, 60 }, alive[] = { 20, 30, 50 };
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	find(&owners, &s);
	for (size_t i = 0; i < COUNT(dead); i++)
		assert_true(ends(&s, dead[i]));
	for (size_t i = 0; i < COUNT(alive); i++)
		assert_false(ends(&s, alive[i]));
	sessions_free(&s);
	find(&of_bob, &s);
	for (size_t i = 0; i < COUNT(dead); i++)
		assert_false(ends(&s, dead[i]));
	sessions_free(&s);
}

/* What runs as root or as somebody else, and whose session has nothing of the person any more: it
 * ends where a group was lost, unless it is older than that. */
static void test_what_a_session_left_behind_ends(void **state)
{
	static const uint32_t lost[] = { STAFF };
	struct session_owners owners = { .uids = bob, .n_uids = 1, .lost = lost, .n_lost = 1 };
	static const struct fake all[] = {
		{ 10, 10, 0, BOB, 7, 0, 100, "early", "0", 0 },
		{ 20, 20, 0, BOB, 8, 0, 90000, "late", "0", 0 },
		{ 30, 30, EVE, BOB, 9, 0, 90000, "as eve", "100", 0 },
		{ 40, 40, 0, EVE, 11, 0, 90000, "of eve", "0", 0 },
		{ 50, 50, 0, BOB, 12, 0, 90000, "sudo", "0", 51 },
		{ 51, 51, BOB, BOB, 12, 0, 90000, "bash", "100", 0 }, /* it has nothing of it */
	};
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	find(&owners, &s);
	assert_true(ends(&s, 10) && ends(&s, 20) && ends(&s, 30));
	assert_false(ends(&s, 40) || ends(&s, 50) || ends(&s, 51));
	for (size_t i = 0; i < s.n; i++)
		if (s.v[i].key == (uint64_t)8 << 32)
			owners.since = s.v[i].since;
	sessions_free(&s);
	find(&owners, &s);
	assert_false(ends(&s, 10));
	assert_true(ends(&s, 20) && ends(&s, 30));
	sessions_free(&s);
	owners.n_lost = 0;
	int allowed = 0;
	owners.denied = sshd_is_denied;
	owners.ctx = &allowed;
	find(&owners, &s);
	assert_false(ends(&s, 20) || ends(&s, 30));
	sessions_free(&s);
}

/* Whose sessions are found by a Unix group: root behind sudo is theirs by the login uid. */
static void test_root_behind_a_member_ends(void **state)
{
	static const uint32_t staff[] = { STAFF };
	static const struct session_owners owners = {
		.gids = staff, .n_gids = 1, .lost = staff, .n_lost = 1
	};
	static const struct fake all[] = {
		{ 10, 10, BOB, BOB, 7, 0, 500, "bash", "100 6000", 0 },
		{ 11, 11, 0, BOB, 7, 0, 500, "sudo", "0", 10 },
		{ 20, 20, 0, EVE, 8, 0, 500, "sudo", "0", 0 },
	};
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	find(&owners, &s);
	assert_true(ends(&s, 10) && ends(&s, 11));
	assert_false(ends(&s, 20));
	sessions_free(&s);
}

/* The service is what logind says, or the name of root's process that the session comes from; what
 * a process of the person calls itself counts for nothing. */
static void test_sessions_of_a_denied_service_end(void **state)
{
	int denied = 1;
	const struct session_owners owners = {
		.uids = bob, .n_uids = 1, .denied = sshd_is_denied, .ctx = &denied
	};
	static const struct fake all[] = {
		{ 5, 5, 0, NOT_SET, NOT_SET, 0, 10, "sshd", "0", 0 },
		{ 6, 6, 0, BOB, 7, 0, 10, "sshd-session: b", "0", 5 },
		{ 10, 10, BOB, BOB, 7, 34819, 500, "cron", "100", 6 },
		{ 15, 15, 0, NOT_SET, NOT_SET, 0, 10, "cron", "0", 0 },
		{ 20, 20, BOB, BOB, 8, 0, 500, "sh", "100", 15 },
		{ 30, 30, BOB, BOB, 9, 0, 500, "bash", "100", 0 },
		{ 40, 40, BOB, BOB, 11, 0, 500, "bash", "100", 0 },
	};
	char path[128];
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	snprintf(path, sizeof path, "%s/9", logind);
	write_file(path, "UID=1999990001\nSERVICE=sshd\n");
	find(&owners, &s);
	assert_true(ends(&s, 10));
	assert_false(ends(&s, 20));
	assert_true(ends(&s, 30));
	assert_false(ends(&s, 40)); /* nobody knows how it came */
	sessions_free(&s);
	denied = 0;
	find(&owners, &s);
	assert_false(ends(&s, 10) || ends(&s, 20) || ends(&s, 30) || ends(&s, 40));
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
		IN_A_FOLDER(test_who_has_a_group),
		IN_A_FOLDER(test_where_it_came_from),
		IN_A_FOLDER(test_nobody_and_no_proc),
		IN_A_FOLDER(test_what_carries_a_lost_group_ends),
		IN_A_FOLDER(test_what_a_session_left_behind_ends),
		IN_A_FOLDER(test_root_behind_a_member_ends),
		IN_A_FOLDER(test_sessions_of_a_denied_service_end),
		IN_A_FOLDER(test_ending),
	};
	return cmocka_run_group_tests_name("rbacctl: open sessions", tests, NULL, NULL);
}
