/*
 * new_folder.h - a folder of files that comes whole or not at all.
 */
#ifndef RBACCTL_HOST_NEW_FOLDER_H
#define RBACCTL_HOST_NEW_FOLDER_H

#include "rbacctl/buf.h"
#include "rbacctl/config/source.h"

/*
 * Make the folder PATH with the files of S, whose names may have one folder in them, for root alone
 * (0700, 0600). It is written under another name beside PATH, synced, and renamed; what is killed
 * before that leaves a folder PATH.XXXXXX. RBAC_OK; RBAC_CONFLICT: PATH is there, and no empty
 * folder; RBAC_SYSTEM; RBAC_NOMEM. WHY gets what is wrong.
 */
int new_folder_write(const char *path, const struct policy_sources *s, struct buf *why);

#endif
