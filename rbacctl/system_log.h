/*
 * system_log.h - one line of the system's log, facility authpriv, from "rbacctl".
 *
 * syslog(3) waits while no program reads /dev/log, for example while journald is stopped. At that
 * point a change is in force already, and the next steps must not wait: ending login sessions, the
 * next notice, the timer. So this function has a time limit.
 */
#ifndef RBACCTL_SYSTEM_LOG_H
#define RBACCTL_SYSTEM_LOG_H

#include <stdbool.h>

enum { SYSTEM_LOG_SECONDS = 2 }; /* the time limit of one line */

/*
 * Write TEXT with PRIORITY, such as LOG_NOTICE of syslog(3). False: no program read it in time.
 * True also if there is no /dev/log: such a host has no log. Only for a process with one thread.
 */
bool system_log(int priority, const char *text);

#endif
