/*
 * rows.h - parse a CSV file of assignments, without the store.
 */
#ifndef RBACCTL_CHANGE_IMPORT_ROWS_H
#define RBACCTL_CHANGE_IMPORT_ROWS_H

#include "rbacctl/change/import/import.h"

/*
 * Read TEXT (config/csv.h says in which form), which ends with a NUL and is written over: *ROWS (to
 * be freed) and *N are what it says, and borrow TEXT. The columns are user, role, scope, from,
 * until, reason, and all but the first two may be left out; a first line that names user and role,
 * or two other columns, says in which order they stand. A line that is wrong goes to PROBLEMS as
 * one of FILE, and is no row. RBAC_OK also then; RBAC_INVALID: the first line names columns and is
 * wrong, so that nothing behind it can be read; RBAC_NOMEM. NOW: of which day a time without a date
 * is (host/time/local_time.h).
 */
int import_rows_read(char *text, const char *file, int64_t now, struct import_row **rows, size_t *n,
		     struct problems *problems);

/* May R, of ROLE, be made? COVERED: an existing assignment lasts longer. RBAC_OK, or an error with
 * a message. */
int import_row_check(struct change *c, const struct import_row *r, bool covered, int role);

#endif
