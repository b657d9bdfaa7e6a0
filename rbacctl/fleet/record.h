/*
 * record.h - one record of a chunk: its bytes. For chunk.c.
 *
 * A record begins with its type and its key: the id of an assignment (big-endian), a name, or the
 * name of a text and the number of a part (big-endian). So records in the order of their bytes are
 * in that of their keys.
 */
#ifndef RBACCTL_FLEET_RECORD_H
#define RBACCTL_FLEET_RECORD_H

#include "rbacctl/fleet/chunk.h"

bool fleet_record_is_known(uint8_t type);
/* Has a record of this type, which is known, its place in the fleet's sheet, not in a scope's? */
bool fleet_record_is_of_fleet(uint8_t type);

void fleet_record_encode(const struct fleet_record *rec, struct buf *out);

/* RBAC_OK or RBAC_DAMAGED. Of a type that is not known only REC->type is set. */
int fleet_record_decode(const uint8_t *p, size_t len, struct fleet_record *rec);

/* The number that says which chunk REC, of a known type, belongs to. */
uint64_t fleet_record_spread(const struct fleet_record *rec);

/* Do two records that decode have the same type and key? Never those of a type that is not known.
 */
bool fleet_record_same_key(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

#endif
