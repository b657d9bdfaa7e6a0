/* login.h, process_stat.h: which login a process belongs to, from a /proc of the test's own. */
#define _GNU_SOURCE /* nftw() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/host/confirm/login.h"
#include "rbacctl/host/sessions/process_stat.h"

static char folder[] = "/tmp/rbac-login.XXXXXX";

static void write_file(int pid, const char *name, const char *text)
{
	char path[200];

	snprintf(path, sizeof path, "%s/%d/%s", folder, pid, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

/* A process of no audit session and of no session of logind. */
static void process(int pid, int parent, int session, int tty, const char *name)
{
	char path[200], text[300];

	snprintf(path, sizeof path, "%s/%d", folder, pid);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(text, sizeof text,
		 "%d (%s) S %d %d %d %d -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 %d 0 0\n", pid, name,
		 parent, pid, session, tty, pid * 10);
	write_file(pid, "stat", text);
	write_file(pid, "sessionid", "4294967295");
	write_file(pid, "cgroup", "0::/system.slice/ssh.service\n");
}

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/rbac-login.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	process(1, 0, 1, 0, "systemd");
	process(50, 1, 50, 0, "sshd");
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void assert_login(int pid, const char *expected)
{
	char login[LOGIN_MAX];

	login_of(folder, pid, login);
	assert_string_equal(login, expected);
}

static void test_the_audit_session_comes_first(void **state)
{
	(void)state;
	process(60, 50, 60, 0, "bash");
	write_file(60, "cgroup", "0::/user.slice/user-1000.slice/session-c2.scope\n");
	assert_login(60, "logind:c2");
	write_file(60, "sessionid", "7");
	assert_login(60, "audit:7");
}

/* Each connection has a child of the listener, which is one login whatever runs below it. */
static void test_a_login_by_ssh(void **state)
{
	(void)state;
	process(60, 50, 60, 0, "sshd-session");
	process(61, 60, 60, 0, "sshd-session");
	process(62, 61, 62, 34816, "bash");
	process(63, 62, 62, 34816, "sudo");
	process(64, 63, 64, 34817, "rbacctl"); /* sudo's use_pty: another session, another tty */
	assert_login(64, "process:60:600");
	assert_login(62, "process:60:600");
	process(70, 50, 70, 0, "sshd-session");
	process(71, 70, 71, 0, "rbacctl");
	assert_login(71, "process:70:700");
}

/* Started by inetd or systemd for one connection. */
static void test_an_sshd_without_a_listener(void **state)
{
	(void)state;
	process(80, 1, 80, 0, "sshd");
	process(81, 80, 80, 0, "sshd");
	process(82, 81, 82, 0, "bash");
	assert_login(82, "process:81:810");
}

static void test_a_login_at_a_terminal(void **state)
{
	(void)state;
	process(90, 1, 90, 1025, "login");
	process(91, 90, 91, 1025, "bash");
	process(92, 91, 91, 1025, "rbacctl");
	assert_login(92, "process:90:900");
}

static void test_a_shell_of_a_container(void **state)
{
	(void)state;
	/* The first process is everybody's; what is put into the container beside it is not. */
	process(95, 1, 1, 0, "rbacctl");
	assert_login(95, "process:1:10");
	process(96, 0, 96, 34816, "bash");
	process(97, 96, 97, 34816, "rbacctl");
	assert_login(97, "process:96:960");
}

static void test_a_process_that_is_not_there(void **state)
{
	struct process_stat p;

	(void)state;
	assert_login(1234, "");
	assert_false(process_stat_read(folder, 1234, &p));
	write_file(50, "stat", "50 (sshd) S 1 50\n");
	assert_false(process_stat_read(folder, 50, &p));
}

static void test_a_name_with_blanks_and_brackets(void **state)
{
	struct process_stat p;

	(void)state;
	process(99, 50, 98, 7, "a) R (b");
	assert_true(process_stat_read(folder, 99, &p));
	assert_string_equal(p.name, "a) R (b");
	assert_int_equal(p.parent, 50);
	assert_int_equal(p.session, 98);
	assert_int_equal(p.tty, 7);
	assert_int_equal(p.began, 990);
}

static void test_a_login_with_many_processes_between(void **state)
{
	(void)state;
	process(60, 50, 60, 0, "sshd");
	for (int pid = 61; pid <= 260; pid++)
		process(pid, pid - 1, pid, 0, "bash");
	assert_login(260, "process:60:600");
	/* The parent of 300 has gone, and its number was given again. */
	process(300, 301, 300, 0, "bash");
	process(301, 300, 301, 0, "sshd");
	assert_login(300, "process:300:3000");
}

static void test_this_process(void **state)
{
	char one[LOGIN_MAX], other[LOGIN_MAX];

	(void)state;
	login_of("/proc", 0, one);
	login_of("/proc", getpid(), other);
	assert_true(*one);
	assert_string_equal(one, other);
}

int main(void)
{
#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(test_the_audit_session_comes_first),
		IN_A_FOLDER(test_a_login_by_ssh),
		IN_A_FOLDER(test_an_sshd_without_a_listener),
		IN_A_FOLDER(test_a_login_at_a_terminal),
		IN_A_FOLDER(test_a_shell_of_a_container),
		IN_A_FOLDER(test_a_process_that_is_not_there),
		IN_A_FOLDER(test_a_name_with_blanks_and_brackets),
		IN_A_FOLDER(test_a_login_with_many_processes_between),
		cmocka_unit_test(test_this_process),
	};

	return cmocka_run_group_tests_name("rbacctl: logins", tests, NULL, NULL);
}
