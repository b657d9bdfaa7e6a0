/*
 * plain_text.h - texts that people type, such as reasons, which are printed in the log and on
 * terminals: check them, and print them safely.
 *
 * Two kinds of bytes are refused: those that are not UTF-8, and characters that a terminal would
 * interpret (rbac_text_steers() in common/name.h).
 */
#ifndef RBACCTL_PLAIN_TEXT_H
#define RBACCTL_PLAIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/buf.h"

/* The length in bytes of the character at TEXT; 0 if it is refused. TEXT must not be empty. */
size_t plain_text_character(const char *text);

/* Has TEXT no byte that is refused? */
bool plain_text_is(const char *text);

/*
 * Append TEXT to OUT; each byte that is refused becomes \ooo. Use it for every text from the store,
 * because an older version, or another program, may have written a text that is refused today.
 */
void plain_text_escape(struct buf *out, const char *text);

/* The same for a text of several lines, such as an audit record: line ends stay. _print: print it
 * on stdout. */
void plain_text_lines(struct buf *out, const char *text);
void plain_text_print(const char *text);

/*
 * Make the untrusted TEXT harmless for a terminal: control characters (except line ends and tabs),
 * characters that change the direction of text, and bytes that are not UTF-8 become "?".
 */
void plain_text_tame(char *text);

#endif
