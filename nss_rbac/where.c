#include "nss_rbac/where.h"

int rbac_where_acquire(struct rbac_view *v)
{
	/* Fixed when this is built (Makefile): the view alone has that folder. */
	return rbac_view_acquire(RBAC_VIEW_PATH, RBAC_TRUST_OVERFLOW, v);
}

int rbac_where_keep(struct rbac_view_kept *k)
{
	return rbac_view_keep(RBAC_VIEW_PATH, RBAC_TRUST_OVERFLOW, k);
}
