/*
 * wake.h - a time limit for a system call that waits, such as flock(2), or send(2) in syslog(3).
 * When the time is up, the call fails with EINTR. The signal is repeated every 100 ms, because the
 * first one may arrive just before the call.
 *
 * Only for a process with one thread: it uses SIGALRM and the real-time timer (setitimer(2)), and
 * restores both at the end.
 */
#ifndef RBACCTL_WAKE_H
#define RBACCTL_WAKE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/time.h>
#include <time.h>

struct wake {
	struct itimerval timer;
	struct sigaction action;
	sigset_t mask;
	struct timespec end; /* of CLOCK_MONOTONIC */
};

/* Begin: calls are interrupted when SECONDS (at least 1) have passed. False: an error, see errno.
 */
bool wake_begin(struct wake *w, int seconds);

/* Is the time up? */
bool wake_due(const struct wake *w);

/* End: restore the timer, the signal action and the signal mask. Does not change errno. */
void wake_end(struct wake *w);

#endif
