#include "rbacctl/host/time/zone_offsets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/error.h"

enum { ZONE_STEP = 86400, ZONE_YEAR = 366 * 86400, ZONE_YEARS = 30 };
static const int64_t zone_start = 1577836800; /* 2020-01-01T00:00:00Z */

static int32_t offset_at(int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;
	return localtime_r(&at, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}

/* The first instant in (LOW, HIGH] from which the offset of HIGH holds. */
static int64_t find_change(int64_t low, int64_t high)
{
	int32_t after = offset_at(high);
	while (high - low > 1) {
		int64_t mid = low + (high - low) / 2;
		if (offset_at(mid) == after)
			high = mid;
		else
			low = mid;
	}
	return high;
}

int zone_offsets(const char *zone, int64_t now, struct zone_offset **out, size_t *n)
{
	char value[300];
	char *before = getenv("TZ") ? strdup(getenv("TZ")) : NULL;
	struct zone_offset *v = NULL;
	size_t count = 0, cap = 0;
	int err = RBAC_OK;
	snprintf(value, sizeof value, ":%s", zone ? zone : "/etc/localtime");
	setenv("TZ", value, 1);
	tzset();
	/* Whole years, so that what was gathered on one day is the same as what is gathered on
	 * another. */
	int64_t end = (now / ZONE_YEAR + ZONE_YEARS + 1) * ZONE_YEAR;
	for (int64_t t = zone_start; t < end; t += ZONE_STEP) {
		if (count && offset_at(t) == v[count - 1].offset)
			continue;
		if (count == cap) {
			struct zone_offset *w = reallocarray(v, cap = cap ? 2 * cap : 64,
							     sizeof *w);
			if (!w) {
				err = RBAC_NOMEM;
				break;
			}
			v = w;
		}
		v[count].offset = offset_at(t);
		v[count].from = count ? find_change(t - ZONE_STEP, t) : t;
		count++;
	}
	if (before)
		setenv("TZ", before, 1);
	else
		unsetenv("TZ");
	tzset();
	free(before);
	if (err) {
		free(v);
		return err;
	}
	*out = v;
	*n = count;
	return RBAC_OK;
}
