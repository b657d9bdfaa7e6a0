/*
 * table.h - tables and trees for people (libsmartcols), the same as JSON for programs (jansson).
 *
 *	static const struct table_column columns[] = { { "ROLE", "role", TABLE_TEXT }, ... };
 *	struct table *t = table_new("roles", json, columns, 3);
 *	table_row(t, -1, (const char *[]){ "space-admin", "space", "2" });
 *	err = table_print(t);
 *	table_free(t);
 *
 * In JSON the table is an object with "schema", the number of this form, and NAME, an array of
 * objects with the keys of the columns; a row that has others below it has them in "children".
 * Programs rely on NAME, keys and types (rbacctl(8), "JSON"): a heading may change, they may not.
 * Cells are copied; "-" and "" stand for nothing and are null in JSON. Out of memory shows in
 * table_print.
 */
#ifndef RBACCTL_TABLE_H
#define RBACCTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/terminal.h"

struct table;

struct table_column {
	const char *heading, *key; /* the key: small letters */
	enum table_cells {
		TABLE_TEXT,
		TABLE_NUMBER, /* right-aligned; a number in JSON */
		TABLE_TREE,   /* rows hang below their parents in this column */
		TABLE_LIST,   /* words with one blank between them; an array in JSON */
		TABLE_YES,    /* empty for no; true or false in JSON */
	} cells;
};

/* NULL or a table that fails at the end: out of memory. The columns need not outlive the call. */
struct table *table_new(const char *name, bool json, const struct table_column *columns,
			size_t n_columns);

/* Before the first row: the table is printed without its last N columns. Its rows have their cells
 * all the same. */
void table_hide_last(struct table *t, size_t n);

/* Append a row; PARENT is the number of an earlier row (0 is the first), -1 for none. Returns the
 * row's number. NULL cells are empty. The array has one cell for each column: with more or fewer,
 * table_row_of says so on stderr, takes missing cells as empty, and table_print returns
 * RBAC_SYSTEM, so that the first test that prints the table fails. */
int table_row_of(struct table *t, int parent, const char *const *cells, size_t n_cells);

/* The same for an array whose size the compiler knows, as in the example above. */
#define table_row(t, parent, ...)                                                                  \
	table_row_of((t), (parent), __VA_ARGS__, sizeof(__VA_ARGS__) / sizeof(const char *))

/* Where a terminal has color: row number ROW (-1: none) in C. Nothing in JSON. */
void table_color(struct table *t, int row, enum color c);

size_t table_rows(const struct table *t);

/* On stdout. RBAC_OK, RBAC_NOMEM, or RBAC_SYSTEM when it cannot be written. */
int table_print(struct table *t);
void table_free(struct table *t); /* NULL is fine */

#endif
