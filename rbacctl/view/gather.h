/*
 * gather.h - collect the facts of the host (host/people/facts.h) that a view needs: about every
 * Unix group and user that the policy or the store names.
 */
#ifndef RBACCTL_VIEW_GATHER_H
#define RBACCTL_VIEW_GATHER_H

#include <stdint.h>

#include "rbacctl/host/people/facts.h"
#include "rbacctl/store/store.h"

/*
 * Collect all facts into F. NOW (seconds since 1970) decides where the zone's table ends. KNOWN has
 * answers that were asked for before, and is not asked for again; NULL: none. F borrows KNOWN.
 * Returns RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM if passwd or group cannot be read, or the store's error.
 * Free F in any case.
 */
int gather_facts(const struct policy *p, struct store_txn *t, int64_t now,
		 const struct facts_known *known, struct facts *f);

/* The same, but only the Unix groups, and with their members unsorted. */
int gather_groups(const struct policy *p, struct store_txn *t, const struct facts_known *known,
		  struct facts *f);

#endif
