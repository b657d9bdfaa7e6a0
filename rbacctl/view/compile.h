/*
 * compile.h - from the store, in one transaction, to the file of a view.
 */
#ifndef RBACCTL_VIEW_COMPILE_H
#define RBACCTL_VIEW_COMPILE_H

#include <stdint.h>

#include "rbacctl/config/source.h"
#include "rbacctl/model/model.h"
#include "rbacctl/host/facts.h"
#include "rbacctl/model/role_groups.h"
#include "rbacctl/store/store.h"

struct compile {
	struct store_txn *txn;
	const struct policy *policy;
	const struct policy_sources *sources; /* what POLICY was loaded from */
	const struct facts *facts;
	const struct role_groups *groups;
	int64_t now; /* when it is published, seconds */
};

/*
 * Write the view of what the transaction sees into a new file PATH (which must not exist), mode
 * 0644, every record read back through common/walk and compared, synced. On failure the file is
 * removed and WHY (WHY_SIZE bytes) says why. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM, RBAC_DAMAGED.
 */
int compile_view(const struct compile *c, const char *path, char *why, size_t why_size);

/*
 * Compile the same, and compare it record for record with a view instead of writing it (compare.h).
 * C->now: when that view was published. RBAC_OK: what differs has been told; or an error, and WHY.
 */
struct comparison;
int compile_compare(const struct compile *c, struct comparison *with, char *why, size_t why_size);

#endif
