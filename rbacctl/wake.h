/*
 * wake.h - an end to a call that waits, such as flock(2) or syslog(3)'s send(2): the call fails
 * with EINTR when the time is up, and again every 100 ms, since an alarm may come just before the
 * call.
 *
 * For a process with one thread: it uses SIGALRM and the real-time timer (setitimer(2)), and puts
 * both back as they were.
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

/* From now on calls are interrupted after SECONDS, at least 1. False, with errno: not possible. */
bool wake_begin(struct wake *w, int seconds);

/* Is the time up? */
bool wake_due(const struct wake *w);

/* As it was before. errno stays. */
void wake_end(struct wake *w);

#endif
