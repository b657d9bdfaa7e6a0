#include "rbacctl/view/gather.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/name.h"

static int on_unix_group(void *ctx, const char *name)
{
	size_t len = strlen(name);

	return len <= RBAC_UNIX_GROUP_MAX ? facts_add_group(ctx, name, len, true) : RBAC_OK;
}

int gather_groups(const struct policy *p, struct store_txn *t, const struct facts_known *known,
		  struct facts *f)
{
	*f = (struct facts){ 0 };
	int err = facts_add_policy_groups(f, p);

	if (!err)
		err = store_unix_groups(t, on_unix_group, f);
	return err ? err : facts_look_up_groups(f, known);
}

/* Recorded users whom passwd does not list, as many as are asked for by name. */
struct unlisted {
	const struct facts *f;
	char *v[FACTS_LOOKUPS_MAX];
	size_t n;
};

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	struct unlisted *l = ctx;

	(void)u;
	if (l->n == FACTS_LOOKUPS_MAX || facts_lists(l->f, name))
		return RBAC_OK;
	l->v[l->n] = strdup(name);
	return l->v[l->n] && ++l->n ? RBAC_OK : RBAC_NOMEM;
}

static int gather_users(struct store_txn *t, const struct facts_known *known, struct facts *f)
{
	struct unlisted l = { .f = f };
	int err = facts_passwd(known, f);

	if (err || f->complete)
		return err;
	err = store_users_all(t, on_user, &l);
	if (!err)
		err = facts_look_up_users(f, known, l.v, l.n);
	for (size_t i = 0; i < l.n; i++)
		free(l.v[i]);
	return err;
}

int gather_facts(const struct policy *p, struct store_txn *t, int64_t now,
		 const struct facts_known *known, struct facts *f)
{
	int err = gather_groups(p, t, known, f);

	if (!err)
		err = gather_users(t, known, f);
	if (!err)
		err = facts_finish_members(f);
	return err ? err : zone_offsets(p->zone, now, &f->zone, &f->n_zone);
}
