/*
 * gids.h - the groups that roles make on the members of a fleet: what clashes is told on the
 * authority, before anything is published. For the files of this folder.
 */
#ifndef RBACCTL_CHANGE_FLEET_GIDS_H
#define RBACCTL_CHANGE_FLEET_GIDS_H

#include "rbacctl/change/internal.h"

/*
 * Would C's policy make two groups of one gid on any host of the fleet, or of one that was given
 * before? MORE: also with a member of this scope (NULL: none). RBAC_OK, also where this host is not
 * an authority; RBAC_INVALID with what would help in PROBLEMS; or the store's error with a message.
 */
int fleet_gids_check(struct change *c, const char *more, struct problems *problems);

#endif
