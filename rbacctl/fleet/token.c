#include "rbacctl/fleet/token.h"

#include <sodium.h>
#include <string.h>

#include "rbacctl/fleet/bytes.h"

/* Before the Base64 (RFC 4648, "URL and filename safe", without padding). */
static const char prefix[] = "rbacfleet1.";

enum { CHECK = 4, VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

static bool right_names(const struct fleet_token *t)
{
	return rbac_name_is_word(t->fleet, strlen(t->fleet)) &&
	       rbac_name_is_word(t->host, strlen(t->host)) &&
	       rbac_name_is_scope(t->scope, strlen(t->scope));
}

/* The first bytes of a hash: a token that was copied badly is told from one of another fleet. */
static void check_of(const uint8_t *p, size_t len, uint8_t out[CHECK])
{
	uint8_t hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof(hash), p, len, NULL, 0);
	memcpy(out, hash, CHECK);
}

int fleet_token_print(const struct fleet_token *t, char *out)
{
	struct buf b = { 0 };
	uint8_t check[CHECK];

	if (!right_names(t))
		return RBAC_INVALID;
	buf_put(&b, t->anchor.fleet, FLEET_ID);
	buf_put(&b, t->anchor.roots, FLEET_HASH);
	buf_u64(&b, t->anchor.version);
	buf_u64(&b, t->term);
	buf_u64(&b, t->number);
	bytes_put_text(&b, t->fleet);
	bytes_put_text(&b, t->host);
	bytes_put_text(&b, t->scope);
	if (!b.failed)
		check_of(b.p, b.len, check);
	buf_put(&b, check, CHECK);
	size_t head = strlen(prefix);
	int err = b.failed ? RBAC_NOMEM : RBAC_OK;
	if (!err && head + sodium_base64_encoded_len(b.len, VARIANT) > FLEET_TOKEN_MAX)
		err = RBAC_INVALID;
	if (!err) {
		memcpy(out, prefix, head);
		sodium_bin2base64(out + head, FLEET_TOKEN_MAX - head, b.p, b.len, VARIANT);
	}
	buf_free(&b);
	return err;
}

static bool take_name(struct bytes *b, char *out, size_t size)
{
	const char *text = bytes_text(b);
	size_t len = strlen(text);

	if (len >= size)
		return false;
	memcpy(out, text, len + 1);
	return true;
}

int fleet_token_parse(const char *text, struct fleet_token *out)
{
	uint8_t raw[FLEET_TOKEN_MAX], check[CHECK];
	size_t len, head = strlen(prefix);

	*out = (struct fleet_token){ 0 };
	if (strncmp(text, prefix, head - 2) == 0 && strncmp(text, prefix, head) != 0)
		return RBAC_NEWER;
	if (strncmp(text, prefix, head) != 0 || strlen(text) >= FLEET_TOKEN_MAX ||
	    sodium_base642bin(raw, sizeof(raw), text + head, strlen(text) - head, NULL, &len, NULL,
			      VARIANT) != 0 ||
	    len < CHECK)
		return RBAC_DAMAGED;
	check_of(raw, len - CHECK, check);
	if (memcmp(check, raw + len - CHECK, CHECK) != 0)
		return RBAC_DAMAGED;
	struct bytes b = { .p = raw, .end = raw + len - CHECK };
	const uint8_t *fleet = bytes_take(&b, FLEET_ID), *roots = bytes_take(&b, FLEET_HASH);
	out->anchor.version = bytes_u64(&b);
	out->term = bytes_u64(&b);
	out->number = bytes_u64(&b);
	bool right = take_name(&b, out->fleet, sizeof(out->fleet)) &&
		     take_name(&b, out->host, sizeof(out->host)) &&
		     take_name(&b, out->scope, sizeof(out->scope));
	if (b.bad || !right || b.p != b.end || !right_names(out))
		return RBAC_DAMAGED;
	memcpy(out->anchor.fleet, fleet, FLEET_ID);
	memcpy(out->anchor.roots, roots, FLEET_HASH);
	return RBAC_OK;
}
