/*
 * journal_note.h - the notes of the rows that a transaction has written. journal_note.c adds to
 * them, journal.c makes a record of them. Private to these two files. The rows of each table are in
 * the order of the writes; the bytes of all are in one buffer.
 */
#ifndef RBACCTL_STORE_JOURNAL_NOTE_H
#define RBACCTL_STORE_JOURNAL_NOTE_H

#include "rbacctl/buf.h"
#include "rbacctl/store/journal.h"

struct noted_value {
	size_t at, len; /* position and length in BYTES */
	bool there;     /* false: there is no value */
};
struct noted_row {
	struct noted_value key, before, after;
};
struct journal_notes {
	struct noted_rows {
		struct noted_row *v;
		size_t n, cap;
	} of[STORE_TABLES];
	struct buf bytes;
};

#endif
