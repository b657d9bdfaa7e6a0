/*
 * sign.h - Ed25519 signatures (RFC 8032, by libsodium) of heads and of lists of keys. The functions
 * are pure: the caller provides the random seed of a key.
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

/* Compute the key of SEED. Erase it with fleet_key_erase() after use. */
void fleet_key_make(const uint8_t seed[FLEET_SEED], struct fleet_key *key);
void fleet_key_erase(struct fleet_key *key);

/* The id of a public key: the first FLEET_KEY_ID bytes of its BLAKE2b-128. */
void fleet_key_id(const uint8_t public[FLEET_PUBLIC], uint8_t id[FLEET_KEY_ID]);

/* Append the signature of KEY over the bytes in BYTES. These begin with a magic, so the signature
 * of a head is not valid for a list of keys, and vice versa. RBAC_OK or RBAC_NOMEM. */
int fleet_sign(const struct fleet_key *key, struct buf *bytes);

/* Are the last FLEET_SIGNATURE of the LEN bytes at P a valid signature over the bytes before them?
 */
bool fleet_signed_by(const uint8_t *p, size_t len, const uint8_t public[FLEET_PUBLIC]);

#endif
