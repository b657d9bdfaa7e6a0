/*
 * login_defs.h - which uids are of system accounts (login.defs(5), UID_MIN).
 */
#ifndef RBACCTL_HOST_NSS_LOGIN_DEFS_H
#define RBACCTL_HOST_NSS_LOGIN_DEFS_H

#include <sys/types.h>

/* The smallest uid of a person by the file at PATH; 1000 where it does not say. */
uid_t login_defs_uid_min(const char *path);

#endif
