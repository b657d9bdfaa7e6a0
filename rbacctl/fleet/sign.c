#include "rbacctl/fleet/sign.h"

#include <sodium.h>
#include <string.h>

_Static_assert(FLEET_SEED == crypto_sign_SEEDBYTES, "a seed of Ed25519");
_Static_assert(FLEET_PUBLIC == crypto_sign_PUBLICKEYBYTES, "a public key of Ed25519");
_Static_assert(FLEET_SECRET == crypto_sign_SECRETKEYBYTES, "a secret key of libsodium");
_Static_assert(FLEET_SIGNATURE == crypto_sign_BYTES, "a signature of Ed25519");

void fleet_key_id(const uint8_t public[FLEET_PUBLIC], uint8_t id[FLEET_KEY_ID])
{
	uint8_t hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof(hash), public, FLEET_PUBLIC, NULL, 0);
	memcpy(id, hash, FLEET_KEY_ID);
}

void fleet_key_make(const uint8_t seed[FLEET_SEED], struct fleet_key *key)
{
	crypto_sign_seed_keypair(key->public, key->secret, seed);
	fleet_key_id(key->public, key->id);
}

void fleet_key_erase(struct fleet_key *key)
{
	sodium_memzero(key, sizeof(*key));
}

int fleet_sign(const struct fleet_key *key, struct buf *bytes)
{
	size_t len = bytes->len;
	uint8_t *signature = buf_add(bytes, FLEET_SIGNATURE);

	if (!signature)
		return RBAC_NOMEM;
	crypto_sign_detached(signature, NULL, bytes->p, len, key->secret);
	return RBAC_OK;
}

bool fleet_signed_by(const uint8_t *p, size_t len, const uint8_t public[FLEET_PUBLIC])
{
	return len >= FLEET_SIGNATURE &&
	       crypto_sign_verify_detached(p + len - FLEET_SIGNATURE, p, len - FLEET_SIGNATURE,
					   public) == 0;
}
