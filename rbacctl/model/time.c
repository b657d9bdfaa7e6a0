#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/error.h"
#include "rbacctl/model/model.h"

enum { DAY = 86400 };

/* N digits at *P, which moves past them; -1: no. */
static int digits(const char **p, int n)
{
	int v = 0;

	for (; n; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return -1;
		v = v * 10 + (**p - '0');
	}
	return v;
}

static bool mark(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static bool date(const char **p, int64_t *out)
{
	int year = digits(p, 4);
	int month = year >= 0 && mark(p, '-') ? digits(p, 2) : -1;
	int day = month >= 1 && month <= 12 && mark(p, '-') ? digits(p, 2) : -1;

	if (day < 1 || day > month_days(year, month))
		return false;
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
	*out = (int64_t)timegm(&tm);
	return true;
}

/* Leap seconds (":60") are refused: the store's seconds have no room for them (time(2)). */
static bool clock_time(const char **p, int64_t *out)
{
	int hour = digits(p, 2);
	int minute = hour >= 0 && hour < 24 && mark(p, ':') ? digits(p, 2) : -1;
	int second = minute >= 0 && minute < 60 && mark(p, ':') ? digits(p, 2) : -1;

	if (second < 0 || second > 59)
		return false;
	*out = (int64_t)hour * 3600 + minute * 60 + second;
	return true;
}

static bool offset(const char **p, int64_t *out)
{
	*out = 0;
	if (mark(p, 'Z') || mark(p, 'z'))
		return true;
	int sign = mark(p, '+') ? 1 : mark(p, '-') ? -1 : 0;
	int hour = sign ? digits(p, 2) : -1;
	int minute = hour >= 0 && hour < 24 && mark(p, ':') ? digits(p, 2) : -1;
	if (minute < 0 || minute > 59)
		return false;
	*out = (int64_t)sign * (hour * 3600 + minute * 60);
	return true;
}

int policy_time_parse(const char *text, int64_t *out)
{
	const char *p = text;
	int64_t day, time_of_day, east;

	if (!date(&p, &day))
		return RBAC_INVALID;
	if (!*p) {
		*out = day;
		return RBAC_OK;
	}
	if (!mark(&p, 'T') && !mark(&p, 't') && !mark(&p, ' '))
		return RBAC_INVALID;
	if (!clock_time(&p, &time_of_day) || !offset(&p, &east) || *p)
		return RBAC_INVALID;
	*out = day + time_of_day - east;
	return policy_time_is_writable(*out) ? RBAC_OK : RBAC_INVALID;
}

bool policy_time_is_writable(int64_t t)
{
	const int64_t first = INT64_C(-62167219200), last = INT64_C(253402300799);

	return t >= first && t <= last;
}

void policy_time_print(int64_t t, char *out)
{
	time_t at = (time_t)t;
	struct tm tm;

	/* RFC 3339 has years of four digits; gmtime_r fails only where int has no room for the
	 * year. */
	if (!gmtime_r(&at, &tm) || tm.tm_year + 1900 < 0 || tm.tm_year + 1900 > 9999) {
		snprintf(out, 32, "%s", t < 0 ? "the beginning of time" : "the end of time");
		return;
	}
	/* Not strftime: its %Y leaves out leading zeros. */
	snprintf(out, 32, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(tm.tm_year + 1900) % 10000,
		 (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100,
		 (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

static int64_t unit(char c)
{
	switch (c) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return DAY;
	case 'w':
		return (int64_t)7 * DAY;
	default:
		return 0;
	}
}

int policy_duration_parse(const char *text, int64_t *seconds)
{
	const int64_t most = (int64_t)36525 * DAY; /* 100 years */
	int64_t sum = 0, last = most;

	if (!*text)
		return RBAC_INVALID;
	for (const char *p = text; *p; p++) {
		int64_t n = 0;
		const char *start = p;
		for (; *p >= '0' && *p <= '9'; p++) {
			n = n * 10 + (*p - '0');
			if (n > most)
				return RBAC_INVALID;
		}
		/* From large to small, each once: "30m1h" is rather a slip than a wish. */
		if (p == start || !unit(*p) || unit(*p) >= last)
			return RBAC_INVALID;
		last = unit(*p);
		sum += n * last;
		if (sum > most || n * last > most)
			return RBAC_INVALID;
	}
	*seconds = sum;
	return sum > 0 ? RBAC_OK : RBAC_INVALID;
}

void policy_duration_print(int64_t seconds, char *out)
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = { { 7 * 24 * 3600, 'w' }, { 24 * 3600, 'd' }, { 3600, 'h' }, { 60, 'm' } };

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (seconds % units[i].seconds == 0) {
			snprintf(out, 32, "%" PRId64 "%c", seconds / units[i].seconds,
				 units[i].unit);
			return;
		}
	snprintf(out, 32, "%" PRId64 "s", seconds);
}
