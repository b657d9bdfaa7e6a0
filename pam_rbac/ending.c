#include "pam_rbac/ending.h"

#include <string.h>

#include "common/error.h"

enum { PASSES = 16 }; /* over the grants, for windows that touch one another in any order */

/* ---- when does it end? ---- */

static bool same_place(const struct rbac_grant *a, const struct rbac_grant *b)
{
	return a->role == b->role && a->scope.len == b->scope.len &&
	       memcmp(a->scope.p, b->scope.p, a->scope.len) == 0;
}

/* Move *END to where the grants of ONE's role and scope end that begin by then. *MOVED: it did. */
static int extend(const struct rbac_subject_query *q, const struct rbac_grant *one, int64_t *end,
		  bool *moved)
{
	struct rbac_subjects it;
	struct rbac_subject_hit hit;
	int err;

	*moved = false;
	rbac_subjects_init(&it, q);
	while ((err = rbac_subjects_next(&it, &hit)) == RBAC_OK)
		for (uint32_t i = 0; i < hit.subject.n_grants; i++) {
			struct rbac_grant g;

			err = rbac_subject_grant(&hit.subject, i, &g);
			if (err != RBAC_OK)
				return err;
			if (!same_place(&g, one) || g.window.from > *end || g.window.until <= *end)
				continue;
			*end = g.window.until;
			*moved = true;
		}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* When ONE, which is open, really ends. */
static int find_end(const struct rbac_subject_query *q, const struct rbac_grant *one, int64_t *end)
{
	bool moved = true;
	int err = RBAC_OK;

	*end = one->window.until;
	for (int i = 0; i < PASSES && moved && err == RBAC_OK; i++)
		err = extend(q, one, end, &moved);
	if (moved)
		*end = RBAC_TIME_MAX; /* more windows than anybody gives: not told */
	return err;
}

/* ---- the list ---- */

static bool is_there(const struct rbac_ending *out, size_t n, const struct rbac_ending *e)
{
	for (size_t i = 0; i < n; i++)
		if (out[i].role.name.p == e->role.name.p && out[i].scope.len == e->scope.len &&
		    memcmp(out[i].scope.p, e->scope.p, e->scope.len) == 0)
			return true;
	return false;
}

/* By when they end; the last one is dropped where there is no room. */
static void insert(struct rbac_ending *out, size_t *n, const struct rbac_ending *e)
{
	size_t at = *n;

	if (is_there(out, *n, e))
		return;
	while (at > 0 && out[at - 1].until > e->until)
		at--;
	if (at == RBAC_ENDING_MAX)
		return;
	if (*n < RBAC_ENDING_MAX)
		++*n;
	memmove(&out[at + 1], &out[at], (*n - at - 1) * sizeof(*out));
	out[at] = *e;
}

/* RBAC_NOTFOUND: the view does not name its roles. */
static int name_role(const struct rbac_view *v, uint32_t index, struct rbac_role *role)
{
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_bytes rec;

	rbac_number_key(key, index);
	int err = rbac_view_get(v, RBAC_REC_ROLE, key, sizeof(key), &rec);
	return err == RBAC_OK ? rbac_role_decode(rec, role) : err;
}

static int add(const struct rbac_subject_query *q, const struct rbac_grant *g, int64_t by,
	       struct rbac_ending *out, size_t *n)
{
	struct rbac_ending e = { .scope = g->scope };
	int err = find_end(q, g, &e.until);

	if (err != RBAC_OK || e.until > by)
		return err;
	err = name_role(q->view, g->role, &e.role);
	if (err == RBAC_OK)
		insert(out, n, &e);
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

static bool ends_by(const struct rbac_grant *g, int64_t now, int64_t by)
{
	return (g->flags & RBAC_GRANT_HERE) && rbac_window_open(g->window, now) &&
	       g->window.until <= by;
}

int rbac_ending_find(const struct rbac_subject_query *q, int64_t within,
		     struct rbac_ending out[RBAC_ENDING_MAX], size_t *n)
{
	const int64_t by = q->now + within;
	struct rbac_subjects it;
	struct rbac_subject_hit hit;
	int looked_at = 0, err;

	*n = 0;
	rbac_subjects_init(&it, q);
	while ((err = rbac_subjects_next(&it, &hit)) == RBAC_OK)
		for (uint32_t i = 0; i < hit.subject.n_grants; i++) {
			struct rbac_grant g;

			err = rbac_subject_grant(&hit.subject, i, &g);
			if (err == RBAC_OK && ends_by(&g, q->now, by) &&
			    looked_at++ < RBAC_ENDING_LOOKED_AT)
				err = add(q, &g, by, out, n);
			if (err != RBAC_OK)
				return err;
		}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* ---- the words ---- */

static void put_length(struct rbac_text *t, int64_t seconds)
{
	uint64_t s = seconds > 0 ? (uint64_t)seconds : 0, hours = s / 3600, minutes = s / 60 % 60;

	if (hours > 0) {
		rbac_text_number(t, hours);
		rbac_text_put(t, "h");
	}
	if (hours > 0 && minutes > 0)
		rbac_text_put(t, " ");
	if (minutes > 0) {
		rbac_text_number(t, minutes);
		rbac_text_put(t, "m");
	}
	if (hours == 0 && minutes == 0) {
		rbac_text_number(t, s);
		rbac_text_put(t, "s");
	}
}

static void put_two(struct rbac_text *t, int64_t n)
{
	if (n < 10)
		rbac_text_put(t, "0");
	rbac_text_number(t, (uint64_t)n);
}

void rbac_ending_text(struct rbac_text *t, const struct rbac_meta *meta, int64_t now,
		      const struct rbac_ending *e)
{
	int64_t local = (e->until + rbac_meta_offset(meta, e->until)) % RBAC_ENDING_DAY;

	local += local < 0 ? RBAC_ENDING_DAY : 0;
	rbac_text_put(t, "rbac: ");
	rbac_text_escaped(t, e->role.name.p, e->role.name.len);
	rbac_text_put(t, " at ");
	rbac_text_escaped(t, e->scope.p, e->scope.len);
	rbac_text_put(t, " ends in ");
	put_length(t, e->until - now);
	rbac_text_put(t, " (");
	put_two(t, local / 3600);
	rbac_text_put(t, ":");
	put_two(t, local / 60 % 60);
	rbac_text_put(t, ")");
}
