/*
 * difference.h - two policies side by side, and two views: what a change of policy says, and whom
 * it touches.
 */
#ifndef RBACCTL_CMD_DIFFERENCE_H
#define RBACCTL_CMD_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/access/snapshot.h"
#include "rbacctl/model/model.h"

/* Print a line for each thing that is otherwise in NEW, by file and line. Returns how many. */
size_t difference_policies(const struct policy *old, const struct policy *new);

/*
 * impact.c: print who gains or loses a service, a group, administration between the view OLD and
 * the one at the path NEW; "effect: nobody ..." when nobody does. Users who were never recorded are
 * counted where they are named or are members of a Unix group that counts (members.h). ME, NULL for
 * none, is told when they lose a login of their own. RBAC_OK, or the error that has been said on
 * stderr.
 */
int difference_effects(const struct snapshot *old, const char *new, const char *me, int64_t now);

#endif
