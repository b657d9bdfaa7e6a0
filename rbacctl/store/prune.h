/*
 * prune.h - the log begins later: the records of the audit chain and of the journal up to a change
 * go, and what the store was after that change becomes the baseline (baseline.h). The baseline is
 * made of the old one and the journal, not of the tables, so that a row which no change made is
 * still found afterwards.
 *
 * Pruned records cannot be restored. The chain continues from the hash of the baseline. Texts of
 * policies that were applied before stay in the store.
 */
#ifndef RBACCTL_STORE_PRUNE_H
#define RBACCTL_STORE_PRUNE_H

#include "rbacctl/store/baseline.h"

/*
 * Prune up to and including UPTO, which is not older than the baseline, later than what was pruned
 * before, and not later than the last change. *B gets all of the new baseline but its signature;
 * the caller signs it and puts it with store_baseline_put(), in a change that it appends. N: how
 * many changes went. RBAC_OK, RBAC_NOTFOUND where there is no such change to prune, RBAC_NOMEM, or
 * the store's error with words.
 */
int store_prune(struct store_txn *t, uint64_t upto, struct store_baseline *b, size_t *n);

#endif
