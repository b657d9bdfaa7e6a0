/*
 * row_name.h - a row of the journal in a few words, for people.
 */
#ifndef RBACCTL_STORE_ROW_NAME_H
#define RBACCTL_STORE_ROW_NAME_H

#include "rbacctl/buf.h"
#include "rbacctl/store/journal.h"

/* Append "assignment 5 (bob member at space:main/web)", "user bob", ... What is no plain text is
 * escaped. */
void store_row_name(const struct store_row *row, struct buf *out);

#endif
