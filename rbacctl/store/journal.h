/*
 * journal.h - what each change wrote, row by row: table, key, the value before and the value after.
 *
 * store_put() and store_del(), through which every write passes, note each row of the tables that
 * hold something of their own (store_is_journaled()). store_audit_append() makes one record of it:
 * sorted by table and key, one row for each key that the change left otherwise than it found it.
 * The audit record of the change has the digest of that record (BLAKE2b-256), so that the hash of
 * the chain covers it. journal_code.h has the bytes.
 *
 * Not in the journal: the indexes subject, held and owned, which say what another table says
 * (verify.c compares them); the audit chain, its head and the generation, which prove themselves;
 * the content of policy texts, which are found by their digest.
 *
 * The journal begins with the baseline (baseline.h): the rows that were there before.
 */
#ifndef RBACCTL_STORE_JOURNAL_H
#define RBACCTL_STORE_JOURNAL_H

#include "rbacctl/store/store.h"

/* One row that a change wrote. */
struct store_row {
	enum store_table table;
	MDB_val key;
	MDB_val before, after; /* mv_data NULL: there was (is) no such row */
	uint64_t change;       /* that wrote it; 0: not known yet, or the baseline */
};

/* Is the row KEY of TABLE one that the journal has? */
bool store_is_journaled(enum store_table table, const void *key, size_t len);

/*
 * Calls FN for each row that CHANGE wrote, by table and key. The row is FN's for the call only. FN
 * may not write; it returns RBAC_OK to go on; anything else stops and is passed on. RBAC_NOTFOUND:
 * there is no such change in the journal (never made, older than the baseline, or pruned).
 * RBAC_DAMAGED with words.
 */
typedef int store_row_fn(void *ctx, const struct store_row *row);
int store_journal_each(struct store_txn *t, uint64_t change, store_row_fn *fn, void *ctx);

/* The digest of the record of CHANGE, as it lies there. RBAC_NOTFOUND: there is none. */
int store_journal_digest(struct store_txn *t, uint64_t change, uint8_t digest[STORE_HASH]);

/*
 * Replay the journal onto the baseline and compare what comes of it with the tables: FN gets a
 * sentence for each change that is missing, was changed, or does not find what the one before it
 * left, and for each row that no change made so. The hashes of the chain are
 * store_audit_verify()'s. A store of version 1 has nothing to replay. RBAC_OK, or an error that
 * kept it from comparing.
 */
int store_journal_verify(struct store_txn *t, store_fault_fn *fn, void *ctx);

/*
 * The same, and what was found, for a repair. ROWS: each row that the tables have otherwise than
 * the journal leads to, BEFORE what the store has, AFTER what the journal says. TEXTS: the rows of
 * T_TEXT (AFTER) whose content is missing or was changed. Both have bytes of their own and are to
 * be freed in any case. UNSOUND: faults of the journal itself: it says nothing about what is right
 * then.
 */
struct store_rows;
struct journal_found {
	struct store_rows *rows, *texts;
	size_t unsound;
};
int store_journal_compare(struct store_txn *t, store_fault_fn *fn, void *ctx,
			  struct journal_found *found);

/* ---- for the files of store/ ---- */

/* Note that a row is written: OLD and NEW as before and after. False: out of memory. */
bool journal_note(struct store_txn *t, const struct store_row *row);
void journal_forget(struct store_txn *t); /* what was noted */

/* Write the record of what T noted as that of CHANGE, and forget it. DIGEST: of the record. */
int journal_append(struct store_txn *t, uint64_t change, uint8_t digest[STORE_HASH]);

#endif
