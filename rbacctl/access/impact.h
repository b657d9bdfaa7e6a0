/*
 * impact.h - two views side by side: whom a change of policy touches.
 */
#ifndef RBACCTL_ACCESS_IMPACT_H
#define RBACCTL_ACCESS_IMPACT_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/buf.h"

/*
 * Lines for who gains or loses a service, a group, administration between the views BEFORE and
 * AFTER, into OUT; "effect: nobody ..." when nobody does. Users who were never recorded are counted
 * where they are named or are members of a Unix group that counts (members.h). ME, NULL for none,
 * is told when they lose a login of their own. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM, RBAC_DAMAGED.
 */
int impact_text(const struct snapshot *before, const struct snapshot *after, const char *me,
		int64_t now, struct buf *out);

#endif
