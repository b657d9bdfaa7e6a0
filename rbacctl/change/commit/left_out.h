/*
 * left_out.h - the groups of roles on a member of a fleet. The authority does not know which names
 * and GIDs this host uses. A clash must not prevent a revocation, so this host leaves out a group
 * that clashes.
 */
#ifndef RBACCTL_CHANGE_COMMIT_LEFT_OUT_H
#define RBACCTL_CHANGE_COMMIT_LEFT_OUT_H

#include "rbacctl/host/people/facts.h"
#include "rbacctl/model/role_groups.h"
#include "rbacctl/store/store.h"

/*
 * As role_groups_make(), for the store of T on a host of which F is known. On a member, groups that
 * clash with one another, with /etc/group, or with a GID that was another group's are taken out,
 * and LINES (NULL: not told) gets a line for each. RBAC_INVALID: PROBLEMS says why; on no member.
 */
int left_out_make(struct store_txn *t, const struct policy *p, const struct facts *f,
		  struct role_groups *g, struct problems *problems, struct buf *lines);

#endif
