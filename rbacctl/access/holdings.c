#include "rbacctl/access/holdings.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/host/accounts.h"
#include "rbacctl/buf.h"

/* ---- groups of a user ---- */

int gids_of_user(const char *user, struct gids *g)
{
	*g = (struct gids){ 0 };
	const struct passwd *pw = getpwnam(user);
	if (!pw)
		return RBAC_OK;
	gid_t primary = pw->pw_gid;
	for (int n = 32;; n *= 2) {
		int have = n;
		gid_t *v = reallocarray(g->v, (size_t)n, sizeof *v);
		if (!v) {
			gids_free(g);
			return RBAC_NOMEM;
		}
		g->v = v;
		if (getgrouplist(user, primary, v, &have) >= 0) {
			g->n = (size_t)have;
			return RBAC_OK;
		}
	}
}

void gids_free(struct gids *g)
{
	free(g->v);
	*g = (struct gids){ 0 };
}

static bool gids_has(const struct gids *g, uint32_t gid)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->v[i] == gid)
			return true;
	return false;
}

/* ---- the list ---- */

int holdings_add(struct holdings *h, uint64_t id, int role, const char *scope, struct rbac_window w,
		 bool owner, const char *via)
{
	if (!buf_room(&h->v, h->n, &h->cap, sizeof *h->v))
		return RBAC_NOMEM;
	struct held e = { .id = id,
			  .role = role,
			  .scope = strdup(scope),
			  .window = w,
			  .owner = owner,
			  .via = via ? strdup(via) : NULL };
	if (!e.scope || (via && !e.via)) {
		free(e.scope);
		free(e.via);
		return RBAC_NOMEM;
	}
	h->v[h->n++] = e;
	return RBAC_OK;
}

static void clear(struct holdings *h)
{
	for (size_t i = 0; i < h->n; i++) {
		free(h->v[i].scope);
		free(h->v[i].via);
	}
	h->n = 0;
}

void holdings_free(struct holdings *h)
{
	clear(h);
	free(h->v);
	*h = (struct holdings){ 0 };
}

/* ---- from the store ---- */

struct from_store {
	struct holdings *h;
	struct store_txn *t;
	const struct policy *p;
	const struct gids *gids;
	const char *via;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct from_store *f = ctx;
	int role = policy_role_find(f->p, a->role);
	if (role < 0)
		return store_fail(
			f->t->s, RBAC_DAMAGED,
			"assignment %llu names role \"%s\", which the policy does not have",
			(unsigned long long)a->id, a->role);
	return holdings_add(f->h, a->id, role, a->scope, (struct rbac_window){ a->from, a->until },
			    false, f->via);
}

static int on_owned(void *ctx, const char *scope, const struct store_scope *s)
{
	struct from_store *f = ctx;
	int kind = policy_scope_kind(f->p, scope);
	if (kind < 0 || f->p->kinds[kind].owner_role < 0)
		return store_fail(f->t->s, RBAC_DAMAGED,
				  "%s has an owner, and the policy has none for it", scope);
	struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };
	return holdings_add(f->h, s->change, f->p->kinds[kind].owner_role, scope, always, true,
			    NULL);
}

int holdings_from_store(struct holdings *h, struct store_txn *t, const struct policy *p,
			const char *subject)
{
	struct from_store f = { .h = h, .t = t, .p = p, .via = subject[0] == '%' ? subject : NULL };
	int err = store_assignments_of(t, subject, on_assignment, &f);
	if (!err && !f.via)
		err = store_scopes_owned(t, subject, on_owned, &f);
	return err;
}

struct group_names {
	struct from_store f;
	char last[512];
};

static int on_group_subject(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct group_names *g = ctx;
	const char *subject = key->mv_data;
	(void)value;
	if (!memchr(subject, 0, key->mv_size) || strcmp(subject, g->last) == 0)
		return RBAC_OK;
	snprintf(g->last, sizeof g->last, "%s", subject);
	const struct group *gr = getgrnam(subject + 1);
	/* As in a view: neither gid 0 nor a group of our own range is a subject. */
	if (!gr || gr->gr_gid == 0 ||
	    (gr->gr_gid >= g->f.p->gid_min && gr->gr_gid <= g->f.p->gid_max) ||
	    !gids_has(g->f.gids, gr->gr_gid))
		return RBAC_OK;
	g->f.via = g->last;
	return store_assignments_of(g->f.t, g->last, on_assignment, &g->f);
}

int holdings_groups_from_store(struct holdings *h, struct store_txn *t, const struct policy *p,
			       const struct gids *gids)
{
	struct group_names g = { .f = { .h = h, .t = t, .p = p, .gids = gids } };
	return store_each(t, T_SUBJECT, "%", 1, on_group_subject, &g);
}

int holdings_recorded_in_store(struct holdings *h, struct store_txn *t, const struct policy *p,
			       const char *user)
{
	struct store_user u;
	int err = store_user_get(t, user, &u);

	*h = (struct holdings){ .uid = RBAC_NO_UID };
	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	h->recorded = true;
	h->uid = u.uid;
	h->suspended = u.flags & STORE_USER_SUSPENDED;
	return h->suspended ? RBAC_OK : holdings_from_store(h, t, p, user);
}

int holdings_of_user_in_store(struct holdings *h, struct store_txn *t, const struct policy *p,
			      const char *user)
{
	struct store_user u;
	struct gids gids;
	int err = store_user_get(t, user, &u);
	*h = (struct holdings){ .uid = RBAC_NO_UID };
	if (err && err != RBAC_NOTFOUND)
		return err;
	if (!err) {
		const struct passwd *pw = getpwnam(user);
		h->recorded = true;
		h->uid = u.uid;
		h->suspended = u.flags & STORE_USER_SUSPENDED;
		h->uid_changed = pw && u.uid != RBAC_NO_UID && pw->pw_uid != u.uid;
	}
	if (h->suspended)
		return RBAC_OK;
	err = h->uid_changed ? RBAC_OK : holdings_from_store(h, t, p, user);
	if (!err)
		err = gids_of_user(user, &gids);
	if (!err) {
		err = holdings_groups_from_store(h, t, p, &gids);
		gids_free(&gids);
	}
	return err;
}

/* ---- from a view ---- */

static int take_grants(struct holdings *h, const struct policy *p, const struct rbac_subject *s,
		       const char *via)
{
	for (uint32_t i = 0; i < s->n_grants; i++) {
		struct rbac_grant g;
		char scope[RBAC_WALK_KEY_MAX + 1];
		int err = rbac_subject_grant(s, i, &g);
		if (err)
			return err;
		if (g.role >= p->n_roles || g.scope.len >= sizeof scope)
			return RBAC_DAMAGED;
		memcpy(scope, g.scope.p, g.scope.len);
		scope[g.scope.len] = 0;
		err = holdings_add(h, g.id, (int)g.role, scope, g.window,
				   g.flags & RBAC_GRANT_OWNER, via);
		if (err)
			return err;
	}
	return RBAC_OK;
}

/* *OTHER: the view has UID under another name than USER. */
static int find_other(const struct rbac_view *v, const char *user, uint32_t uid, bool *other)
{
	const uint8_t key[4] = { (uint8_t)(uid >> 24), (uint8_t)(uid >> 16), (uint8_t)(uid >> 8),
				 (uint8_t)uid };
	struct rbac_bytes rec, name;
	*other = false;
	int err = uid == RBAC_NO_UID ? RBAC_NOTFOUND
				     : rbac_view_get(v, RBAC_REC_UID, key, sizeof key, &rec);
	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	err = rbac_uid_decode(rec, &name);
	*other = !err && (name.len != strlen(user) || memcmp(name.p, user, name.len) != 0);
	return err;
}

int holdings_from_view(struct holdings *h, const struct rbac_view *v, const struct policy *p,
		       const char *user)
{
	struct rbac_bytes rec;
	struct rbac_subject s;
	int err = rbac_view_get(v, RBAC_REC_USER, user, strlen(user), &rec);
	if (err == RBAC_NOTFOUND)
		return RBAC_OK;
	if (!err)
		err = rbac_subject_decode(rec, &s);
	if (err)
		return err;
	h->recorded = true;
	h->uid = s.uid;
	h->suspended = s.flags & RBAC_SUBJECT_SUSPENDED;
	h->uid_changed = s.flags & RBAC_SUBJECT_UID_CHANGED;
	h->absent = s.flags & RBAC_SUBJECT_ABSENT;
	err = find_other(v, user, s.uid, &h->second);
	return err ? err : take_grants(h, p, &s, NULL);
}

int holdings_groups_from_view(struct holdings *h, const struct rbac_view *v, const struct policy *p,
			      const struct gids *gids, const struct accounts *known)
{
	for (size_t i = 0; i < gids->n && v->meta.n_unix; i++) {
		uint32_t gid = gids->v[i];
		const uint8_t key[4] = { (uint8_t)(gid >> 24), (uint8_t)(gid >> 16),
					 (uint8_t)(gid >> 8), (uint8_t)gid };
		struct rbac_bytes rec;
		struct rbac_subject s;
		char via[RBAC_UNIX_GROUP_MAX + 2];
		if (rbac_meta_in_range(&v->meta, gid))
			continue;
		int err = rbac_view_get(v, RBAC_REC_UNIX, key, sizeof key, &rec);
		if (err == RBAC_NOTFOUND)
			continue;
		if (!err)
			err = rbac_subject_decode(rec, &s);
		accounts_group(known, gid, via, sizeof via);
		if (!err)
			err = take_grants(h, p, &s, via);
		if (err)
			return err;
	}
	return RBAC_OK;
}

int holdings_recorded_in_view(struct holdings *h, const struct rbac_view *v, const struct policy *p,
			      const char *user)
{
	*h = (struct holdings){ .uid = RBAC_NO_UID };
	int err = holdings_from_view(h, v, p, user);

	if (h->suspended || h->uid_changed)
		clear(h);
	return err;
}

int holdings_of_user_in_view(struct holdings *h, const struct rbac_view *v, const struct policy *p,
			     const char *user, const struct accounts *known)
{
	struct gids gids;
	bool differs = false, other = false;
	*h = (struct holdings){ .uid = RBAC_NO_UID };
	int err = holdings_from_view(h, v, p, user);
	uint32_t uid = err ? RBAC_NO_UID : accounts_uid_of(known, user, &differs);
	if (!err && uid != h->uid)
		err = find_other(v, user, uid, &other);
	h->second |= differs || other;
	if (uid != RBAC_NO_UID && h->recorded && h->uid != RBAC_NO_UID && h->uid != uid)
		h->uid_changed = true;
	if (h->suspended || h->uid_changed || h->second)
		clear(h);
	if (err || h->suspended || h->second)
		return err;
	err = accounts_gids(known, user, &gids);
	if (!err) {
		err = holdings_groups_from_view(h, v, p, &gids, known);
		gids_free(&gids);
	}
	return err;
}

/* ---- questions ---- */

bool held_reaches(const struct policy *p, const struct held *e, const char *scope)
{
	return p->roles[e->role].cascade ? policy_scope_within(p, scope, e->scope)
					 : strcmp(scope, e->scope) == 0;
}

const struct held *holdings_role_at(const struct policy *p, const struct holdings *h, int role,
				    const char *scope, int64_t t)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct held *e = &h->v[i];
		if (rbac_window_open(e->window, t) && policy_role_counts(p, e->role, role) &&
		    (!scope || held_reaches(p, e, scope)))
			return e;
	}
	return NULL;
}

const struct held *holdings_key_at(const struct policy *p, const struct holdings *h, int key,
				   const char *scope, int64_t t)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct held *e = &h->v[i];
		if (rbac_window_open(e->window, t) && policy_role_has_key(p, e->role, key) &&
		    (!scope || held_reaches(p, e, scope)))
			return e;
	}
	return NULL;
}
