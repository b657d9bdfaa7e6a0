/*
 * edit_file.h - one file of /etc/rbac that somebody edits: a copy beside it, which takes its place
 * in one step or not at all.
 */
#ifndef RBACCTL_HOST_ETC_EDIT_FILE_H
#define RBACCTL_HOST_ETC_EDIT_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"

struct edit_file {
	char name[300]; /* "policy.d/site.conf", as policy_sources_read() calls it */
	char path[PATH_MAX], copy[PATH_MAX]; /* the copy is hidden: no reader takes it */
	char folder[PATH_MAX];
	char *before; /* what the file held when it was copied; NULL: there was no such file */
	size_t before_len;
	int lock; /* -1: not held */
};

/*
 * Find WORD in the folder ETC: a path in it, "policy.d/site.conf", or a name alone that is in one
 * of its folders (NULL: rbac.conf); take the lock of all edits and copy the file. A file that is
 * not there yet is empty. RBAC_OK; RBAC_INVALID: no file of the configuration is called so;
 * RBAC_CONFLICT: somebody else edits; RBAC_NOMEM, RBAC_SYSTEM. WHY has words. To be closed in any
 * case.
 */
int edit_file_open(struct edit_file *f, const char *etc, const char *word, struct buf *why);

/* Read the copy as it is now; *TEXT is to be freed. */
int edit_file_read(const struct edit_file *f, char **text, size_t *len, struct buf *why);

/* Put the copy in the place of the file, synced. RBAC_CONFLICT: somebody else has changed the file
 * since; the copy is kept, and WHY says where. */
int edit_file_install(struct edit_file *f, struct buf *why);

/* Put back what was there before edit_file_install(). */
int edit_file_restore(struct edit_file *f, struct buf *why);

/* Remove the copy, and release the lock. */
void edit_file_close(struct edit_file *f);

#endif
