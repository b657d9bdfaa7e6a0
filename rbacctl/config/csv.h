/*
 * csv.h - parse and write CSV (RFC 4180), as spreadsheets and people write it.
 *
 * The separator is a comma, semicolon or tab: the first of these in the text. Spaces around a value
 * are not a part of it. A value in quotes (") may contain separators and spaces; "" in it is one
 * quote. It ends on the same line, unless csv.many_lines is set. A line ends with LF, CR LF or CR.
 * A byte order mark of UTF-8 at the beginning, and a first line such as "sep=;", which sets the
 * separator, are accepted, because spreadsheets write them. Empty lines are skipped.
 */
#ifndef RBACCTL_CONFIG_CSV_H
#define RBACCTL_CONFIG_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"

struct csv {
	char *next;      /* the rest of the text */
	char separator;  /* ',', ';' or TAB */
	unsigned line;   /* the line on which the last record begins, from 1 on */
	unsigned ended;  /* how many lines have been read */
	bool many_lines; /* the caller may set it after csv_begin(): a value in quotes may have line
			    breaks */
};

/* Begin to parse TEXT, which ends with a NUL. The parser overwrites it. */
void csv_begin(struct csv *c, char *text);

/* The values of one line. The texts borrow the TEXT of csv_begin(). */
struct csv_record {
	char **v;          /* an array of the caller for the values */
	size_t most;       /* how many elements V has */
	size_t n;          /* how many values the line has; may be larger than MOST */
	const char *wrong; /* what is wrong with the line, and what was expected; NULL: nothing */
};

/* Parse the next line that has a value into R. False: there is none. */
bool csv_next(struct csv *c, struct csv_record *r);

/* Append VALUE to OUT, in quotes if necessary, and then a comma, or a line end if it is the LAST of
 * its line. To parse a value with a line break, csv.many_lines must be set. */
void csv_put(struct buf *out, const char *value, bool last);

#endif
