/* What is of a fleet is changed on its authority. */
#include "rbacctl/change/internal.h"

#include "rbacctl/command.h"
#include "rbacctl/store/fleet.h"

int change_on_authority(struct change *c)
{
	struct command line = { "" };
	struct store_fleet self;
	int err = store_fleet_get(&c->t, &self);

	if (err || self.role != STORE_FLEET_MEMBER)
		return err == RBAC_NOTFOUND || !err ? RBAC_OK : change_store_fail(c, err);
	/* Without --scope it would be another host's scope there. */
	const char *scope = c->p && c->p->hosts.n == 1 ? c->p->hosts.v[0] : NULL;
	return change_fail(c, RBAC_REFUSED,
			   "refused: this host is a member of the fleet %s, and roles are given on "
			   "its authority; there:\n  %s",
			   self.name, command_elsewhere(&line, scope));
}
