/*
 * add.h - what the files that work out edits share.
 */
#ifndef RBACCTL_HOST_EDIT_ADD_H
#define RBACCTL_HOST_EDIT_ADD_H

#include "rbacctl/host/edit/edit.h"

/*
 * The edit of PATH: LINE, without its end, is put before byte AT of TEXT, or in the place of the
 * LEN bytes there. EXISTED: the file is there, with TEXT in it. Owns nothing of them. RBAC_OK,
 * RBAC_NOMEM.
 */
int edit_add(struct edits *e, const char *path, bool existed, const char *text, size_t at,
	     size_t len, const char *line);

/*
 * The edit that the command RUN makes of PATH, where the text BEFORE is now, and UNDO reverts.
 * BEFORE NULL: no text is compared; RUN or UNDO NULL: there is no command that way. RBAC_OK,
 * RBAC_NOMEM.
 */
int edit_add_command(struct edits *e, const char *path, const char *before, const char *run,
		     const char *undo);

/* The text of PATH, to be freed. RBAC_OK, RBAC_NOMEM; RBAC_SYSTEM, RBAC_REFUSED for a file with a
 * NUL byte: WHY says why. */
int edit_read(const char *path, char **text, struct buf *why);

/* Where the line NUMBER of TEXT begins, and its length without the end. */
size_t edit_line_at(const char *text, unsigned number, size_t *len);

#endif
