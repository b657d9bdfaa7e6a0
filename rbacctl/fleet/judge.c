#include "rbacctl/fleet/judge.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/fleet/bytes.h"

/* ---- the head ---- */

static enum fleet_verdict form_of(int err)
{
	switch (err) {
	case RBAC_OK:
		return FLEET_TAKE;
	case RBAC_NEWER:
		return FLEET_NEWER;
	case RBAC_RANGE:
		return FLEET_TOO_LARGE;
	default:
		return FLEET_DAMAGED;
	}
}

/* Who signed it, and may they? */
static enum fleet_verdict judge_key(const struct fleet_trust *t, const struct fleet_arrived *a,
				    const struct fleet_head *h)
{
	const struct fleet_authority *key;

	if (memcmp(h->fleet, t->keys->fleet, FLEET_ID) != 0)
		return FLEET_OTHER_FLEET;
	key = fleet_keys_find(t->keys, h->key);
	if (!key)
		return FLEET_UNKNOWN_KEY;
	if (!fleet_signed_by(a->head.p, a->head.len, key->public))
		return FLEET_BAD_SIGNATURE;
	if (key->term != h->term)
		return FLEET_OTHER_TERM;
	if (h->issued >= key->until || t->now >= key->until)
		return FLEET_ENDED_KEY;
	return strcmp(h->name, a->name) == 0 ? FLEET_TAKE : FLEET_OTHER_SHEET;
}

/* Is it newer than what is held? FLEET_TAKE: it is. */
static enum fleet_verdict judge_age(const struct fleet_trust *t, const struct fleet_held *held,
				    const struct fleet_judgement *j)
{
	const struct fleet_head *h = &j->head;

	if (h->term < t->term || h->term < held->term)
		return FLEET_LOWER_TERM;
	if (h->term > held->term)
		return FLEET_TAKE;
	if (h->number < held->number)
		return FLEET_ROLLBACK;
	if (h->number > held->number || !held->taken)
		return FLEET_TAKE;
	if (memcmp(j->content, held->content, FLEET_HASH) != 0)
		return FLEET_FORK;
	return h->issued > held->issued ? FLEET_FRESHER : FLEET_SAME;
}

/* ---- the chunks ---- */

struct hashed {
	uint8_t hash[FLEET_HASH];
	struct fleet_bytes bytes;
};

static int by_hash(const void *a, const void *b)
{
	return memcmp(((const struct hashed *)a)->hash, ((const struct hashed *)b)->hash,
		      FLEET_HASH);
}

/* Those that arrived, by their hashes. What is larger than any chunk may be is passed over. */
static struct hashed *hash_all(const struct fleet_arrived *a, size_t *n)
{
	struct hashed *v = calloc(a->n_chunks + 1, sizeof(*v));

	*n = 0;
	for (size_t i = 0; v && i < a->n_chunks; i++) {
		if (a->chunks[i].len > FLEET_CHUNK_MAX)
			continue;
		fleet_chunk_hash(a->chunks[i].p, a->chunks[i].len, v[*n].hash);
		v[(*n)++].bytes = a->chunks[i];
	}
	if (v && *n)
		qsort(v, *n, sizeof(*v), by_hash);
	return v;
}

/* The chunks that the head names, in its order. */
static int find_chunks(const struct fleet_arrived *a, struct fleet_judgement *j)
{
	size_t n;
	struct hashed *v = hash_all(a, &n);

	j->chunks = v ? calloc(j->head.n_chunks + 1, sizeof(*j->chunks)) : NULL;
	for (uint32_t i = 0; j->chunks && i < j->head.n_chunks; i++) {
		struct fleet_chunk_ref ref = fleet_head_chunk(&j->head, i);
		struct hashed key = { .bytes = { 0 } }, *found;
		memcpy(key.hash, ref.hash, FLEET_HASH);
		found = n ? bsearch(&key, v, n, sizeof(*v), by_hash) : NULL;
		if (found && found->bytes.len == ref.size)
			j->chunks[i] = found->bytes;
		else
			j->missing++;
	}
	free(v);
	return j->chunks ? RBAC_OK : RBAC_NOMEM;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct ids {
	uint64_t *v;
	size_t n, cap;
};

static int on_record(void *ctx, const struct fleet_record *rec)
{
	struct ids *x = ctx;

	if (rec->type != FLEET_ASSIGNMENT)
		return RBAC_OK;
	if (!buf_room(&x->v, x->n, &x->cap, sizeof(*x->v)))
		return RBAC_NOMEM;
	x->v[x->n++] = rec->id;
	return RBAC_OK;
}

/* What was signed is read whole before any of it is used; no id is in two chunks. */
static int check_chunks(const struct fleet_judgement *j)
{
	struct ids ids = { 0 };
	int err = fleet_judgement_each(j, on_record, &ids);

	if (ids.n)
		qsort(ids.v, ids.n, sizeof(*ids.v), by_number);
	for (size_t i = 1; i < ids.n && !err; i++)
		if (ids.v[i] == ids.v[i - 1])
			err = RBAC_DAMAGED;
	free(ids.v);
	return err;
}

/* ---- all of it ---- */

int fleet_judge(const struct fleet_trust *t, const struct fleet_held *held,
		const struct fleet_arrived *a, struct fleet_judgement *out)
{
	*out = (struct fleet_judgement){ 0 };
	out->verdict = form_of(fleet_head_decode(a->head.p, a->head.len, &out->head));
	if (out->verdict == FLEET_TAKE)
		out->verdict = judge_key(t, a, &out->head);
	if (out->verdict != FLEET_TAKE)
		return RBAC_OK;
	fleet_head_content(&out->head, out->content);
	out->verdict = judge_age(t, held, out);
	if (out->verdict != FLEET_TAKE)
		return RBAC_OK;
	int err = find_chunks(a, out);
	if (err || out->missing) {
		out->verdict = FLEET_WAIT;
		return err;
	}
	err = check_chunks(out);
	if (err)
		out->verdict = FLEET_DAMAGED;
	return err == RBAC_NOMEM ? err : RBAC_OK;
}

void fleet_judgement_free(struct fleet_judgement *j)
{
	free(j->chunks);
	j->chunks = NULL;
}

int fleet_judgement_each(const struct fleet_judgement *j, fleet_record_fn *fn, void *ctx)
{
	int err = RBAC_OK;

	for (uint32_t i = 0; i < j->head.n_chunks && !err; i++)
		err = fleet_chunk_each(j->chunks[i].p, j->chunks[i].len, i, j->head.n_chunks,
				       fleet_head_is_fleet(&j->head), fn, ctx);
	return err;
}

const char *fleet_verdict_text(enum fleet_verdict v)
{
	static const char *const texts[FLEET_VERDICTS] = {
		[FLEET_TAKE] = "new",
		[FLEET_SAME] = "nothing new",
		[FLEET_FRESHER] = "unchanged, signed again",
		[FLEET_WAIT] = "a part of it has not come yet",
		[FLEET_DAMAGED] = "it is damaged, or not a sheet",
		[FLEET_NEWER] = "it needs a newer rbacctl",
		[FLEET_TOO_LARGE] = "it is larger than a sheet may be",
		[FLEET_OTHER_FLEET] = "it is of another fleet",
		[FLEET_OTHER_SHEET] = "it is the sheet of another scope",
		[FLEET_UNKNOWN_KEY] = "no key of this fleet has signed it",
		[FLEET_ENDED_KEY] = "the key that signed it has ended",
		[FLEET_OTHER_TERM] = "its key is not for that term",
		[FLEET_BAD_SIGNATURE] = "its signature is wrong",
		[FLEET_LOWER_TERM] = "it is of an authority that another has taken over from",
		[FLEET_ROLLBACK] = "it is older than what this host has taken",
		[FLEET_FORK] = "a fork: it differs from what this host has under the same number",
	};

	return v < FLEET_VERDICTS ? texts[v] : "unknown";
}
