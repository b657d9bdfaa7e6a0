/*
 * exempt.h - the uses of an exemption: logins that no rule allows. Each is open until another
 * person has acknowledged it. The table `exempt`; not in the journal, since the audit records of
 * the changes that write it have all of it.
 */
#ifndef RBACCTL_STORE_EXEMPT_H
#define RBACCTL_STORE_EXEMPT_H

#include "rbacctl/store/store.h"

struct store_use {
	uint64_t id;
	int64_t when;                      /* the session began */
	uint64_t seen;                     /* the change that recorded it */
	uint64_t acked;                    /* that acknowledged it; 0: none yet */
	const char *session;               /* tells it from others: of one boot */
	const char *user, *service, *from; /* FROM: "": not known */
};

int store_use_get(struct store_txn *t, uint64_t id, struct store_use *u); /* RBAC_NOTFOUND */
int store_use_put(struct store_txn *t, const struct store_use *u);
int store_use_del(struct store_txn *t, uint64_t id);

/* By rising id; the texts borrow the transaction. As store_each(). */
typedef int store_use_fn(void *ctx, const struct store_use *u);
int store_uses_all(struct store_txn *t, store_use_fn *fn, void *ctx);

#endif
