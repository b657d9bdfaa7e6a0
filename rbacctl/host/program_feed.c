/* Run a program of somebody else's choice as a user without rights, with a text to read. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/program.h"

enum { CANNOT_RUN = 127, STEP_NS = 10000000 };

/* A file in memory with INPUT, at its begin. -1: none. */
static int make_input(const struct buf *input)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	for (size_t at = 0; at < input->len;) {
		ssize_t n = write(fd, input->p + at, input->len - at);
		if (n <= 0) {
			close(fd);
			return -1;
		}
		at += (size_t)n;
	}
	if (lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool become(uid_t uid, gid_t gid)
{
	/* Where we are not root already, nothing is to be given up. */
	if (geteuid() != 0)
		return geteuid() == uid;
	return setgroups(0, NULL) == 0 && setresgid(gid, gid, gid) == 0 &&
	       setresuid(uid, uid, uid) == 0;
}

static void run_child(const char *const *argv, uid_t uid, gid_t gid, int input)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", language[] = "LC_ALL=C.UTF-8";
	char *const environment[] = { path, language, NULL };
	sigset_t none;
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	umask(077);
	if (nothing < 0 || setpgid(0, 0) != 0 || chdir("/") != 0 || dup2(input, 0) != 0 ||
	    dup2(nothing, 1) != 1 || dup2(nothing, 2) != 2 || !become(uid, gid))
		_exit(CANNOT_RUN);
	close_range(3, ~0U, 0);
	execve(argv[0], (char *const *)argv, environment);
	_exit(CANNOT_RUN);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* *HUNG: it was killed. */
static int wait_for(pid_t pid, int seconds, bool *hung)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	int64_t until = now_ms() + seconds * INT64_C(1000);
	int status = 0;
	pid_t ended;

	*hung = false;
	while ((ended = waitpid(pid, &status, *hung ? 0 : WNOHANG)) == 0 ||
	       (ended < 0 && errno == EINTR)) {
		if (ended == 0 && now_ms() >= until) {
			*hung = true;
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
		} else if (ended == 0) {
			nanosleep(&step, NULL);
		}
	}
	return status;
}

static int judge(const char *name, int status, bool hung, int seconds, struct buf *why)
{
	if (hung)
		buf_printf(why, "%s: killed after %d s", name, seconds);
	else if (WIFSIGNALED(status))
		buf_printf(why, "%s: killed by signal %d", name, WTERMSIG(status));
	else if (WEXITSTATUS(status) == CANNOT_RUN)
		buf_printf(why, "%s: cannot be run", name);
	else if (WEXITSTATUS(status))
		buf_printf(why, "%s: exit status %d", name, WEXITSTATUS(status));
	else
		return RBAC_OK;
	return RBAC_SYSTEM;
}

int program_feed(const char *const *argv, const char *user, const struct buf *input, int seconds,
		 struct buf *why, bool *hung)
{
	const struct passwd *pw = getpwnam(user);

	*hung = false;
	if (!pw || pw->pw_uid == 0) {
		buf_printf(why, pw ? "%s is root" : "there is no user %s", user);
		return RBAC_NOTFOUND;
	}
	uid_t uid = pw->pw_uid;
	gid_t gid = pw->pw_gid;
	int in = make_input(input);
	pid_t pid = in < 0 ? -1 : fork();
	if (pid == 0)
		run_child(argv, uid, gid, in);
	if (pid < 0)
		buf_printf(why, "%s: %s", argv[0], strerror(errno));
	if (in >= 0)
		close(in);
	if (pid < 0)
		return RBAC_SYSTEM;
	int status = wait_for(pid, seconds, hung);
	return judge(argv[0], status, *hung, seconds, why);
}
