/*
 * nsswitch.h - what nsswitch.conf(5) of this machine says.
 */
#ifndef RBACCTL_HOST_NSS_NSSWITCH_H
#define RBACCTL_HOST_NSS_NSSWITCH_H

#include <stdbool.h>

/*
 * Does DATABASE ("passwd", "group") name only sources that list everything that they answer (files,
 * systemd, rbac), in one line and with no actions in brackets? False also where there is a line for
 * the database NEVER (NULL: none), and where the file cannot be read: then each user is asked for.
 */
bool nsswitch_lists_all(const char *database, const char *never);

/*
 * Does DATABASE name only sources that know this host alone (files, systemd, altfiles, extrausers),
 * so that who is not found there does not exist? No file, or no line: the C library reads /etc
 * alone. False where the file cannot be read.
 */
bool nsswitch_is_local(const char *database);

/* The file. Tests point it elsewhere. */
extern const char *nsswitch_conf;

#endif
