/*
 * mounted_view.h - is the view that of the host, mounted into this container?
 */
#ifndef RBACCTL_ACCESS_MOUNTED_VIEW_H
#define RBACCTL_ACCESS_MOUNTED_VIEW_H

#include "rbacctl/invocation.h"

/* True if there is no store, and the folder of the view is a mount point or cannot be written. */
bool mounted_view_is(const struct invocation *a);

#endif
