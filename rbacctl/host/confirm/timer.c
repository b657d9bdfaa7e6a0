#define _GNU_SOURCE
#include "rbacctl/host/confirm/timer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/program.h"

#define SYSTEMD_RUN "/usr/bin/systemd-run"
#define SYSTEMCTL "/usr/bin/systemctl"

enum {
	ASK_SECONDS = 15,
	STEP_SECONDS = 5,
	RETRY_FIRST = 5,  /* seconds, doubled each time */
	RETRY_MOST = 600, /* seconds; also what systemd keeps to */
	FD_KEPT = 3,
	EXIT_PUBLISH_TROUBLE = 4, /* of rbacctl: what a later try can mend */
};

/* For the lock, so that a change that takes long does not make the first try fail. */
#define PUBLISH_WAIT "5m"

/* sd_booted(3) */
static bool has_systemd(void)
{
	return access("/run/systemd/system", F_OK) == 0 && access(SYSTEMD_RUN, X_OK) == 0;
}

/* This program, for another process to run. */
static bool own_path(char *out, size_t size, struct buf *why)
{
	ssize_t n = readlink("/proc/self/exe", out, size - 1);

	if (n < 0)
		buf_printf(why, "/proc/self/exe: %s", strerror(errno));
	out[n < 0 ? 0 : n] = 0;
	return n >= 0;
}

/* ---- systemd ---- */

static void stop_timer(const char *name)
{
	char unit[80];
	struct buf out = { 0 };
	int status;

	snprintf(unit, sizeof unit, "%s.timer", name);
	const char *const argv[] = { SYSTEMCTL, "stop", "--quiet", unit, NULL };
	(void)program_run(argv, ASK_SECONDS, &out, &status);
	buf_free(&out);
}

static int start_timer(const char *name, const char *program, const struct deadline *d, int64_t now,
		       struct buf *why)
{
	char unit[80], active[60], calendar[80];
	struct buf out = { 0 };
	struct tm tm;
	time_t at = (time_t)d->at;
	int status = 0;

	snprintf(unit, sizeof unit, "--unit=%s", name);
	snprintf(active, sizeof active, "--on-active=%" PRId64 "s", deadline_left(d, now));
	if (!gmtime_r(&at, &tm) ||
	    !strftime(calendar, sizeof calendar, "--on-calendar=%Y-%m-%d %H:%M:%S UTC", &tm)) {
		buf_printf(why, "the time is out of range");
		return RBAC_SYSTEM;
	}
	const char *const argv[] = { SYSTEMD_RUN,
				     "--quiet",
				     "--collect",
				     unit,
				     "--description=Take back a change that nobody confirmed",
				     active,
				     calendar,
				     "--timer-property=AccuracySec=1s",
				     "--property=Restart=on-failure",
				     "--property=RestartSec=10min",
				     "--property=RestartPreventExitStatus=1 2 3",
				     program,
				     "publish",
				     "--wait",
				     PUBLISH_WAIT,
				     NULL };
	int err = program_run(argv, ASK_SECONDS, &out, &status);
	if (err)
		buf_printf(why, SYSTEMD_RUN ": %s", strerror(errno));
	else if (status)
		buf_printf(why, SYSTEMD_RUN ": %s", out.len ? buf_text(&out) : "no answer");
	buf_free(&out);
	return err || status ? RBAC_SYSTEM : RBAC_OK;
}

/* ---- a process ---- */

static void file_of(const char *name, const char *folder, char out[4200])
{
	snprintf(out, 4200, "%.4000s/%.100s.wait", folder, name);
}

static void close_all_but(int kept)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing >= 0)
		for (int fd = 0; fd < FD_KEPT; fd++)
			dup2(nothing, fd);
	if (dup2(kept, FD_KEPT) < 0)
		_exit(EXIT_FAILURE);
	fcntl(FD_KEPT, F_SETFD, FD_CLOEXEC);
	if (syscall(SYS_close_range, FD_KEPT + 1, ~0U, 0) == 0)
		return;
	for (long fd = sysconf(_SC_OPEN_MAX); fd > FD_KEPT; fd--) /* Linux before 5.9 */
		close((int)fd);
}

static void sleep_seconds(int64_t n)
{
	nanosleep(&(struct timespec){ .tv_sec = n }, NULL);
}

/* Has its file gone? Nothing is pending then. */
static bool is_over(void)
{
	struct stat st;

	return fstat(FD_KEPT, &st) || st.st_nlink == 0;
}

/* Run it. Is it to be tried again? */
static bool publish_failed(char *program)
{
	char verb[] = "publish", wait[] = "--wait", most[] = PUBLISH_WAIT;
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *const argv[] = { program, verb, wait, most, NULL }, *const environment[] = { path,
											   NULL };
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		execve(program, argv, environment);
		_exit(EXIT_PUBLISH_TROUBLE);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == EXIT_PUBLISH_TROUBLE;
}

/* In a process of its own, until the time has come or its file is gone. */
_Noreturn static void wait_and_publish(const struct deadline *d, char *program, int file)
{
	int64_t left, retry = RETRY_FIRST;

	close_all_but(file);
	if (chdir("/"))
		_exit(EXIT_FAILURE);
	signal(SIGHUP, SIG_IGN);
	while (!is_over() && (left = deadline_left(d, time(NULL))) > 0)
		sleep_seconds(left < STEP_SECONDS ? left : STEP_SECONDS);
	while (!is_over() && publish_failed(program)) {
		for (int64_t slept = 0; slept < retry && !is_over(); slept += STEP_SECONDS)
			sleep_seconds(STEP_SECONDS);
		retry = retry * 2 < RETRY_MOST ? retry * 2 : RETRY_MOST;
	}
	_exit(EXIT_SUCCESS);
}

static int start_process(const struct deadline *d, char *program, int file, struct buf *why)
{
	int result = 0;
	pid_t child = fork();

	if (child == 0) {
		setsid();
		pid_t waiting = fork();
		if (waiting == 0)
			wait_and_publish(d, program, file);
		_exit(waiting < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	while (child > 0 && waitpid(child, &result, 0) < 0 && errno == EINTR)
		;
	if (child > 0 && WIFEXITED(result) && WEXITSTATUS(result) == EXIT_SUCCESS)
		return RBAC_OK;
	buf_printf(why, "no process can be made: %s", strerror(child < 0 ? errno : EAGAIN));
	return RBAC_SYSTEM;
}

/* ---- either ---- */

int confirm_timer_start(const char *name, const char *folder, const struct deadline *d, int64_t now,
			struct buf *why)
{
	char program[4096], path[4200];

	confirm_timer_stop(name, folder);
	if (!own_path(program, sizeof program, why))
		return RBAC_SYSTEM;
	if (has_systemd())
		return start_timer(name, program, d, now, why);
	file_of(name, folder, path);
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0) {
		buf_printf(why, "%s: %s", path, strerror(errno));
		return RBAC_SYSTEM;
	}
	int err = start_process(d, program, file, why);
	close(file);
	if (err)
		unlink(path);
	return err;
}

void confirm_timer_stop(const char *name, const char *folder)
{
	char path[4200];

	file_of(name, folder, path);
	unlink(path);
	if (has_systemd())
		stop_timer(name);
}
