/*
 * on_authority.h - what a member of a fleet may change itself: roles that the policy marks local.
 * For the files of this folder; change_local_role() is in change.h.
 */
#ifndef RBACCTL_CHANGE_RULES_ON_AUTHORITY_H
#define RBACCTL_CHANGE_RULES_ON_AUTHORITY_H

#include "rbacctl/change/internal.h"
#include "rbacctl/change/rules/matches.h"

/* RBAC_REFUSED on a member of a fleet: with the line to type on its authority. */
int change_on_authority(struct change *c);

/* The least number of a new assignment: a member's own are apart from the authority's. */
uint64_t change_least_id(struct change *c);

/* On a member: leave what came from the fleet out of M. RBAC_REFUSED, as change_on_authority():
 * nothing else is in it. */
int change_keep_local(struct change *c, struct matches *m);

#endif
