#include "rbacctl/view/subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/sorted.h"
#include "rbacctl/store/holdings.h"

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

/* By gid; among several of one the order does not matter. */
static int number_order(const void *a, const void *b)
{
	uint32_t x = ((const struct numbered_gid *)a)->gid,
		 y = ((const struct numbered_gid *)b)->gid;
	return x < y ? -1 : x > y;
}

static int role_order(const void *a, const void *b)
{
	const struct numbered_gid *x = a, *y = b;
	return x->group != y->group ? (x->group < y->group ? -1 : 1) : number_order(a, b);
}

/* What each role brings beyond its own group, and the names that each gid has. */
static int list_unix_groups(struct subjects *w)
{
	const struct policy *p = w->c->policy;
	const struct facts *f = w->c->facts;
	size_t n = 0;
	for (size_t i = 0; i < p->n_extras; i++)
		n += p->extras[i].unix_groups.n;
	w->bringing = calloc(n + 1, sizeof *w->bringing);
	w->unix_names = calloc(f->n_groups + 1, sizeof *w->unix_names);
	if (!w->bringing || !w->unix_names)
		return RBAC_NOMEM;
	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t j = 0; j < p->extras[i].unix_groups.n; j++) {
			struct numbered_gid *x = &w->bringing[w->n_bringing];
			x->group = p->extras[i].role;
			w->n_bringing += facts_gid(f, p, p->extras[i].unix_groups.v[j], &x->gid);
		}
	for (size_t i = 0; i < f->n_groups; i++) {
		struct numbered_gid *x = &w->unix_names[w->n_unix_names];
		x->group = (int)i;
		w->n_unix_names += facts_gid(f, p, f->groups[i].name, &x->gid);
	}
	qsort(w->bringing, w->n_bringing, sizeof *w->bringing, role_order);
	qsort(w->unix_names, w->n_unix_names, sizeof *w->unix_names, number_order);
	return RBAC_OK;
}

/* The first of the N at V, sorted, that ORDER does not put before KEY. */
static const struct numbered_gid *first_of(const struct numbered_gid *v, size_t n,
					   struct numbered_gid key,
					   int (*order)(const void *, const void *))
{
	return v + sorted_first(&key, v, n, sizeof(*v), order);
}

int subjects_begin(struct subjects *w, const struct compile *c)
{
	const struct policy *p = c->policy;
	*w = (struct subjects){ .c = c };
	w->order = calloc(c->groups->n + 1, sizeof *w->order);
	w->reach = calloc(c->groups->n_hosts + 1, sizeof *w->reach);
	if (!w->order || !w->reach || list_unix_groups(w))
		return RBAC_NOMEM;
	for (size_t i = 0; i < c->groups->n; i++)
		w->order[w->n_order++] = (struct numbered_gid){ c->groups->v[i].gid, (int)i };
	qsort(w->order, w->n_order, sizeof *w->order, number_order);
	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t j = 0; j < p->extras[i].unix_groups.n; j++) {
			uint32_t gid;
			if (facts_gid(w->c->facts, p, p->extras[i].unix_groups.v[j], &gid) &&
			    subjects_extra(w, gid) < 0 && w->n_extra < RBAC_EXTRA_MAX)
				w->extra[w->n_extra++] = gid;
		}
	qsort(w->extra, w->n_extra, sizeof *w->extra, extra_order);
	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t j = 0; j < p->extras[i].unix_groups.n; j++) {
			uint32_t gid;
			if (facts_gid(w->c->facts, p, p->extras[i].unix_groups.v[j], &gid) &&
			    subjects_extra(w, gid) >= 0)
				w->extra_name[subjects_extra(w, gid)] =
					p->extras[i].unix_groups.v[j];
		}
	return RBAC_OK;
}

/* ---- one subject ---- */

enum {
	NEAR = 32
}; /* how far a new window is looked for among the last; more than that are tidied at the end */

/* The window belongs to the gid; several stand side by side, one without end and beginning is
 * enough. */
static int add_gid(struct subjects *w, uint32_t gid, struct rbac_window win)
{
	for (size_t i = w->n_gids > NEAR ? w->n_gids - NEAR : 0; i < w->n_gids; i++) {
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

struct numbered_window {
	struct encode_gid g;
	size_t at;
};

/* By gid; the earlier beginning first, of those the later end, of those the one that came first. */
static int window_order(const void *a, const void *b)
{
	const struct numbered_window *x = a, *y = b;
	if (x->g.gid != y->g.gid)
		return x->g.gid < y->g.gid ? -1 : 1;
	if (x->g.window.from != y->g.window.from)
		return x->g.window.from < y->g.window.from ? -1 : 1;
	if (x->g.window.until != y->g.window.until)
		return x->g.window.until > y->g.window.until ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int came_order(const void *a, const void *b)
{
	size_t x = ((const struct numbered_window *)a)->at,
	       y = ((const struct numbered_window *)b)->at;
	return x < y ? -1 : x > y;
}

/* Leave out each window that another one of its gid covers. */
static int tidy_gids(struct subjects *w)
{
	struct numbered_window *v = w->n_gids > NEAR ? calloc(w->n_gids, sizeof *v) : NULL;
	size_t n = 0;
	if (w->n_gids <= NEAR)
		return RBAC_OK;
	if (!v)
		return RBAC_NOMEM;
	for (size_t i = 0; i < w->n_gids; i++)
		v[i] = (struct numbered_window){ w->gids[i], i };
	qsort(v, w->n_gids, sizeof *v, window_order);
	for (size_t i = 0; i < w->n_gids; i++)
		if (n == 0 || v[n - 1].g.gid != v[i].g.gid ||
		    v[i].g.window.until > v[n - 1].g.window.until)
			v[n++] = v[i];
	qsort(v, n, sizeof *v, came_order);
	for (size_t i = 0; i < n; i++)
		w->gids[i] = v[i].g;
	w->n_gids = n;
	free(v);
	return RBAC_OK;
}

/* ---- what holding a role brings at a host scope: worked out once, the first time it is asked for
 * ---- */

static bool list_gid(struct brought *b, uint32_t gid)
{
	if (!buf_room(&b->gids, b->n, &b->cap, sizeof *b->gids))
		return false;
	b->gids[b->n++] = gid;
	return true;
}

static bool list_role(struct subjects *w, struct brought *b, int role, size_t host)
{
	const struct role_group *g = role_groups_at(w->c->groups, role, host);
	const struct numbered_gid *x = first_of(w->bringing, w->n_bringing,
						(struct numbered_gid){ .group = role }, role_order);
	bool ok = !g || list_gid(b, g->gid);
	for (; ok && x < w->bringing + w->n_bringing && x->group == role; x++)
		ok = list_gid(b, x->gid);
	return ok;
}

/* Each once: several roles may bring one Unix group, and several host scopes may share one of ours.
 */
static void each_once(struct brought *b)
{
	size_t n = 0;
	if (b->n)
		qsort(b->gids, b->n, sizeof *b->gids, extra_order);
	for (size_t i = 0; i < b->n; i++)
		if (n == 0 || b->gids[n - 1] != b->gids[i])
			b->gids[n++] = b->gids[i];
	b->n = n;
}

static const struct brought *brought_by(struct subjects *w, int role, size_t host)
{
	const struct policy *p = w->c->policy;
	if (!w->brought)
		w->brought = calloc(p->n_roles * w->c->groups->n_hosts, sizeof *w->brought);
	struct brought *b = w->brought ? &w->brought[(size_t)role * w->c->groups->n_hosts + host]
				       : NULL;
	if (!b || b->known)
		return b;
	const struct policy_set *counts = &p->roles[role].counts;
	for (int r = policy_set_next(counts, -1); r >= 0; r = policy_set_next(counts, r))
		if (!list_role(w, b, r, host))
			return NULL;
	each_once(b);
	b->known = true;
	return b;
}

/* Neighbours are mostly held at one scope, and the question takes two scopes apart. */
static bool reaches(struct subjects *w, const struct held *e, size_t host)
{
	struct reach *last = &w->reach[host];
	if (!w->c->policy->roles[e->role].cascade || strlen(e->scope) > RBAC_SCOPE_MAX)
		return held_reaches(w->c->policy, e, w->c->policy->hosts.v[host]);
	if (strcmp(last->scope, e->scope) != 0) {
		last->here = held_reaches(w->c->policy, e, w->c->policy->hosts.v[host]);
		strcpy(last->scope, e->scope);
	}
	return last->here;
}

/* What one holding gives on this host; *HERE: it counts at a scope of the host's. */
static int add_held(struct subjects *w, const struct held *e, bool *here)
{
	const struct policy *p = w->c->policy;
	*here = false;
	for (size_t h = 0; h < w->c->groups->n_hosts; h++) {
		if (!p->host_any && !reaches(w, e, h))
			continue;
		*here = true;
		const struct brought *b = brought_by(w, e->role, h);
		if (!b)
			return RBAC_NOMEM;
		for (size_t i = 0; i < b->n; i++) {
			int err = add_gid(w, b->gids[i], e->window);
			if (err)
				return err;
		}
	}
	return RBAC_OK;
}

int subjects_encode(struct subjects *w, const struct holdings *h, uint32_t uid, uint32_t flags,
		    struct buf *out)
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
			.id = e->id,
			.role = (uint32_t)e->role,
			.window = e->window,
			.scope = e->scope,
			.flags = (here ? RBAC_GRANT_HERE : 0u) |
				 (e->owner ? RBAC_GRANT_OWNER : 0u) |
				 (w->c->policy->roles[e->role].cascade ? 0u : RBAC_GRANT_NOCASCADE),
		};
	}
	if (tidy_gids(w))
		return RBAC_NOMEM;
	buf_reset(out);
	encode_subject(out, uid, flags, w->gids, w->n_gids, w->grants, h->n);
	return RBAC_OK;
}

/* ---- the groups of a gid ---- */

int subjects_group(const struct subjects *w, uint32_t gid)
{
	struct numbered_gid key = { .gid = gid },
			    *found = w->n_order ? bsearch(&key, w->order, w->n_order, sizeof key,
							  number_order)
						: NULL;
	if (found)
		return found->group;
	int x = subjects_extra(w, gid);
	return x < 0 ? -1 : (int)w->c->groups->n + x;
}

uint32_t subjects_user_facts(const struct facts *f, const char *name, const struct store_user *u)
{
	uint32_t now = facts_uid(f, name);
	if (now == RBAC_NO_UID)
		return facts_absent(f, name) ? RBAC_SUBJECT_ABSENT : 0;
	return u->uid != RBAC_NO_UID && u->uid != now ? RBAC_SUBJECT_UID_CHANGED : 0;
}

int subjects_of_user(struct subjects *w, const char *name, const struct store_user *u,
		     struct buf *out, uint32_t *flags)
{
	struct holdings h = { 0 };
	int err = store_holdings(w->c->txn, w->c->policy, name, &h);
	*flags = subjects_user_facts(w->c->facts, name, u);
	if (u->flags & STORE_USER_SUSPENDED)
		*flags |= RBAC_SUBJECT_SUSPENDED;
	if (!err)
		err = subjects_encode(w, &h, u->uid, *flags, out);
	holdings_free(&h);
	return err;
}

int subjects_of_unix_group(struct subjects *w, const char *group, uint32_t *gid, struct buf *out)
{
	struct holdings h = { 0 };
	if (!facts_gid(w->c->facts, w->c->policy, group, gid))
		return RBAC_NOTFOUND;
	int err = RBAC_OK;
	/* A host may have several names for one gid: the record is that of them all. */
	const struct numbered_gid *x = first_of(w->unix_names, w->n_unix_names,
						(struct numbered_gid){ .gid = *gid }, number_order);
	for (; !err && x < w->unix_names + w->n_unix_names && x->gid == *gid; x++) {
		char other[RBAC_UNIX_GROUP_MAX + 2];
		snprintf(other, sizeof other, "%%%s", w->c->facts->groups[x->group].name);
		err = store_holdings(w->c->txn, w->c->policy, other, &h);
	}
	if (!err)
		err = subjects_encode(w, &h, RBAC_NO_UID, 0, out);
	holdings_free(&h);
	return err;
}

void subjects_end(struct subjects *w)
{
	for (size_t i = 0; w->brought && i < w->c->policy->n_roles * w->c->groups->n_hosts; i++)
		free(w->brought[i].gids);
	free(w->brought);
	free(w->order);
	free(w->bringing);
	free(w->unix_names);
	free(w->reach);
	free(w->gids);
	free(w->grants);
}
