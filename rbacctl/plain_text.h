/*
 * plain_text.h - text that people give, such as reasons, which goes into the log and onto
 * terminals: what is taken, how it is shown.
 *
 * Refused: bytes that are not UTF-8, and what steers a terminal (rbac_text_steers in
 * common/name.h).
 */
#ifndef RBACCTL_PLAIN_TEXT_H
#define RBACCTL_PLAIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"

/* The length of the character at TEXT, which is not at its end; 0: one that is refused, or no
 * character. */
size_t plain_text_character(const char *text);

bool plain_text_is(const char *text);

/*
 * Append TEXT as a terminal may show it: what is refused becomes \ooo, byte by byte. Every output
 * of a text from the store goes through here again: an old store, or one of another hand, may have
 * taken what is refused today.
 */
void plain_text_escape(struct buf *out, const char *text);

/* The same for a text of lines, such as that of a record of the log: their ends stay. _print: onto
 * stdout. */
void plain_text_lines(struct buf *out, const char *text);
void plain_text_print(const char *text);

/*
 * Make TEXT, which may hold whatever somebody typed or a file says, harmless for a terminal:
 * control characters (all but line ends and tabs), what turns the direction of text, and bytes that
 * are no UTF-8 become "?".
 */
void plain_text_tame(char *text);

#endif
