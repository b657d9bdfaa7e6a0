/*
 * system_log.h - one line of the system's log, facility authpriv, from "rbacctl".
 *
 * syslog(3) waits as long as nobody reads /dev/log, such as while journald is stopped. A change is
 * in force by then, and what comes after it must not wait with it: login sessions to end, the next
 * notice, the timer.
 */
#ifndef RBACCTL_SYSTEM_LOG_H
#define RBACCTL_SYSTEM_LOG_H

#include <stdbool.h>

enum { SYSTEM_LOG_SECONDS = 2 }; /* as long as one line may wait */

/*
 * PRIORITY is one of syslog(3), such as LOG_NOTICE. False: nobody took the line in that time. True
 * also when there is no /dev/log at all: such a host has no log. For a process with one thread.
 */
bool system_log(int priority, const char *text);

#endif
