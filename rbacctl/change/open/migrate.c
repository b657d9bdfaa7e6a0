/* A store of an older version becomes one of this version, which is said. */
#include "rbacctl/change/open/open.h"

#include "rbacctl/complain.h"
#include "rbacctl/store/help.h"
#include "rbacctl/store/migrate.h"

int change_migrate(struct change *c)
{
	char kept[4200];
	struct store_audit audit = { .when = c->a->now,
				     .actor = c->a->actor.name,
				     .person = c->a->actor.person };
	int err = store_migrate(c->s, &audit, kept, sizeof(kept));

	if (err)
		return change_fail(c, err, "the store cannot be brought to version %d: %s%s",
				   STORE_VERSION, store_why(c->s), STORE_HELP(err));
	complain("the store of an older rbac was brought to version %d (change %llu); the old one "
		 "is kept: %s",
		 STORE_VERSION, (unsigned long long)audit.change, kept);
	return RBAC_OK;
}
