#include "pam_rbac/view_path.h"

/* The Makefile sets RBAC_VIEW_PATH when the module is built; no environment variable changes it. */
int rbac_view_path_acquire(struct rbac_view *v)
{
	return rbac_view_acquire(RBAC_VIEW_PATH, RBAC_TRUST_ROOT, v);
}
