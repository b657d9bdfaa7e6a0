/*
 * uids.h - find the recorded names of a uid. One uid is one person (docs/design.md, "Meaning"), but
 * a store from before that rule may have several names for a uid.
 *
 * The first few questions walk the table of users; after that, all users are read into a hash
 * table.
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
	uint64_t change; /* the change that recorded the name */
	char *name;      /* NULL: a free slot; "": the name was removed */
};
struct uids {
	struct uid_name *slots;
	size_t n_slots, n;
	bool read;      /* SLOTS has every recorded user that has a uid */
	unsigned asked; /* how often the table of users was walked */
	bool known;     /* FIRST is the answer of uids_first() for UID */
	uint32_t uid;
	char first[RBAC_USER_MAX + 1];
};

/* Tell U that the caller records a name with UID, or removes one. RBAC_OK or RBAC_NOMEM. */
int uids_add(struct uids *u, uint32_t uid, const char *name, uint64_t change);
void uids_remove(struct uids *u, uint32_t uid, const char *name);

/*
 * Set *OTHER to a recorded name of UID other than NAME and ALSO (may be NULL), or to NULL if there
 * is none. The name borrows U. Returns RBAC_OK, RBAC_NOMEM, or the store's error.
 */
int uids_other(struct uids *u, struct store_txn *t, uint32_t uid, const char *name,
	       const char *also, const char **other);

/*
 * Write the name with which UID was recorded first into OUT (RBAC_USER_MAX + 1 bytes); "": none.
 * Only this name has the roles of the person; pam_rbac uses the same rule (view/uid_index.c).
 * Returns as above.
 */
int uids_first(struct uids *u, struct store_txn *t, uint32_t uid, char *out);

void uids_free(struct uids *u);

#endif
