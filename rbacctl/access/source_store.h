/*
 * source_store.h - the store as a source (source.h): what the open transaction of a change sees.
 */
#ifndef RBACCTL_ACCESS_SOURCE_STORE_H
#define RBACCTL_ACCESS_SOURCE_STORE_H

#include "rbacctl/access/source.h"
#include "rbacctl/store/uids.h"

/* The caller owns all of these. UIDS must match the users that TXN sees (uids.h). KNOWN: Unix
 * groups that were looked up before the store was locked; NULL: none. */
struct source_store {
	struct store_txn *txn;
	struct uids *uids;
	const struct facts_known *known;
};

/* The source borrows CTX and P. */
struct source source_of_store(struct source_store *ctx, const struct policy *p);

#endif
