/* Does the journal lead from the baseline to the tables? */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/store/baseline.h"
#include "rbacctl/store/row_name.h"
#include "rbacctl/store/text.h"

struct verify {
	struct store_txn *t;
	store_fault_fn *fn;
	void *ctx;
	struct store_baseline baseline;
	struct store_rows rows;      /* of the baseline and of all changes, sorted */
	size_t at;                   /* of ROWS: those before it have been compared */
	enum store_table table;      /* that is being walked */
	struct journal_found *found; /* NULL: nobody asks */
};

__attribute__((format(printf, 2, 0))) static void say(struct verify *v, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	v->fn(v->ctx, text);
}

/* Of the journal itself. */
__attribute__((format(printf, 2, 3))) static void fault(struct verify *v, const char *fmt, ...)
{
	va_list ap;

	if (v->found)
		v->found->unsound++;
	va_start(ap, fmt);
	say(v, fmt, ap);
	va_end(ap);
}

/* ROW of the store is not as the journal has it. */
__attribute__((format(printf, 4, 5))) static int wrong(struct verify *v, struct store_rows *list,
						       const struct store_row *row, const char *fmt,
						       ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(v, fmt, ap);
	va_end(ap);
	return !list || store_rows_add(list, row) ? RBAC_OK : RBAC_NOMEM;
}

static struct store_rows *rows_found(const struct verify *v)
{
	return v->found ? v->found->rows : NULL;
}

/* ---- each change has its journal ---- */

static int on_row(void *ctx, const struct store_row *row)
{
	return store_rows_add(ctx, row) ? RBAC_OK : RBAC_NOMEM;
}

static int on_audit(void *ctx, const struct store_audit *a)
{
	struct verify *v = ctx;
	uint8_t digest[STORE_HASH];

	if (a->change <= v->baseline.change)
		return RBAC_OK;
	int err = store_journal_digest(v->t, a->change, digest);
	if (err == RBAC_NOTFOUND)
		fault(v, "the journal of change %" PRIu64 " is missing", a->change);
	else if (!err && (!a->journal || memcmp(a->journal, digest, STORE_HASH) != 0))
		fault(v, "the journal of change %" PRIu64 " was changed", a->change);
	if (!err)
		err = store_journal_each(v->t, a->change, on_row, &v->rows);
	if (err == RBAC_DAMAGED)
		fault(v, "%s", store_why(v->t->s));
	return err == RBAC_NOTFOUND || err == RBAC_DAMAGED ? RBAC_OK : err;
}

/* Records that belong to no change of the chain. */
static int on_record(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct verify *v = ctx;
	uint8_t hash[STORE_HASH];
	uint64_t change = key->mv_size == 8 ? store_from_be64(key->mv_data) : 0;

	(void)value;
	int err = store_audit_hash(v->t, change, hash);
	if (err == RBAC_NOTFOUND || change <= v->baseline.change) {
		fault(v, "the journal has a change %" PRIu64 " that the audit chain does not have",
		      change);
		return RBAC_OK;
	}
	return err == RBAC_DAMAGED ? RBAC_OK : err;
}

static int read_baseline(struct verify *v)
{
	uint8_t digest[STORE_HASH];
	int err = store_baseline_digest(v->t, digest);

	if (!err && v->baseline.change && memcmp(digest, v->baseline.digest, STORE_HASH) != 0)
		fault(v, "the baseline of change %" PRIu64 " was changed", v->baseline.change);
	return err ? err : store_baseline_rows(v->t, &v->rows);
}

/* ---- row by row ---- */

static const char *name_of(const struct store_row *row, struct buf *b)
{
	buf_reset(b);
	store_row_name(row, b);
	return buf_text(b);
}

/* The change that wrote ROW; of a row of the baseline the one that left it. */
static uint64_t number(const struct verify *v, const struct store_row *row)
{
	return row->change ? row->change : v->baseline.change;
}

/*
 * The end of the rows of one key that begin at FROM; *LAST gets the value that they lead to. A
 * change that did not find what the one before it left is named.
 */
static size_t follow(struct verify *v, size_t from, MDB_val *last)
{
	const struct store_row *rows = v->rows.v;
	struct buf name = { 0 };
	size_t i = from;

	*last = (MDB_val){ 0 };
	for (; i < v->rows.n && store_row_order(&rows[from], &rows[i]) == 0; i++) {
		if (!store_same_value(&rows[i].before, last))
			fault(v,
			      "change %" PRIu64 " found another value of %s than change %" PRIu64
			      " left: a change is missing, or was changed",
			      rows[i].change, name_of(&rows[i], &name),
			      i > from ? number(v, &rows[i - 1]) : v->baseline.change);
		*last = rows[i].after;
	}
	buf_free(&name);
	return i;
}

/* The rows of the journal before ROW (NULL: all that are left of this table): the table does not
 * have them. */
static int pass(struct verify *v, const struct store_row *row)
{
	struct buf name = { 0 };
	MDB_val last;
	int err = RBAC_OK;

	while (!err && v->at < v->rows.n && v->rows.v[v->at].table <= v->table &&
	       (!row || store_row_order(&v->rows.v[v->at], row) < 0)) {
		size_t next = follow(v, v->at, &last);
		const struct store_row *wrote = &v->rows.v[next - 1];
		if (last.mv_data)
			err = wrong(
				v, rows_found(v),
				&(struct store_row){
					.table = wrote->table, .key = wrote->key, .after = last },
				"%s is missing: change %" PRIu64 " %s it, and no change removed it",
				name_of(wrote, &name), number(v, wrote),
				wrote->change ? "wrote" : "left");
		v->at = next;
	}
	buf_free(&name);
	return err;
}

static int on_table(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct verify *v = ctx;
	struct store_row row = { .table = v->table, .key = *key, .after = *value };
	struct buf name = { 0 };
	MDB_val last = { 0 };

	if (!store_is_journaled(v->table, key->mv_data, key->mv_size))
		return RBAC_OK;
	int err = pass(v, &row);
	bool known = v->at < v->rows.n && store_row_order(&v->rows.v[v->at], &row) == 0;
	if (known)
		v->at = follow(v, v->at, &last);
	const struct store_row *wrote = known ? &v->rows.v[v->at - 1] : NULL;
	const struct store_row found = {
		.table = v->table, .key = *key, .before = *value, .after = last
	};
	if (err)
		return err;
	if (!known)
		err = wrong(v, rows_found(v), &found, "%s is in the store, and no change wrote it",
			    name_of(&row, &name));
	else if (!last.mv_data)
		err = wrong(v, rows_found(v), &found,
			    "%s is in the store, although change %" PRIu64 " removed it",
			    name_of(&row, &name), wrote->change);
	else if (!store_same_value(&last, value))
		err = wrong(v, rows_found(v), &found, "%s is not what change %" PRIu64 " %s",
			    name_of(wrote, &name), number(v, wrote),
			    wrote->change ? "wrote" : "left");
	buf_free(&name);
	return err;
}

static int compare(struct verify *v)
{
	int err = store_rows_sort(&v->rows) ? RBAC_OK : RBAC_NOMEM;

	for (int i = 0; i < STORE_TABLES && !err; i++) {
		v->table = (enum store_table)i;
		if (i == T_META || i == T_USER || i == T_SCOPE || i == T_ASSIGN || i == T_GID ||
		    i == T_GIDNAME || i == T_TEXT || i == T_REQUEST || i == T_PENDING)
			err = store_each(v->t, v->table, NULL, 0, on_table, v);
		if (!err)
			err = pass(v, NULL);
	}
	return err;
}

/* ---- texts ---- */

static int on_text(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct verify *v = ctx;
	struct store_row row = { .table = T_TEXT, .key = *key, .after = *value };
	struct buf name = { 0 };
	const char *file;
	MDB_val text;
	int err = store_text_decode(v->t, value, &file, &text);

	if (err == RBAC_DAMAGED)
		err = wrong(v, v->found ? v->found->texts : NULL, &row,
			    "the content of %s is missing or was changed", name_of(&row, &name));
	buf_free(&name);
	return err;
}

int store_journal_verify(struct store_txn *t, store_fault_fn *fn, void *ctx)
{
	return store_journal_compare(t, fn, ctx, NULL);
}

int store_journal_compare(struct store_txn *t, store_fault_fn *fn, void *ctx,
			  struct journal_found *found)
{
	struct verify v = { .t = t, .fn = fn, .ctx = ctx, .found = found };
	int err = store_baseline_get(t, &v.baseline);

	if (t->s->version < STORE_VERSION)
		return RBAC_OK;
	if (!err)
		err = read_baseline(&v);
	if (!err)
		err = store_audit_each(t, v.baseline.change + 1, on_audit, &v);
	if (!err)
		err = store_each(t, T_JOURNAL, NULL, 0, on_record, &v);
	if (!err)
		err = compare(&v);
	if (!err)
		err = store_each(t, T_TEXT, NULL, 0, on_text, &v);
	store_rows_free(&v.rows);
	return err == RBAC_NOMEM ? store_fail(t->s, err, "out of memory") : err;
}
