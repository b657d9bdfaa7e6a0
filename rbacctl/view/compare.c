#include "rbacctl/view/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/lookup.h"

enum { META_PUBLISHED = 4 + 4 + 8 + RBAC_IDENTITY, META_AFTER = META_PUBLISHED + 8 }; /* wire.h */

/* Two keys of a view that share a hash hide nothing but an extra record, once in 10^7 views of 10^6
 * records. */
static uint64_t hash(const uint8_t *p, size_t len)
{
	return lookup_hash(LOOKUP_SEED, p, len);
}

static int order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void tell(struct comparison *c, enum compare_how how, const uint8_t *key, size_t len)
{
	c->n++;
	c->fn(c->ctx, how, (struct rbac_bytes){ key, len });
}

static bool same(const uint8_t *key, const struct rbac_bytes *rec, const struct buf *b)
{
	if (rec->len != b->len)
		return false;
	if (key[0] != RBAC_REC_META || b->len < META_AFTER)
		return b->len == 0 || memcmp(rec->p, b->p, b->len) == 0;
	return memcmp(rec->p, b->p, META_PUBLISHED) == 0 &&
	       memcmp(rec->p + META_AFTER, b->p + META_AFTER, b->len - META_AFTER) == 0;
}

int compare_record(struct comparison *c, const uint8_t *key, size_t len, const struct buf *b)
{
	struct rbac_bytes rec;

	if (!buf_room(&c->seen, c->n_seen, &c->cap_seen, sizeof *c->seen))
		return RBAC_NOMEM;
	c->seen[c->n_seen++] = hash(key, len);
	int err = rbac_view_get(c->view, key[0], key + 1, len - 1, &rec);
	if (err == RBAC_NOTFOUND)
		tell(c, COMPARE_MISSING, key, len);
	else if (!err && !same(key, &rec, b))
		tell(c, COMPARE_DIFFERS, key, len);
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

int compare_finish(struct comparison *c)
{
	struct rbac_bytes key = { 0 }, next, rec;
	int err;

	if (c->n_seen)
		qsort(c->seen, c->n_seen, sizeof *c->seen, order);
	while ((err = rbac_view_next(c->view, key, &next, &rec, NULL)) == RBAC_OK) {
		uint64_t h = hash(next.p, next.len);
		if (!c->n_seen || !bsearch(&h, c->seen, c->n_seen, sizeof h, order))
			tell(c, COMPARE_EXTRA, next.p, next.len);
		key = next;
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

void compare_free(struct comparison *c)
{
	free(c->seen);
	c->seen = NULL;
	c->n_seen = c->cap_seen = 0;
}

/* ---- in words ---- */

static uint32_t gid_of(struct rbac_bytes key)
{
	uint32_t gid = 0;

	for (size_t i = 1; i < key.len; i++)
		gid = gid << 8 | key.p[i];
	return gid;
}

void compare_name(struct rbac_bytes key, char *out, size_t size)
{
	int len = (int)key.len - 1;
	const char *name = (const char *)key.p + 1;

	switch (key.p[0]) {
	case RBAC_REC_META:
		snprintf(out, size, "the settings of this host: zone, exempt and extra groups");
		break;
	case RBAC_REC_USER:
		snprintf(out, size, "user %.*s", len, name);
		break;
	case RBAC_REC_UNIX:
		snprintf(out, size, "what is assigned to the Unix group with gid %u", gid_of(key));
		break;
	case RBAC_REC_GID:
		snprintf(out, size, "the group with gid %u", gid_of(key));
		break;
	case RBAC_REC_GROUP:
		snprintf(out, size, "group %.*s and its members", len, name);
		break;
	case RBAC_REC_HOST:
		snprintf(out, size, "the Unix group %.*s, its gid or its members", len, name);
		break;
	case RBAC_REC_LOGIN:
		snprintf(out, size, "the login rules of %.*s", len, name);
		break;
	case RBAC_REC_SCOPE:
		snprintf(out, size, "scope %.*s", len, name);
		break;
	case RBAC_REC_FILE:
		snprintf(out, size, "the text of %.*s", len, name);
		break;
	default:
		snprintf(out, size, "a record of type %d", key.p[0]);
		break;
	}
}
