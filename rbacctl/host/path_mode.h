/*
 * path_mode.h - who may read and write a file, by the modes of the file and of every folder on the
 * way to it. Symbolic links are followed.
 */
#ifndef RBACCTL_HOST_PATH_MODE_H
#define RBACCTL_HOST_PATH_MODE_H

#include <stdbool.h>
#include <sys/stat.h>

struct path_mode {
	char path[4096]; /* the file, or the folder on the way that is the reason */
	struct stat st;
};

/* Is UID root, or root as a user namespace shows it that does not map root of the machine
 * (user_namespaces(7): the overflow uid, 65534)? */
bool path_owner_is_root(uid_t uid);

/* Is there a file PATH that ordinary users cannot read? The outermost reason into AT. */
bool path_is_dark(const char *path, struct path_mode *at);

/*
 * Is there a file PATH that others than root may write or replace? The outermost reason into AT. A
 * folder with the sticky bit does not count: in it nobody replaces a file of root's.
 */
bool path_is_open(const char *path, struct path_mode *at);

#endif
