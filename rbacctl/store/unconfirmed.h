/*
 * unconfirmed.h - the change that is pending confirmation (`--confirm`), at most one: the row
 * "unconfirmed" of T_META. The transaction of that change writes it, and the change that confirms
 * or reverts it deletes it. The row is in the journal.
 */
#ifndef RBACCTL_STORE_UNCONFIRMED_H
#define RBACCTL_STORE_UNCONFIRMED_H

#include "rbacctl/store/store.h"

#define STORE_UNCONFIRMED "unconfirmed"

/* The texts borrow the transaction. */
struct store_unconfirmed {
	uint64_t change;
	int64_t until, until_boot; /* its end: seconds since 1970, and since the boot BOOT_ID */
	const char *boot_id;
	const char *login;  /* the login in which it was made (host/confirm/login.h) */
	const char *person; /* the user who made it, as text */
	const char *verb;
};

/* RBAC_OK, RBAC_NOTFOUND if nothing is pending, or the store's error. */
int store_unconfirmed_get(struct store_txn *t, struct store_unconfirmed *u);
int store_unconfirmed_put(struct store_txn *t, const struct store_unconfirmed *u);
/* RBAC_OK also if nothing is pending. */
int store_unconfirmed_del(struct store_txn *t);

#endif
