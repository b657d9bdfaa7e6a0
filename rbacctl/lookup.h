/*
 * lookup.h - a hash table that finds the number of an entry by its content.
 *
 * The entries are in an array of the caller. The table has only their numbers (0 up to UINT32_MAX -
 * 1), and calls a function of the caller to compare an entry with a key. All zeros is an empty
 * table. The hash has no secret key: names come from files of root and from commands that a rule
 * has allowed, so nobody can cheaply add many names with the same hash.
 */
#ifndef RBACCTL_LOOKUP_H
#define RBACCTL_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOKUP_NONE UINT32_MAX
#define LOOKUP_SEED UINT64_C(0xcbf29ce484222325)

struct lookup_slot {
	uint32_t hash;
	uint32_t number; /* the entry's number + 1; 0: the slot is empty */
};
struct lookup {
	struct lookup_slot *slots;
	size_t n_slots; /* a power of two, at most half of them taken */
	size_t n;
	bool borrowed; /* the caller owns the memory of SLOTS */
};

/* FNV-1a with 64 bits over the LEN bytes at P, continuing from HASH (LOOKUP_SEED at first). _text:
 * over S with its NUL. */
uint64_t lookup_hash(uint64_t hash, const void *p, size_t len);
uint64_t lookup_hash_text(uint64_t hash, const char *s);

/* Does entry NUMBER of CTX have the content KEY? */
typedef bool lookup_same_fn(const void *ctx, uint32_t number, const void *key);

/* The number of an entry with the content KEY, whose hash is HASH, or LOOKUP_NONE. */
uint32_t lookup_find(const struct lookup *t, uint64_t hash, lookup_same_fn *same, const void *ctx,
		     const void *key);

/* Add entry NUMBER. If another entry has the same content, lookup_find() returns either of them.
 * RBAC_OK or RBAC_NOMEM. */
int lookup_add(struct lookup *t, uint64_t hash, uint32_t number);

/* lookup_use(): use the N_SLOTS zeroed slots at SLOTS, which the caller owns; the table then does
 * not grow. lookup_slots_for(): how many slots N entries need. */
size_t lookup_slots_for(size_t n);
void lookup_use(struct lookup *t, struct lookup_slot *slots, size_t n_slots);

void lookup_free(struct lookup *t);

#endif
