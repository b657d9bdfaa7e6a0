/*
 * unconfirmed.h - a change that is reverted unless another login confirms it in time.
 *
 * change_commit() with a->confirm writes the record of it (store/unconfirmed.h) with the change and
 * starts a timer of systemd, or a background process, that runs `rbacctl publish` at the end
 * (host/confirm/timer.h). The next boot runs it too. Every command of root, and every command that
 * opens the store for a change, first reverts a change that is overdue.
 *
 * A revert is a new change: of the rows that the change wrote, those that no later change wrote
 * get their old values. The others stay, and a message names them.
 */
#ifndef RBACCTL_CHANGE_COMMIT_UNCONFIRMED_H
#define RBACCTL_CHANGE_COMMIT_UNCONFIRMED_H

#include "rbacctl/change/change.h"
#include "rbacctl/store/unconfirmed.h"

#define UNCONFIRMED_NAME "rbac-confirm" /* of the timer */

/* ---- for commands ---- */

/* The pending change, for output. */
struct unconfirmed {
	uint64_t change; /* 0: nothing is pending */
	int64_t until;
	bool overdue; /* the next command reverts it, or has failed to */
	char verb[40], person[200];
};
/* RBAC_OK, also where nothing is pending; or the store's error. */
int unconfirmed_read(struct store_txn *t, int64_t now, struct unconfirmed *u);

/*
 * An act: the pending change stays. RBAC_OK; RBAC_NOTFOUND: nothing is pending; RBAC_REFUSED: it is
 * the login that made the change. The messages are set. The caller commits.
 */
int change_confirm(struct change *c);

/* Once that is committed: nothing is pending any more. */
void unconfirmed_disarm(const struct invocation *a);

/* ---- for this folder ---- */

/* The change of C is to be confirmed: write its record. The line for the audit is in C->done, what
 * to type in C->notes. RBAC_REFUSED: another one is pending. */
int unconfirmed_put(struct change *c);

/* Start what reverts it; before the commit, so that none is without. RBAC_OK or RBAC_SYSTEM. */
int unconfirmed_arm(struct change *c);

/* Is there a change that is overdue, in the transaction of C? It is *U. */
bool unconfirmed_is_overdue(struct change *c, struct unconfirmed *u);

/* U could not be reverted in C, because of ERR and the message of C: that message becomes what is
 * told, with what helps. LOG: also into the system's log, as of a command that nobody watches. */
void unconfirmed_not_reverted(struct change *c, const struct unconfirmed *u, int err, bool log);

/*
 * Revert it (revert.c): a change of its own, committed in C, which was opened and has written
 * nothing. C is only to be closed then. RBAC_OK, or an error with a message; what was done is told
 * on stderr.
 */
int change_revert_overdue(struct change *c);

#endif
