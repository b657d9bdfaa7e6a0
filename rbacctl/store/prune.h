/*
 * prune.h - `log --prune`: delete the records of the audit chain and of the journal up to a change.
 * The state of the store after that change becomes the baseline (baseline.h). It is computed from
 * the old baseline and the journal, not from the tables: so `verify` still finds a row that was
 * written without a change.
 *
 * Pruned records cannot be restored. The chain continues from the hash of the baseline. Texts of
 * policies that were applied before stay in the store.
 */
#ifndef RBACCTL_STORE_PRUNE_H
#define RBACCTL_STORE_PRUNE_H

#include "rbacctl/store/baseline.h"

/*
 * Prune the changes up to and including UPTO. UPTO must not be older than the baseline or later
 * than the last change, and must be later than the last prune's. *B gets the new baseline without
 * its signature: the caller signs it and writes it with store_baseline_put(), as a part of a
 * change. *N gets the number of changes that were deleted. Returns RBAC_OK, RBAC_NOTFOUND if UPTO
 * cannot be pruned, RBAC_NOMEM, or the store's error, with its text in store_why().
 */
int store_prune(struct store_txn *t, uint64_t upto, struct store_baseline *b, size_t *n);

#endif
