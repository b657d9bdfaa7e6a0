/*
 * update.h - for a small change in a large store: copy the published view, and rewrite the records
 * of the users and scopes that the change affects.
 */
#ifndef RBACCTL_VIEW_UPDATE_H
#define RBACCTL_VIEW_UPDATE_H

#include "rbacctl/view/compile.h"

/*
 * A small change is an update if the store has at least this many users (docs/design.md, "Store and
 * publish"). The gain: at 100,000 users an `assign` takes 0.26 x the time that it takes with a
 * compile (0.21 x the processor time), at 300,000 users 0.24 x (0.20 x). docs/performance.md says
 * how that was measured.
 */
enum { UPDATE_USERS = 100000 };

/*
 * Write to PATH the records that compile_view() would write, starting from the view at FROM, which
 * must be the view of the generation before the transaction. Only the records that C->txn affects
 * are computed again. Returns as compile_view(), or RBAC_NOTFOUND if the view must be compiled: too
 * many pages of FROM are free, the change is not small or affects a %group, or a fact of this host
 * differs from FROM (same_facts.h). After an error there is no file PATH.
 */
int update_view(const struct compile *c, const char *from, const char *path, char *why,
		size_t why_size);

#endif
