/*
 * cut_short.h - handle a file that is truncated while this process has it mapped: a module that the
 * C library has loaded, the view, or the store. An access beyond the new end causes SIGBUS.
 */
#ifndef RBACCTL_CUT_SHORT_H
#define RBACCTL_CUT_SHORT_H

/* From now on such an access prints a message that names the file, and ends the process with
 * EXIT_TROUBLE. A SIGBUS with another cause kills the process as before. */
void cut_short_watch(void);

/* Undo that, in a child whose parent looks at the signal that ended it: SIGBUS kills, without a
 * message. */
void cut_short_unwatch(void);

#endif
