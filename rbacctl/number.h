/*
 * number.h - a number that a person has typed: of a change, a request or an assignment.
 */
#ifndef RBACCTL_NUMBER_H
#define RBACCTL_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* TEXT as a decimal number of at least LEAST, 0 or 1, into *OUT. False: it has anything but digits,
 * begins with 0 where LEAST is 1, or does not fit; *OUT then has no meaning. */
bool number_parse(const char *text, unsigned least, uint64_t *out);

#endif
