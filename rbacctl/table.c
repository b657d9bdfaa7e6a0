#include "rbacctl/table.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/buf.h"
#include "rbacctl/plain_text.h"

struct table {
	struct libscols_table *tb;
	struct libscols_line **lines;
	size_t n, cap, columns;
	bool failed, json;
};

static bool add_column(struct table *t, const struct table_column *column)
{
	static const int flags[] = {
		[TABLE_TEXT] = 0, [TABLE_NUMBER] = SCOLS_FL_RIGHT, [TABLE_TREE] = SCOLS_FL_TREE
	};
	struct libscols_column *c = scols_table_new_column(
		t->tb, t->json ? column->key : column->heading, 0, flags[column->cells]);

	return c && (column->cells != TABLE_NUMBER ||
		     scols_column_set_json_type(c, SCOLS_JSON_NUMBER) == 0);
}

struct table *table_new(const char *name, bool json, const struct table_column *columns,
			size_t n_columns)
{
	struct table *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->columns = n_columns;
	t->json = json;
	t->tb = scols_new_table();
	t->failed = !t->tb || scols_table_set_name(t->tb, name) ||
		    scols_table_enable_json(t->tb, json);
	for (size_t i = 0; i < n_columns && !t->failed; i++)
		t->failed = !add_column(t, &columns[i]);
	return t;
}

/* Whatever a cell holds, no terminal is steered by it, and JSON stays JSON: only there do the ends
 * of lines stay. */
static bool set_cell(const struct table *t, struct libscols_line *ln, size_t column,
		     const char *text)
{
	struct buf shown = { 0 };
	(t->json ? plain_text_lines : plain_text_escape)(&shown, text);
	bool ok = !shown.failed && scols_line_set_data(ln, column, buf_text(&shown)) == 0;
	buf_free(&shown);
	return ok;
}

int table_row(struct table *t, int parent, const char *const *cells)
{
	if (!t || t->failed)
		return -1;
	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 32;
		struct libscols_line **v = reallocarray(t->lines, cap, sizeof *v);
		if (!v) {
			t->failed = true;
			return -1;
		}
		t->lines = v;
		t->cap = cap;
	}
	struct libscols_line *ln = scols_table_new_line(
		t->tb, parent >= 0 && (size_t)parent < t->n ? t->lines[parent] : NULL);
	for (size_t i = 0; ln && i < t->columns; i++)
		if (cells[i] && !(t->json && strcmp(cells[i], "-") == 0) &&
		    !set_cell(t, ln, i, cells[i]))
			t->failed = true;
	t->failed |= !ln;
	if (t->failed)
		return -1;
	t->lines[t->n] = ln;
	return (int)t->n++;
}

size_t table_rows(const struct table *t)
{
	return t ? t->n : 0;
}

int table_print(struct table *t)
{
	if (!t || t->failed)
		return RBAC_NOMEM;
	if (scols_print_table(t->tb) < 0 || fflush(stdout) != 0 || ferror(stdout))
		return RBAC_SYSTEM;
	return RBAC_OK;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	scols_unref_table(t->tb);
	free(t->lines);
	free(t);
}
