/*
 * process_stat.h - a file of /proc/PID, and what /proc/PID/stat says of a process (proc(5)).
 */
#ifndef RBACCTL_HOST_SESSIONS_PROCESS_STAT_H
#define RBACCTL_HOST_SESSIONS_PROCESS_STAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process_stat {
	pid_t parent;   /* 0: none in this PID namespace */
	pid_t session;  /* the process that leads its session */
	unsigned tty;   /* the device number of its terminal; 0: none */
	uint64_t began; /* in clock ticks after boot */
	char name[32];  /* of its program, the first 15 bytes */
};

/*
 * The file NAME of PID below PROC ("/proc") into TEXT, of SIZE bytes with the NUL at the end: as
 * much of it as has room. How many bytes; 0: there is no such process, or the file cannot be read.
 * A host has thousands of these files: one open, read and close for each.
 */
size_t process_file_read(const char *proc, pid_t pid, const char *name, char *text, size_t size);

/* Read it below PROC ("/proc"). False: there is no such process, or the file cannot be read. */
bool process_stat_read(const char *proc, pid_t pid, struct process_stat *out);

#endif
