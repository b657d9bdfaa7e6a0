/*
 * impact.h - whom a change of policy touches: the view in force beside the one that would be.
 */
#ifndef RBACCTL_ACCESS_IMPACT_H
#define RBACCTL_ACCESS_IMPACT_H

#include <stdint.h>

#include "rbacctl/access/snapshot.h"

/*
 * Print who gains or loses a service, a group, administration between the view OLD and
 * the one at the path NEW; "effect: nobody ..." when nobody does. Users who were never recorded are
 * counted where they are named or are members of a Unix group that counts (members.h). ME, NULL for
 * none, is told when they lose a login of their own. RBAC_OK, or the error that has been said on
 * stderr.
 */
int impact_print(const struct snapshot *old, const char *new, const char *me, int64_t now);

#endif
