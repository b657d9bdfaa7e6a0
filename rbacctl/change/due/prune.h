/*
 * prune.h - `prune`: remove the assignments that can never count again, and those that another one
 * makes superfluous.
 *
 * Ended: the window is over (its end is now or before). Superseded: another assignment of the same
 * subject, role and scope is in force during all of what is still to come of this one; windows that
 * only together cover it do not supersede it. Of two that cover each other, the one of a file
 * stays, else the one with the lower id.
 *
 * An assignment that a line of a file makes is never taken away: the next apply would make it
 * again.
 */
#ifndef RBACCTL_CHANGE_DUE_PRUNE_H
#define RBACCTL_CHANGE_DUE_PRUNE_H

#include "rbacctl/change/change.h"

struct prune_count {
	size_t ended, superseded; /* taken away */
	size_t of_files;          /* ended, and made by a line of a file */
};

/*
 * Only root. C->done gets a line for each: "bob -member at space:main/web id 4 ended
 * 2026-01-05T10:00:00Z", or "superseded by id 7". C->nothing is set where there is none; *OUT says
 * how many. The caller commits. RBAC_OK, or an error with a message.
 */
int change_prune(struct change *c, struct prune_count *out);

#endif
