/* confirm: a change that was made with --confirm stays. */
#include <stdio.h>

#include "rbacctl/change/unconfirmed.h"
#include "rbacctl/cmd/cmd.h"

int cmd_confirm(struct invocation *a, const struct args *args)
{
	struct change c;

	(void)args;
	int err = change_open_on_member(&c, a, false);
	if (!err)
		err = change_confirm(&c);
	bool nothing = err == RBAC_NOTFOUND;
	int status = cmd_finish(&c, err);
	if (!status)
		unconfirmed_disarm(a);
	return nothing ? EXIT_NO : status;
}
