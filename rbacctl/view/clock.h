/*
 * clock.h - the time that rbacctl uses. As for the readers of the view, it is the later of the
 * clock and the publication time of the view (docs/design.md, "Time").
 */
#ifndef RBACCTL_VIEW_CLOCK_H
#define RBACCTL_VIEW_CLOCK_H

#include "rbacctl/invocation.h"

/* Set A->now, A->published and A->behind from the clock and the view at A->view. */
void clock_set_now(struct invocation *a);

#endif
