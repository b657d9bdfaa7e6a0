/*
 * text.h - read and write one policy text of the store. Private to rbacctl/store; store.h has the
 * functions for all texts of a policy.
 */
#ifndef RBACCTL_STORE_TEXT_H
#define RBACCTL_STORE_TEXT_H

#include "rbacctl/store/store.h"

enum {
	STORE_TEXT_KEY = 12,    /* bytes: the change (8), and the number of the file (4) */
	STORE_VERSION_TEXTS = 2 /* the first store version whose rows have digests */
};

/* Write the row KEY: the file NAME with the LEN bytes at TEXT. RBAC_OK or the store's error. */
int store_text_put(struct store_txn *t, const uint8_t key[STORE_TEXT_KEY], const char *name,
		   const void *text, size_t len);

/* Does the row VALUE of T_TEXT have the digest of TEXT? *NAME gets its file name. */
bool store_text_is(const MDB_val *value, const void *text, size_t len, const char **name);

/*
 * Get name and content of the row VALUE of T_TEXT, and check the content against its digest. Both
 * borrow the transaction. Returns RBAC_OK; or RBAC_DAMAGED, with its text in store_why().
 */
int store_text_decode(struct store_txn *t, const MDB_val *value, const char **name, MDB_val *text);

#endif
