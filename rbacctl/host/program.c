#define _GNU_SOURCE
#include "rbacctl/host/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int start(const char *const *argv, int write_end, pid_t *pid)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", language[] = "LC_ALL=C";
	char *const environment[] = { path, language, NULL };
	posix_spawn_file_actions_t files;
	int cause = posix_spawn_file_actions_init(&files);

	if (cause)
		return cause;
	cause = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	if (!cause)
		cause = posix_spawn_file_actions_adddup2(&files, write_end, 1);
	if (!cause)
		cause = posix_spawn_file_actions_adddup2(&files, write_end, 2);
	if (!cause)
		cause = posix_spawn(pid, argv[0], &files, NULL, (char *const *)argv, environment);
	posix_spawn_file_actions_destroy(&files);
	return cause;
}

/* *WHOLE: OUT has all of it. */
static void read_all(int fd, pid_t pid, int64_t until, struct buf *out, bool *whole)
{
	char piece[4096];
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		int64_t left = until - now_ms();
		int ready = poll(&p, 1, left > 0 ? (int)left : 0);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0) {
			kill(pid, SIGKILL);
			return;
		}
		ssize_t n = read(fd, piece, sizeof piece);
		if (n <= 0)
			return;
		*whole &= out->len + (size_t)n <= PROGRAM_OUTPUT_MAX;
		if (*whole)
			buf_printf(out, "%.*s", (int)n, piece);
	}
}

int program_run(const char *const *argv, int seconds, struct buf *out, int *status)
{
	int ends[2], result;
	bool whole = true;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return RBAC_SYSTEM;
	int cause = start(argv, ends[1], &pid);
	close(ends[1]);
	if (cause) {
		close(ends[0]);
		errno = cause;
		return RBAC_SYSTEM;
	}
	read_all(ends[0], pid, now_ms() + seconds * INT64_C(1000), out, &whole);
	close(ends[0]);
	while (waitpid(pid, &result, 0) < 0 && errno == EINTR)
		;
	*status = WIFEXITED(result) ? WEXITSTATUS(result) : -1;
	if (!whole)
		errno = EFBIG;
	return whole ? RBAC_OK : RBAC_SYSTEM;
}
