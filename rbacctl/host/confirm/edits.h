/*
 * edits.h - edits of setup that are pending confirmation: the file FOLDER/setup.confirm,
 * written before the first of them is made.
 */
#ifndef RBACCTL_HOST_CONFIRM_EDITS_H
#define RBACCTL_HOST_CONFIRM_EDITS_H

#include <stddef.h>

#include "rbacctl/buf.h"
#include "rbacctl/host/confirm/deadline.h"
#include "rbacctl/host/confirm/login.h"

#define EDIT_CONFIRM_NAME "rbac-confirm-setup" /* of what waits for the end (timer.h) */

struct edit_confirm {
	size_t first; /* how many edits the record had before them (edits_recorded()) */
	struct deadline until;
	char login[LOGIN_MAX]; /* that made them */
	char person[200];
};

/* RBAC_OK; RBAC_NOTFOUND: none wait; RBAC_DAMAGED: the file is not whole; RBAC_UNTRUSTED:
 * others than root could have written it; RBAC_SYSTEM, with errno set. */
int edit_confirm_read(const char *folder, struct edit_confirm *c);

/* RBAC_OK; RBAC_NOMEM, RBAC_SYSTEM: WHY says what failed. */
int edit_confirm_write(const char *folder, const struct edit_confirm *c, struct buf *why);

/* They stay, or are undone. RBAC_OK also where there is no such file; RBAC_SYSTEM with errno set.
 */
int edit_confirm_remove(const char *folder);

#endif
