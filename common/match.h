/*
 * match.h - the two conditions of a login rule beside its subjects: where from, and when. Pure.
 */
#ifndef RBAC_COMMON_MATCH_H
#define RBAC_COMMON_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "common/wire.h"

/*
 * Does one FROM entry (RBAC_FROM_*, see wire.h) match RHOST, an address or a host name? NULL or ""
 * never does. An IPv4-mapped IPv6 address counts as IPv4 (RFC 4291 section 2.5.5.2), a zone id is
 * left out of account (RFC 4007 section 11). Host names are compared without regard to ASCII case
 * and one trailing dot; a domain matches the names below it, by whole labels, not itself. Names are
 * not resolved.
 */
bool rbac_from_match(uint8_t type, uint8_t prefix, struct rbac_bytes value, const char *rhost);

/*
 * Does START..END (minutes of the day, half-open; 1440 is 24:00) on DAYS (bit 0: Monday) hold at
 * LOCAL, local time in seconds since the epoch? END <= START runs into the next day and belongs to
 * the day it started on.
 */
bool rbac_hours_match(uint8_t days, uint16_t start, uint16_t end, int64_t local);

#endif
