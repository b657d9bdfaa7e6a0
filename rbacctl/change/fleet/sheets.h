/*
 * sheets.h - the records of a sheet from the rows of the authority's store. For push.
 */
#ifndef RBACCTL_CHANGE_FLEET_SHEETS_H
#define RBACCTL_CHANGE_FLEET_SHEETS_H

#include "rbacctl/fleet/chunk.h"
#include "rbacctl/store/fleet.h"

/* What T's store says of exactly the scope NAME: H's exists, created, owner and plan, which borrow
 * the transaction, and its assignments into R. UIDS: also the recorded UID of each user who holds
 * or owns something there. */
int fleet_sheet_of_scope(struct store_txn *t, const char *name, bool uids, struct fleet_head *h,
			 struct fleet_records *r);

/* The content that counts on every host: the policy (rbac.conf and policy.d), who is suspended,
 * every GID. */
int fleet_sheet_of_fleet(struct store_txn *t, struct fleet_records *r);

#endif
