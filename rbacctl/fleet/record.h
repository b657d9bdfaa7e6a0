/*
 * record.h - encode and decode one record of a chunk. For chunk.c.
 *
 * A record begins with its type and its key: the id of an assignment (big-endian), a name, or the
 * name of a text and the number of a part (big-endian). So the order of their bytes is the order of
 * their keys.
 */
#ifndef RBACCTL_FLEET_RECORD_H
#define RBACCTL_FLEET_RECORD_H

#include "rbacctl/fleet/chunk.h"

bool fleet_record_is_known(uint8_t type);
/* Does a record of TYPE, which must be known, belong to the sheet "fleet"? If not: to a scope's. */
bool fleet_record_is_of_fleet(uint8_t type);

void fleet_record_encode(const struct fleet_record *rec, struct buf *out);

/* Decode the LEN bytes at P; REC borrows them. If the type is unknown, only REC->type is set.
 * RBAC_OK or RBAC_DAMAGED. */
int fleet_record_decode(const uint8_t *p, size_t len, struct fleet_record *rec);

/* The hash by which the chunk of REC is chosen (chunk.h). REC must have a known type. */
uint64_t fleet_record_spread(const struct fleet_record *rec);

/* Do two encoded records, which must be valid, have the same type and key? False if the type is
 * unknown. */
bool fleet_record_same_key(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

#endif
