/* The records of the journal: written when a change is appended to the chain, and read. */
#include "rbacctl/store/journal.h"

#include <sodium.h>
#include <string.h>

#include "rbacctl/store/journal_code.h"
#include "rbacctl/store/journal_note.h"
#include "rbacctl/store/rows.h"

/* Bytes that are noted do not move any more. */
static MDB_val value(const struct journal_notes *notes, const struct noted_value *v)
{
	return v->there ? (MDB_val){ v->len, notes->bytes.p + v->at } : (MDB_val){ 0 };
}

/* The rows of one table, by key, each once. They borrow NOTES. */
static int settle(const struct journal_notes *notes, enum store_table table,
		  struct store_rows *rows)
{
	const struct noted_rows *from = &notes->of[table];

	for (size_t i = 0; i < from->n; i++) {
		if (!buf_room(&rows->v, rows->n, &rows->cap, sizeof(*rows->v)))
			return RBAC_NOMEM;
		rows->v[rows->n++] = (struct store_row){
			.table = table,
			.key = value(notes, &from->v[i].key),
			.before = value(notes, &from->v[i].before),
			.after = value(notes, &from->v[i].after),
		};
	}
	return store_rows_settle(rows) ? RBAC_OK : RBAC_NOMEM;
}

static int encode(const struct journal_notes *notes, struct buf *out)
{
	struct journal_coder coder = { 0 };
	int err = RBAC_OK;

	for (int i = 0; i < STORE_TABLES && !err; i++) {
		struct store_rows rows = { 0 };
		err = settle(notes, (enum store_table)i, &rows);
		for (size_t j = 0; j < rows.n && !err; j++)
			journal_encode(&coder, &rows.v[j], out);
		store_rows_free(&rows);
	}
	journal_coder_free(&coder);
	return out->failed ? RBAC_NOMEM : err;
}

static void digest_of(uint8_t digest[STORE_HASH], const void *p, size_t len)
{
	crypto_generichash(digest, STORE_HASH, p, len, NULL, 0);
}

int journal_append(struct store_txn *t, uint64_t change, uint8_t digest[STORE_HASH])
{
	uint8_t key[8];
	struct buf record = { 0 };
	int err = t->notes ? encode(t->notes, &record) : RBAC_OK;

	if (!err && !buf_add(&record, 0)) /* a change without rows has an empty record */
		err = RBAC_NOMEM;
	if (err)
		err = store_fail(t->s, err, "out of memory");
	if (!err) {
		digest_of(digest, record.p, record.len);
		store_be64(key, change);
		err = store_put(t, T_JOURNAL, key, sizeof(key), record.p, record.len);
	}
	if (!err)
		journal_forget(t);
	buf_free(&record);
	return err;
}

static int record_of(struct store_txn *t, uint64_t change, MDB_val *record)
{
	int err = store_get_at(t, T_JOURNAL, change, record);

	return err == RBAC_NOTFOUND
		       ? store_fail(t->s, err, "there is no change %llu in the journal",
				    (unsigned long long)change)
		       : err;
}

int store_journal_digest(struct store_txn *t, uint64_t change, uint8_t digest[STORE_HASH])
{
	MDB_val record;
	int err = record_of(t, change, &record);

	if (!err)
		digest_of(digest, record.mv_data, record.mv_size);
	return err;
}

int store_journal_each(struct store_txn *t, uint64_t change, store_row_fn *fn, void *ctx)
{
	struct journal_coder coder = { 0 };
	struct store_row row;
	MDB_val record;
	int err = record_of(t, change, &record);

	if (err)
		return err;
	const uint8_t *p = record.mv_data, *end = p + record.mv_size;
	while (!err) {
		int more = journal_decode(&coder, &p, end, &row);
		if (more == RBAC_NOTFOUND)
			break;
		row.change = change;
		err = more ? more : fn(ctx, &row);
	}
	journal_coder_free(&coder);
	return err == RBAC_DAMAGED ? store_fail(t->s, err, "the journal of change %llu is damaged",
						(unsigned long long)change)
				   : err;
}
