/*
 * files.h - a whole file in memory and back; the names in a folder on the disk.
 */
#ifndef RBACCTL_FILES_H
#define RBACCTL_FILES_H

#include <stddef.h>

/*
 * Read FD to its end, at most MOST bytes. *OUT gets the *LEN bytes and a NUL after them; free(3)
 * it. The file may grow meanwhile: the function reads until the end, whatever fstat(2) says.
 * RBAC_OK; RBAC_INVALID if there are more than MOST bytes; RBAC_NOMEM; RBAC_SYSTEM with errno set.
 */
int files_read(int fd, size_t most, char **out, size_t *len);

/* Write the LEN bytes at P to FD, all of them. RBAC_OK, or RBAC_SYSTEM with errno set. */
int files_write(int fd, const void *p, size_t len);

/* Sync the folder at PATH, so that the names in it survive a power loss. RBAC_OK, or RBAC_SYSTEM
 * with errno set. */
int files_sync_folder(const char *path);

#endif
