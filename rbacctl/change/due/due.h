/*
 * due.h - what `due` has to do now: notify users of a request or of a grant that ends, and end
 * sessions. It is computed from the requests and assignments of the store, so no notice is lost if
 * `due` does not run for a week, and none is sent twice: a notice (store's notice.h) stays for
 * NOTICE_KEEP after it was made.
 */
#ifndef RBACCTL_CHANGE_DUE_DUE_H
#define RBACCTL_CHANGE_DUE_DUE_H

#include "rbacctl/change/rules/due_list.h"

/*
 * Find the notices that are to be recorded now and are not yet, into *OUT (free it in any case).
 * *STALE: the note of when that was looked at last lies in the future, because the clock was set
 * back. RBAC_OK or an error with a message.
 */
int change_due_find(struct change *c, struct due_list *out, bool *stale);

/* Record these notices, and the uses of an exemption in FOUND (exempt.h). An act, as those of
 * change.h. */
struct exempt_uses;
int change_due(struct change *c, const struct exempt_uses *found);

/* If `due` runs on this host: record the notices that it would find, before an act removes the rows
 * that they are computed from. Part of that act. */
int change_due_settle(struct change *c);

/*
 * Without a lock: is there something to write down (*MAKE)? What is written down and is to be
 * delivered now goes into *OUT, and C->p has the settings of `notify`; the
 * caller closes C, whose transaction has ended. RBAC_OK or an error with a message.
 */
int change_due_look(struct change *c, struct invocation *a, const struct exempt_uses *found,
		    bool *make, struct due_list *out);

/* The notices that NOTICE_TRIES tries did not deliver, from the store in the folder STORE, into
 * *OUT. RBAC_OK, or an error; nothing is locked. */
int due_failed(const char *store, struct due_list *out);

/* When the grants of ROLE to PERSON began which ended at the instant END without a gap, by the
 * store in the folder STORE; 0: it does not say. */
int64_t due_began(const char *store, const char *person, const char *role, int64_t end);

/* Record what became of the notices in L: their LEFT, NEXT, TRIES and WHY are written. An act. */
int change_due_record(struct change *c, const struct due_list *l);

#endif
