/*
 * text.h - one policy text of the store, for the files of store/; store.h has those of an apply.
 */
#ifndef RBACCTL_STORE_TEXT_H
#define RBACCTL_STORE_TEXT_H

#include "rbacctl/store/store.h"

enum {
	STORE_TEXT_KEY = 12,    /* bytes: the change, and the number of the file */
	STORE_VERSION_TEXTS = 2 /* the first version whose rows have digests */
};

/* Write TEXT, of LEN bytes, as the file NAME of the row KEY. */
int store_text_put(struct store_txn *t, const uint8_t key[STORE_TEXT_KEY], const char *name,
		   const void *text, size_t len);

/* Is TEXT the content that the row VALUE of T_TEXT was written with? *NAME gets its file. */
bool store_text_is(const MDB_val *value, const void *text, size_t len, const char **name);

/*
 * Name and content of a row of T_TEXT; they borrow the transaction. The content is compared with
 * its digest. RBAC_OK, or RBAC_DAMAGED with words.
 */
int store_text_decode(struct store_txn *t, const MDB_val *value, const char **name, MDB_val *text);

#endif
