/*
 * baseline.h - the rows that the journal begins with: the store as it was after the change before
 * the first one that has a journal. Each journaled row (journal.h) is in T_BASELINE, its key with
 * the number of its table before it; the row "baseline" of T_META says of which change, and has a
 * digest of all of them. That row is written by a change like any other, so the chain covers it.
 *
 * A store that was made with a journal has no baseline: it began empty.
 *
 * prune.h moves the baseline on: the records of the chain and of the journal up to CHANGE are taken
 * away then, and the row has a signature (Ed25519) of store_baseline_message().
 */
#ifndef RBACCTL_STORE_BASELINE_H
#define RBACCTL_STORE_BASELINE_H

#include "rbacctl/buf.h"
#include "rbacctl/store/rows.h"

enum { BASELINE_PUBLIC = 32, BASELINE_SIGNATURE = 64 }; /* bytes */

struct store_baseline {
	uint64_t change;            /* the last one before the journal; 0: the journal has all */
	bool pruned;                /* the records of the audit chain up to CHANGE are gone too */
	uint8_t chain[STORE_HASH];  /* the hash of the chain after CHANGE */
	uint8_t digest[STORE_HASH]; /* of the rows */
	/* PRUNED: who signed it, and the signature of store_baseline_message(). */
	uint8_t public[BASELINE_PUBLIC], signature[BASELINE_SIGNATURE];
};

/* RBAC_OK (*B all zeros: none) or RBAC_DAMAGED with words. */
int store_baseline_get(struct store_txn *t, struct store_baseline *b);
int store_baseline_put(struct store_txn *t, const struct store_baseline *b);

/* Append what is signed of B: a magic, CHANGE, CHAIN, DIGEST. */
void store_baseline_message(const struct store_baseline *b, struct buf *out);

/* The rows as they are now become the baseline, and DIGEST theirs. */
int store_baseline_take(struct store_txn *t, uint8_t digest[STORE_HASH]);

/* The digest of what is in T_BASELINE. */
int store_baseline_digest(struct store_txn *t, uint8_t digest[STORE_HASH]);

/* Its rows into ROWS, as written by no change: BEFORE nothing, AFTER the value. */
int store_baseline_rows(struct store_txn *t, struct store_rows *rows);

/* Make T_BASELINE these ROWS, each with its AFTER; rows without one are left out. DIGEST: theirs.
 */
int store_baseline_write(struct store_txn *t, const struct store_rows *rows,
			 uint8_t digest[STORE_HASH]);

#endif
