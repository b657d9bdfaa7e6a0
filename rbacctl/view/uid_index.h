/*
 * uid_index.h - the records from each recorded uid to its name. One uid is one person: by these
 * records pam_rbac finds out that a name in passwd is a second name. For compile.c and update.c;
 * the functions return as output.h says.
 *
 * rbacctl does not record a uid under a second name, but an older version did. If a store has two
 * names for a uid, the record has the one that was recorded first, by the number of the change and
 * then by name.
 */
#ifndef RBACCTL_VIEW_UID_INDEX_H
#define RBACCTL_VIEW_UID_INDEX_H

#include "common/name.h"
#include "rbacctl/view/output.h"
#include "rbacctl/store/store.h"

struct uid_owner {
	uint32_t uid;
	uint64_t change;
	char *name;
};
struct uid_index {
	struct uid_owner *v;
	size_t n, cap;
};

/* Add a user of the store to U; a user whose uid is not recorded is left out. RBAC_OK or
 * RBAC_NOMEM.
 */
int uid_index_note(struct uid_index *u, const char *name, const struct store_user *record);
void uid_index_free(struct uid_index *u);

/* Write a record for each uid in U, after all records that are there (output_put() with LAST). B is
 * a buffer of the caller that is overwritten. */
int uid_index_put(struct uid_index *u, struct output *o, struct buf *b);

/* In a copy of a view: write the record of UID again from T's store, or remove it if no user has
 * the uid. Reads all users. B as above. */
int uid_index_replace(struct store_txn *t, uint32_t uid, struct output *o, struct buf *b);

#endif
