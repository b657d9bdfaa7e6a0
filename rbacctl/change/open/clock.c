/* A change by a clock that lies behind the last one would be written down at a wrong time. */
#include "rbacctl/change/open/open.h"

#include "rbacctl/human_time.h"

enum { BEHIND_MOST = 300 }; /* seconds */

int change_need_clock(struct change *c)
{
	const struct invocation *a = c->a;
	char length[64];

	if (a->behind < BEHIND_MOST || a->tries_apply || (a->force && a->actor.root))
		return RBAC_OK;
	human_length(a->behind, length, sizeof length);
	return change_fail(c, RBAC_SYSTEM,
			   "the clock is %s behind the last change: nothing is changed until it is "
			   "set\n  may   root with %s",
			   length, a->actor.root ? "--force" : "--force --as root");
}
