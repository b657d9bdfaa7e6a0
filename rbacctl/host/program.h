/*
 * program.h - ask another program of this host, such as sshd -T.
 */
#ifndef RBACCTL_HOST_PROGRAM_H
#define RBACCTL_HOST_PROGRAM_H

#include <stdbool.h>

#include "rbacctl/buf.h"

enum { PROGRAM_OUTPUT_MAX = 1 << 20 }; /* bytes that are kept */

/*
 * Run ARGV, whose first word is a path, without input, with PATH and LC_ALL=C as its environment.
 * OUT gets what it writes on stdout and, behind it, stderr. It is killed after SECONDS. RBAC_OK,
 * and *STATUS is its exit status (-1: it was killed); RBAC_SYSTEM, and errno says why: it cannot be
 * run, or (EFBIG) it has ended and wrote more than PROGRAM_OUTPUT_MAX.
 */
int program_run(const char *const *argv, int seconds, struct buf *out, int *status);

/*
 * Run ARGV, whose first word is a path, as the user of passwd USER, with INPUT as its standard
 * input and nothing as its output, in a process group of its own, which is killed after SECONDS.
 * RBAC_OK: it has ended with status 0. Else WHY gets what went wrong, and *HUNG whether it was
 * killed: RBAC_NOTFOUND (no such user), RBAC_SYSTEM.
 */
int program_feed(const char *const *argv, const char *user, const struct buf *input, int seconds,
		 struct buf *why, bool *hung);

#endif
