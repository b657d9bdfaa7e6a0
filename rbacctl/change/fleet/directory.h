/*
 * directory.h - an LDAP directory as the carrier of a fleet. rbacctl itself speaks to no
 * network: it writes a folder, and rbac-follow(8), a program without rights, makes the directory as
 * the folder is.
 */
#ifndef RBACCTL_CHANGE_FLEET_DIRECTORY_H
#define RBACCTL_CHANGE_FLEET_DIRECTORY_H

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "rbacctl/change/fleet/fleet.h"

enum { FLEET_DIRECTORY_WAIT = 60, FLEET_DIRECTORY_QUICK = 10 }; /* seconds for rbac-follow */

/* Is there a fleet.conf in /etc/rbac? */
static inline bool fleet_has_directory(const struct invocation *a)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/fleet.conf", a->etc);
	return access(path, F_OK) == 0;
}

/* Does this host follow sheets? Anybody may ask. */
static inline bool fleet_is_member(const struct invocation *a)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/follow/sheets", a->state);
	return access(path, F_OK) == 0;
}

/* This host is an authority with a directory, and has changed: note that it is to be pushed. */
bool fleet_queue(const struct invocation *a);

/*
 * Push into the directory. QUICK: the sheets alone, and give up soon; otherwise also the members'
 * entries, and what they have acknowledged comes back. RBAC_OK; RBAC_REFUSED: another push is
 * under way, or what fleet_push() refuses; RBAC_CONFLICT: something newer is there; or an error: it
 * stays noted that a push is wanted. WHY gets the words. SAID gets what rbac-follow says.
 */
int fleet_push_to_directory(const struct invocation *a, bool quick, struct push_result *out,
			    struct buf *said, struct buf *why);

/* Run `rbac-follow WORD`, whose lines OUT gets. *STATUS: its exit status. */
int fleet_directory_ask(const struct invocation *a, const char *word, struct buf *out, int *status,
			struct buf *why);

#endif
