/*
 * view_path.h - the path of the view that this module reads, and whom it trusts. The function is in
 * a file of its own, so that unit tests can replace it and read another view.
 */
#ifndef RBAC_PAM_VIEW_PATH_H
#define RBAC_PAM_VIEW_PATH_H

#include "common/view.h"

/* rbac_view_acquire() (common/view.h) for that path; same results, same ownership. */
int rbac_view_path_acquire(struct rbac_view *v);

#endif
