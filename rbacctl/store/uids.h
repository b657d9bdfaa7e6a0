/*
 * uids.h - the recorded names of each uid: one uid is one person, and a store of before that rule
 * may have several names for it.
 *
 * A hash table, read when it is needed; for a few questions the table of users is walked instead.
 */
#ifndef RBACCTL_STORE_UIDS_H
#define RBACCTL_STORE_UIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/name.h"
#include "rbacctl/store/store.h"

struct uid_name {
	uint32_t uid;
	uint64_t change; /* that recorded the name */
	char *name;      /* NULL: a free slot; "": the name has gone */
};
struct uids {
	struct uid_name *slots;
	size_t n_slots, n;
	bool read;      /* SLOTS has every recorded user that has a uid */
	unsigned asked; /* how often the table was walked for one uid */
	bool known;     /* FIRST is the answer for UID */
	uint32_t uid;
	char first[RBAC_USER_MAX + 1];
};

/* Add one that is written now, and take one away that goes. RBAC_OK or RBAC_NOMEM. */
int uids_add(struct uids *u, uint32_t uid, const char *name, uint64_t change);
void uids_remove(struct uids *u, uint32_t uid, const char *name);

/*
 * A recorded name of UID other than NAME and ALSO (NULL: none) into *OTHER; NULL: there is none.
 * It lives as long as U. RBAC_OK, RBAC_NOMEM, or the store's error.
 */
int uids_other(struct uids *u, struct store_txn *t, uint32_t uid, const char *name,
	       const char *also, const char **other);

/*
 * Whom UID was recorded for first, into OUT (RBAC_USER_MAX + 1 bytes); "": nobody. For pam_rbac too
 * (view/uid_index.c) only that name has the roles of the person. Errors as above.
 */
int uids_first(struct uids *u, struct store_txn *t, uint32_t uid, char *out);

void uids_free(struct uids *u);

#endif
