/*
 * match.h - the conditions of a login rule: from (the remote host) and hours. Pure: the remote host
 * and the time are arguments, and no name is resolved.
 */
#ifndef RBAC_COMMON_MATCH_H
#define RBAC_COMMON_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "common/wire.h"

/*
 * Does one entry of `from` (TYPE is RBAC_FROM_*, wire.h) match RHOST, an address or a host name?
 * NULL and "" match nothing.
 * - An IPv4-mapped IPv6 address counts as IPv4 (RFC 4291 section 2.5.5.2).
 * - A zone id is ignored (RFC 4007 section 11).
 * - Host names are compared without ASCII case and without one trailing dot. A name has at most
 *   1,024 bytes (NI_MAXHOST, getnameinfo(3)).
 * - A domain matches the names below it, by whole labels, and not itself.
 */
bool rbac_from_match(uint8_t type, uint8_t prefix, struct rbac_bytes value, const char *rhost);

/*
 * Is LOCAL, local time in seconds since the epoch, within START..END on one of DAYS? START and END
 * are minutes of the day, half-open; 1440 is 24:00. Bit 0 of DAYS is Monday. If END <= START, the
 * span ends on the next day and belongs to the day on which it began.
 */
bool rbac_hours_match(uint8_t days, uint16_t start, uint16_t end, int64_t local);

/*
 * The conditions of RULE that do not hold for RHOST (NULL: none) at NOW (seconds since the epoch,
 * UTC): 1 << k for each enum rbac_condition k. A condition holds if its list is empty or if one
 * entry matches. META has the time zone.
 */
unsigned rbac_conditions_failed(const struct rbac_meta *meta, const struct rbac_rule *rule,
				const char *rhost, int64_t now);

/* What a person is told when KIND alone failed: "not at this hour". Never NULL. */
const char *rbac_condition_text(enum rbac_condition kind);

#endif
