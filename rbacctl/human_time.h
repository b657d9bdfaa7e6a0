/*
 * human_time.h - print times for people. Times are seconds since 1970, UTC; RBAC_TIME_MIN and
 * RBAC_TIME_MAX (common/wire.h) mean no limit and are printed as "-". Each function writes into OUT
 * of SIZE bytes.
 */
#ifndef RBACCTL_HUMAN_TIME_H
#define RBACCTL_HUMAN_TIME_H

#include <stddef.h>
#include <stdint.h>

/* The durations that people may type, for help and messages; policy_duration_parse() reads them. */
#define DURATION_FORMATS "90s, 30m, 8h, 7d, 2w or a sum (1h30m)"

/* T as "today 23:10 +01:00", "tomorrow 08:00 +01:00" or "2026-12-01 08:00 +01:00": local time with
 * the offset of that time, and with seconds if they are not 0. */
void human_instant(int64_t t, int64_t now, char *out, size_t size);

/* T as "2026-12-01 08:00:00 +01:00", for the log. */
void human_date_time(int64_t t, char *out, size_t size);

/* The time from NOW to T as "in 7h 58m", "2 days ago" or "now", with two units at most. */
void human_relative(int64_t t, int64_t now, char *out, size_t size);

/* SECONDS as "4h", "7d" or "1h 30m". */
void human_length(int64_t seconds, char *out, size_t size);

#endif
