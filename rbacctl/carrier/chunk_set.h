/*
 * chunk_set.h - the chunks that a head names, to be asked for one by one: a sheet has up to
 * FLEET_CHUNKS_MAX of them, and a folder as many files.
 */
#ifndef RBACCTL_CARRIER_CHUNK_SET_H
#define RBACCTL_CARRIER_CHUNK_SET_H

#include "rbacctl/fleet/sheet.h"

enum { CHUNK_SET_HEX = 2 * FLEET_HASH + 1 }; /* bytes of a hash in hexadecimal, with the NUL */

/* All zeros: none. */
struct chunk_set {
	struct fleet_chunk_ref *v; /* sorted by hash */
	size_t n;
};

/* RBAC_OK or RBAC_NOMEM. *OUT is to be freed. */
int chunk_set_of_head(const struct fleet_head *h, struct chunk_set *out);
int chunk_set_of(const struct fleet_chunk_ref *refs, uint32_t n, struct chunk_set *out);
void chunk_set_free(struct chunk_set *s);

/* The chunk with HASH; NULL: it is not one of them. */
const struct fleet_chunk_ref *chunk_set_find(const struct chunk_set *s,
					     const uint8_t hash[FLEET_HASH]);
/* The same for a hash in hexadecimal, which may be any text. */
const struct fleet_chunk_ref *chunk_set_find_hex(const struct chunk_set *s, const char *hex);

#endif
