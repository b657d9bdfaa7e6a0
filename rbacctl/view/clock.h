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

/*
 * Say on stderr that CLOCK lies before NOW, which is taken for it, and what to do. Not for a few
 * seconds, as a time server may set a clock back: then nothing is said.
 */
void clock_complain(int64_t clock, int64_t now);

enum { CLOCK_BEHIND_UNSAID = 10 }; /* seconds */

#endif
