/*
 * mend.h - `verify --repair`: rows of the store that something else than rbacctl wrote become again
 * what the journal says.
 *
 * The chain and the journal must be sound: they say what is right. The change that does it has no
 * rows of its own in the journal, since the journal has them already; its text in the log names
 * each row, and what was found there. The indexes are made anew from the tables. The content of a
 * policy text, which the journal has by its digest alone, is taken from /etc/rbac where the same
 * file is still there.
 */
#ifndef RBACCTL_CHANGE_MEND_H
#define RBACCTL_CHANGE_MEND_H

#include "rbacctl/change/change.h"

/*
 * After change_open_to_mend(). Only root. C->nothing is set where all is well. The caller commits.
 * RBAC_OK; RBAC_REFUSED where the log is not sound; or an error, each with a message.
 */
int change_mend(struct change *c);

/* The help for a log that was itself changed: lines, without the last end. */
void mend_words_log_changed(const struct invocation *a, struct buf *out);

#endif
