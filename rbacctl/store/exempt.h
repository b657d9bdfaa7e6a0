/*
 * exempt.h - uses of an exemption: logins that only an exemption allowed. A use is open until
 * another person has acknowledged it. The table `exempt` has one row for each. It is not in the
 * journal, because the audit records of the changes that write it have the same facts.
 *
 * The functions return RBAC_OK or the store's error.
 */
#ifndef RBACCTL_STORE_EXEMPT_H
#define RBACCTL_STORE_EXEMPT_H

#include "rbacctl/store/store.h"

struct store_use {
	uint64_t id;
	int64_t when;                      /* when the session began, seconds since 1970 */
	uint64_t seen;                     /* the change that recorded it */
	uint64_t acked;                    /* the change that acknowledged it; 0: none yet */
	const char *session;               /* boot and number: identifies the session */
	const char *user, *service, *from; /* FROM: the remote host; "" if not known */
};

/* The texts of *U borrow the transaction. RBAC_NOTFOUND if there is no use ID. */
int store_use_get(struct store_txn *t, uint64_t id, struct store_use *u);
int store_use_put(struct store_txn *t, const struct store_use *u);
int store_use_del(struct store_txn *t, uint64_t id);

/* Call FN for each use, by rising id, as store_each() does. The texts borrow the transaction. */
typedef int store_use_fn(void *ctx, const struct store_use *u);
int store_uses_all(struct store_txn *t, store_use_fn *fn, void *ctx);

#endif
