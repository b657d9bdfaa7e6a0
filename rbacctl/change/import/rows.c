#include "rbacctl/change/import/rows.h"

#include <string.h>
#include <strings.h>

#include "rbacctl/change/acts/acts.h"
#include "rbacctl/change/rules/limits.h"
#include "rbacctl/config/csv.h"
#include "rbacctl/host/time/local_time.h"
#include "rbacctl/plain_text.h"

/* More columns than there are, so that a header can be told what is too much in it. */
enum { USER, ROLE, SCOPE, FROM, UNTIL, REASON, COLUMNS, VALUES_MAX = 32 };

static const char *const names[COLUMNS] = { "user", "role", "scope", "from", "until", "reason" };
static const char in_order[] = "user,role,scope,from,until,reason";

struct reading {
	struct problems *problems;
	const char *file;
	int64_t now;
	unsigned line;
	int column[VALUES_MAX]; /* of each value */
	size_t n_columns;
	struct import_row *rows;
	size_t n, cap;
};

static struct policy_pos here(const struct reading *r)
{
	return (struct policy_pos){ r->file, r->line };
}

static int column_named(const char *name)
{
	for (int i = 0; i < COLUMNS; i++)
		if (strcasecmp(names[i], name) == 0)
			return i;
	return -1;
}

static size_t stored(const struct csv_record *v)
{
	return v->n < v->most ? v->n : v->most;
}

/* Does the line name columns? A user called "user" may have a role called "guest". */
static bool is_header(const struct csv_record *v)
{
	size_t known = 0;

	for (size_t i = 0; i < stored(v); i++)
		known += column_named(v->v[i]) >= 0;
	return known >= 2;
}

static void read_name(struct reading *r, const struct csv_record *v, size_t i, bool seen[COLUMNS])
{
	const char *name = v->v[i];
	int column = column_named(name);

	r->column[i] = column;
	if (column < 0 && *name) {
		const char *near = problem_nearest(name, names, COLUMNS);
		problem_error(r->problems, here(r),
			      "there is no column \"%s\": expected some of %s%s%s%s", name,
			      in_order, near ? "; did you mean \"" : "", near ? near : "",
			      near ? "\"?" : "");
	} else if (column >= 0 && seen[column]) {
		problem_error(r->problems, here(r), "the column \"%s\" is named twice", name);
	}
	if (column >= 0)
		seen[column] = true;
}

static int read_header(struct reading *r, const struct csv_record *v)
{
	bool seen[COLUMNS] = { false };
	size_t before = r->problems->errors;

	r->n_columns = stored(v);
	for (size_t i = 0; i < r->n_columns; i++)
		read_name(r, v, i, seen);
	if (v->n > v->most)
		problem_error(r->problems, here(r), "more than %d columns: expected some of %s",
			      VALUES_MAX, in_order);
	for (int i = USER; i <= ROLE; i++)
		if (!seen[i])
			problem_error(r->problems, here(r),
				      "the line names columns, and none is \"%s\"", names[i]);
	return r->problems->errors > before ? RBAC_INVALID : RBAC_OK;
}

static void read_time(struct reading *r, const char *what, const char *text, int64_t *t)
{
	const char *why;

	if (*text && local_time_parse(text, r->now, t, &why))
		problem_error(r->problems, here(r), "%s \"%s\": %s; or nothing", what, text, why);
}

/* Sort the values of V into COLUMN; false: the line is wrong, and that has been said. */
static bool sort_values(struct reading *r, const struct csv_record *v, const char *column[COLUMNS])
{
	static const char nothing[] = "";
	bool too_many = v->n > v->most;

	for (int i = 0; i < COLUMNS; i++)
		column[i] = nothing;
	for (size_t i = 0; i < stored(v); i++) {
		if (!plain_text_is(v->v[i])) {
			problem_error(r->problems, here(r),
				      "a control character, or not UTF-8: "
				      "expected a line of plain text in UTF-8");
			return false;
		}
		int at = i < r->n_columns ? r->column[i] : -1;
		if (at >= 0)
			column[at] = v->v[i];
		else
			too_many |= v->v[i][0] != '\0';
	}
	if (too_many)
		problem_error(r->problems, here(r),
			      "%zu values, and there are %zu columns; a value with a separator in "
			      "it needs quotes",
			      v->n, r->n_columns);
	return !too_many;
}

static int read_row(struct reading *r, const struct csv_record *v)
{
	const char *column[COLUMNS];
	size_t before = r->problems->errors;

	if (!sort_values(r, v, column))
		return RBAC_OK;
	if (!*column[USER] || !*column[ROLE]) {
		problem_error(r->problems, here(r),
			      "the %s is missing: expected %s (the last four may be empty or left "
			      "out)",
			      names[*column[USER] ? ROLE : USER], in_order);
		return RBAC_OK;
	}
	struct import_row row = { .user = column[USER],
				  .role = column[ROLE],
				  .scope = column[SCOPE],
				  .reason = column[REASON],
				  .from = RBAC_TIME_MIN,
				  .until = RBAC_TIME_MAX,
				  .line = r->line,
				  .place = -1 };
	read_time(r, names[FROM], column[FROM], &row.from);
	read_time(r, names[UNTIL], column[UNTIL], &row.until);
	if (strlen(row.reason) > ASSIGN_REASON_MAX)
		problem_error(r->problems, here(r), "the reason has %zu bytes, expected at most %d",
			      strlen(row.reason), ASSIGN_REASON_MAX);
	if (r->problems->errors > before)
		return RBAC_OK;
	if (!buf_room(&r->rows, r->n, &r->cap, sizeof *r->rows))
		return RBAC_NOMEM;
	r->rows[r->n++] = row;
	return RBAC_OK;
}

static int read_all(struct reading *r, char *text)
{
	struct csv csv;
	char *values[VALUES_MAX];
	struct csv_record v = { .v = values, .most = VALUES_MAX };
	bool first = true;
	int err = RBAC_OK;

	csv_begin(&csv, text);
	while (!err && csv_next(&csv, &v)) {
		r->line = csv.line;
		if (v.wrong)
			problem_error(r->problems, here(r), "%s", v.wrong);
		else if (first && is_header(&v))
			err = read_header(r, &v);
		else
			err = read_row(r, &v);
		first = false;
	}
	return err;
}

int import_rows_read(char *text, const char *file, int64_t now, struct import_row **rows, size_t *n,
		     struct problems *problems)
{
	struct reading r = { .problems = problems, .file = file, .now = now, .n_columns = COLUMNS };

	for (int i = 0; i < COLUMNS; i++)
		r.column[i] = i;
	int err = read_all(&r, text);
	*rows = r.rows;
	*n = r.n;
	return err;
}

int import_row_check(struct change *c, const struct import_row *r, bool covered, int role)
{
	const struct assign_request q = { .subject = r->user,
					  .role = r->role,
					  .scope = r->scope,
					  .until = r->until,
					  .reason = r->reason };
	if (covered)
		return change_fail(c, RBAC_CONFLICT,
				   "%s already holds %s at %s for longer: "
				   "this would change nothing; to shorten it, "
				   "assign it with --replace",
				   r->user, r->role, r->scope);
	int err = change_check_window(c, r->from, r->until);
	return err ? err : change_check_asked(c, &q, role);
}
