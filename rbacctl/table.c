#include "rbacctl/table.h"

#include <jansson.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/buf.h"
#include "rbacctl/complain.h"
#include "rbacctl/plain_text.h"

enum { SCHEMA = 1 };

union row {
	struct libscols_line *line; /* of a table for people */
	json_t *object;             /* of JSON; borrowed from its array */
};

struct table {
	struct libscols_table *tb; /* NULL: JSON */
	json_t *json, *top;        /* the whole; its array of rows, borrowed */
	struct table_column *columns;
	union row *rows;
	size_t n, cap, n_columns, n_shown;
	bool failed, wrong; /* wrong: a row had too many cells, or too few */
};

static bool add_column(struct table *t, const struct table_column *column)
{
	int flags = column->cells == TABLE_NUMBER ? SCOLS_FL_RIGHT
		    : column->cells == TABLE_TREE ? SCOLS_FL_TREE
						  : 0;

	struct libscols_column *c = scols_table_new_column(t->tb, column->heading, 0, flags);
	return c && (!terminal_has_color() ||
		     scols_cell_set_color(scols_column_get_header(c), "bold") == 0);
}

static bool begin_json(struct table *t, const char *name)
{
	t->json = json_object();
	t->top = json_array();
	return json_object_set_new(t->json, "schema", json_integer(SCHEMA)) == 0 &&
	       json_object_set_new(t->json, name, t->top) == 0;
}

/* The keys outlive the columns of the caller. */
static bool copy_columns(struct table *t, const struct table_column *columns, size_t n)
{
	t->columns = calloc(n + 1, sizeof *t->columns);
	for (size_t i = 0; t->columns && i < n; i++) {
		t->columns[i] = columns[i];
		t->columns[i].key = strdup(columns[i].key);
		if (!t->columns[i].key)
			return false;
	}
	return t->columns != NULL;
}

struct table *table_new(const char *name, bool json, const struct table_column *columns,
			size_t n_columns)
{
	struct table *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->n_columns = t->n_shown = n_columns;
	t->failed = !copy_columns(t, columns, n_columns);
	if (json) {
		t->failed = t->failed || !begin_json(t, name);
		return t;
	}
	t->tb = scols_new_table();
	t->failed = t->failed || !t->tb || scols_table_set_name(t->tb, name) ||
		    scols_table_enable_colors(t->tb, terminal_has_color());
	for (size_t i = 0; i < n_columns && !t->failed; i++)
		t->failed = !add_column(t, &columns[i]);
	return t;
}

void table_hide_last(struct table *t, size_t n)
{
	if (!t || t->failed)
		return;
	t->n_shown = t->n_columns - n;
	for (size_t i = t->n_shown; t->tb && i < t->n_columns && !t->failed; i++) {
		struct libscols_column *c = scols_table_get_column(t->tb, i);
		t->failed = scols_column_set_flags(c, SCOLS_FL_HIDDEN) != 0;
	}
}

/* ---- rows ---- */

static json_t *words(const char *text)
{
	json_t *list = json_array();

	for (size_t len; *text; text += len + (text[len] == ' ')) {
		len = strcspn(text, " ");
		if (len && json_array_append_new(list, json_stringn(text, len))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* The cell TEXT as JSON has it: no terminal is steered by it, but the ends of lines stay. NULL: out
 * of memory. */
static json_t *json_cell(const struct table_column *column, const char *text)
{
	struct buf shown = { 0 };
	json_t *value = NULL;

	if (column->cells == TABLE_YES)
		return json_boolean(text && *text);
	if (column->cells == TABLE_LIST)
		text = text && strcmp(text, "-") != 0 ? text : "";
	if (!text || strcmp(text, "-") == 0 || (!*text && column->cells != TABLE_LIST))
		return json_null();
	plain_text_lines(&shown, text);
	if (!shown.failed)
		value = column->cells == TABLE_NUMBER ? json_integer(strtoll(text, NULL, 10))
			: column->cells == TABLE_LIST ? words(buf_text(&shown))
						      : json_string(buf_text(&shown));
	buf_free(&shown);
	return value;
}

/* A new object in the array of rows, or in "children" of PARENT. NULL: out of memory. */
static json_t *json_row(const struct table *t, json_t *parent, const char *const *cells)
{
	json_t *row = json_object(), *into = parent ? json_object_get(parent, "children") : t->top;
	bool ok = row != NULL;

	if (parent && !into) {
		into = json_array();
		ok = json_object_set_new(parent, "children", into) == 0;
	}
	for (size_t i = 0; i < t->n_shown && ok; i++)
		ok = json_object_set_new(row, t->columns[i].key,
					 json_cell(&t->columns[i], cells[i])) == 0;
	if (ok && json_array_append_new(into, row) == 0)
		return row;
	if (!ok)
		json_decref(row);
	return NULL;
}

static bool set_cell(struct libscols_line *ln, size_t column, const char *text)
{
	struct buf shown = { 0 };
	plain_text_escape(&shown, text);
	bool ok = !shown.failed && scols_line_set_data(ln, column, buf_text(&shown)) == 0;
	buf_free(&shown);
	return ok;
}

static struct libscols_line *line_row(const struct table *t, struct libscols_line *parent,
				      const char *const *cells)
{
	struct libscols_line *ln = scols_table_new_line(t->tb, parent);

	for (size_t i = 0; ln && i < t->n_shown; i++)
		if (cells[i] && !set_cell(ln, i, cells[i]))
			return NULL;
	return ln;
}

/* CELLS with an empty cell for each that is missing; NULL: out of memory. To be freed. */
static const char **as_many_cells(struct table *t, const char *const *cells, size_t n)
{
	const char **all = calloc(t->n_columns + 1, sizeof *all);

	t->wrong = true;
	complain("a row of %zu cells in a table of %zu columns: this is a fault of rbacctl", n,
		 t->n_columns);
	for (size_t i = 0; all && i < n && i < t->n_columns; i++)
		all[i] = cells[i];
	return all;
}

static int add_row(struct table *t, int parent, const char *const *cells)
{
	if (!buf_room(&t->rows, t->n, &t->cap, sizeof *t->rows)) {
		t->failed = true;
		return -1;
	}
	bool below = parent >= 0 && (size_t)parent < t->n;
	union row *row = &t->rows[t->n];
	if (t->json) {
		row->object = json_row(t, below ? t->rows[parent].object : NULL, cells);
		t->failed = !row->object;
	} else {
		row->line = line_row(t, below ? t->rows[parent].line : NULL, cells);
		t->failed = !row->line;
	}
	return t->failed ? -1 : (int)t->n++;
}

int table_row_of(struct table *t, int parent, const char *const *cells, size_t n_cells)
{
	if (!t || t->failed)
		return -1;
	if (n_cells == t->n_columns)
		return add_row(t, parent, cells);
	const char **all = as_many_cells(t, cells, n_cells);
	t->failed = !all;
	int at = all ? add_row(t, parent, all) : -1;
	free(all);
	return at;
}

void table_color(struct table *t, int row, enum color c)
{
	if (t && !t->failed && !t->json && row >= 0 && (size_t)row < t->n)
		t->failed = scols_line_set_color(t->rows[row].line, terminal_color_name(c)) != 0;
}

size_t table_rows(const struct table *t)
{
	return t ? t->n : 0;
}

int table_print(struct table *t)
{
	if (!t || t->failed)
		return RBAC_NOMEM;
	if (t->json && (json_dumpf(t->json, stdout, JSON_INDENT(2)) || putchar('\n') == EOF))
		return RBAC_SYSTEM;
	if ((!t->json && scols_print_table(t->tb) < 0) || fflush(stdout) != 0 || ferror(stdout))
		return RBAC_SYSTEM;
	return t->wrong ? RBAC_SYSTEM : RBAC_OK;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	scols_unref_table(t->tb);
	json_decref(t->json);
	for (size_t i = 0; t->columns && i < t->n_columns; i++)
		free((char *)t->columns[i].key);
	free(t->columns);
	free(t->rows);
	free(t);
}
