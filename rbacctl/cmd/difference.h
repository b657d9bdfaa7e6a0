/*
 * difference.h - two policies side by side, and two views: what a change of policy says, and whom it touches.
 */
#ifndef RBACCTL_CMD_DIFFERENCE_H
#define RBACCTL_CMD_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/look.h"
#include "rbacctl/policy/model.h"

/* Print a line for each thing that is otherwise in NEW, by file and line. Returns how many. */
size_t difference_policies(const struct policy *old, const struct policy *new);

/*
 * Print who gains or loses a service, a group, administration between the view OLD and the one at the path NEW; "effect: nobody
 * ..." when nobody does. RBAC_OK, or why a view cannot be read.
 */
int difference_effects(const struct look *old, const char *new, int64_t now);

#endif
