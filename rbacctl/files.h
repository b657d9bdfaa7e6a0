/*
 * files.h - a whole file in memory and back; the names in a folder on the disk.
 */
#ifndef RBACCTL_FILES_H
#define RBACCTL_FILES_H

#include <stddef.h>

/*
 * All that is left to read of FD, of at most MOST bytes, as *OUT (malloc) with *LEN bytes and a NUL
 * after them. The file may grow meanwhile: what counts is what came, not what fstat(2) said.
 * RBAC_OK, RBAC_INVALID (more than MOST), RBAC_NOMEM, RBAC_SYSTEM with errno set.
 */
int files_read(int fd, size_t most, char **out, size_t *len);

/* Write the LEN bytes at P to FD, all of them. RBAC_OK, or RBAC_SYSTEM with errno set. */
int files_write(int fd, const void *p, size_t len);

/* Sync the folder at PATH: the names in it outlive a power loss. RBAC_OK, or RBAC_SYSTEM with errno
 * set. */
int files_sync_folder(const char *path);

#endif
