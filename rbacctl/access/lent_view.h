/*
 * lent_view.h - the view of another host, as a container has it.
 */
#ifndef RBACCTL_ACCESS_LENT_VIEW_H
#define RBACCTL_ACCESS_LENT_VIEW_H

#include "rbacctl/invocation.h"

/* There is no store, and the folder of the view is mounted here, or cannot be written. */
bool lent_view_is(const struct invocation *a);

#endif
