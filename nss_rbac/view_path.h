/*
 * view_path.h - the path of the view that this module reads, and whom it trusts. The two functions
 * are in a file of their own, so that unit tests can replace them and read another view.
 */
#ifndef RBAC_NSS_VIEW_PATH_H
#define RBAC_NSS_VIEW_PATH_H

#include "common/view.h"

/* rbac_view_acquire() and rbac_view_keep() (common/view.h) for that path; same results, same
 * ownership. */
int rbac_view_path_acquire(struct rbac_view *v);
int rbac_view_path_keep(struct rbac_view_kept *k);

#endif
