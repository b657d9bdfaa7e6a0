#include "rbacctl/change/fleet/acts.h"
#include "rbacctl/store/help.h"

int fleet_read_end(struct store *s, struct store_txn *t, int err, const char *not_here,
		   struct buf *why)
{
	if (err == RBAC_NOTFOUND)
		buf_printf(why, "refused: %s", not_here);
	else if (err)
		buf_printf(why, "%s%s", store_why(s), STORE_HELP(err));
	store_abort(t);
	store_close(s);
	return err == RBAC_NOTFOUND ? RBAC_REFUSED : err;
}
