/* What is of a fleet is changed on its authority; roles that are marked local also on a member. */
#include "rbacctl/change/rules/on_authority.h"

#include <string.h>

#include "rbacctl/change/rules/matches.h"
#include "rbacctl/command.h"
#include "rbacctl/store/fleet.h"

/* *NAME: of the fleet. RBAC_NOTFOUND: this host is no member. */
static int find_fleet(struct change *c, const char **name)
{
	struct store_fleet self;
	int err = store_fleet_get(&c->t, &self);

	*name = err ? "" : self.name;
	return err ? err : self.role == STORE_FLEET_MEMBER ? RBAC_OK : RBAC_NOTFOUND;
}

int change_on_authority(struct change *c)
{
	struct command line = { "" };
	const char *name;
	int err = find_fleet(c, &name);

	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : change_store_fail(c, err);
	/* Without --scope it would be another host's scope there. */
	const char *scope = c->p && c->p->hosts.n == 1 ? c->p->hosts.v[0] : NULL;
	return change_fail(c, RBAC_REFUSED,
			   "refused: this host is a member of the fleet %s, and roles are given on "
			   "its authority; there:\n  %s",
			   name, command_elsewhere(&line, scope));
}

int change_local_role(struct change *c, const char *role, int64_t until)
{
	const char *name;
	int r = policy_role_find(c->p, role), err = find_fleet(c, &name);

	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : change_store_fail(c, err);
	if (r < 0 || !c->p->roles[r].local)
		return change_on_authority(c);
	if (until != RBAC_TIME_MAX)
		return RBAC_OK;
	return change_fail(c, RBAC_REFUSED,
			   "refused: on a member of a fleet %s is given with an end: %s", role,
			   COMMAND_WITH("--for", "8h"));
}

uint64_t change_least_id(struct change *c)
{
	const char *name;

	return find_fleet(c, &name) == RBAC_OK ? STORE_LOCAL_IDS + c->change : c->change;
}

int change_keep_local(struct change *c, struct matches *m)
{
	const char *name;
	size_t n = 0;
	int err = find_fleet(c, &name);

	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : change_store_fail(c, err);
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->v[i].source, STORE_SOURCE_FLEET) != 0)
			m->v[n++] = m->v[i];
	m->n = n;
	return n ? RBAC_OK : change_on_authority(c);
}
