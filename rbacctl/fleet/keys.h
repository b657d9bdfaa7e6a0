/*
 * keys.h - the list of keys of a fleet: who may sign it (the root keys, offline, M of N), and which
 * keys may sign sheets (one or more authorities, each bound to a term and an end).
 *
 * A member takes the first list by the anchor in its token, and from then on a list with a higher
 * version that as many root keys of the old list, and of its own, have signed as each demands.
 */
#ifndef RBACCTL_FLEET_KEYS_H
#define RBACCTL_FLEET_KEYS_H

#include "rbacctl/fleet/sign.h"

enum {
	FLEET_ROOTS_MAX = 16,
	FLEET_AUTHORITIES_MAX = 64,
	FLEET_KEYS_MAX = 16 << 10, /* bytes of a list */
};

struct fleet_authority {
	uint8_t public[FLEET_PUBLIC];
	uint64_t term;
	int64_t until; /* the key counts before this time, seconds */
};

struct fleet_keys {
	uint8_t fleet[FLEET_ID];
	uint64_t version;  /* from 1 on */
	uint8_t threshold; /* how many root keys sign a list */
	uint8_t n_roots;
	uint8_t roots[FLEET_ROOTS_MAX][FLEET_PUBLIC];
	uint8_t n_authorities;
	struct fleet_authority authorities[FLEET_AUTHORITIES_MAX];
};

/* The content of a token: the id of the fleet, the hash of threshold and root keys, and the version
 * of the list at that time. */
struct fleet_anchor {
	uint8_t fleet[FLEET_ID];
	uint8_t roots[FLEET_HASH];
	uint64_t version;
};
void fleet_anchor_of(const struct fleet_keys *k, struct fleet_anchor *out);

/* Append the list without signatures. RBAC_OK, RBAC_INVALID (over a limit, a key twice, a threshold
 * that cannot be met), RBAC_NOMEM. */
int fleet_keys_encode(const struct fleet_keys *k, struct buf *out);

/*
 * Append to the encoded list in BYTES, which perhaps has signatures already, that of the root key
 * KEY. RBAC_OK; RBAC_NOTFOUND: it is no list that KEY may sign; RBAC_CONFLICT: KEY has signed it;
 * RBAC_NOMEM.
 */
int fleet_keys_sign(struct buf *bytes, const struct fleet_key *key);

/* Decode. RBAC_OK, RBAC_NEWER, RBAC_DAMAGED, RBAC_RANGE; signatures are not looked at. */
int fleet_keys_decode(const uint8_t *p, size_t len, struct fleet_keys *k);

/* How many different root keys of ROOTS have signed the list of LEN bytes at P. */
unsigned fleet_keys_signatures(const uint8_t *p, size_t len, const struct fleet_keys *roots);

/* The authority whose key has this id; NULL: none. */
const struct fleet_authority *fleet_keys_find(const struct fleet_keys *k,
					      const uint8_t id[FLEET_KEY_ID]);

enum fleet_keys_verdict {
	FLEET_KEYS_TAKE,
	FLEET_KEYS_SAME,    /* held already, or older than what is held: nothing to do */
	FLEET_KEYS_DAMAGED, /* not a list */
	FLEET_KEYS_NEWER,   /* of a version of rbac that is not known here */
	FLEET_KEYS_OTHER_FLEET,
	FLEET_KEYS_OTHER_ROOTS, /* the first list: its root keys are not those of the token */
	FLEET_KEYS_TOO_OLD,     /* the first list: its version is below that of the token */
	FLEET_KEYS_UNSIGNED,    /* too few root keys have signed it */
	FLEET_KEYS_FORK,        /* another list has the version that is held */
	FLEET_KEYS_VERDICTS
};

/*
 * May a member that holds the list HELD (NULL: none yet, and ANCHOR counts) take the list of LEN
 * bytes at P? HELD_BYTES: those of HELD, to tell a fork. *OUT gets the list when it is to be taken.
 */
enum fleet_keys_verdict fleet_keys_judge(const struct fleet_keys *held,
					 const struct buf *held_bytes,
					 const struct fleet_anchor *anchor, const uint8_t *p,
					 size_t len, struct fleet_keys *out);

/* A constant English phrase, without a full stop. */
const char *fleet_keys_text(enum fleet_keys_verdict v);

#endif
