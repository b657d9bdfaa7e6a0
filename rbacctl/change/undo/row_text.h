/*
 * row_text.h - a row that a change wrote, as a line of the log says it.
 */
#ifndef RBACCTL_CHANGE_UNDO_ROW_TEXT_H
#define RBACCTL_CHANGE_UNDO_ROW_TEXT_H

#include "rbacctl/buf.h"
#include "rbacctl/store/rows.h"

/*
 * Append lines for ROW, each with its end: "bob -member at space:main/web id 4", "user +bob uid
 * 1002", "scope space:main/web owner alice -> carol". A row that people do not count (the last id,
 * the baseline) has none. RBAC_OK, or RBAC_DAMAGED for a row that cannot be read.
 */
int row_text(const struct store_row *row, struct buf *out);

#endif
