/*
 * edit.h - the edits of setup, after which a host asks rbac: of nsswitch.conf, and of the PAM file
 * of a service.
 *
 * An edit is worked out first, shown, and then made. A file that rbacctl writes is replaced as a
 * whole, by rename, with its owner and mode, after a copy of it has gone into the folder RECORD. A
 * file that another program writes (pam-auth-update, authselect, groupadd) is changed by a command,
 * and the record has the command that undoes it. edits_undo() puts back what was there: byte for
 * byte where nobody has changed the file since, else by removing only what the edit added.
 */
#ifndef RBACCTL_HOST_EDIT_EDIT_H
#define RBACCTL_HOST_EDIT_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"
#include "rbacctl/host/pam/pam.h"

/* The group that always gets in, where one is asked for. */
#define EDIT_BREAK_GLASS "breakglass"

struct edit {
	char *path;
	bool existed;  /* else the file is made */
	char *before;  /* the whole text; "" where the file did not exist; NULL: of a command
			  after which no file is compared */
	char *after;   /* NULL: a command writes it */
	unsigned line; /* the line that is new; 0: a command writes the file */
	char *added;   /* its text; NULL: nothing to show */
	char *run;     /* the command, words with one blank between them; NULL: none */
	char *undo;    /* the command that undoes RUN; NULL: none */
};

struct edits {
	struct edit *v;
	size_t n, cap;
	struct edit_authselect {
		bool begun;          /* a file of the profile is among the edits */
		bool custom;         /* the profile is the host's own already */
		char profile[100];   /* "sssd", "custom/ours" */
		char features[1000]; /* " with-mkhomedir", or "" */
	} authselect;
};

/*
 * Add the edit of nsswitch.conf after which the groups of roles are seen, and none where they are
 * already. RBAC_OK; RBAC_REFUSED: rbacctl cannot make it, WHY says why and what to do; RBAC_NOMEM,
 * RBAC_SYSTEM (WHY says what cannot be read).
 */
int edit_nsswitch(struct edits *e, struct buf *why);

/*
 * The same for SERVICE: our line before the first line of the account stage, with GROUP as its
 * exempt group (NULL: none). None where a denial of rbac counts already, and GROUP is exempt.
 */
int edit_pam(struct edits *e, const struct pam_folders *f, const char *service, const char *group,
	     struct buf *why);

/* Is SERVICE a file that services take in, and that setup can edit: common-account of
 * pam-auth-update, system-auth and password-auth of authselect? */
bool edit_pam_is_shared(const char *service);

/* The edit that makes GROUP, where the host has none of this name. RBAC_OK, RBAC_NOMEM. */
int edit_group(struct edits *e, const char *group);

/* Add an edit that must come after the others. RBAC_OK, RBAC_NOMEM. */
int edit_end(struct edits *e);

void edits_free(struct edits *e);

/* Make them. RECORD is a folder, made where it is missing. After an error those that were
 * made are undone, and WHY says what failed. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM;
 * RBAC_UNTRUSTED: others than root could have written in RECORD. */
int edits_make(const struct edits *e, const char *record, struct buf *why);

/* How many edits RECORD has. */
size_t edits_recorded(const char *record);

/* Undo the LAST edits in RECORD, 0: all, the last first, and remove them from the record. DONE gets
 * a line for each file. RBAC_OK; RBAC_NOTFOUND: there is no record; RBAC_NOMEM, RBAC_SYSTEM. */
int edits_undo(const char *record, size_t last, struct buf *done, struct buf *why);

/* What edits_undo(RECORD, 0) would do, a line for each edit, into OUT. */
void edits_undo_show(const char *record, struct buf *out);

/* TEXT without the lines that name pam_rbac.so, or, of nsswitch.conf, without the word rbac in the
 * lines of group and initgroups. NULL: out of memory. */
char *edit_take_out(const char *path, const char *text);

#endif
