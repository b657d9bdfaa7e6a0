#include "rbacctl/store/help.h"

#include <stdio.h>
#include <unistd.h>

#include "common/error.h"

static const char *about_the_folder(int err)
{
	switch (err) {
	case RBAC_DAMAGED:
		return "; logins and groups still use the published view; "
		       "restore the folder from a backup";
	case RBAC_NEWER:
		return "; use the version of rbac that made it, or a newer one";
	default:
		return "";
	}
}

const char *store_help(struct advice *a, int err)
{
	/* A user who may not look into the folder is not told whether there is one. */
	if (geteuid() && (err == RBAC_ABSENT || err == RBAC_SYSTEM))
		snprintf(a->text, sizeof a->text, "; only root can read the store: %s%s",
			 COMMAND_WITH_SUDO(), command_without_sudo());
	else if (err == RBAC_ABSENT)
		snprintf(a->text, sizeof a->text, "; to make a store: %s", COMMAND_TO_INIT());
	else
		snprintf(a->text, sizeof a->text, "%s", about_the_folder(err));
	return a->text;
}
