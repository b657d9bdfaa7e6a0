/*
 * uid_index.h - the view's index of uids: under which name each one is recorded. One uid is one
 * person, and pam_rbac knows by this index that a name in passwd is a second name. For
 * compile.c and update.c; results as in output.h.
 *
 * rbacctl refuses to record a uid under a second name. If a store has such a pair, an older version
 * wrote it: there the user who was recorded first has the uid, by the number of the change and then
 * by name.
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

/* Note a user of the store; one whose uid was never recorded is left out. RBAC_OK or RBAC_NOMEM. */
int uid_index_note(struct uid_index *u, const char *name, const struct store_user *record);
void uid_index_free(struct uid_index *u);

/* Write a record for each uid noted, after all records that are there (output_put with LAST). B is
 * scratch. */
int uid_index_put(struct uid_index *u, struct output *o, struct buf *b);

/* In a copy: write the record of UID anew by what T's store says now, or take it out. Reads all
 * users. B is scratch. */
int uid_index_replace(struct store_txn *t, uint32_t uid, struct output *o, struct buf *b);

#endif
