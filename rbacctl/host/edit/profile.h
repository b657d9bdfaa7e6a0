/*
 * profile.h - files that another program writes from a profile: pam-auth-update those that
 * services take in on Debian, authselect those and nsswitch.conf on Fedora and RHEL.
 */
#ifndef RBACCTL_HOST_EDIT_PROFILE_H
#define RBACCTL_HOST_EDIT_PROFILE_H

#include "rbacctl/host/edit/edit.h"

enum edit_maker {
	EDIT_MAKER_NONE, /* whoever edits the file */
	EDIT_MAKER_PAM_AUTH_UPDATE,
	EDIT_MAKER_AUTHSELECT,
	EDIT_MAKER_LINK /* the file is a symbolic link to one that is not known here */
};

/* Who writes the file at PATH, whose text is TEXT? */
enum edit_maker edit_maker_of(const char *path, const char *text);

/*
 * Enable the profile of pam-auth-update that puts our line into PATH, whose text is TEXT. RBAC_OK;
 * RBAC_REFUSED: the profile is not installed, WHY says what to do; RBAC_NOMEM.
 */
int edit_by_pam_auth_update(struct edits *e, const char *path, const char *text, struct buf *why);

/*
 * The file NAME ("nsswitch.conf") of the profile that authselect goes by is edited: *PATH gets
 * where that is, *TEXT what is in it now, both to be freed. A vendor's profile is not changed: a
 * custom one that is based on it takes its place. RBAC_OK; RBAC_REFUSED, RBAC_SYSTEM: WHY says why;
 * RBAC_NOMEM.
 */
int edit_authselect_file(struct edits *e, const char *name, char **path, char **text,
			 struct buf *why);

/* RBAC_REFUSED, and WHY says that PATH is a link, and that WHAT is to be put into its target. */
int edit_refuse_link(const char *path, const char *what, struct buf *why);

#endif
