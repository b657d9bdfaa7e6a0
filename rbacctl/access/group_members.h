/*
 * group_members.h - the members of a Unix group, as text: the users whose access a change of a
 * %group affects.
 */
#ifndef RBACCTL_ACCESS_GROUP_MEMBERS_H
#define RBACCTL_ACCESS_GROUP_MEMBERS_H

#include "rbacctl/buf.h"

/*
 * Append "3 members of the Unix group devs here (dan, eve, pat)", primary groups included, at most
 * ten of them by name, to OUT. Where a directory need not list all of them, that is said. GROUP:
 * with the %. Reads passwd and group, which may take long: not to be called under the lock of the
 * store. RBAC_OK or RBAC_NOMEM.
 */
int group_members_text(const char *group, struct buf *out);

#endif
