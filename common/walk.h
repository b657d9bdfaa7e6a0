/*
 * walk.h - a read-only walk of an LMDB 0.9 data file (64-bit, this machine's byte order), written
 * from the documented page layout; no liblmdb. No allocation, no state, no lock, no system call:
 * the caller maps the file.
 *
 * Nothing in the file is believed: page numbers, offsets, lengths and the depth are checked before
 * they are used, a page must carry its own number, and a walk visits at most RBAC_WALK_DEPTH pages
 * (twice as many for the next key). A file that fails a check is RBAC_DAMAGED. The file must not
 * change while it is mapped (see view.h).
 *
 * Only what publish writes is read: the unnamed database, no sub-databases, no duplicates.
 */
#ifndef RBAC_COMMON_WALK_H
#define RBAC_COMMON_WALK_H

#include <stddef.h>
#include <stdint.h>

enum { RBAC_WALK_DEPTH = 32, RBAC_WALK_KEY_MAX = 511 };

struct rbac_walk {
	const uint8_t *map;
	size_t size;    /* bytes mapped */
	uint32_t page;  /* page size, a power of two, 512 to 32768 */
	uint32_t depth; /* of the tree; 0: empty */
	uint64_t pages; /* pages in use and in the file; all numbers must be below */
	uint64_t root;
};

/* Check header and meta pages of the SIZE bytes at MAP and fill W, which borrows MAP. RBAC_OK or
 * RBAC_DAMAGED. */
int rbac_walk_init(struct rbac_walk *w, const void *map, size_t size);

/* Exact lookup. *DATA borrows the map; it has no alignment. RBAC_OK, RBAC_NOTFOUND or RBAC_DAMAGED.
 */
int rbac_walk_get(const struct rbac_walk *w, const void *key, size_t key_len, const uint8_t **data,
		  size_t *len);

/* Where a key was found, in this file. All zero: not known. */
struct rbac_walk_place {
	uint64_t page;
	unsigned at;
};

/*
 * The first key greater than KEY (KEY_LEN 0: the first of all), for enumeration: O(log n), and
 * always ends, because each answer is checked to be greater than what was asked. RBAC_OK,
 * RBAC_NOTFOUND at the end, or RBAC_DAMAGED.
 *
 * PLACE, unless NULL, is where the call before found KEY, or all zero, and becomes that of the
 * next: then the way down is walked once for each leaf. It must come from the same file.
 */
int rbac_walk_after(const struct rbac_walk *w, const void *key, size_t key_len,
		    const uint8_t **next_key, size_t *next_key_len, const uint8_t **data,
		    size_t *len, struct rbac_walk_place *place);

#endif
