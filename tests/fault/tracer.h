/*
 * tracer.h - a program under ptrace(2), asked about at every system call it makes.
 */
#ifndef TESTS_FAULT_TRACER_H
#define TESTS_FAULT_TRACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One system call, about to be made, or just made. */
struct tracer_call {
	pid_t pid;
	unsigned long n; /* from 1, counted from the first that names a path under /var/lib */
	long nr;
	/* From 1, among those of this NR: the same call in another run. N is not, as threads, and
	 * what is awaited, make it differ. */
	unsigned long turn;
	uint64_t args[6];
	long result; /* -errno when it failed; only once it was made */
};

enum { TRACER_NRS = 512 }; /* numbers of system calls, as these architectures have them */

enum { TRACER_GO = 0, TRACER_KILL = -10000, TRACER_LEAVE = -10001 };

/*
 * At entry: TRACER_GO, TRACER_KILL (with SIGKILL, before it is made), TRACER_LEAVE (stop right here
 * and hand the process over), or -ERRNO (it is not made, and fails so).
 */
typedef int tracer_entry_fn(void *ctx, const struct tracer_call *call);
typedef void tracer_exit_fn(void *ctx, const struct tracer_call *call);

struct tracer {
	tracer_entry_fn *entry;
	tracer_exit_fn *exit; /* NULL: not asked */
	void *ctx;
	int output; /* what the program says goes here; -1: nowhere */
	/* Set by tracer_run(). */
	unsigned long calls, turns[TRACER_NRS];
	pid_t left; /* after TRACER_LEAVE: stopped before its call; tracer_kill() it */
};

/* Run ARGV to its end. Its exit status, or 1000 + the signal that killed it. */
int tracer_run(struct tracer *t, char *const *argv);
void tracer_kill(struct tracer *t);

/* SIZE bytes, or the string, at ADDR in the program of CALL; the string is "" when it can't be
 * read. */
bool tracer_read(const struct tracer_call *call, uint64_t addr, void *out, size_t size);
void tracer_string(const struct tracer_call *call, uint64_t addr, char *out, size_t size);

/* The path that CALL names, or "". */
void tracer_path(const struct tracer_call *call, char *out, size_t size);

/* Does it change anything that outlives the process, or sync or lock it, or bring a file in sight?
 */
bool tracer_matters(const struct tracer_call *call);
const char *tracer_name(long nr);

#endif
