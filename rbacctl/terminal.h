/*
 * terminal.h - colors and a line of progress, only for a terminal.
 *
 * Standard output gets colors if it is a terminal, NO_COLOR is not set or empty (no-color.org), and
 * TERM is set and not "dumb". A color only repeats what the text says.
 */
#ifndef RBACCTL_TERMINAL_H
#define RBACCTL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

enum color { COLOR_GOOD, COLOR_BAD, COLOR_NOTE };

bool terminal_has_color(void);

/* The escape sequence that begins color C, and the one that ends any color; "" without color. */
const char *terminal_color(enum color c);
const char *terminal_plain(void);

/* The name of color C in libsmartcols, such as "green". */
const char *terminal_color_name(enum color c);

/*
 * If standard error is a terminal: print a line that WHAT is being done, and DONE of OF if OF is
 * not 0; it replaces the line before. terminal_clear() removes the line; call it before anything
 * else is printed.
 */
void terminal_progress(const char *what, size_t done, size_t of);
void terminal_clear(void);

#endif
