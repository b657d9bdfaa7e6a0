/* What several changes come to together, and how the store is to it now. */
#include "rbacctl/store/rows.h"

static int collect(void *ctx, const struct store_row *row)
{
	return store_rows_add(ctx, row) ? RBAC_OK : RBAC_NOMEM;
}

int store_rows_between(struct store_txn *t, uint64_t from, uint64_t to, struct store_rows *rows)
{
	uint64_t generation;

	*rows = (struct store_rows){ 0 };
	int err = store_generation(t, &generation);
	if (!err && (from > to || to > generation))
		err = store_fail(t->s, RBAC_NOTFOUND, "the store ends with change %llu",
				 (unsigned long long)generation);
	for (uint64_t n = from + 1; n <= to && !err; n++)
		err = store_journal_each(t, n, collect, rows);
	if (!err && !store_rows_settle(rows))
		err = RBAC_NOMEM;
	return err == RBAC_NOMEM ? store_fail(t->s, err, "out of memory") : err;
}

int store_row_now(struct store_txn *t, const struct store_row *row, enum row_state *state,
		  MDB_val *now)
{
	MDB_val v = { 0 };
	int err = store_get(t, row->table, row->key.mv_data, row->key.mv_size, &v);

	if (err == RBAC_NOTFOUND)
		v = (MDB_val){ 0 };
	else if (err)
		return err;
	*state = store_same_value(&v, &row->before)  ? ROW_TO_DO
		 : store_same_value(&v, &row->after) ? ROW_DONE
						     : ROW_OTHERWISE;
	if (now)
		*now = v;
	return RBAC_OK;
}
