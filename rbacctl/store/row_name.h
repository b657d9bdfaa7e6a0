/*
 * row_name.h - a short description of a row of the journal, for messages.
 */
#ifndef RBACCTL_STORE_ROW_NAME_H
#define RBACCTL_STORE_ROW_NAME_H

#include "rbacctl/buf.h"
#include "rbacctl/store/journal.h"

/* Append the description, such as "assignment 5 (bob member at space:main/web)" or "user bob".
 * Control characters are escaped. */
void store_row_name(const struct store_row *row, struct buf *out);

#endif
