/*
 * local_time.h - instants as somebody types them, by the clocks of this host. How they are printed:
 * rbacctl/human_time.h.
 */
#ifndef RBACCTL_HOST_TIME_LOCAL_TIME_H
#define RBACCTL_HOST_TIME_LOCAL_TIME_H

#include <stdint.h>

/*
 * Read a time as people type it: RFC 3339 ("2026-12-01T18:00:00+01:00"), or local time to the
 * minute or second: "18:00" (of today), or a day with a time behind it, as "2026-12-01 18:00". A
 * day is a date, "today", "tomorrow" or "yesterday"; alone it means its first instant, as in
 * journalctl(1). Local is what tzset(3) says. RBAC_OK, or RBAC_INVALID: *WHY says what is wrong, to
 * be put behind the text. Where clocks are put forward some local times do not exist, and where
 * they are put back some exist twice: both are refused.
 */
int local_time_parse(const char *text, int64_t now, int64_t *t, const char **why);

#endif
