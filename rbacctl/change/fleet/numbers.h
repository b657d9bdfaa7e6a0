/*
 * numbers.h - which change touched each sheet last: read off the journal. For push.
 */
#ifndef RBACCTL_CHANGE_FLEET_NUMBERS_H
#define RBACCTL_CHANGE_FLEET_NUMBERS_H

#include "rbacctl/store/fleet.h"

/*
 * Bring the numbers of the sheets in T's store to its generation. Where the journal no longer has a
 * change (log --prune), every sheet gets the generation. RBAC_OK or the store's error.
 */
int fleet_numbers_update(struct store_txn *t);

#endif
