/*
 * walk.h - reads an LMDB 0.9 data file (64-bit, this machine's byte order) without liblmdb. Written
 * from the documented page layout (page.h). No allocation, state, lock or system call: the caller
 * maps the file, and the file must not change while it is mapped (view.h).
 *
 * The walk trusts nothing in the file. It checks each page number, offset, length and the depth
 * before it uses it; a page must carry its own number; a lookup visits at most RBAC_WALK_DEPTH
 * pages, and the next key takes at most twice as many. A file that fails a check is RBAC_DAMAGED.
 *
 * It reads only what publish writes: the unnamed database, no sub-databases, no duplicate keys.
 */
#ifndef RBAC_COMMON_WALK_H
#define RBAC_COMMON_WALK_H

#include <stddef.h>
#include <stdint.h>

/* RBAC_WALK_KEY_MAX: liblmdb's MDB_MAXKEYSIZE, in bytes. */
enum { RBAC_WALK_DEPTH = 32, RBAC_WALK_KEY_MAX = 511 };

struct rbac_walk {
	const uint8_t *map;
	size_t size;    /* bytes mapped */
	uint32_t page;  /* page size in bytes, a power of two, 512 to 32768 */
	uint32_t depth; /* of the tree, in pages; 0: empty */
	uint64_t pages; /* pages that are in use and in the file; each page number is below it */
	uint64_t root;  /* page number */
};

/* Check the header and both meta pages of the SIZE bytes at MAP, and fill W, which borrows MAP.
 * RBAC_OK or RBAC_DAMAGED. */
int rbac_walk_init(struct rbac_walk *w, const void *map, size_t size);

/* Look up KEY. *DATA borrows the map and may have any alignment. RBAC_OK, RBAC_NOTFOUND or
 * RBAC_DAMAGED. */
int rbac_walk_get(const struct rbac_walk *w, const void *key, size_t key_len, const uint8_t **data,
		  size_t *len);

/* The place of a key in one file. All zero: not known. */
struct rbac_walk_place {
	uint64_t page;
	unsigned at;
};

/*
 * The first key greater than KEY (KEY_LEN 0: the first of all), in O(log n). An enumeration always
 * ends, because each answer is checked to be greater than KEY. RBAC_OK, RBAC_NOTFOUND at the end,
 * or RBAC_DAMAGED.
 *
 * PLACE may be NULL. Else it is the place where the previous call on the same file found KEY, or
 * all zero, and becomes the place of the answer: then the tree is descended once for each leaf, not
 * for each key.
 */
int rbac_walk_after(const struct rbac_walk *w, const void *key, size_t key_len,
		    const uint8_t **next_key, size_t *next_key_len, const uint8_t **data,
		    size_t *len, struct rbac_walk_place *place);

#endif
