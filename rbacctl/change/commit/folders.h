/*
 * folders.h - the folders of the store and the view, for transaction.c.
 */
#ifndef RBACCTL_CHANGE_COMMIT_FOLDERS_H
#define RBACCTL_CHANGE_COMMIT_FOLDERS_H

#include "rbacctl/change/change.h"

/* The state folder is there; with CREATE it is made, and C notes what was. RBAC_OK or an error with
 * a message. */
int change_need_folder(struct change *c, bool create);

/* An init that fails leaves nothing of a store, and no folder that it made. */
void change_remove_new(struct change *c);

#endif
