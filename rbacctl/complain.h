/*
 * complain.h - error messages on stderr, and exit statuses.
 */
#ifndef RBACCTL_COMPLAIN_H
#define RBACCTL_COMPLAIN_H

#include <stdbool.h>

/* The exit statuses, as in rbacctl(8). */
enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_TROUBLE = 4 };

/* The exit status for ERR, an enum rbac_error. */
int exit_of(int err);

/*
 * Print "rbacctl: ..." and a newline on stderr, after flushing stdout. Characters that a terminal
 * would interpret are printed as "?" (plain_text_tame()).
 */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same for a note that is not an error: "BOB is bob here". */
void remark(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* From now on print each as an object of JSON on one line: {"error": "..."}, {"note": "..."}. */
void complain_in_json(void);

/* Was complain_in_json() called? Async-signal-safe. */
bool complain_is_in_json(void);

#endif
