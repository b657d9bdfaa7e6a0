/*
 * chunk_set.h - the set of chunks that a head names, with a fast look-up by hash: a sheet has up to
 * FLEET_CHUNKS_MAX chunks, and its folder as many files.
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

/* Make the set. It copies what it needs. RBAC_OK or RBAC_NOMEM. Free *OUT with chunk_set_free(). */
int chunk_set_of_head(const struct fleet_head *h, struct chunk_set *out);
int chunk_set_of(const struct fleet_chunk_ref *refs, uint32_t n, struct chunk_set *out);
void chunk_set_free(struct chunk_set *s);

/* The chunk with HASH, or NULL. It borrows S. */
const struct fleet_chunk_ref *chunk_set_find(const struct chunk_set *s,
					     const uint8_t hash[FLEET_HASH]);
/* The same for a hash in hexadecimal. HEX may be any text, such as the name of a file. */
const struct fleet_chunk_ref *chunk_set_find_hex(const struct chunk_set *s, const char *hex);

#endif
