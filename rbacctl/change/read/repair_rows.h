/*
 * repair_rows.h - `verify --repair`: rows of the store that another program than rbacctl wrote get
 * the values that the journal has for them.
 *
 * Chain and journal must be sound, because they determine the values. The change that does the
 * repair has no rows in the journal, because the journal has these values already. Its text in the
 * log names each row, and the value that was found there. The indexes are built again from the
 * tables. The journal has only the digest of a policy text, so the text is taken from /etc/rbac, if
 * the same file still exists there.
 */
#ifndef RBACCTL_CHANGE_READ_REPAIR_ROWS_H
#define RBACCTL_CHANGE_READ_REPAIR_ROWS_H

#include "rbacctl/change/change.h"

/*
 * After change_open_to_repair_rows(). Only root may. C->nothing is set if there is nothing to
 * repair. The caller commits. RBAC_OK; RBAC_REFUSED: the log is not sound; or another error. After
 * an error C->message is set.
 */
int change_repair_rows(struct change *c);

/* Append the help for a log that was itself changed: lines, without a newline at the end. */
void repair_log_changed_text(const struct invocation *a, struct buf *out);

#endif
