/*
 * baseline.h - the state of the store before the first change that the journal has. `verify`
 * replays the journal from there. T_BASELINE has each journaled row (journal.h) of that state; its
 * key is the number of the row's table, then the row's key. The row "baseline" of T_META says which
 * change the baseline is the state of, and has a digest of all its rows. A change writes that row,
 * so the audit chain covers it.
 *
 * A store that has had a journal from the start has no baseline: it began empty.
 *
 * prune.h moves the baseline to a later change, and deletes the records of the chain and of the
 * journal up to that change. The row then also has an Ed25519 signature (RFC 8032) over
 * store_baseline_message().
 */
#ifndef RBACCTL_STORE_BASELINE_H
#define RBACCTL_STORE_BASELINE_H

#include "rbacctl/buf.h"
#include "rbacctl/store/rows.h"

enum { BASELINE_PUBLIC = 32, BASELINE_SIGNATURE = 64 }; /* bytes */

struct store_baseline {
	uint64_t change;            /* the last change before the journal; 0: the journal has all */
	bool pruned;                /* the audit records up to CHANGE were deleted, too */
	uint8_t chain[STORE_HASH];  /* the hash of the chain after CHANGE */
	uint8_t digest[STORE_HASH]; /* BLAKE2b-256 of the rows */
	/* Only if PRUNED: the public key, and its signature over store_baseline_message(). */
	uint8_t public[BASELINE_PUBLIC], signature[BASELINE_SIGNATURE];
};

/* The functions return RBAC_OK or the store's error, with its text in store_why(). */

/* Read the row "baseline" into *B; all zeros if there is none. RBAC_DAMAGED if it is malformed. */
int store_baseline_get(struct store_txn *t, struct store_baseline *b);
int store_baseline_put(struct store_txn *t, const struct store_baseline *b);

/* Append the bytes that are signed: a magic, CHANGE, CHAIN and DIGEST of B. */
void store_baseline_message(const struct store_baseline *b, struct buf *out);

/* Write the journaled rows that the tables have now as the baseline, and compute its DIGEST. */
int store_baseline_take(struct store_txn *t, uint8_t digest[STORE_HASH]);

/* Compute the DIGEST of the rows in T_BASELINE. */
int store_baseline_digest(struct store_txn *t, uint8_t digest[STORE_HASH]);

/* Add the rows of the baseline to ROWS: change 0, no BEFORE, the value as AFTER. */
int store_baseline_rows(struct store_txn *t, struct store_rows *rows);

/* Replace T_BASELINE by the AFTER values of ROWS, and compute its DIGEST. A row without AFTER is
 * left out. */
int store_baseline_write(struct store_txn *t, const struct store_rows *rows,
			 uint8_t digest[STORE_HASH]);

#endif
