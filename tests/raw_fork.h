/*
 * raw_fork.h - a child without the C library's help: no handlers of pthread_atfork(3) run, and
 * malloc may be locked in it for ever.
 */
#ifndef RBAC_TESTS_RAW_FORK_H
#define RBAC_TESTS_RAW_FORK_H

#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* As fork(2). The arguments of clone stand in another order on each machine (clone(2), "C
 * library/kernel differences"). */
static inline pid_t raw_fork(void)
{
#if defined(__s390__) || defined(__CRIS__)
	return (pid_t)syscall(SYS_clone, 0, SIGCHLD, 0, 0, 0);
#else
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

#endif
