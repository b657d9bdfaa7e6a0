/*
 * lookup.h - the number of an entry by its content: a hash table, so that no loop searches a list
 * from its start each time.
 *
 * The entries are the caller's, in an array of its own; the table keeps their numbers (0 and up,
 * below UINT32_MAX) and asks the caller whether an entry is the one that is wanted. All zeros is an
 * empty table. Hashes are not keyed: names come from root's files and from commands that a rule has
 * allowed, and every entry costs its author a line or a command.
 */
#ifndef RBACCTL_LOOKUP_H
#define RBACCTL_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOKUP_NONE UINT32_MAX
#define LOOKUP_SEED UINT64_C(0xcbf29ce484222325)

struct lookup_slot {
	uint32_t hash, number;
}; /* NUMBER: one more than the entry's; 0: empty */
struct lookup {
	struct lookup_slot *slots;
	size_t n_slots; /* a power of two, at most half of them taken */
	size_t n;
	bool borrowed; /* the room for the slots is the caller's */
};

/* FNV-1a, 64 bits, of LEN bytes, going on from HASH (LOOKUP_SEED at first); text with the NUL at
 * its end. */
uint64_t lookup_hash(uint64_t hash, const void *p, size_t len);
uint64_t lookup_hash_text(uint64_t hash, const char *s);

/* Is entry NUMBER of CTX the one of KEY? */
typedef bool lookup_same_fn(const void *ctx, uint32_t number, const void *key);

/* The entry of KEY, whose hash is HASH, or LOOKUP_NONE. */
uint32_t lookup_find(const struct lookup *t, uint64_t hash, lookup_same_fn *same, const void *ctx,
		     const void *key);

/* Add entry NUMBER, also beside one of the same content (which of the two is found then is not
 * said). RBAC_OK or RBAC_NOMEM. */
int lookup_add(struct lookup *t, uint64_t hash, uint32_t number);

/* How many slots it takes for N entries; a table in room of the caller's, zeroed, that never grows.
 */
size_t lookup_slots_for(size_t n);
void lookup_use(struct lookup *t, struct lookup_slot *slots, size_t n_slots);

void lookup_free(struct lookup *t);

#endif
