/*
 * rows.h - a list of rows, which owns their bytes; and the sum of several changes as such a list.
 *
 * To revert change N, also if later changes were made:
 *
 *	struct store_rows rows;
 *	int err = store_rows_between(t, n - 1, n, &rows);   what change N did
 *	store_rows_invert(&rows);                           what would revert it
 *	for each row: store_row_now() says whether it can still be reverted
 *
 * To go back to the store as it was after change N, do the same with store_rows_between(t, n,
 * generation, &rows). No later change wrote these rows, so each can be reverted.
 */
#ifndef RBACCTL_STORE_ROWS_H
#define RBACCTL_STORE_ROWS_H

#include "rbacctl/store/journal.h"

struct store_rows {
	struct store_row *v; /* after store_rows_settle(): one for each table and key */
	size_t n, cap;
	struct rows_block *blocks; /* the bytes */
};
void store_rows_free(struct store_rows *rows);

/* Append a copy of ROW; the list is then unsorted. False: out of memory. */
bool store_rows_add(struct store_rows *rows, const struct store_row *row);

/* The order of two rows, as qsort(3) wants it: by table and key, shorter keys first. 0: the same
 * table and key. */
int store_row_order(const struct store_row *a, const struct store_row *b);
bool store_same_value(const MDB_val *a, const MDB_val *b); /* true if both are missing, too */

/* Sort by table and key; rows of one key keep the order in which they were added. False: out of
 * memory. */
bool store_rows_sort(struct store_rows *rows);

/*
 * Sort ROWS, and join the rows of one key into one: BEFORE of the first that was added, AFTER and
 * change of the last. A row whose BEFORE and AFTER are then equal is removed. False: out of memory.
 */
bool store_rows_settle(struct store_rows *rows);

/*
 * The sum of the changes after FROM, up to and including TO: each row that had another value after
 * change FROM (its BEFORE) than after change TO (its AFTER). If TO is the generation of the store,
 * AFTER is what the store has now. ROWS owns its bytes; free it in any case. Returns RBAC_OK,
 * RBAC_NOTFOUND if FROM is older than the baseline or TO was not made yet, RBAC_NOMEM, or the
 * store's error, with its text in store_why().
 */
int store_rows_between(struct store_txn *t, uint64_t from, uint64_t to, struct store_rows *rows);

/* Exchange BEFORE and AFTER in every row, which gives the rows that revert them. */
void store_rows_invert(struct store_rows *rows);

/*
 * Compare ROW, which somebody wants to carry out, with the store that T sees.
 *
 * ROW_TO_DO: the store has BEFORE; writing AFTER carries the row out. ROW_DONE: the store has AFTER
 * already. ROW_OTHERWISE: it has another value, because a later change wrote it; *NOW (may be NULL)
 * gets that value, mv_data NULL if there is no row; it borrows the transaction.
 *
 * Some rows need care. Of T_META, never write an older value of "id" (the last id of an assignment)
 * or "baseline"; use store_texts_put() for "applied". A group keeps its GID: instead of deleting a
 * row of T_GID, write it with STORE_GID_GONE.
 */
enum row_state { ROW_TO_DO, ROW_DONE, ROW_OTHERWISE };
int store_row_now(struct store_txn *t, const struct store_row *row, enum row_state *state,
		  MDB_val *now);

#endif
