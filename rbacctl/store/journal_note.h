/*
 * journal_note.h - the rows that a transaction wrote, as journal_note.c keeps them and journal.c
 * takes them: for each table in the order of the writes, their bytes in one buffer.
 */
#ifndef RBACCTL_STORE_JOURNAL_NOTE_H
#define RBACCTL_STORE_JOURNAL_NOTE_H

#include "rbacctl/buf.h"
#include "rbacctl/store/journal.h"

struct noted_value {
	size_t at, len; /* in BYTES */
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
