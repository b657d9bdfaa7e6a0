/*
 * where.h - which view this module reads. Apart, so that the unit tests can read another.
 */
#ifndef RBAC_NSS_WHERE_H
#define RBAC_NSS_WHERE_H

#include "common/view.h"

/* As rbac_view_acquire() and rbac_view_keep(). */
int rbac_where_acquire(struct rbac_view *v);
int rbac_where_keep(struct rbac_view_kept *k);

#endif
