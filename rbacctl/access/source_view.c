/* A view as a source: snapshot_source() of snapshot.h. */
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/access/snapshot.h"

static const struct rbac_view *view(const struct source *s)
{
	return &((const struct snapshot *)s->ctx)->v;
}

static int users(const struct source *s, source_user_fn *fn, void *arg)
{
	return snapshot_users(s->ctx, fn, arg);
}

static int add_grants(const struct policy *p, const struct rbac_subject *s, const char *via,
		      struct holdings *h)
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

static int other_name(const struct source *s, const char *user, uint32_t uid, char *out)
{
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_bytes rec, name;
	rbac_number_key(key, uid);
	int err = rbac_view_get(view(s), RBAC_REC_UID, key, sizeof key, &rec);
	if (err == RBAC_NOTFOUND)
		return RBAC_OK;
	if (!err)
		err = rbac_uid_decode(rec, &name);
	if (!err && (name.len != strlen(user) || memcmp(name.p, user, name.len) != 0))
		snprintf(out, RBAC_USER_MAX + 1, "%.*s", (int)name.len, (const char *)name.p);
	return err;
}

static int holdings(const struct source *s, const char *user, struct holdings *h)
{
	struct rbac_bytes rec;
	struct rbac_subject r;
	char other[RBAC_USER_MAX + 1] = "";
	int err = rbac_view_get(view(s), RBAC_REC_USER, user, strlen(user), &rec);
	if (err == RBAC_NOTFOUND)
		return RBAC_OK;
	if (!err)
		err = rbac_subject_decode(rec, &r);
	if (err)
		return err;
	h->recorded = true;
	h->uid = r.uid;
	h->suspended = r.flags & RBAC_SUBJECT_SUSPENDED;
	h->uid_changed = r.flags & RBAC_SUBJECT_UID_CHANGED;
	h->absent = r.flags & RBAC_SUBJECT_ABSENT;
	if (r.uid != RBAC_NO_UID)
		err = other_name(s, user, r.uid, other);
	h->second = other[0] != 0;
	return err ? err : add_grants(s->policy, &r, NULL, h);
}

static int owner(const struct source *s, const char *scope, char *out)
{
	struct rbac_scope_rec rec;
	int err = snapshot_scope(s->ctx, scope, &rec);
	if (!err && rec.owner.len <= RBAC_USER_MAX)
		snprintf(out, RBAC_USER_MAX + 1, "%.*s", (int)rec.owner.len,
			 (const char *)rec.owner.p);
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

static int unix_groups(const struct source *s, source_gid_fn *fn, void *arg)
{
	return snapshot_unix_groups(s->ctx, fn, arg);
}

static int group_holdings(const struct source *s, const struct gids *gids, struct holdings *h)
{
	const struct rbac_view *v = view(s);
	for (size_t i = 0; i < gids->n && v->meta.n_unix; i++) {
		uint8_t key[RBAC_NUMBER_KEY];
		struct rbac_bytes rec;
		struct rbac_subject r;
		char via[RBAC_UNIX_GROUP_MAX + 2];
		if (rbac_meta_in_range(&v->meta, gids->v[i]))
			continue;
		rbac_number_key(key, gids->v[i]);
		int err = rbac_view_get(v, RBAC_REC_UNIX, key, sizeof key, &rec);
		if (err == RBAC_NOTFOUND)
			continue;
		if (!err)
			err = rbac_subject_decode(rec, &r);
		accounts_group(s->accounts, gids->v[i], via, sizeof via);
		if (!err)
			err = add_grants(s->policy, &r, via, h);
		if (err)
			return err;
	}
	return RBAC_OK;
}

struct source snapshot_source(const struct snapshot *snap)
{
	return (struct source){ .policy = snap->p,
				.accounts = snap->accounts,
				.ctx = (void *)snap,
				.users = users,
				.holdings = holdings,
				.other_name = other_name,
				.owner = owner,
				.unix_groups = unix_groups,
				.group_holdings = group_holdings };
}
