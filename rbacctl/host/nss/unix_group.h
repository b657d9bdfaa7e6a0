/*
 * unix_group.h - what this host calls a Unix group.
 */
#ifndef RBACCTL_HOST_NSS_UNIX_GROUP_H
#define RBACCTL_HOST_NSS_UNIX_GROUP_H

#include <stddef.h>
#include <stdint.h>

/*
 * "%devs", the Unix group GID by the name that this host has for it now; "%gid 2001" where there is
 * none, or where its name is none that a terminal can be shown. SIZE: RBAC_UNIX_GROUP_MAX + 2 is
 * enough.
 */
void unix_group_name(uint32_t gid, char *out, size_t size);

#endif
