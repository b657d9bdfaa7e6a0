/* Group ids at apply: computed, compared with what was given out before and with what other sources
 * answer, recorded. */
#include "rbacctl/change/apply/apply.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/fleet/gids.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/host/people/group_clashes.h"

static bool is_ours(const struct role_groups *g, const char *name, uint32_t gid)
{
	const struct role_group *x = role_groups_find(g, name);
	return x && x->gid == gid;
}

/*
 * Another source may answer for the name or the gid; so may we, from the view that is still
 * published. What we once recorded under that name and gid is ours.
 */
static bool recorded(struct change *c, const char *name, uint32_t gid)
{
	uint32_t old, flags;
	return store_gid_get(&c->t, name, &old, &flags) == RBAC_OK && old == gid;
}

static void check_others(struct change *c, const struct role_groups *all,
			 const struct role_group *g, struct problems *problems)
{
	const struct policy_role *r = &c->p->roles[g->role];
	struct known_groups now = { 0 };
	const struct known_group *k = known_groups_find(&c->groups, g->name, g->gid);
	if (!k && known_groups_ask(&now, g->name, g->gid) == RBAC_OK)
		k = now.v;
	if (k && k->has_gid && k->has_gid != g->gid && !recorded(c, g->name, k->has_gid))
		problem_error(problems, r->pos,
			      "another source already answers for the group %s (gid %u): "
			      "rename role \"%s\", or set groups.name in rbac.conf, "
			      "for example \"r-%%{role}\"",
			      g->name, (unsigned)k->has_gid, r->name);
	if (k && k->has_name && strcmp(k->has_name, g->name) != 0 &&
	    !recorded(c, k->has_name, g->gid) && !is_ours(all, k->has_name, g->gid))
		problem_error(
			problems, r->pos,
			"gid %u of the group %s belongs to %s of another source: "
			"add to role \"%s\", on every host that applies this policy:  gid = %u;",
			g->gid, g->name, k->has_name, r->name,
			g->gid < c->p->gid_max ? g->gid + 1 : c->p->gid_min);
	known_groups_free(&now);
}

static int check_recorded(struct change *c, const struct role_group *g, struct problems *problems)
{
	const struct policy_role *r = &c->p->roles[g->role];
	const char *holder;
	uint32_t old, flags;
	int err = store_gid_get(&c->t, g->name, &old, &flags);
	/* A second rename: what the hash of the name in between gives is not what its group had. */
	if (err == RBAC_NOTFOUND && g->renamed_from[0])
		err = store_gid_get(&c->t, g->renamed_from, &old, &flags);
	if (!err && old != g->gid) {
		if (old >= c->p->gid_min && old <= c->p->gid_max)
			problem_error(
				problems, r->pos,
				"the group %s has had gid %u, and files may carry it: keep it, "
				"add to role \"%s\":  gid = %u;",
				g->name, old, r->name, old);
		else
			problem_error(problems, r->pos,
				      "the group %s has had gid %u, outside the current range: "
				      "set gid_min and gid_max in rbac.conf back",
				      g->name, old);
	}
	if (err && err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	err = store_gid_name(&c->t, g->gid, &holder);
	if (err && err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	if (!err && strcmp(holder, g->name) != 0 && strcmp(holder, g->renamed_from) != 0)
		problem_error(
			problems, r->pos,
			"gid %u of the group %s was given to %s before, and a gid is never given "
			"out twice: add to role \"%s\", on every host that applies "
			"this policy:  gid = %u;",
			g->gid, g->name, holder, r->name,
			g->gid < c->p->gid_max ? g->gid + 1 : c->p->gid_min);
	return RBAC_OK;
}

static int record(struct change *c, const struct role_group *g)
{
	uint32_t old, flags;
	int err = RBAC_OK;
	if (g->renamed_from[0] && store_gid_get(&c->t, g->renamed_from, &old, &flags) == RBAC_OK) {
		err = store_del(&c->t, T_GID, g->renamed_from, strlen(g->renamed_from));
		buf_printf(&c->done, "group %s -> %s gid %u\n", g->renamed_from, g->name, g->gid);
		buf_printf(&c->notes,
			   "group %s keeps gid %u of %s; before you take renamed_from out "
			   "of the policy, add to the role:  gid = %u;\n",
			   g->name, g->gid, g->renamed_from, g->gid);
	}
	if (!err && store_gid_get(&c->t, g->name, &old, &flags) == RBAC_OK && flags == 0)
		return RBAC_OK;
	if (!err)
		err = store_gid_put(&c->t, g->name, g->gid, 0);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* The groups that are recorded as living and that the policy does not make any more. */
struct gone {
	const struct role_groups *g;
	struct {
		char name[RBAC_GROUP_MAX + 1];
		uint32_t gid;
	} * v;
	size_t n, cap;
};

static int on_gid(void *ctx, const char *group, uint32_t gid, uint32_t flags)
{
	struct gone *x = ctx;
	if ((flags & STORE_GID_GONE) || strlen(group) > RBAC_GROUP_MAX ||
	    role_groups_find(x->g, group))
		return RBAC_OK;
	if (!buf_room(&x->v, x->n, &x->cap, sizeof *x->v))
		return RBAC_NOMEM;
	strcpy(x->v[x->n].name, group);
	x->v[x->n++].gid = gid;
	return RBAC_OK;
}

static int bury(struct change *c, const struct role_groups *g)
{
	struct gone x = { .g = g };
	int err = store_gids_all(&c->t, on_gid, &x);
	for (size_t i = 0; i < x.n && !err; i++) {
		err = store_gid_put(&c->t, x.v[i].name, x.v[i].gid, STORE_GID_GONE);
		buf_printf(&c->done, "group -%s gid %u\n", x.v[i].name, x.v[i].gid);
	}
	free(x.v);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

struct refusing {
	struct change *c;
	struct problems *problems;
};

/* A group that only lies in our range gives nobody a role's rights. */
static void on_other(void *ctx, int role, const struct group_clash *clash)
{
	const struct refusing *r = ctx;
	if (role >= 0)
		problem_error(r->problems, r->c->p->roles[role].pos, "%s", clash->text);
	else
		problem_warn(r->problems, r->c->p->group_pos, "%s", clash->text);
}

static int check_local(struct change *c, const struct role_groups *g, struct problems *problems)
{
	struct refusing r = { c, problems };
	int err = change_read_passwd(c);
	return err ? err : group_clashes_local(c->p, g, &c->passwd, on_other, &r);
}

int apply_gids(struct change *c, struct problems *problems)
{
	struct role_groups g = { 0 };
	int err = role_groups_make(c->p, &g, problems);
	for (size_t i = 0; i < g.n && (!err || err == RBAC_INVALID); i++) {
		int bad = check_recorded(c, &g.v[i], problems);
		check_others(c, &g, &g.v[i], problems);
		err = bad ? bad : err;
	}
	if (!err || err == RBAC_INVALID) {
		int bad = check_local(c, &g, problems);
		err = bad ? bad : err;
	}
	if (!err)
		err = fleet_gids_check(c, NULL, problems);
	if (!err && problems->errors)
		err = RBAC_INVALID;
	for (size_t i = 0; i < g.n && !err; i++)
		err = record(c, &g.v[i]);
	if (!err)
		err = bury(c, &g);
	role_groups_free(&g);
	return err;
}
