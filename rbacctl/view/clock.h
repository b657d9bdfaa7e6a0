/*
 * clock.h - what time it is for rbacctl: as for the readers, never before the published view was
 * published (docs/design.md, "Time").
 */
#ifndef RBACCTL_VIEW_CLOCK_H
#define RBACCTL_VIEW_CLOCK_H

#include "rbacctl/invocation.h"

/* Set A->now, A->published and A->behind by the clock and by the view at A->view. */
void clock_set_now(struct invocation *a);

#endif
