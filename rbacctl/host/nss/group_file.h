/*
 * group_file.h - the entries of a file in the form of group(5), one after the other.
 *
 * fgetgrent(3) of glibc gives its buffer 1,024 bytes more, and parses the line anew, until the line
 * fits: of a group with 100,000 members that is 730 times. This doubles the buffer.
 */
#ifndef RBACCTL_HOST_NSS_GROUP_FILE_H
#define RBACCTL_HOST_NSS_GROUP_FILE_H

#include <grp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct group_file {
	FILE *f; /* NULL: there is no file, or it cannot be opened: no entries */
	char *buf;
	size_t size;
	struct group entry;
};

/* Begin with the file at PATH. To be closed in any case. */
void group_file_open(struct group_file *g, const char *path);
void group_file_close(struct group_file *g);

/* The next entry into *OUT, valid until the next call. RBAC_OK; RBAC_NOTFOUND after the last one;
 * RBAC_NOMEM; RBAC_SYSTEM: the file cannot be read to its end. */
int group_file_next(struct group_file *g, const struct group **out);

#endif
