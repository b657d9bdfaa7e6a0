/*
 * replace.h - a file of this host gets another text, as far as others see it at one instant.
 */
#ifndef RBACCTL_HOST_EDIT_REPLACE_H
#define RBACCTL_HOST_EDIT_REPLACE_H

#include "rbacctl/buf.h"

/*
 * The file at PATH becomes TEXT, by rename. It keeps its owner, mode, access control list and other
 * extended attributes. Where PATH is a symbolic link, the link stays, and the file that it leads to
 * is replaced. RBAC_OK, or RBAC_SYSTEM: WHY says why, and the file is as it was.
 */
int edit_replace(const char *path, const char *text, struct buf *why);

#endif
