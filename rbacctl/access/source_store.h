/*
 * source_store.h - the store as a source (source.h), for changes: what the open transaction sees.
 */
#ifndef RBACCTL_ACCESS_SOURCE_STORE_H
#define RBACCTL_ACCESS_SOURCE_STORE_H

#include "rbacctl/access/source.h"
#include "rbacctl/store/uids.h"

/* All are the caller's; UIDS goes with the users of TXN (uids.h). KNOWN: the Unix groups that were
 * asked for before the store was locked; NULL: none. */
struct source_store {
	struct store_txn *txn;
	struct uids *uids;
	const struct facts_known *known;
};

/* CTX outlives the source. */
struct source source_of_store(struct source_store *ctx, const struct policy *p);

#endif
