/*
 * complain.h - how a command fails: its message on stderr, and its exit status.
 */
#ifndef RBACCTL_COMPLAIN_H
#define RBACCTL_COMPLAIN_H

#include <stdbool.h>

/* The exit statuses, as in rbacctl(8). */
enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_TROUBLE = 4 };

/* The exit status that goes with ERR, an enum rbac_error. */
int exit_of(int err);

/*
 * Print "rbacctl: ..." and a newline on stderr, after what stdout holds. What could steer a
 * terminal is printed as "?" (plain_text_tame).
 */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, for what is no failure: "BOB is bob here". */
void remark(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* From now on each is an object of JSON on one line: {"error": "..."}, {"note": "..."}. */
void complain_in_json(void);

/* Is it so? Async-signal-safe. */
bool complain_is_in_json(void);

#endif
