/*
 * process_stat.h - what /proc/PID/stat says of a process (proc(5)).
 */
#ifndef RBACCTL_HOST_PROCESS_STAT_H
#define RBACCTL_HOST_PROCESS_STAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_stat {
	pid_t parent;   /* 0: none in this PID namespace */
	pid_t session;  /* the process that leads its session */
	unsigned tty;   /* the device number of its terminal; 0: none */
	uint64_t began; /* in clock ticks after boot */
	char name[32];  /* of its program, the first 15 bytes */
};

/* Read it below PROC ("/proc"). False: there is no such process, or the file cannot be read. */
bool process_stat_read(const char *proc, pid_t pid, struct process_stat *out);

#endif
