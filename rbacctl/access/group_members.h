/*
 * group_members.h - the members of a Unix group as text. A change of an assignment to a %group
 * affects these users.
 */
#ifndef RBACCTL_ACCESS_GROUP_MEMBERS_H
#define RBACCTL_ACCESS_GROUP_MEMBERS_H

#include "rbacctl/buf.h"

/*
 * Append a text such as "3 members of the Unix group devs here (dan, eve, pat)" to OUT. It counts
 * users whose primary group it is, names at most ten users, and says if a directory may have more
 * members than it lists. GROUP is the name with the %. The function reads passwd and group, which
 * can take long: do not call it while the store is locked. Returns RBAC_OK or RBAC_NOMEM.
 */
int group_members_text(const char *group, struct buf *out);

#endif
