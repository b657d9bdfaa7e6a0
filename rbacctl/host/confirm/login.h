/*
 * login.h - which login a process belongs to, so that one login can be told from another.
 *
 * Told by the first of these that there is: the audit session, which pam_loginuid(8) begins and
 * which su and sudo keep (proc(5), /proc/PID/sessionid); the session of logind, by the cgroup; else
 * the process of the server that let somebody in (sshd, login), found among the ancestors; else the
 * outermost ancestor that leads a session.
 */
#ifndef RBACCTL_HOST_CONFIRM_LOGIN_H
#define RBACCTL_HOST_CONFIRM_LOGIN_H

#include <sys/types.h>

enum { LOGIN_MAX = 80 };

/*
 * The login that process PID (0: this one) belongs to, as a word that no other login of this boot
 * has, into OUT: "audit:7", "logind:c2", "process:1234:567". "": it cannot be told. PROC is /proc,
 * or what stands for it in a test.
 */
void login_of(const char *proc, pid_t pid, char out[LOGIN_MAX]);

#endif
