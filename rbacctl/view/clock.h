/*
 * clock.h - what time it is for rbacctl: as for the readers, never before the published view was
 * published (docs/design.md, "Time").
 */
#ifndef RBACCTL_VIEW_CLOCK_H
#define RBACCTL_VIEW_CLOCK_H

#include <stdint.h>

/* The later of CLOCK and the time at which the view at PATH was published; CLOCK where there is
 * none. */
int64_t clock_not_before(const char *path, int64_t clock);

#endif
