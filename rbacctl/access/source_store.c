#include "rbacctl/access/source_store.h"

#include <grp.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/store/holdings.h"

struct walk {
	const struct source *s;
	source_user_fn *user;
	source_gid_fn *gid;
	void *arg;
	const struct gids *gids;
	struct holdings *h;
};

static struct store_txn *txn(const struct source *s)
{
	return ((const struct source_store *)s->ctx)->txn;
}

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	const struct walk *w = ctx;
	(void)u;
	return w->user(w->arg, name);
}

static int users(const struct source *s, source_user_fn *fn, void *arg)
{
	return store_users_all(txn(s), on_user, &(struct walk){ .user = fn, .arg = arg });
}

static int holdings(const struct source *s, const char *user, struct holdings *h)
{
	struct store_user u;
	int err = store_user_get(txn(s), user, &u);
	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	h->recorded = true;
	h->uid = u.uid;
	h->suspended = u.flags & STORE_USER_SUSPENDED;
	return store_holdings(txn(s), s->policy, user, h);
}

static int other_name(const struct source *s, const char *user, uint32_t uid, char *out)
{
	const struct source_store *c = s->ctx;
	int err = uids_first(c->uids, c->txn, uid, out);
	if (strcmp(out, user) == 0)
		out[0] = 0;
	return err;
}

static int owner(const struct source *s, const char *scope, char *out)
{
	struct store_scope r;
	int err = store_scope_get(txn(s), scope, &r);
	if (!err && strlen(r.owner) <= RBAC_USER_MAX)
		strcpy(out, r.owner);
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* The GID of GROUP on this host. As in a view, neither GID 0 nor a group of our own range is a
 * subject. */
static bool gid_of(const struct source *s, const char *group, uint32_t *gid)
{
	const struct policy *p = s->policy;
	const struct facts_known *k = ((const struct source_store *)s->ctx)->known;
	const struct fact_group *known = k ? facts_group(&k->passwd, group) : NULL;
	const struct group *gr = known ? NULL : getgrnam(group);
	*gid = known ? known->gid : gr ? gr->gr_gid : 0;
	return *gid != 0 && !(*gid >= p->gid_min && *gid <= p->gid_max);
}

static int on_gid(void *ctx, const char *group)
{
	const struct walk *w = ctx;
	uint32_t gid;
	return gid_of(w->s, group, &gid) ? w->gid(w->arg, gid) : RBAC_OK;
}

static int unix_groups(const struct source *s, source_gid_fn *fn, void *arg)
{
	return store_unix_groups(txn(s), on_gid, &(struct walk){ .s = s, .gid = fn, .arg = arg });
}

static int on_group(void *ctx, const char *group)
{
	const struct walk *w = ctx;
	uint32_t gid;
	char subject[RBAC_UNIX_GROUP_MAX + 2];
	if (!gid_of(w->s, group, &gid))
		return RBAC_OK;
	snprintf(subject, sizeof subject, "%%%s", group);
	for (size_t i = 0; i < w->gids->n; i++)
		if (w->gids->v[i] == gid)
			return store_holdings(txn(w->s), w->s->policy, subject, w->h);
	return RBAC_OK;
}

static int group_holdings(const struct source *s, const struct gids *gids, struct holdings *h)
{
	return store_unix_groups(txn(s), on_group, &(struct walk){ .s = s, .gids = gids, .h = h });
}

struct source source_of_store(struct source_store *ctx, const struct policy *p)
{
	const struct facts_known *k = ctx->known;
	return (struct source){ .policy = p,
				.asked = k && k->passed ? &k->passwd : NULL,
				.ctx = ctx,
				.users = users,
				.holdings = holdings,
				.other_name = other_name,
				.owner = owner,
				.unix_groups = unix_groups,
				.group_holdings = group_holdings };
}
