/*
 * paths.h - the files in the folder "fleet" of the state folder. For the files of this
 * folder.
 */
#ifndef RBACCTL_CHANGE_FLEET_PATHS_H
#define RBACCTL_CHANGE_FLEET_PATHS_H

#include <limits.h>
#include <stdio.h>

#include "rbacctl/invocation.h"

#define FLEET_ROOT_KEY "root.key"
#define FLEET_AUTHORITY_KEY "authority.key"
#define FLEET_NEW_KEY "authority.key.new" /* of a draft of the next list of keys */
#define FLEET_TOKEN_FILE "token"
#define FLEET_PUSH_LOCK "push.lock" /* held by a push to a folder */
#define FLEET_QUEUED "queued"       /* the directory is to be pushed into */

struct fleet_path {
	char text[PATH_MAX];
};

/* FILE "": the folder itself. */
static inline struct fleet_path fleet_path(const struct invocation *a, const char *file)
{
	struct fleet_path p;

	snprintf(p.text, sizeof(p.text), "%s/fleet%s%s", a->state, *file ? "/" : "", file);
	return p;
}

#endif
