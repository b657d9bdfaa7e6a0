/*
 * journal_code.h - the bytes of a record of the journal: its rows in order, each written as its
 * difference from the row before. The rows of a bulk import differ only in a name and a number, so
 * the record of 100,000 of them has a tenth of the size of the tables.
 *
 *	u8      table, | 0x40 there was a row before, | 0x80 there is one after
 *	varint  how many bytes at the beginning are those of the previous key of this table
 *	varint  length of the rest of the key; then the rest
 *	value   BEFORE, if there was one
 *	value   AFTER, if there is one
 *
 * A value is written as its difference from another value: varint, how many bytes at its beginning
 * are equal; varint, how many bytes at its end are equal; varint, the length of the bytes between;
 * then these bytes. The other value is BEFORE for an AFTER with a BEFORE; otherwise it is the last
 * value of this table in the record, at first the empty value. A varint has 7 bits in a byte, the
 * lowest first; 0x80 means that another byte follows. docs/format.md, "The journal", says the same.
 */
#ifndef RBACCTL_STORE_JOURNAL_CODE_H
#define RBACCTL_STORE_JOURNAL_CODE_H

#include "rbacctl/buf.h"
#include "rbacctl/store/journal.h"

/* The state of the coder within one record. All zeros at the beginning of a record; free it with
 * journal_coder_free(). */
struct journal_coder {
	enum store_table table;
	struct buf key, value, before; /* of the row that was coded last */
};
void journal_coder_free(struct journal_coder *c);

/* Append ROW to OUT. If there is no memory, OUT->failed is set. */
void journal_encode(struct journal_coder *c, const struct store_row *row, struct buf *out);

/*
 * Decode the row at *P into *ROW, and move *P behind it; the record ends at END. The bytes of *ROW
 * belong to C and are valid until the next call. Returns RBAC_OK, RBAC_NOTFOUND at the end,
 * RBAC_DAMAGED or RBAC_NOMEM.
 */
int journal_decode(struct journal_coder *c, const uint8_t **p, const uint8_t *end,
		   struct store_row *row);

#endif
