/*
 * table.h - tables and trees for people, the same as JSON for programs (libsmartcols).
 *
 *	struct table *t = table_new("roles", json, 3, (const char *[]){ "ROLE", "KIND", "HOLDERS"
 *}); table_row(t, -1, (const char *[]){ "space-admin", "space", "2" }); err = table_print(t);
 *	table_free(t);
 *
 * In JSON the table is an object with one member, NAME, an array of objects with the columns' names
 *in lower case. Cells are copied; "-" stands for nothing and is null in JSON. Out of memory shows
 *in table_print.
 */
#ifndef RBACCTL_TABLE_H
#define RBACCTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct table;

struct table *table_new(const char *name, bool json, size_t n_columns, const char *const *columns);
void table_number(struct table *t, size_t column); /* right-aligned; a number in JSON */
void table_tree(struct table *t, size_t column); /* rows hang below their parents in this column */

/* Append a row; PARENT is the number of an earlier row (0 is the first), -1 for none. Returns the
 * row's number. NULL cells are empty. */
int table_row(struct table *t, int parent, const char *const *cells);

size_t table_rows(const struct table *t);

/* On stdout. RBAC_OK, RBAC_NOMEM, or RBAC_SYSTEM when it cannot be written. */
int table_print(struct table *t);
void table_free(struct table *t); /* NULL is fine */

#endif
