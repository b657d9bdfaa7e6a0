/*
 * compile.h - make the file of a view from what one transaction of the store sees.
 */
#ifndef RBACCTL_VIEW_COMPILE_H
#define RBACCTL_VIEW_COMPILE_H

#include <stdint.h>

#include "rbacctl/config/source.h"
#include "rbacctl/model/model.h"
#include "rbacctl/host/people/facts.h"
#include "rbacctl/model/role_groups.h"
#include "rbacctl/store/store.h"

struct compile {
	struct store_txn *txn;
	const struct policy *policy;
	const struct policy_sources *sources; /* what POLICY was loaded from */
	const struct facts *facts;
	const struct role_groups *groups;
	int64_t now; /* the publication time, seconds since 1970 */
};

/*
 * Compile the view into the new file PATH, which must not exist, with mode 0644. Reads every record
 * back through common/walk, compares it, and syncs the file. Returns RBAC_OK; or RBAC_NOMEM,
 * RBAC_SYSTEM or RBAC_DAMAGED: then there is no file, and WHY (WHY_SIZE bytes) has the reason.
 */
int compile_view(const struct compile *c, const char *path, char *why, size_t why_size);

/*
 * Compile the same records, but compare them with a view instead of writing them (compare.h).
 * C->now must be the publication time of that view. Returns RBAC_OK after WITH->fn was called for
 * each difference; or an error, with its reason in WHY.
 */
struct comparison;
int compile_compare(const struct compile *c, struct comparison *with, char *why, size_t why_size);

#endif
