/* cut_short.h: a mapped file that is cut short is named, and another SIGBUS kills. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rbacctl/complain.h"
#include "rbacctl/cut_short.h"

static char path[64], said[600];

/* A child does WHAT, with a file of one page that it maps; its stderr into SAID. */
static int in_child(void (*what)(volatile char *map, int fd))
{
	int out[2], status;

	snprintf(path, sizeof path, "/tmp/rbac-cut.XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0 && pipe(out) == 0 && ftruncate(fd, 4096) == 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		void *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		dup2(out[1], STDERR_FILENO);
		cut_short_watch();
		what(map, fd);
		_exit(99);
	}
	close(out[1]);
	size_t len = 0;
	ssize_t n;
	while ((n = read(out[0], said + len, sizeof said - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(out[0]);
	close(fd);
	unlink(path);
	return status;
}

static void cut(volatile char *map, int fd)
{
	(void)!ftruncate(fd, 0);
	(void)map[1];
}

static void cut_in_json(volatile char *map, int fd)
{
	complain_in_json();
	cut(map, fd);
}

static void cut_unwatched(volatile char *map, int fd)
{
	cut_short_unwatch();
	cut(map, fd);
}

static void raise_it(volatile char *map, int fd)
{
	(void)map;
	(void)fd;
	raise(SIGBUS);
	raise(SIGBUS);
}

static void test_the_file_is_named(void **state)
{
	char expected[200];
	int status = in_child(cut);

	(void)state;
	snprintf(expected, sizeof expected,
		 "rbacctl: %s was truncated, or its disk fails: restore the file\n", path);
	assert_string_equal(said, expected);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_TROUBLE);
}

static void test_with_json_it_is_an_object(void **state)
{
	int status = in_child(cut_in_json);

	(void)state;
	assert_true(strncmp(said, "{\"error\":\"/tmp/rbac-cut.", 24) == 0);
	assert_string_equal(said + strlen(said) - 3, "\"}\n");
	assert_int_equal(WEXITSTATUS(status), EXIT_TROUBLE);
}

static void test_without_a_file_it_kills(void **state)
{
	int status = in_child(raise_it);

	(void)state;
	assert_string_equal(said, "");
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
}

static void test_unwatched_it_kills(void **state)
{
	int status = in_child(cut_unwatched);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_file_is_named),
		cmocka_unit_test(test_with_json_it_is_an_object),
		cmocka_unit_test(test_without_a_file_it_kills),
		cmocka_unit_test(test_unwatched_it_kills),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
