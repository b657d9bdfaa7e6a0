/*
 * csv.h - a text of values in lines (CSV, RFC 4180), as spreadsheets and people write it.
 *
 * A value stands between separators: commas, semicolons or tabs, whichever comes first in the text.
 * Blanks around a value do not belong to it. A value in quotes (") may hold separators and blanks;
 * "" in it is one quote. It ends on its line, unless csv.many_lines is set. A line ends with LF,
 * CR LF or CR. The mark of UTF-8 at the beginning (BOM) and a first line "sep=;" are
 * taken as spreadsheets mean them. Lines without any value are passed over.
 */
#ifndef RBACCTL_CONFIG_CSV_H
#define RBACCTL_CONFIG_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"

struct csv {
	char *next;      /* what is still to be read */
	char separator;  /* ',', ';' or TAB */
	unsigned line;   /* where the record that was read last begins, from 1 on */
	unsigned ended;  /* lines that have been read */
	bool many_lines; /* the caller's, after csv_begin(): a value in quotes may have line breaks
			  */
};

/* Begin to read TEXT, which ends with a NUL and is written over. */
void csv_begin(struct csv *c, char *text);

/* The values of one line. The texts lie in what csv_begin() got. */
struct csv_record {
	char **v;          /* the caller's */
	size_t most;       /* how many V has room for */
	size_t n;          /* values in the line, also those for which there was no room */
	const char *wrong; /* what is wrong with the line, expected what; NULL: it is sound */
};

/* Read the next line that has a value into R. False: there is none. */
bool csv_next(struct csv *c, struct csv_record *r);

/* Append VALUE to OUT as csv_next() reads it, in quotes where it needs them; LAST: the line ends
 * with it, else a comma follows. A value with a line break is read with csv.many_lines alone. */
void csv_put(struct buf *out, const char *value, bool last);

#endif
