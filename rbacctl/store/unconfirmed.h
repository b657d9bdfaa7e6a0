/*
 * unconfirmed.h - the change that is to be confirmed, at most one: the row "unconfirmed" of T_META,
 * written in the transaction of that change and deleted by the one that confirms it or takes it
 * back. It is in the journal.
 */
#ifndef RBACCTL_STORE_UNCONFIRMED_H
#define RBACCTL_STORE_UNCONFIRMED_H

#include "rbacctl/store/store.h"

#define STORE_UNCONFIRMED "unconfirmed"

/* The texts borrow the transaction. */
struct store_unconfirmed {
	uint64_t change;
	int64_t until, until_boot; /* seconds: since 1970, and after the boot BOOT_ID */
	const char *boot_id;
	const char *login;  /* that asked for it (host/login.h) */
	const char *person; /* who asked for it, for people */
	const char *verb;
};

/* RBAC_NOTFOUND: nothing is pending. */
int store_unconfirmed_get(struct store_txn *t, struct store_unconfirmed *u);
int store_unconfirmed_put(struct store_txn *t, const struct store_unconfirmed *u);
/* RBAC_OK also where nothing is pending. */
int store_unconfirmed_del(struct store_txn *t);

#endif
