/*
 * rollback.h - rows of the journal written back, for rollback and for a look at the store as it
 * was. For this folder only.
 */
#ifndef RBACCTL_CHANGE_UNDO_ROLLBACK_H
#define RBACCTL_CHANGE_UNDO_ROLLBACK_H

#include "rbacctl/change/internal.h"
#include "rbacctl/store/rows.h"

/*
 * Write AFTER of ROW, of which the store has BEFORE, with the indexes that belong to it. Of groups
 * only one that was renamed gets its old name back, with its GID, and a GID that was given stays
 * given; rows of other tables are left alone. The store's error.
 */
int rollback_put_row(struct change *c, const struct store_row *row);

/*
 * Write AFTER of all ROWS, with the indexes that belong to them, in a transaction that is not to be
 * committed: no rule is asked, groups and the applied policy go back too. The store's error.
 */
int rollback_put_all(struct change *c, const struct store_rows *rows);

#endif
