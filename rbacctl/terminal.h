/*
 * terminal.h - what a terminal gets and a pipe does not: color, and a line that says how far
 * something is.
 *
 * Color is used on standard output, where that is a terminal, NO_COLOR is not set or empty
 * (no-color.org), and TERM is set and not "dumb". The words say the same without it.
 */
#ifndef RBACCTL_TERMINAL_H
#define RBACCTL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

enum color { COLOR_GOOD, COLOR_BAD, COLOR_NOTE };

bool terminal_has_color(void);

/* The sequence that begins C, and the one that ends any; "" where there is no color. */
const char *terminal_color(enum color c);
const char *terminal_plain(void);

/* "green": as libsmartcols calls C. */
const char *terminal_color_name(enum color c);

/*
 * On standard error, where that is a terminal: say that WHAT is being done, in the place of what
 * was said before; DONE of OF, where OF is not 0. terminal_clear() takes the line away, as has to
 * be done before anything else is printed.
 */
void terminal_progress(const char *what, size_t done, size_t of);
void terminal_clear(void);

#endif
