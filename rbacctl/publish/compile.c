#include "rbacctl/publish/compile.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/holdings.h"
#include "rbacctl/publish/encode.h"
#include "rbacctl/publish/output.h"
#include "rbacctl/publish/records.h"

struct members { struct encode_member *v; size_t n, cap; };

struct work {
	const struct compile *c;
	struct output out;
	struct buf buf;
	/* Groups: those of roles first, then the extra Unix groups. */
	struct members *members; size_t n_groups;
	uint32_t extra[RBAC_EXTRA_MAX]; const char *extra_name[RBAC_EXTRA_MAX]; size_t n_extra;
	struct encode_gid *gids; size_t n_gids, cap_gids;
	struct encode_grant *grants; size_t cap_grants;
	char **names; size_t n_names, cap_names;     /* users' names, for the members */
	uint32_t n_unix;
};

static int no_memory(struct work *w)
{
	return output_fail(&w->out, RBAC_NOMEM, "out of memory");
}

/* Room for one more in the array at *V; the library's realloc does the rest. */
static bool room(void *v, size_t n, size_t *cap, size_t size)
{
	void *old, *new;
	if (n < *cap)
		return true;
	memcpy(&old, v, sizeof old);
	new = reallocarray(old, *cap ? 2 * *cap : 16, size);
	if (!new)
		return false;
	*cap = *cap ? 2 * *cap : 16;
	memcpy(v, &new, sizeof new);
	return true;
}

/* ---- extra Unix groups ---- */

static int extra_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static int find_extra(const struct work *w, uint32_t gid)
{
	for (size_t i = 0; i < w->n_extra; i++)
		if (w->extra[i] == gid)
			return (int)i;
	return -1;
}

static void collect_extras(struct work *w)
{
	const struct policy *p = w->c->policy;
	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t j = 0; j < p->extras[i].unix_groups.n; j++) {
			uint32_t gid;
			if (facts_gid(w->c->facts, p, p->extras[i].unix_groups.v[j], &gid) && find_extra(w, gid) < 0 && w->n_extra < RBAC_EXTRA_MAX)
				w->extra[w->n_extra++] = gid;
		}
	qsort(w->extra, w->n_extra, sizeof *w->extra, extra_order);
	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t j = 0; j < p->extras[i].unix_groups.n; j++) {
			uint32_t gid;
			if (facts_gid(w->c->facts, p, p->extras[i].unix_groups.v[j], &gid) && find_extra(w, gid) >= 0)
				w->extra_name[find_extra(w, gid)] = p->extras[i].unix_groups.v[j];
		}
}

/* ---- one subject ---- */

/* The window belongs to the gid; several stand side by side, one without end and beginning is enough. */
static int add_gid(struct work *w, uint32_t gid, struct rbac_window win)
{
	for (size_t i = 0; i < w->n_gids; i++) {
		struct encode_gid *g = &w->gids[i];
		if (g->gid == gid && g->window.from <= win.from && g->window.until >= win.until)
			return RBAC_OK;
		if (g->gid == gid && g->window.from >= win.from && g->window.until <= win.until) {
			g->window = win;
			return RBAC_OK;
		}
	}
	if (!room(&w->gids, w->n_gids, &w->cap_gids, sizeof *w->gids))
		return no_memory(w);
	w->gids[w->n_gids++] = (struct encode_gid){ gid, win };
	return RBAC_OK;
}

static int add_role_gids(struct work *w, int role, size_t host, struct rbac_window win)
{
	const struct policy *p = w->c->policy;
	const struct role_group *g = role_groups_at(w->c->groups, role, host);
	int err = g ? add_gid(w, g->gid, win) : RBAC_OK;
	for (size_t i = 0; i < p->n_extras && !err; i++) {
		if (p->extras[i].role != role)
			continue;
		for (size_t j = 0; j < p->extras[i].unix_groups.n && !err; j++) {
			uint32_t gid;
			if (facts_gid(w->c->facts, p, p->extras[i].unix_groups.v[j], &gid))
				err = add_gid(w, gid, win);
		}
	}
	return err;
}

/* What one holding comes to on this host; *HERE: it counts at a scope of the host's. */
static int add_held(struct work *w, const struct held *e, bool *here)
{
	const struct policy *p = w->c->policy;
	*here = false;
	for (size_t h = 0; h < w->c->groups->n_hosts; h++) {
		if (!p->host_any && !held_reaches(p, e, p->hosts.v[h]))
			continue;
		*here = true;
		for (size_t r = 0; r < p->n_roles; r++) {
			int err = policy_role_counts(p, e->role, (int)r) ? add_role_gids(w, (int)r, h, e->window) : RBAC_OK;
			if (err)
				return err;
		}
	}
	return RBAC_OK;
}

/* Encode H as the record of a subject into w->buf. */
static int subject_record(struct work *w, const struct holdings *h, uint32_t uid, uint32_t flags)
{
	w->n_gids = 0;
	for (size_t i = 0; i < h->n; i++) {
		const struct held *e = &h->v[i];
		bool here;
		int err = add_held(w, e, &here);
		if (err)
			return err;
		if (!room(&w->grants, i, &w->cap_grants, sizeof *w->grants))
			return no_memory(w);
		w->grants[i] = (struct encode_grant){
			.id = e->id, .role = (uint32_t)e->role, .window = e->window, .scope = e->scope,
			.flags = (here ? RBAC_GRANT_HERE : 0u) | (e->owner ? RBAC_GRANT_OWNER : 0u) |
				 (w->c->policy->roles[e->role].cascade ? 0u : RBAC_GRANT_NOCASCADE),
		};
	}
	buf_reset(&w->buf);
	encode_subject(&w->buf, uid, flags, w->gids, w->n_gids, w->grants, h->n);
	return RBAC_OK;
}

/* ---- users ---- */

static int group_number(const struct work *w, uint32_t gid)
{
	for (size_t i = 0; i < w->c->groups->n; i++)
		if (w->c->groups->v[i].gid == gid)
			return (int)i;
	int x = find_extra(w, gid);
	return x < 0 ? -1 : (int)w->c->groups->n + x;
}

/* Users come in the order of their names, and so each group's members do. */
static int add_members(struct work *w, const char *user)
{
	if (w->n_gids == 0 || !w->c->policy->members)
		return RBAC_OK;
	if (!room(&w->names, w->n_names, &w->cap_names, sizeof *w->names))
		return no_memory(w);
	char *name = strdup(user);
	if (!name)
		return no_memory(w);
	w->names[w->n_names++] = name;
	for (size_t i = 0; i < w->n_gids; i++) {
		int g = group_number(w, w->gids[i].gid);
		struct members *m = g < 0 ? NULL : &w->members[g];
		if (!m)
			continue;
		if (!room(&m->v, m->n, &m->cap, sizeof *m->v))
			return no_memory(w);
		m->v[m->n++] = (struct encode_member){ name, w->gids[i].window };
	}
	return RBAC_OK;
}

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	struct work *w = ctx;
	struct holdings h = { 0 };
	uint32_t now = facts_uid(w->c->facts, name), flags = 0;
	int err = holdings_from_store(&h, w->c->txn, w->c->policy, name);
	if (err)
		output_fail(&w->out, err, "%s", store_why(w->c->txn->s));
	if (u->flags & STORE_USER_SUSPENDED)
		flags |= RBAC_SUBJECT_SUSPENDED;
	if (u->uid != RBAC_NO_UID && now != RBAC_NO_UID && now != u->uid)
		flags |= RBAC_SUBJECT_UID_CHANGED;
	if (!err)
		err = subject_record(w, &h, u->uid, flags);
	if (!err && !flags)
		err = add_members(w, name);
	if (!err)
		err = output_put(&w->out, RBAC_REC_USER, name, strlen(name), &w->buf, true);
	holdings_free(&h);
	return err;
}

/* ---- Unix groups as subjects ---- */

static int put_unix_group(struct work *w, const char *subject)
{
	struct holdings h = { 0 };
	uint32_t gid;
	if (!facts_gid(w->c->facts, w->c->policy, subject + 1, &gid))
		return RBAC_OK;   /* this host has no such group: nobody is in it */
	int err = holdings_from_store(&h, w->c->txn, w->c->policy, subject);
	if (err)
		output_fail(&w->out, err, "%s", store_why(w->c->txn->s));
	else
		err = subject_record(w, &h, RBAC_NO_UID, 0);
	if (!err)
		err = output_put_gid(&w->out, RBAC_REC_UNIX, gid, &w->buf);
	w->n_unix++;
	holdings_free(&h);
	return err;
}

struct unix_walk { struct work *w; char last[512]; };

static int on_unix(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct unix_walk *u = ctx;
	const char *subject = key->mv_data;
	size_t len = strnlen(subject, key->mv_size);
	(void)value;
	if (len >= sizeof u->last || (strlen(u->last) == len && memcmp(subject, u->last, len) == 0))
		return RBAC_OK;
	memcpy(u->last, subject, len);
	u->last[len] = 0;
	return put_unix_group(u->w, u->last);
}

/* ---- groups ---- */

static int put_group(struct work *w, const char *name, uint32_t gid, uint8_t flags, const struct members *m)
{
	if (!w->c->policy->members)
		flags |= RBAC_GROUP_NOMEMBERS;
	buf_reset(&w->buf);
	encode_group(&w->buf, gid, flags, name, m->v, m->n);
	int err = output_put(&w->out, RBAC_REC_GROUP, name, strlen(name), &w->buf, false);
	if (err)
		return err;
	buf_reset(&w->buf);
	encode_group(&w->buf, gid, flags, name, NULL, 0);
	return output_put_gid(&w->out, RBAC_REC_GID, gid, &w->buf);
}

static int put_groups(struct work *w)
{
	const struct role_groups *g = w->c->groups;
	int err = RBAC_OK;
	for (size_t i = 0; i < g->n && !err; i++)
		err = put_group(w, g->v[i].name, g->v[i].gid, 0, &w->members[i]);
	for (size_t i = 0; i < w->n_extra && !err; i++)
		err = put_group(w, w->extra_name[i], w->extra[i], RBAC_GROUP_EXTRA, &w->members[g->n + i]);
	return err;
}

/* ---- scopes and texts ---- */

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct work *w = ctx;
	buf_reset(&w->buf);
	encode_scope(&w->buf, s->change, s->owner[0] ? s->owner : NULL, s->plan[0] ? s->plan : NULL);
	return output_put(&w->out, RBAC_REC_SCOPE, scope, strlen(scope), &w->buf, false);
}

static int put_texts(struct work *w)
{
	const struct policy_sources *s = w->c->sources;
	int err = RBAC_OK;
	for (size_t i = 0; i < s->n && !err; i++) {
		const struct policy_text *t = &s->v[i];
		if (strncmp(t->name, "assignments.d/", 14) == 0)
			continue;   /* who holds what, and why: the store's, not everybody's */
		buf_reset(&w->buf);
		buf_put(&w->buf, t->text, t->len);
		if (!w->buf.failed)
			policy_text_blank_comments((char *)w->buf.p, t->len);
		err = output_put(&w->out, RBAC_REC_FILE, t->name, strlen(t->name), &w->buf, false);
	}
	return err;
}

static int put_all(struct work *w)
{
	struct unix_walk u = { .w = w };
	struct store_txn *t = w->c->txn;
	int err = store_users_all(t, on_user, w);
	if (!err)
		err = store_each(t, T_SUBJECT, "%", 1, on_unix, &u);
	if (!err)
		err = put_groups(w);
	if (!err)
		err = store_scopes_all(t, on_scope, w);
	if (!err)
		err = put_texts(w);
	return err;
}

int compile_view(const struct compile *c, const char *path, char *why, size_t why_size)
{
	struct work w = { .c = c };
	why[0] = 0;
	int err = output_begin(&w.out, path, why, why_size);
	if (!err) {
		collect_extras(&w);
		w.n_groups = c->groups->n + w.n_extra;
		w.members = calloc(w.n_groups + 1, sizeof *w.members);
		err = w.members ? put_all(&w) : no_memory(&w);
	}
	if (!err)
		err = records_put_rules(&w.out, c, &w.buf);
	if (!err)
		err = records_put_meta(&w.out, c, &w.buf, w.extra, w.n_extra, w.n_unix);
	if (!err)
		err = output_finish(&w.out);
	if (err) {
		if (!why[0])
			output_fail(&w.out, err, "%s", store_why(c->txn->s));
		output_discard(&w.out);
	}
	for (size_t i = 0; w.members && i < w.n_groups; i++)
		free(w.members[i].v);
	for (size_t i = 0; i < w.n_names; i++)
		free(w.names[i]);
	free(w.members);
	free(w.names);
	free(w.gids);
	free(w.grants);
	buf_free(&w.buf);
	return err;
}
