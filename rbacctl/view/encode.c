#include "rbacctl/view/encode.h"

#include <stdlib.h>
#include <string.h>

#include "common/crc32c.h"
#include "common/walk.h"
#include "rbacctl/lookup.h"

static void store_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void put_count(struct buf *b, size_t n)
{
	if (n > UINT32_MAX)
		b->failed = true;
	buf_u32(b, (uint32_t)n);
}

static void put_len8(struct buf *b, const void *p, size_t n)
{
	if (n > UINT8_MAX)
		b->failed = true;
	buf_u8(b, (uint8_t)n);
	buf_put(b, p, n);
}

static void put_len16(struct buf *b, const void *p, size_t n)
{
	if (n > UINT16_MAX)
		b->failed = true;
	buf_u16(b, (uint16_t)n);
	buf_put(b, p, n);
}

static void put_window(struct buf *b, struct rbac_window w)
{
	buf_u64(b, (uint64_t)w.from);
	buf_u64(b, (uint64_t)w.until);
}

/* ---- keys and seals ---- */

size_t encode_key(uint8_t *out, uint8_t type, const void *name, size_t len)
{
	if (len > RBAC_WALK_KEY_MAX - 1)
		return 0;
	out[0] = type;
	if (len > 0)
		memcpy(out + 1, name, len);
	return len + 1;
}

size_t encode_key_gid(uint8_t *out, uint8_t type, uint32_t gid)
{
	uint8_t name[RBAC_NUMBER_KEY];
	rbac_number_key(name, gid);
	return encode_key(out, type, name, sizeof(name));
}

void encode_seal(struct buf *b, const uint8_t *key, size_t key_len)
{
	if (b->failed)
		return;
	uint32_t crc = rbac_crc32c(0, key, key_len);
	buf_u32(b, rbac_crc32c(crc, b->p, b->len));
}

bool encode_is_sealed(const void *key, size_t key_len, const void *value, size_t len)
{
	const uint8_t *p = value;
	return len >= 4 &&
	       rbac_crc32c(rbac_crc32c(0, key, key_len), p, len - 4) == rbac_le32(p + len - 4);
}

/* ---- meta ---- */

void encode_meta(struct buf *b, const struct encode_meta *m)
{
	if (m->n_extra > RBAC_EXTRA_MAX)
		b->failed = true;
	buf_u32(b, RBAC_VIEW_VERSION);
	buf_u32(b, m->flags);
	buf_u64(b, m->generation);
	buf_put(b, m->identity, RBAC_IDENTITY);
	buf_u64(b, (uint64_t)m->published);
	buf_u32(b, m->gid_min);
	buf_u32(b, m->gid_max);
	put_count(b, m->n_extra);
	buf_u32(b, m->n_unix);
	put_count(b, m->n_zone);
	put_count(b, m->n_exempt_gids);
	put_count(b, m->n_exempt_users);
	put_count(b, m->n_hosts);
	for (size_t i = 0; i < m->n_extra; i++)
		buf_u32(b, m->extra[i]);
	for (size_t i = 0; i < m->n_exempt_gids; i++)
		buf_u32(b, m->exempt_gids[i]);
	for (size_t i = 0; i < m->n_zone; i++) {
		buf_u64(b, (uint64_t)m->zone[i].from);
		buf_u32(b, (uint32_t)m->zone[i].offset);
	}
	for (size_t i = 0; i < m->n_exempt_users; i++)
		put_len8(b, m->exempt_users[i], strlen(m->exempt_users[i]));
	for (size_t i = 0; i < m->n_hosts; i++)
		put_len16(b, m->hosts[i], strlen(m->hosts[i]));
}

/* ---- subjects ---- */

static bool is_always(struct rbac_window w)
{
	return w.from == RBAC_TIME_MIN && w.until == RBAC_TIME_MAX;
}

/* The windows of one subject, each once: N of them stand in B from FROM on. */
struct windows {
	struct buf *b;
	size_t from;
	uint32_t n;
	struct lookup at;
};

static bool is_window(const void *ctx, uint32_t number, const void *key)
{
	const struct windows *ws = ctx;
	const struct rbac_window *w = key;
	const uint8_t *p = ws->b->p + ws->from + (size_t)number * 16;
	return (int64_t)rbac_le64(p) == w->from && (int64_t)rbac_le64(p + 8) == w->until;
}

static uint64_t window_hash(struct rbac_window w)
{
	return lookup_hash(lookup_hash(LOOKUP_SEED, &w.from, sizeof w.from), &w.until,
			   sizeof w.until);
}

/* The number of W, from 1; 0: always, or not there. */
static uint32_t window_number(const struct windows *ws, struct rbac_window w)
{
	if (ws->b->failed || is_always(w))
		return 0;
	uint32_t i = lookup_find(&ws->at, window_hash(w), is_window, ws, &w);
	return i == LOOKUP_NONE ? 0 : i + 1;
}

static void put_new_window(struct windows *ws, struct rbac_window w)
{
	if (is_always(w) || window_number(ws, w) > 0)
		return;
	put_window(ws->b, w);
	ws->b->failed |= lookup_add(&ws->at, window_hash(w), ws->n++) != 0;
}

/* Neighbours at one scope share its text. */
static bool scope_is_new(const struct encode_grant *grants, size_t i)
{
	return i == 0 || strcmp(grants[i - 1].scope, grants[i].scope) != 0;
}

static void put_grants(struct buf *b, const struct encode_grant *grants, size_t n,
		       const struct windows *ws)
{
	size_t scope_at = 0, next = 0;
	for (size_t i = 0; i < n; i++) {
		if (scope_is_new(grants, i)) {
			scope_at = next;
			next += 2 + strlen(grants[i].scope);
		}
		buf_u64(b, grants[i].id);
		buf_u32(b, grants[i].role);
		buf_u32(b, grants[i].flags);
		buf_u32(b, window_number(ws, grants[i].window));
		put_count(b, scope_at);
	}
	for (size_t i = 0; i < n; i++)
		if (scope_is_new(grants, i))
			put_len16(b, grants[i].scope, strlen(grants[i].scope));
}

void encode_subject(struct buf *b, uint32_t uid, uint32_t flags, const struct encode_gid *gids,
		    size_t n_gids, const struct encode_grant *grants, size_t n_grants)
{
	buf_u32(b, uid);
	buf_u32(b, flags);
	size_t count_at = b->len;
	buf_u32(b, 0);
	put_count(b, n_gids);
	put_count(b, n_grants);

	struct windows ws = { .b = b, .from = b->len };
	for (size_t i = 0; i < n_gids; i++)
		put_new_window(&ws, gids[i].window);
	for (size_t i = 0; i < n_grants; i++)
		put_new_window(&ws, grants[i].window);
	if (!b->failed)
		store_le32(b->p + count_at, ws.n);

	for (size_t i = 0; i < n_gids; i++) {
		buf_u32(b, gids[i].gid);
		buf_u32(b, window_number(&ws, gids[i].window));
	}
	put_grants(b, grants, n_grants, &ws);
	lookup_free(&ws.at);
}

/* ---- groups ---- */

/* The end of the run of members with the name at I; *ALWAYS: one of them has no limit. */
static size_t run_end(const struct encode_member *m, size_t i, size_t n, bool *always)
{
	size_t end = i;
	*always = false;
	for (; end < n && strcmp(m[end].name, m[i].name) == 0; end++)
		*always |= is_always(m[end].window);
	return end;
}

static void count_members(const struct encode_member *m, size_t n, size_t *n_always,
			  size_t *always_len, size_t *n_windowed)
{
	bool always;
	*n_always = *always_len = *n_windowed = 0;
	for (size_t i = 0, end; i < n; i = end) {
		end = run_end(m, i, n, &always);
		if (always) {
			++*n_always;
			*always_len += strlen(m[i].name) + 1;
		} else {
			*n_windowed += end - i;
		}
	}
}

enum part { ALWAYS_LENS, ALWAYS_NAMES, WINDOWED };

static void put_run(struct buf *b, const struct encode_member *m, size_t n, enum part part)
{
	size_t len = strlen(m->name);
	switch (part) {
	case ALWAYS_LENS:
		if (len > UINT8_MAX)
			b->failed = true;
		buf_u8(b, (uint8_t)len);
		break;
	case ALWAYS_NAMES:
		buf_put(b, m->name, len + 1);
		break;
	case WINDOWED:
		for (size_t i = 0; i < n; i++) {
			put_window(b, m[i].window);
			put_len8(b, m->name, len);
			buf_u8(b, 0);
		}
		break;
	}
}

static void put_members(struct buf *b, const struct encode_member *m, size_t n, enum part part)
{
	bool always;
	for (size_t i = 0, end; i < n; i = end) {
		end = run_end(m, i, n, &always);
		if (always == (part != WINDOWED))
			put_run(b, m + i, end - i, part);
	}
}

void encode_group(struct buf *b, uint32_t gid, uint8_t flags, const char *name,
		  const struct encode_member *members, size_t n)
{
	size_t n_always, always_len, n_windowed, name_len = strlen(name);
	count_members(members, n, &n_always, &always_len, &n_windowed);
	if (name_len > UINT8_MAX)
		b->failed = true;
	buf_u32(b, gid);
	buf_u8(b, flags);
	buf_u8(b, (uint8_t)name_len);
	put_count(b, n_always);
	put_count(b, always_len);
	put_count(b, n_windowed);
	buf_put(b, name, name_len + 1);
	put_members(b, members, n, ALWAYS_LENS);
	put_members(b, members, n, ALWAYS_NAMES);
	put_members(b, members, n, WINDOWED);
}

/* ---- login rules ---- */

static void put_rule(struct buf *b, const struct encode_rule *r)
{
	buf_u16(b, r->number);
	buf_u16(b, r->flags);
	buf_u32(b, r->line);
	put_count(b, r->n_role_bytes);
	put_count(b, r->n_users);
	put_count(b, r->n_groups);
	for (int k = 0; k < RBAC_CONDITIONS; k++)
		buf_u32(b, r->conditions[k].n);
	put_len8(b, r->file, strlen(r->file));
	buf_put(b, r->roles, r->n_role_bytes);
	for (size_t i = 0; i < r->n_users; i++)
		put_len8(b, r->users[i], strlen(r->users[i]));
	for (size_t i = 0; i < r->n_groups; i++)
		buf_u32(b, r->groups[i]);
	for (int k = 0; k < RBAC_CONDITIONS; k++)
		buf_put(b, r->conditions[k].entries.p, r->conditions[k].entries.len);
}

void encode_rules(struct buf *b, const struct encode_rule *rules, size_t n)
{
	if (n > UINT16_MAX)
		b->failed = true;
	buf_u16(b, (uint16_t)n);
	for (size_t i = 0; i < n; i++) {
		size_t size_at = b->len;
		buf_u32(b, 0);
		put_rule(b, &rules[i]);
		if (b->len - size_at - 4 > UINT32_MAX)
			b->failed = true;
		if (!b->failed)
			store_le32(b->p + size_at, (uint32_t)(b->len - size_at - 4));
	}
}

/* ---- scopes ---- */

void encode_scope(struct buf *b, uint64_t created, const char *owner, const char *plan)
{
	buf_u64(b, created);
	put_len8(b, owner, owner ? strlen(owner) : 0);
	put_len8(b, plan, plan ? strlen(plan) : 0);
}

/* ---- uids ---- */

void encode_uid(struct buf *b, const char *name)
{
	buf_put(b, name, strlen(name));
}

/* ---- roles ---- */

void encode_role(struct buf *b, uint8_t flags, const char *name)
{
	buf_put(b, &flags, 1);
	buf_put(b, name, strlen(name));
}
