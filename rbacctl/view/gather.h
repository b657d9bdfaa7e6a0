/*
 * gather.h - the facts of the host (host/facts.h) that a view needs: of every Unix group and user
 * that the policy or the store names.
 */
#ifndef RBACCTL_VIEW_GATHER_H
#define RBACCTL_VIEW_GATHER_H

#include <stdint.h>

#include "rbacctl/host/facts.h"
#include "rbacctl/store/store.h"

/*
 * All facts. NOW: seconds, for the end of the zone's table. KNOWN: what was asked before, which is
 * not asked again (NULL: nothing); it outlives F. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM (passwd or group
 * cannot be read), or the store's error. Free F in any case.
 */
int gather_facts(const struct policy *p, struct store_txn *t, int64_t now,
		 const struct facts_known *known, struct facts *f);

/* The Unix groups alone, their members not sorted. */
int gather_groups(const struct policy *p, struct store_txn *t, const struct facts_known *known,
		  struct facts *f);

#endif
