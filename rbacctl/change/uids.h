/*
 * uids.h - the recorded names of each uid, to find the second name of one person. A hash table, for
 * changes that record many.
 */
#ifndef RBACCTL_CHANGE_UIDS_H
#define RBACCTL_CHANGE_UIDS_H

#include <stddef.h>
#include <stdint.h>

#include "rbacctl/store/store.h"

struct uid_name {
	uint32_t uid;
	char *name;
}; /* NAME NULL: a free slot */
struct uids {
	struct uid_name *slots;
	size_t n_slots, n;
};

/* Every recorded user that has a uid. U all zeros before. RBAC_OK, RBAC_NOMEM, or the store's
 * error. To be freed in any case. */
int uids_read(struct uids *u, struct store_txn *t);

/* RBAC_OK or RBAC_NOMEM. */
int uids_add(struct uids *u, uint32_t uid, const char *name);

/* A recorded name of UID other than NAME and ALSO (NULL: none); NULL: there is none. It lives as
 * long as U. */
const char *uids_other(const struct uids *u, uint32_t uid, const char *name, const char *also);

void uids_free(struct uids *u);

#endif
