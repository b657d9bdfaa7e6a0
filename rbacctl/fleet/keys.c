#include "rbacctl/fleet/keys.h"

#include <sodium.h>
#include <string.h>

#include "rbacctl/fleet/bytes.h"

static const char magic[8] = "rbackeys";

enum { SIGNED = FLEET_KEY_ID + FLEET_SIGNATURE }; /* bytes of one signature */

/* ---- encode ---- */

static void put_roots(const struct fleet_keys *k, struct buf *out)
{
	buf_u8(out, k->threshold);
	buf_u8(out, k->n_roots);
	for (int i = 0; i < k->n_roots; i++)
		buf_put(out, k->roots[i], FLEET_PUBLIC);
}

static bool fits(const struct fleet_keys *k)
{
	if (k->version == 0 || k->n_roots == 0 || k->n_roots > FLEET_ROOTS_MAX ||
	    k->threshold == 0 || k->threshold > k->n_roots ||
	    k->n_authorities > FLEET_AUTHORITIES_MAX)
		return false;
	for (int i = 0; i < k->n_roots; i++)
		for (int j = 0; j < i; j++)
			if (memcmp(k->roots[i], k->roots[j], FLEET_PUBLIC) == 0)
				return false;
	for (int i = 0; i < k->n_authorities; i++)
		for (int j = 0; j < i; j++)
			if (memcmp(k->authorities[i].public, k->authorities[j].public,
				   FLEET_PUBLIC) == 0)
				return false;
	return true;
}

int fleet_keys_encode(const struct fleet_keys *k, struct buf *out)
{
	if (!fits(k))
		return RBAC_INVALID;
	buf_put(out, magic, sizeof(magic));
	buf_u16(out, FLEET_VERSION);
	buf_put(out, k->fleet, FLEET_ID);
	buf_u64(out, k->version);
	put_roots(k, out);
	buf_u8(out, k->n_authorities);
	for (int i = 0; i < k->n_authorities; i++) {
		buf_put(out, k->authorities[i].public, FLEET_PUBLIC);
		buf_u64(out, k->authorities[i].term);
		buf_u64(out, (uint64_t)k->authorities[i].until);
	}
	return out->failed ? RBAC_NOMEM : RBAC_OK;
}

void fleet_anchor_of(const struct fleet_keys *k, struct fleet_anchor *out)
{
	uint8_t bytes[2 + FLEET_ROOTS_MAX * FLEET_PUBLIC] = { k->threshold, k->n_roots };

	memcpy(bytes + 2, k->roots, (size_t)k->n_roots * FLEET_PUBLIC);
	memcpy(out->fleet, k->fleet, FLEET_ID);
	out->version = k->version;
	crypto_generichash(out->roots, FLEET_HASH, bytes, 2 + (size_t)k->n_roots * FLEET_PUBLIC,
			   NULL, 0);
}

/* ---- decode ---- */

/* The list, and where it ends: signatures follow, as many as there is room for. */
static int decode(const uint8_t *p, size_t len, struct fleet_keys *k, size_t *list)
{
	struct bytes b = { .p = p, .end = p + len };
	const uint8_t *start = bytes_take(&b, sizeof(magic)), *q;

	*k = (struct fleet_keys){ 0 };
	*list = 0;
	if (!start || memcmp(start, magic, sizeof(magic)) != 0)
		return RBAC_DAMAGED;
	uint16_t version = bytes_u16(&b);
	if (!b.bad && version > FLEET_VERSION)
		return RBAC_NEWER;
	if (version != FLEET_VERSION)
		return RBAC_DAMAGED;
	if (len > FLEET_KEYS_MAX)
		return RBAC_RANGE;
	if ((q = bytes_take(&b, FLEET_ID)))
		memcpy(k->fleet, q, FLEET_ID);
	k->version = bytes_u64(&b);
	k->threshold = bytes_u8(&b);
	k->n_roots = bytes_u8(&b);
	if (k->n_roots > FLEET_ROOTS_MAX)
		return RBAC_RANGE;
	if ((q = bytes_take(&b, (size_t)k->n_roots * FLEET_PUBLIC)))
		memcpy(k->roots, q, (size_t)k->n_roots * FLEET_PUBLIC);
	k->n_authorities = bytes_u8(&b);
	if (k->n_authorities > FLEET_AUTHORITIES_MAX)
		return RBAC_RANGE;
	for (int i = 0; i < k->n_authorities; i++) {
		if ((q = bytes_take(&b, FLEET_PUBLIC)))
			memcpy(k->authorities[i].public, q, FLEET_PUBLIC);
		k->authorities[i].term = bytes_u64(&b);
		k->authorities[i].until = (int64_t)bytes_u64(&b);
	}
	if (b.bad || !fits(k) || (size_t)(b.end - b.p) % SIGNED != 0)
		return RBAC_DAMAGED;
	*list = (size_t)(b.p - p);
	return RBAC_OK;
}

int fleet_keys_decode(const uint8_t *p, size_t len, struct fleet_keys *k)
{
	size_t list;

	return decode(p, len, k, &list);
}

const struct fleet_authority *fleet_keys_find(const struct fleet_keys *k,
					      const uint8_t id[FLEET_KEY_ID])
{
	uint8_t own[FLEET_KEY_ID];

	for (int i = 0; i < k->n_authorities; i++) {
		fleet_key_id(k->authorities[i].public, own);
		if (memcmp(own, id, FLEET_KEY_ID) == 0)
			return &k->authorities[i];
	}
	return NULL;
}

/* ---- signatures ---- */

/* Has the root key PUBLIC signed the first LIST bytes at P? The signatures lie behind them. */
static bool signed_by(const uint8_t *p, size_t len, size_t list, const uint8_t *public)
{
	uint8_t id[FLEET_KEY_ID];

	fleet_key_id(public, id);
	for (size_t at = list; at + SIGNED <= len; at += SIGNED)
		if (memcmp(p + at, id, FLEET_KEY_ID) == 0 &&
		    crypto_sign_verify_detached(p + at + FLEET_KEY_ID, p, list, public) == 0)
			return true;
	return false;
}

unsigned fleet_keys_signatures(const uint8_t *p, size_t len, const struct fleet_keys *roots)
{
	struct fleet_keys k;
	size_t list;
	unsigned n = 0;

	if (decode(p, len, &k, &list))
		return 0;
	for (int i = 0; i < roots->n_roots; i++)
		n += signed_by(p, len, list, roots->roots[i]);
	return n;
}

int fleet_keys_sign(struct buf *bytes, const struct fleet_key *key)
{
	uint8_t signature[FLEET_SIGNATURE];
	struct fleet_keys k;
	size_t list;

	if (decode(bytes->p, bytes->len, &k, &list))
		return RBAC_NOTFOUND;
	if (signed_by(bytes->p, bytes->len, list, key->public))
		return RBAC_CONFLICT;
	crypto_sign_detached(signature, NULL, bytes->p, list, key->secret);
	buf_put(bytes, key->id, FLEET_KEY_ID);
	buf_put(bytes, signature, sizeof(signature));
	return bytes->failed ? RBAC_NOMEM : RBAC_OK;
}

/* ---- judge ---- */

static enum fleet_keys_verdict judge_first(const struct fleet_anchor *anchor,
					   const struct fleet_keys *k)
{
	struct fleet_anchor own;

	fleet_anchor_of(k, &own);
	if (memcmp(own.roots, anchor->roots, FLEET_HASH) != 0)
		return FLEET_KEYS_OTHER_ROOTS;
	return k->version < anchor->version ? FLEET_KEYS_TOO_OLD : FLEET_KEYS_TAKE;
}

/* The same list may come with other signatures of as many root keys. */
static bool same_list(const struct buf *held_bytes, const uint8_t *p, size_t list)
{
	struct fleet_keys k;
	size_t held;

	return decode(held_bytes->p, held_bytes->len, &k, &held) == RBAC_OK && held == list &&
	       memcmp(held_bytes->p, p, list) == 0;
}

enum fleet_keys_verdict fleet_keys_judge(const struct fleet_keys *held,
					 const struct buf *held_bytes,
					 const struct fleet_anchor *anchor, const uint8_t *p,
					 size_t len, struct fleet_keys *out)
{
	enum fleet_keys_verdict verdict = FLEET_KEYS_TAKE;
	size_t list;
	int err = decode(p, len, out, &list);

	if (err)
		return err == RBAC_NEWER ? FLEET_KEYS_NEWER : FLEET_KEYS_DAMAGED;
	if (memcmp(out->fleet, held ? held->fleet : anchor->fleet, FLEET_ID) != 0)
		return FLEET_KEYS_OTHER_FLEET;
	if (held && out->version < held->version)
		return FLEET_KEYS_SAME;
	if (!held)
		verdict = judge_first(anchor, out);
	if (verdict != FLEET_KEYS_TAKE)
		return verdict;
	if (fleet_keys_signatures(p, len, out) < out->threshold ||
	    (held && fleet_keys_signatures(p, len, held) < held->threshold))
		return FLEET_KEYS_UNSIGNED;
	if (!held || out->version > held->version)
		return FLEET_KEYS_TAKE;
	return same_list(held_bytes, p, list) ? FLEET_KEYS_SAME : FLEET_KEYS_FORK;
}

const char *fleet_keys_text(enum fleet_keys_verdict v)
{
	static const char *const texts[FLEET_KEYS_VERDICTS] = {
		[FLEET_KEYS_TAKE] = "a newer list of keys",
		[FLEET_KEYS_SAME] = "nothing new",
		[FLEET_KEYS_DAMAGED] = "it is not a list of keys",
		[FLEET_KEYS_NEWER] = "it needs a newer rbacctl",
		[FLEET_KEYS_OTHER_FLEET] = "it is of another fleet",
		[FLEET_KEYS_OTHER_ROOTS] = "its root keys are not those of the token",
		[FLEET_KEYS_TOO_OLD] = "it is older than the token",
		[FLEET_KEYS_UNSIGNED] = "too few root keys have signed it",
		[FLEET_KEYS_FORK] = "another list has the same version",
	};

	return v < FLEET_KEYS_VERDICTS ? texts[v] : "unknown";
}
