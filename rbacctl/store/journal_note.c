/* What a transaction wrote, in memory, until journal_append() makes a record of it. */
#include <stdlib.h>
#include <string.h>

#include "rbacctl/store/journal_note.h"
#include "rbacctl/store/unconfirmed.h"

static const char *const meta_keys[] = { "id", "applied", "baseline", STORE_UNCONFIRMED };

bool store_is_journaled(enum store_table table, const void *key, size_t len)
{
	if (table != T_META)
		return table == T_USER || table == T_SCOPE || table == T_ASSIGN || table == T_GID ||
		       table == T_GIDNAME || table == T_TEXT || table == T_REQUEST ||
		       table == T_PENDING;
	for (size_t i = 0; i < sizeof(meta_keys) / sizeof(*meta_keys); i++)
		if (strlen(meta_keys[i]) == len && memcmp(meta_keys[i], key, len) == 0)
			return true;
	return false;
}

static struct noted_value keep(struct buf *bytes, const MDB_val *v)
{
	struct noted_value kept = { bytes->len, v->mv_size, v->mv_data != NULL };

	if (v->mv_data)
		buf_put(bytes, v->mv_data, v->mv_size);
	return kept;
}

bool journal_note(struct store_txn *t, const struct store_row *row)
{
	if (!t->notes && !(t->notes = calloc(1, sizeof(*t->notes))))
		return false;
	struct journal_notes *notes = t->notes;
	struct noted_rows *rows = &notes->of[row->table];
	if (!buf_room(&rows->v, rows->n, &rows->cap, sizeof(*rows->v)))
		return false;
	struct noted_row r = { keep(&notes->bytes, &row->key), keep(&notes->bytes, &row->before),
			       keep(&notes->bytes, &row->after) };
	if (notes->bytes.failed)
		return false;
	rows->v[rows->n++] = r;
	return true;
}

void journal_forget(struct store_txn *t)
{
	if (!t->notes)
		return;
	for (int i = 0; i < STORE_TABLES; i++)
		free(t->notes->of[i].v);
	buf_free(&t->notes->bytes);
	free(t->notes);
	t->notes = NULL;
}
