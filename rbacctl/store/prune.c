#include "rbacctl/store/prune.h"

static int collect(void *ctx, const struct store_row *row)
{
	return store_rows_add(ctx, row) ? RBAC_OK : RBAC_NOMEM;
}

/* What the store was after UPTO, by the baseline B and the journal. */
static int rows_after(struct store_txn *t, const struct store_baseline *b, uint64_t upto,
		      struct store_rows *rows)
{
	int err = store_baseline_rows(t, rows);

	for (uint64_t n = b->change + 1; n <= upto && !err; n++)
		err = store_journal_each(t, n, collect, rows);
	if (!err && !store_rows_settle(rows))
		err = RBAC_NOMEM;
	return err == RBAC_NOMEM ? store_fail(t->s, err, "out of memory") : err;
}

/* The records of changes up to UPTO. Those from before the journal begin earlier than the baseline,
 * and have none in it. */
static int drop(struct store_txn *t, enum store_table table, uint64_t from, uint64_t upto,
		size_t *n)
{
	int err = RBAC_OK;

	for (uint64_t i = from; i <= upto && !err; i++) {
		uint8_t key[8];
		store_be64(key, i);
		err = store_del(t, table, key, sizeof(key));
		*n += !err;
		if (err == RBAC_NOTFOUND)
			err = RBAC_OK;
	}
	return err;
}

int store_prune(struct store_txn *t, uint64_t upto, struct store_baseline *b, size_t *n)
{
	struct store_rows rows = { 0 };
	struct store_baseline old;
	uint64_t generation;
	size_t journaled = 0;
	int err = store_baseline_get(t, &old);

	*n = 0;
	*b = (struct store_baseline){ .change = upto, .pruned = true };
	if (!err)
		err = store_generation(t, &generation);
	if (!err && (upto < old.change + old.pruned || upto == 0 || upto > generation))
		err = store_fail(t->s, RBAC_NOTFOUND, "the log has no change %llu to prune",
				 (unsigned long long)upto);
	if (!err)
		err = store_audit_hash(t, upto, b->chain);
	if (!err)
		err = rows_after(t, &old, upto, &rows);
	if (!err)
		err = store_baseline_write(t, &rows, b->digest);
	store_rows_free(&rows);
	if (!err)
		err = drop(t, T_AUDIT, old.pruned ? old.change + 1 : 1, upto, n);
	return err ? err : drop(t, T_JOURNAL, old.change + 1, upto, &journaled);
}
