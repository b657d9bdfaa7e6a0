#include "rbacctl/human_time.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "common/wire.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

static long day_number(const struct tm *tm)
{
	struct tm midnight = { .tm_year = tm->tm_year,
			       .tm_mon = tm->tm_mon,
			       .tm_mday = tm->tm_mday };
	return (long)(timegm(&midnight) / DAY);
}

/* "+01:00" */
static void offset_text(const struct tm *tm, char *out, size_t size)
{
	long east = tm->tm_gmtoff, minutes = (east < 0 ? -east : east) / MINUTE;

	snprintf(out, size, "%c%02ld:%02ld", east < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void human_instant(int64_t t, int64_t now, char *out, size_t size)
{
	time_t at = (time_t)t, today = (time_t)now;
	struct tm a, b;
	char date[32], hour[16], east[32];
	if (t == RBAC_TIME_MIN || t == RBAC_TIME_MAX || !localtime_r(&at, &a) ||
	    !localtime_r(&today, &b)) {
		snprintf(out, size, "-");
		return;
	}
	long days = day_number(&a) - day_number(&b);
	strftime(date, sizeof date, "%Y-%m-%d", &a);
	strftime(hour, sizeof hour, a.tm_sec ? "%H:%M:%S" : "%H:%M", &a);
	offset_text(&a, east, sizeof east);
	snprintf(out, size, "%s %s %s",
		 days == 0    ? "today"
		 : days == 1  ? "tomorrow"
		 : days == -1 ? "yesterday"
			      : date,
		 hour, east);
}

void human_date_time(int64_t t, char *out, size_t size)
{
	time_t at = (time_t)t;
	struct tm tm;
	char date[48], east[32];

	if (!localtime_r(&at, &tm)) {
		snprintf(out, size, "-");
		return;
	}
	strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &tm);
	offset_text(&tm, east, sizeof east);
	snprintf(out, size, "%s %s", date, east);
}

static void span(int64_t s, char *out, size_t size)
{
	if (s >= 2 * DAY)
		snprintf(out, size, "%" PRId64 " days", s / DAY);
	else if (s >= HOUR && s % HOUR >= MINUTE)
		snprintf(out, size, "%" PRId64 "h %" PRId64 "m", s / HOUR, s % HOUR / MINUTE);
	else if (s >= HOUR)
		snprintf(out, size, "%" PRId64 "h", s / HOUR);
	else if (s >= MINUTE && s % MINUTE)
		snprintf(out, size, "%" PRId64 "m %" PRId64 "s", s / MINUTE, s % MINUTE);
	else if (s >= MINUTE)
		snprintf(out, size, "%" PRId64 "m", s / MINUTE);
	else
		snprintf(out, size, "%" PRId64 "s", s);
}

void human_relative(int64_t t, int64_t now, char *out, size_t size)
{
	char text[64];
	if (t == RBAC_TIME_MIN || t == RBAC_TIME_MAX) {
		snprintf(out, size, "-");
		return;
	}
	span(t > now ? t - now : now - t, text, sizeof text);
	if (t == now)
		snprintf(out, size, "now");
	else
		snprintf(out, size, t > now ? "in %s" : "%s ago", text);
}

void human_length(int64_t seconds, char *out, size_t size)
{
	span(seconds, out, size);
}
