/*
 * cut_short.h - a file that is cut short while this process has it mapped: a module that the C
 * library loads, the view, the store. Access to what is gone is SIGBUS, wherever it happens.
 */
#ifndef RBACCTL_CUT_SHORT_H
#define RBACCTL_CUT_SHORT_H

/* From now on such an access ends the process with a message that names the file, and status 4
 * (EXIT_TROUBLE). A SIGBUS for which no file is the cause kills as before. */
void cut_short_watch(void);

/* In a child whose parent tells by the signal how it ended: SIGBUS kills again, without a word. */
void cut_short_unwatch(void);

#endif
