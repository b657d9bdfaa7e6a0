#include "common/wire.h"

#include <string.h>

#include "common/error.h"
#include "common/name.h"

/* The rest of a record. A take that does not fit sets BAD and returns zeros, so that one check at
 * the end is enough. */
struct cursor {
	const uint8_t *p;
	size_t left;
	bool bad;
};

static const uint8_t *take(struct cursor *c, size_t n, size_t size)
{
	if (c->bad || n > c->left / size) {
		c->bad = true;
		return NULL;
	}
	const uint8_t *at = c->p;
	c->p += n * size;
	c->left -= n * size;
	return at;
}

static uint8_t take_u8(struct cursor *c)
{
	const uint8_t *p = take(c, 1, 1);

	return p ? *p : 0;
}

static uint16_t take_u16(struct cursor *c)
{
	const uint8_t *p = take(c, 1, 2);

	return p ? rbac_le16(p) : 0;
}

static uint32_t take_u32(struct cursor *c)
{
	const uint8_t *p = take(c, 1, 4);

	return p ? rbac_le32(p) : 0;
}

static uint64_t take_u64(struct cursor *c)
{
	const uint8_t *p = take(c, 1, 8);

	return p ? rbac_le64(p) : 0;
}

/* N entries: each is HEAD bytes, and then as many bytes as the last LEN_SIZE (0, 1 or 2) of these
 * say. */
static struct rbac_bytes take_list(struct cursor *c, uint32_t n, size_t head, size_t len_size)
{
	const uint8_t *start = c->p;

	if (len_size == 0)
		take(c, n, head);
	for (uint32_t i = 0; i < n && len_size && !c->bad; i++) {
		const uint8_t *h = take(c, 1, head);

		if (h)
			take(c, len_size == 2 ? rbac_le16(h + head - 2) : h[head - 1], 1);
	}
	return (struct rbac_bytes){ start, c->bad ? 0 : (size_t)(c->p - start) };
}

/* ---- meta ---- */

enum { ZONE_SIZE = 12 };

static bool gids_ascend(const uint8_t *gids, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		if (rbac_le32(gids + 4 * (size_t)(i - 1)) > rbac_le32(gids + 4 * (size_t)i))
			return false;
	return true;
}

int rbac_meta_decode(struct rbac_bytes rec, struct rbac_meta *m)
{
	struct cursor c = { rec.p, rec.len, false };

	m->version = take_u32(&c);
	if (c.bad || m->version == 0)
		return RBAC_DAMAGED;
	if (m->version > RBAC_VIEW_VERSION)
		return RBAC_NEWER;
	m->flags = take_u32(&c);
	m->generation = take_u64(&c);
	m->identity = take(&c, RBAC_IDENTITY, 1);
	m->published = (int64_t)take_u64(&c);
	m->gid_min = take_u32(&c);
	m->gid_max = take_u32(&c);
	m->n_extra = take_u32(&c);
	m->n_unix = take_u32(&c);
	m->n_zone = take_u32(&c);
	m->n_exempt_gids = take_u32(&c);
	m->n_exempt_users = take_u32(&c);
	m->n_hosts = take_u32(&c);
	m->extra = take(&c, m->n_extra, 4);
	m->exempt_gids = take(&c, m->n_exempt_gids, 4);
	m->zone = take(&c, m->n_zone, ZONE_SIZE);
	m->exempt_users = take_list(&c, m->n_exempt_users, 1, 1);
	m->hosts = take_list(&c, m->n_hosts, 2, 2);
	if (c.bad || c.left > 0 || m->gid_min > m->gid_max || m->n_extra > RBAC_EXTRA_MAX)
		return RBAC_DAMAGED;
	if (!gids_ascend(m->extra, m->n_extra) || !gids_ascend(m->exempt_gids, m->n_exempt_gids))
		return RBAC_DAMAGED;
	return RBAC_OK;
}

/* The index of GID in N ascending gids; -1: it is not there. */
static int64_t find_gid(const uint8_t *gids, uint32_t n, uint32_t gid)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2, at = rbac_le32(gids + 4 * (size_t)mid);

		if (at == gid)
			return mid;
		if (at < gid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -1;
}

int rbac_meta_extra(const struct rbac_meta *m, uint32_t gid)
{
	return (int)find_gid(m->extra, m->n_extra, gid);
}

bool rbac_meta_exempt_gid(const struct rbac_meta *m, uint32_t gid)
{
	return find_gid(m->exempt_gids, m->n_exempt_gids, gid) >= 0;
}

bool rbac_meta_exempt_user(const struct rbac_meta *m, const char *user, size_t len)
{
	struct cursor c = { m->exempt_users.p, m->exempt_users.len, false };

	for (uint32_t i = 0; i < m->n_exempt_users; i++) {
		size_t n = take_u8(&c);
		const uint8_t *p = take(&c, n, 1);

		if (!p)
			return false;
		if (n == len && memcmp(p, user, len) == 0)
			return true;
	}
	return false;
}

void rbac_meta_zone(const struct rbac_meta *m, uint32_t i, int64_t *from, int32_t *offset)
{
	const uint8_t *p = m->zone + ZONE_SIZE * (size_t)i;

	*from = (int64_t)rbac_le64(p);
	*offset = (int32_t)rbac_le32(p + 8);
}

int32_t rbac_meta_offset(const struct rbac_meta *m, int64_t t)
{
	uint32_t lo = 0, hi = m->n_zone;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if ((int64_t)rbac_le64(m->zone + ZONE_SIZE * (size_t)mid) <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* Before the first entry, the first one is the best guess. */
	if (m->n_zone == 0)
		return 0;
	return (int32_t)rbac_le32(m->zone + ZONE_SIZE * (size_t)(lo > 0 ? lo - 1 : 0) + 8);
}

/* ---- subjects ---- */

enum { SUBJECT_HEAD = 20, WINDOW_SIZE = 16, SUBJECT_GID_SIZE = 8, GRANT_SIZE = 24 };

/* Every lookup of a user comes here: so the sizes are added in 64 bits and compared once. */
int rbac_subject_decode(struct rbac_bytes rec, struct rbac_subject *s)
{
	const uint8_t *p = rec.p;

	if (rec.len < SUBJECT_HEAD)
		return RBAC_DAMAGED;
	s->uid = rbac_le32(p);
	s->flags = rbac_le32(p + 4);
	s->n_windows = rbac_le32(p + 8);
	s->n_gids = rbac_le32(p + 12);
	s->n_grants = rbac_le32(p + 16);
	uint64_t windows = (uint64_t)s->n_windows * WINDOW_SIZE,
		 gids = (uint64_t)s->n_gids * SUBJECT_GID_SIZE;
	uint64_t grants = (uint64_t)s->n_grants * GRANT_SIZE;
	if (windows + gids + grants > rec.len - SUBJECT_HEAD)
		return RBAC_DAMAGED;
	s->windows = p + SUBJECT_HEAD;
	s->gids = s->windows + windows;
	s->grants = s->gids + gids;
	s->text.p = s->grants + grants;
	s->text.len = (size_t)(rec.p + rec.len - s->text.p);
	return RBAC_OK;
}

static int subject_window(const struct rbac_subject *s, uint32_t number, struct rbac_window *w)
{
	if (number == 0) {
		*w = (struct rbac_window){ RBAC_TIME_MIN, RBAC_TIME_MAX };
		return RBAC_OK;
	}
	if (number > s->n_windows)
		return RBAC_DAMAGED;
	const uint8_t *p = s->windows + WINDOW_SIZE * (size_t)(number - 1);
	*w = (struct rbac_window){ (int64_t)rbac_le64(p), (int64_t)rbac_le64(p + 8) };
	return RBAC_OK;
}

int rbac_subject_gid(const struct rbac_subject *s, uint32_t i, uint32_t *gid, struct rbac_window *w)
{
	if (i >= s->n_gids)
		return RBAC_DAMAGED;
	const uint8_t *p = s->gids + SUBJECT_GID_SIZE * (size_t)i;
	*gid = rbac_le32(p);
	return subject_window(s, rbac_le32(p + 4), w);
}

int rbac_subject_grant(const struct rbac_subject *s, uint32_t i, struct rbac_grant *g)
{
	if (i >= s->n_grants)
		return RBAC_DAMAGED;
	const uint8_t *p = s->grants + GRANT_SIZE * (size_t)i;
	uint32_t scope_at = rbac_le32(p + 20);
	if (scope_at > s->text.len)
		return RBAC_DAMAGED;
	struct cursor c = { s->text.p + scope_at, s->text.len - scope_at, false };
	g->id = rbac_le64(p);
	g->role = rbac_le32(p + 8);
	g->flags = rbac_le32(p + 12);
	g->scope.len = take_u16(&c);
	g->scope.p = take(&c, g->scope.len, 1);
	if (c.bad)
		return RBAC_DAMAGED;
	return subject_window(s, rbac_le32(p + 16), &g->window);
}

/* ---- groups ---- */

static bool ends_whole(const uint8_t *name, size_t len)
{
	return name && name[len] == '\0' && !memchr(name, '\0', len);
}

int rbac_group_decode(struct rbac_bytes rec, struct rbac_group *g)
{
	struct cursor c = { rec.p, rec.len, false };

	g->gid = take_u32(&c);
	g->flags = take_u8(&c);
	g->name_len = take_u8(&c);
	g->n_always = take_u32(&c);
	g->always_len = take_u32(&c);
	g->n_windowed = take_u32(&c);
	g->name = take(&c, (size_t)g->name_len + 1, 1);
	g->always_lens = take(&c, g->n_always, 1);
	g->always = take(&c, g->always_len, 1);
	g->windowed = (struct rbac_bytes){ c.p, c.left };
	/* n_windowed is bounded by the smallest size of a member, so that a caller may compute
	 * sizes with it. */
	if (c.bad || !ends_whole(g->name, g->name_len) ||
	    g->n_windowed > c.left / (WINDOW_SIZE + 2))
		return RBAC_DAMAGED;
	return RBAC_OK;
}

int rbac_group_windowed(const struct rbac_group *g, size_t *at, struct rbac_window *w,
			const uint8_t **name, uint8_t *name_len)
{
	if (*at == g->windowed.len)
		return RBAC_NOTFOUND;
	if (*at > g->windowed.len)
		return RBAC_DAMAGED;
	struct cursor c = { g->windowed.p + *at, g->windowed.len - *at, false };
	w->from = (int64_t)take_u64(&c);
	w->until = (int64_t)take_u64(&c);
	*name_len = take_u8(&c);
	*name = take(&c, (size_t)*name_len + 1, 1);
	if (c.bad || !ends_whole(*name, *name_len))
		return RBAC_DAMAGED;
	*at = g->windowed.len - c.left;
	return RBAC_OK;
}

/* ---- login rules ---- */

/* An entry's head, and how many bytes at its end are the length of what follows. */
static const struct {
	uint8_t head, len_size;
} condition_entry[] = {
	[RBAC_CONDITION_FROM] = { 3, 1 },
	[RBAC_CONDITION_HOURS] = { 5, 0 },
};
_Static_assert(sizeof condition_entry / sizeof *condition_entry == RBAC_CONDITIONS, "one each");

size_t rbac_condition_entry_size(enum rbac_condition kind, const uint8_t *entry)
{
	size_t head = condition_entry[kind].head;

	return condition_entry[kind].len_size ? head + entry[head - 1] : head;
}

int rbac_rules_decode(struct rbac_bytes rec, struct rbac_rules *r)
{
	struct cursor c = { rec.p, rec.len, false };

	r->n = take_u16(&c);
	r->rest = (struct rbac_bytes){ c.p, c.left };
	return c.bad ? RBAC_DAMAGED : RBAC_OK;
}

static int rule_decode(struct cursor *c, struct rbac_rule *rule)
{
	rule->number = take_u16(c);
	rule->flags = take_u16(c);
	rule->line = take_u32(c);
	rule->n_role_bytes = take_u32(c);
	rule->n_users = take_u32(c);
	rule->n_groups = take_u32(c);
	for (int k = 0; k < RBAC_CONDITIONS; k++)
		rule->conditions[k].n = take_u32(c);
	rule->file.len = take_u8(c);
	rule->file.p = take(c, rule->file.len, 1);
	rule->roles = take(c, rule->n_role_bytes, 1);
	rule->users = take_list(c, rule->n_users, 1, 1);
	rule->groups = take(c, rule->n_groups, 4);
	for (int k = 0; k < RBAC_CONDITIONS; k++)
		rule->conditions[k].entries = take_list(c, rule->conditions[k].n,
							condition_entry[k].head,
							condition_entry[k].len_size);
	return c->bad || c->left > 0 ? RBAC_DAMAGED : RBAC_OK;
}

int rbac_rules_next(struct rbac_rules *r, struct rbac_rule *rule)
{
	if (r->n == 0)
		return r->rest.len > 0 ? RBAC_DAMAGED : RBAC_NOTFOUND;
	struct cursor c = { r->rest.p, r->rest.len, false };
	uint32_t size = take_u32(&c);
	struct cursor body = { take(&c, size, 1), size, false };
	if (c.bad || rule_decode(&body, rule) != RBAC_OK)
		return RBAC_DAMAGED;
	r->n--;
	r->rest = (struct rbac_bytes){ c.p, c.left };
	return RBAC_OK;
}

/* ---- scopes ---- */

int rbac_scope_decode(struct rbac_bytes rec, struct rbac_scope_rec *s)
{
	struct cursor c = { rec.p, rec.len, false };

	s->created = take_u64(&c);
	s->owner.len = take_u8(&c);
	s->owner.p = take(&c, s->owner.len, 1);
	s->plan.len = take_u8(&c);
	s->plan.p = take(&c, s->plan.len, 1);
	return c.bad || c.left > 0 ? RBAC_DAMAGED : RBAC_OK;
}

/* ---- uids ---- */

int rbac_uid_decode(struct rbac_bytes rec, struct rbac_bytes *name)
{
	*name = rec;
	return rec.len == 0 || rec.len > RBAC_USER_MAX || memchr(rec.p, '\0', rec.len)
		       ? RBAC_DAMAGED
		       : RBAC_OK;
}

int rbac_role_decode(struct rbac_bytes rec, struct rbac_role *r)
{
	*r = (struct rbac_role){ 0 };
	if (rec.len < 2 || rec.len > 1 + RBAC_WORD_MAX || memchr(rec.p + 1, '\0', rec.len - 1))
		return RBAC_DAMAGED;
	r->flags = rec.p[0];
	r->name = (struct rbac_bytes){ rec.p + 1, rec.len - 1 };
	return RBAC_OK;
}
