/*
 * journal.h - the journal: for each change, the rows that it wrote, with table, key, the value
 * before and the value after.
 *
 * All writes pass store_put() or store_del(). These note each row of a journaled table
 * (store_is_journaled()). store_audit_append() makes one record of the notes: sorted by table and
 * key, one row for each key whose value the change has added, changed or removed. The audit record
 * of the change has the digest of that record (BLAKE2b-256), so the hash of the chain covers it.
 * journal_code.h describes the bytes.
 *
 * Three kinds of rows are not in the journal: those of the indexes subject, held and owned, because
 * they follow from other tables (verify.c compares them); the audit chain, its head and the
 * generation, because the hashes of the chain check them; and the content of policy texts, because
 * their digest is their key.
 *
 * The journal starts from the baseline (baseline.h): the rows that were there before it.
 */
#ifndef RBACCTL_STORE_JOURNAL_H
#define RBACCTL_STORE_JOURNAL_H

#include "rbacctl/store/store.h"

/* One row that a change wrote. */
struct store_row {
	enum store_table table;
	MDB_val key;
	MDB_val before, after; /* mv_data NULL: there was, or is, no such row */
	uint64_t change;       /* the change that wrote it; 0: not known yet, or the baseline */
};

/* Does the journal record writes to the row KEY of TABLE? */
bool store_is_journaled(enum store_table table, const void *key, size_t len);

/*
 * Call FN for each row that CHANGE wrote, by table and key. The row is valid during the call only,
 * and FN must not write. If FN returns anything but RBAC_OK, the walk stops and returns that.
 * RBAC_NOTFOUND: the journal does not have CHANGE, because it was never made, is older than the
 * baseline, or was pruned. RBAC_DAMAGED: see store_why().
 */
typedef int store_row_fn(void *ctx, const struct store_row *row);
int store_journal_each(struct store_txn *t, uint64_t change, store_row_fn *fn, void *ctx);

/* Compute the DIGEST of the stored record of CHANGE. RBAC_NOTFOUND if there is no record. */
int store_journal_digest(struct store_txn *t, uint64_t change, uint8_t digest[STORE_HASH]);

/*
 * Replay the journal from the baseline, and compare the result with the tables. FN gets one
 * sentence for each fault: a record that is missing or was changed, a record whose BEFORE is not
 * what the earlier changes wrote, and a row of a table that differs from the result.
 * store_audit_verify() checks the hashes of the chain. A store of version 1 has no journal; nothing
 * is compared. Returns RBAC_OK, also if there were faults, or an error that prevented the
 * comparison.
 */
int store_journal_verify(struct store_txn *t, store_fault_fn *fn, void *ctx);

/*
 * The same, and return what was found, for a repair. ROWS gets each row of the tables that differs
 * from the journal: BEFORE is the value in the table, AFTER the value of the journal. TEXTS gets
 * the rows of T_TEXT (as AFTER) whose content is missing or was changed. Free both in any case with
 * store_rows_free(). UNSOUND counts faults of the journal itself; if it is not 0, do not repair
 * from the journal.
 */
struct store_rows;
struct journal_found {
	struct store_rows *rows, *texts;
	size_t unsound;
};
int store_journal_compare(struct store_txn *t, store_fault_fn *fn, void *ctx,
			  struct journal_found *found);

/* ---- for the files of store/ ---- */

/* Note that T writes ROW; copies it. False: out of memory. */
bool journal_note(struct store_txn *t, const struct store_row *row);
void journal_forget(struct store_txn *t); /* free the notes of T */

/* Write the notes of T as the record of CHANGE, compute its DIGEST, and free the notes. */
int journal_append(struct store_txn *t, uint64_t change, uint8_t digest[STORE_HASH]);

#endif
