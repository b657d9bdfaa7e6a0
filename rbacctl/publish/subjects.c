#include "rbacctl/publish/subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"

/* ---- extra Unix groups ---- */

static int extra_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

int subjects_extra(const struct subjects *w, uint32_t gid)
{
	for (size_t i = 0; i < w->n_extra; i++)
		if (w->extra[i] == gid)
			return (int)i;
	return -1;
}

void subjects_begin(struct subjects *w, const struct compile *c)
{
	const struct policy *p = c->policy;
	*w = (struct subjects){ .c = c };
	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t j = 0; j < p->extras[i].unix_groups.n; j++) {
			uint32_t gid;
			if (facts_gid(w->c->facts, p, p->extras[i].unix_groups.v[j], &gid) && subjects_extra(w, gid) < 0 && w->n_extra < RBAC_EXTRA_MAX)
				w->extra[w->n_extra++] = gid;
		}
	qsort(w->extra, w->n_extra, sizeof *w->extra, extra_order);
	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t j = 0; j < p->extras[i].unix_groups.n; j++) {
			uint32_t gid;
			if (facts_gid(w->c->facts, p, p->extras[i].unix_groups.v[j], &gid) && subjects_extra(w, gid) >= 0)
				w->extra_name[subjects_extra(w, gid)] = p->extras[i].unix_groups.v[j];
		}
}

/* ---- one subject ---- */

/* The window belongs to the gid; several stand side by side, one without end and beginning is enough. */
static int add_gid(struct subjects *w, uint32_t gid, struct rbac_window win)
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
	if (!buf_room(&w->gids, w->n_gids, &w->cap_gids, sizeof *w->gids))
		return RBAC_NOMEM;
	w->gids[w->n_gids++] = (struct encode_gid){ gid, win };
	return RBAC_OK;
}

static int add_role_gids(struct subjects *w, int role, size_t host, struct rbac_window win)
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
static int add_held(struct subjects *w, const struct held *e, bool *here)
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

int subjects_encode(struct subjects *w, const struct holdings *h, uint32_t uid, uint32_t flags, struct buf *out)
{
	w->n_gids = 0;
	for (size_t i = 0; i < h->n; i++) {
		const struct held *e = &h->v[i];
		bool here;
		int err = add_held(w, e, &here);
		if (err)
			return err;
		if (!buf_room(&w->grants, i, &w->cap_grants, sizeof *w->grants))
			return RBAC_NOMEM;
		w->grants[i] = (struct encode_grant){
			.id = e->id, .role = (uint32_t)e->role, .window = e->window, .scope = e->scope,
			.flags = (here ? RBAC_GRANT_HERE : 0u) | (e->owner ? RBAC_GRANT_OWNER : 0u) |
				 (w->c->policy->roles[e->role].cascade ? 0u : RBAC_GRANT_NOCASCADE),
		};
	}
	buf_reset(out);
	encode_subject(out, uid, flags, w->gids, w->n_gids, w->grants, h->n);
	return RBAC_OK;
}

/* ---- the groups that a gid stands for ---- */

int subjects_group(const struct subjects *w, uint32_t gid)
{
	for (size_t i = 0; i < w->c->groups->n; i++)
		if (w->c->groups->v[i].gid == gid)
			return (int)i;
	int x = subjects_extra(w, gid);
	return x < 0 ? -1 : (int)w->c->groups->n + x;
}

int subjects_of_user(struct subjects *w, const char *name, const struct store_user *u, struct buf *out, uint32_t *flags)
{
	struct holdings h = { 0 };
	uint32_t now = facts_uid(w->c->facts, name);
	int err = holdings_from_store(&h, w->c->txn, w->c->policy, name);
	*flags = 0;
	if (u->flags & STORE_USER_SUSPENDED)
		*flags |= RBAC_SUBJECT_SUSPENDED;
	if (u->uid != RBAC_NO_UID && now != RBAC_NO_UID && now != u->uid)
		*flags |= RBAC_SUBJECT_UID_CHANGED;
	if (!err)
		err = subjects_encode(w, &h, u->uid, *flags, out);
	holdings_free(&h);
	return err;
}

int subjects_of_unix_group(struct subjects *w, const char *subject, uint32_t *gid, size_t *n, struct buf *out)
{
	struct holdings h = { 0 };
	if (!facts_gid(w->c->facts, w->c->policy, subject + 1, gid))
		return RBAC_NOTFOUND;
	int err = RBAC_OK;
	/* A host may have several names for one gid: the record is that of them all. */
	for (size_t i = 0; i < w->c->facts->n_groups && !err; i++) {
		char other[RBAC_GROUP_MAX + 2];
		uint32_t its;
		snprintf(other, sizeof other, "%%%s", w->c->facts->groups[i].name);
		if (facts_gid(w->c->facts, w->c->policy, other + 1, &its) && its == *gid)
			err = holdings_from_store(&h, w->c->txn, w->c->policy, other);
	}
	if (!err)
		err = subjects_encode(w, &h, RBAC_NO_UID, 0, out);
	*n = h.n;
	holdings_free(&h);
	return err;
}

void subjects_end(struct subjects *w)
{
	free(w->gids);
	free(w->grants);
}
