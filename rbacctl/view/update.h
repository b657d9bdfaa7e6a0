/*
 * update.h - a small change at scale: a copy of the published view with the records of the touched
 * users and groups rewritten.
 */
#ifndef RBACCTL_VIEW_UPDATE_H
#define RBACCTL_VIEW_UPDATE_H

#include "rbacctl/view/compile.h"

/*
 * From how many users on a small change is an update: design.md, "Store and publish". The gain: an
 * `assign` takes 0.26 x the time that it takes with a compile at 100,000 users (0.21 x its
 * processor time), 0.24 x (0.20 x) at 300,000; docs/performance.md says how that was measured.
 */
enum { UPDATE_USERS = 100000 };

/*
 * Write to PATH what compile_view would write, starting from the view at FROM, which must be that
 * of the generation before the transaction; only what C->txn changed is computed again.
 * RBAC_NOTFOUND: compile from scratch (too many pages lie free, the change is not small or touches
 * a %group, or a fact of this host is not what the copy says: same_facts.h); otherwise as
 * compile_view. On failure PATH is removed.
 */
int update_view(const struct compile *c, const char *from, const char *path, char *why,
		size_t why_size);

#endif
