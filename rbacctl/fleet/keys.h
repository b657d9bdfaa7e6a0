/*
 * keys.h - the list of keys of a fleet. It has two kinds of keys: root keys, which are kept offline
 * and sign the list (THRESHOLD of them must sign), and keys of authorities, which sign sheets (each
 * has a term and an end).
 *
 * A member accepts its first list by the anchor in its token. After that it accepts a list with a
 * higher version, if enough root keys of the old list and enough root keys of the new list have
 * signed the new one.
 */
#ifndef RBACCTL_FLEET_KEYS_H
#define RBACCTL_FLEET_KEYS_H

#include "rbacctl/fleet/sign.h"

enum {
	FLEET_ROOTS_MAX = 16,
	FLEET_AUTHORITIES_MAX = 64,
	FLEET_KEYS_MAX = 16 << 10, /* bytes of an encoded list, with its signatures */
};

struct fleet_authority {
	uint8_t public[FLEET_PUBLIC];
	uint64_t term;
	int64_t until; /* the key is valid before this time, seconds since 1970 */
};

struct fleet_keys {
	uint8_t fleet[FLEET_ID];
	uint64_t version;  /* from 1 on */
	uint8_t threshold; /* how many root keys must sign a list */
	uint8_t n_roots;
	uint8_t roots[FLEET_ROOTS_MAX][FLEET_PUBLIC];
	uint8_t n_authorities;
	struct fleet_authority authorities[FLEET_AUTHORITIES_MAX];
};

/* The part of a token that a member checks its first list by: the id of the fleet, the hash of
 * threshold and root keys, and the version of the list when the token was made. */
struct fleet_anchor {
	uint8_t fleet[FLEET_ID];
	uint8_t roots[FLEET_HASH];
	uint64_t version;
};
void fleet_anchor_of(const struct fleet_keys *k, struct fleet_anchor *out);

/* Append the encoded list without signatures to OUT. Returns RBAC_OK; RBAC_INVALID if a limit is
 * exceeded, a key occurs twice, or THRESHOLD is 0 or larger than the number of root keys;
 * RBAC_NOMEM. */
int fleet_keys_encode(const struct fleet_keys *k, struct buf *out);

/*
 * Append the signature of the root key KEY to the encoded list in BYTES, which may have signatures
 * already. Returns RBAC_OK; RBAC_NOTFOUND if BYTES is not a list, or the list does not have this
 * root key; RBAC_CONFLICT if KEY has signed it already; RBAC_NOMEM.
 */
int fleet_keys_sign(struct buf *bytes, const struct fleet_key *key);

/* Decode the LEN bytes at P into *K, without checking the signatures. Returns RBAC_OK; RBAC_NEWER
 * if this rbacctl does not know the version; RBAC_DAMAGED; RBAC_RANGE if a limit is exceeded. */
int fleet_keys_decode(const uint8_t *p, size_t len, struct fleet_keys *k);

/* The number of different root keys of ROOTS that have signed the list of LEN bytes at P. */
unsigned fleet_keys_signatures(const uint8_t *p, size_t len, const struct fleet_keys *roots);

/* The authority whose key has this id, or NULL. It borrows K. */
const struct fleet_authority *fleet_keys_find(const struct fleet_keys *k,
					      const uint8_t id[FLEET_KEY_ID]);

enum fleet_keys_verdict {
	FLEET_KEYS_TAKE,
	FLEET_KEYS_SAME,    /* the member has this list or a newer one: nothing to do */
	FLEET_KEYS_DAMAGED, /* not a list */
	FLEET_KEYS_NEWER,   /* a format that this rbacctl does not know */
	FLEET_KEYS_OTHER_FLEET,
	FLEET_KEYS_OTHER_ROOTS, /* the first list: its root keys are not those of the token */
	FLEET_KEYS_TOO_OLD,     /* the first list: its version is below that of the token */
	FLEET_KEYS_UNSIGNED,    /* too few root keys have signed it */
	FLEET_KEYS_FORK,        /* the version of the member's list, with another content */
	FLEET_KEYS_VERDICTS
};

/*
 * May a member that has the list HELD take the list of LEN bytes at P? HELD is NULL if it has no
 * list yet; then ANCHOR decides. HELD_BYTES are the encoded bytes of HELD, by which a fork is
 * found. *OUT gets the new list if the verdict is FLEET_KEYS_TAKE.
 */
enum fleet_keys_verdict fleet_keys_judge(const struct fleet_keys *held,
					 const struct buf *held_bytes,
					 const struct fleet_anchor *anchor, const uint8_t *p,
					 size_t len, struct fleet_keys *out);

/* The verdict as an English phrase without a full stop; a constant. */
const char *fleet_keys_text(enum fleet_keys_verdict v);

#endif
