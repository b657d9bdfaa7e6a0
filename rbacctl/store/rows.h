/*
 * rows.h - a list of rows with bytes of its own, sorted by table and key, and what several changes
 * come to together.
 *
 * To take one change back, whatever was done after it:
 *
 *	struct store_rows rows;
 *	int err = store_rows_between(t, n - 1, n, &rows);   what change N did
 *	store_rows_invert(&rows);                           what would undo it
 *	for each row: store_row_now() says whether it still can be undone
 *
 * To go back to the store as it was after change N: the same with store_rows_between(t, n,
 * generation, &rows). Nobody has changed those rows since, so that each can be undone.
 */
#ifndef RBACCTL_STORE_ROWS_H
#define RBACCTL_STORE_ROWS_H

#include "rbacctl/store/journal.h"

struct store_rows {
	struct store_row *v; /* no two of one table and key */
	size_t n, cap;
	struct rows_block *blocks; /* the bytes */
};
void store_rows_free(struct store_rows *rows);

/* Append a copy of ROW. False: out of memory. The list is not sorted any more. */
bool store_rows_add(struct store_rows *rows, const struct store_row *row);

/* By table and key, shorter keys first; 0: the same row. */
int store_row_order(const struct store_row *a, const struct store_row *b);
bool store_same_value(const MDB_val *a, const MDB_val *b); /* also: neither is there */

/* By table and key; rows of one key stay in the order in which they were added. False: out of
 * memory. */
bool store_rows_sort(struct store_rows *rows);

/*
 * Sort ROWS; of several rows of one key, in the order in which they were added, make one with the
 * first BEFORE, and the AFTER and change of the last, and leave out what comes to nothing. False:
 * out of memory.
 */
bool store_rows_settle(struct store_rows *rows);

/*
 * What the changes after FROM, up to and including TO, came to: each row that was otherwise when
 * the store was at change FROM, as BEFORE, than when it was at change TO, as AFTER. With TO the
 * generation of the store AFTER is what the store has now. ROWS is to be freed in any case; its
 * bytes are its own. RBAC_OK; RBAC_NOTFOUND: FROM is older than the baseline, or TO was not made
 * yet; RBAC_NOMEM, or the store's error with words.
 */
int store_rows_between(struct store_txn *t, uint64_t from, uint64_t to, struct store_rows *rows);

/* Exchange BEFORE and AFTER in every row: what undoes it. */
void store_rows_invert(struct store_rows *rows);

/*
 * How the store that T sees stands to ROW, which is to be carried out.
 *
 * ROW_TO_DO: the store has BEFORE; writing AFTER carries it out. ROW_DONE: the store has AFTER
 * already. ROW_OTHERWISE: it has neither, because a later change wrote it; *NOW (may be NULL) gets
 * what it has, mv_data NULL for nothing, borrowed from the transaction.
 *
 * Of the rows of T_META, "id" (the last id given out) and "baseline" never go back, and "applied"
 * goes back by store_texts_put(). A group keeps its GID: instead of deleting a row of T_GID, write
 * it with STORE_GID_GONE.
 */
enum row_state { ROW_TO_DO, ROW_DONE, ROW_OTHERWISE };
int store_row_now(struct store_txn *t, const struct store_row *row, enum row_state *state,
		  MDB_val *now);

#endif
