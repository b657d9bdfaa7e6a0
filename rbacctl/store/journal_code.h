/*
 * journal_code.h - the bytes of a record of the journal: rows, one after the other, each told by
 * what it has in common with the one before. The rows of a bulk import differ in little but a name
 * and a number, so 100,000 of them take a tenth of the tables.
 *
 *	u8      table, | 0x40 there was a row before, | 0x80 there is one after
 *	varint  bytes of the key that are those of the previous key of this table
 *	varint  length of the rest of the key; then the rest
 *	value   of BEFORE, where there was one
 *	value   of AFTER, where there is one
 *
 * A value: varint bytes that are the same at its beginning, varint bytes that are the same at its
 * end, varint length of what is between; then that. AFTER is compared with BEFORE; where there is
 * no BEFORE, and BEFORE itself, with the last value of the record that is of the same table (empty
 * at first). A varint has 7 bits a byte, the lowest first; 0x80 says that another follows.
 */
#ifndef RBACCTL_STORE_JOURNAL_CODE_H
#define RBACCTL_STORE_JOURNAL_CODE_H

#include "rbacctl/buf.h"
#include "rbacctl/store/journal.h"

/* Where the coder is in a record. All zeros at its beginning; to be freed. */
struct journal_coder {
	enum store_table table;
	struct buf key, value, before; /* of the row that was coded last */
};
void journal_coder_free(struct journal_coder *c);

/* Append ROW to OUT. Out of memory: OUT is failed. */
void journal_encode(struct journal_coder *c, const struct store_row *row, struct buf *out);

/*
 * The next row of *P, which ends at END, into *ROW; its bytes are C's until the next call. RBAC_OK,
 * RBAC_NOTFOUND at the end, RBAC_DAMAGED, RBAC_NOMEM.
 */
int journal_decode(struct journal_coder *c, const uint8_t **p, const uint8_t *end,
		   struct store_row *row);

#endif
