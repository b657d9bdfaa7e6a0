/*
 * sign.h - Ed25519 signatures (RFC 8032, libsodium) of heads and of lists of keys. Pure: where the
 * random seed of a key comes from is the caller's business.
 */
#ifndef RBACCTL_FLEET_SIGN_H
#define RBACCTL_FLEET_SIGN_H

#include "rbacctl/fleet/sheet.h"

enum { FLEET_SEED = 32, FLEET_PUBLIC = 32, FLEET_SECRET = 64 };

struct fleet_key {
	uint8_t public[FLEET_PUBLIC];
	uint8_t secret[FLEET_SECRET]; /* libsodium's form: seed and public key */
	uint8_t id[FLEET_KEY_ID];
};

/* The key of SEED. Erase it with fleet_key_erase(). */
void fleet_key_make(const uint8_t seed[FLEET_SEED], struct fleet_key *key);
void fleet_key_erase(struct fleet_key *key);

/* The first FLEET_KEY_ID bytes of BLAKE2b-128 of a public key. */
void fleet_key_id(const uint8_t public[FLEET_PUBLIC], uint8_t id[FLEET_KEY_ID]);

/* Append the signature of all that is in BYTES. Its magic says what was signed, so no signature of
 * one thing is one of another. RBAC_OK or RBAC_NOMEM. */
int fleet_sign(const struct fleet_key *key, struct buf *bytes);

/* Are the last FLEET_SIGNATURE of the LEN bytes at P the signature of those before them? */
bool fleet_signed_by(const uint8_t *p, size_t len, const uint8_t public[FLEET_PUBLIC]);

#endif
