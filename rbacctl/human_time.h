/*
 * human_time.h - instants as people say them. Times are seconds since 1970, UTC; RBAC_TIME_MIN and
 * RBAC_TIME_MAX (common/wire.h) stand for no limit and become "-".
 */
#ifndef RBACCTL_HUMAN_TIME_H
#define RBACCTL_HUMAN_TIME_H

#include <stddef.h>
#include <stdint.h>

/* What people may type as a duration, in the words of help and messages; policy_duration_parse()
 * reads it. */
#define DURATION_FORMATS "90s, 30m, 8h, 7d, 2w or a sum (1h30m)"

/* "today 23:10 +01:00", "tomorrow 08:00 +01:00", "2026-12-01 08:00 +01:00": local time with the
 * offset in force then, with seconds where they are not 0. */
void human_instant(int64_t t, int64_t now, char *out, size_t size);

/* "2026-12-01 08:00:00 +01:00": the same in columns, for the log. */
void human_date_time(int64_t t, char *out, size_t size);

/* "in 7h 58m", "2 days ago", "now"; two units at most. */
void human_relative(int64_t t, int64_t now, char *out, size_t size);

/* How long: "4h", "7d" or "1h 30m", from SECONDS. */
void human_length(int64_t seconds, char *out, size_t size);

#endif
