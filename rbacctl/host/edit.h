/*
 * edit.h - the edits by which a host asks rbac: of nsswitch.conf, and of the PAM file of a service.
 *
 * An edit is worked out first, shown, and then made: each file is replaced as a whole, by rename,
 * with its owner and mode, after a copy of it has gone into the folder RECORD. edits_undo() puts
 * back what stands there: byte for byte where nobody has changed the file since, else by taking the
 * words of rbac out of it.
 */
#ifndef RBACCTL_HOST_EDIT_H
#define RBACCTL_HOST_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"
#include "rbacctl/host/pam.h"

struct edit {
	char *path;
	bool existed;         /* else the file is made */
	char *before, *after; /* the whole text; BEFORE is "" where the file did not exist */
	unsigned line;        /* the line that is new */
	char *added;          /* its text */
};

struct edits {
	struct edit *v;
	size_t n, cap;
};

/*
 * Add the edit of nsswitch.conf after which the groups of roles are seen, and none where they are
 * already. RBAC_OK; RBAC_REFUSED: rbacctl cannot make it, WHY says why and what to do; RBAC_NOMEM,
 * RBAC_SYSTEM (WHY says what cannot be read).
 */
int edit_nsswitch(struct edits *e, struct buf *why);

/*
 * The same for SERVICE: LINE before the first line of the account stage. None where a denial of
 * rbac counts already.
 */
int edit_pam(struct edits *e, const struct pam_folders *f, const char *service, const char *line,
	     struct buf *why);

void edits_free(struct edits *e);

/* Make them. RECORD is a folder, made where it is missing. After an error those that were made are
 * taken back, and WHY says what failed. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM. */
int edits_make(const struct edits *e, const char *record, struct buf *why);

/* How many edits RECORD has. */
size_t edits_recorded(const char *record);

/* Undo the LAST edits in RECORD, 0: all, the last first, and remove them from the record. DONE gets
 * a line for each file. RBAC_OK; RBAC_NOTFOUND: there is no record; RBAC_NOMEM, RBAC_SYSTEM. */
int edits_undo(const char *record, size_t last, struct buf *done, struct buf *why);

/* TEXT without the lines that name pam_rbac.so, or, of nsswitch.conf, without the word rbac in the
 * lines of group and initgroups. NULL: out of memory. */
char *edit_take_out(const char *path, const char *text);

#endif
