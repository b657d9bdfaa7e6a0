/*
 * log_prune.h - `log --prune`: the log begins later, with a signed baseline (store/prune.h).
 *
 * The key (Ed25519) is made at the first prune: log.key in the folder of the store, mode 0600, of
 * root. Root of this host can rewrite the log and sign it. To detect that, compare with what is
 * kept on another host: the public key, which is printed and is in the system's log, or a head of
 * the chain.
 */
#ifndef RBACCTL_CHANGE_UNDO_LOG_PRUNE_H
#define RBACCTL_CHANGE_UNDO_LOG_PRUNE_H

#include "rbacctl/change/change.h"
#include "rbacctl/store/baseline.h"

/*
 * Prune every change before BEFORE: the number of a change, or a time (local_time.h). Only root,
 * only where journal and chain are sound, and not a change that is pending confirmation
 * (unconfirmed.h). C->nothing is set where the log has none of them. The caller commits. RBAC_OK,
 * or an error with a message.
 */
int change_log_prune(struct change *c, const char *before);

/* "the changes up to 41 were pruned from the log", or what else keeps the store from knowing what
 * was before the baseline B, which has a change. Append it. */
void log_prune_text(const struct store_baseline *b, struct buf *out);

/*
 * The last change that was pruned from the log of the store in the folder STORE; 0: none. RBAC_OK
 * or the store's error.
 */
int log_pruned(const char *store, uint64_t *change);

/* Who signed the baseline B of A's store, and is the signature theirs? */
enum log_signed {
	LOG_NOT_PRUNED, /* nothing is signed */
	LOG_SIGNED,     /* by the key of this host */
	LOG_NO_KEY,     /* by its key, which is not on this host */
	LOG_OTHER_KEY,  /* by another key than that of this host */
	LOG_FORGED,     /* not by the key that it names */
};
enum log_signed log_prune_signed(const struct invocation *a, const struct store_baseline *b);

#endif
