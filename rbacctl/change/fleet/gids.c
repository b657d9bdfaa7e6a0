#include "rbacctl/change/fleet/gids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/fleet/reads.h"
#include "rbacctl/store/fleet.h"

static int add_scope(struct fleet_reads *r, const char *scope)
{
	if (fleet_reads_has(r, scope))
		return RBAC_OK;
	if (!buf_room(&r->v, r->n, &r->cap, sizeof(*r->v)))
		return RBAC_NOMEM;
	snprintf(r->v[r->n++], sizeof(*r->v), "%s", scope);
	return RBAC_OK;
}

static int on_member(void *ctx, const char *host, const struct store_member *m)
{
	(void)host;
	return *m->scope ? add_scope(ctx, m->scope) : RBAC_OK;
}

/* The groups of C's policy on hosts with these scopes, all at once. */
static int groups_of(struct change *c, const struct fleet_reads *hosts, struct role_groups *g,
		     struct problems *problems)
{
	const struct policy_strs own = c->p->hosts;
	const char **v = calloc(hosts->n + 1, sizeof(*v));

	if (!v)
		return change_fail(c, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < hosts->n; i++)
		v[i] = hosts->v[i];
	c->p->hosts.v = v;
	c->p->hosts.n = hosts->n;
	int err = role_groups_make(c->p, g, problems);
	c->p->hosts = own;
	free(v);
	return err;
}

/* A gid that another group had is never given out again. */
static int check_given(struct change *c, const struct role_group *g, struct problems *problems)
{
	const struct policy_role *r = &c->p->roles[g->role];
	const char *holder;
	int err = store_gid_name(&c->t, g->gid, &holder);

	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : change_store_fail(c, err);
	if (strcmp(holder, g->name) == 0 || strcmp(holder, g->renamed_from) == 0)
		return RBAC_OK;
	problem_error(problems, r->pos,
		      "on a member of the fleet, gid %u of the group %s is one that %s has had: "
		      "add to role \"%s\":  gid = %u;",
		      g->gid, g->name, holder, r->name,
		      g->gid < c->p->gid_max ? g->gid + 1 : c->p->gid_min);
	return RBAC_INVALID;
}

int fleet_gids_check(struct change *c, const char *more, struct problems *problems)
{
	struct fleet_reads hosts = { 0 };
	struct role_groups g = { 0 };
	struct store_fleet self;
	int err = store_fleet_get(&c->t, &self);

	if (err || self.role != STORE_FLEET_AUTHORITY || c->p->host_any)
		return err && err != RBAC_NOTFOUND ? change_store_fail(c, err) : RBAC_OK;
	err = store_members_all(&c->t, on_member, &hosts);
	if (!err && more)
		err = add_scope(&hosts, more);
	if (err)
		change_store_fail(c, err);
	if (!err && hosts.n)
		err = groups_of(c, &hosts, &g, problems);
	for (size_t i = 0; i < g.n && (!err || err == RBAC_INVALID); i++) {
		int bad = check_given(c, &g.v[i], problems);
		err = bad ? bad : err;
	}
	role_groups_free(&g);
	free(hosts.v);
	return err;
}
