#include "rbacctl/host/time/local_time.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/error.h"
#include "rbacctl/model/model.h"

enum { DAY = 86400, DATE_LENGTH = sizeof("2026-12-01") - 1 };

static bool offset_at(int64_t t, long *east)
{
	time_t at = (time_t)t;
	struct tm tm;

	if (!localtime_r(&at, &tm))
		return false;
	*east = tm.tm_gmtoff;
	return true;
}

/*
 * The instant at which clocks here show WALL, seconds since 1970 as if they were UTC. Around a
 * change of the offset, that before it or that after it holds, both, or none. DAY_ONLY: WALL is
 * the first second of a day, and its first instant is meant, whatever clocks show then.
 */
static int from_wall(int64_t wall, bool day_only, int64_t *t, const char **why)
{
	long before, after, there;

	if (!offset_at(wall - DAY, &before) || !offset_at(wall + DAY, &after))
		return RBAC_INVALID;
	bool by_before = offset_at(wall - before, &there) && there == before;
	bool by_after = offset_at(wall - after, &there) && there == after;
	*t = wall - (by_before || (day_only && !by_after) ? before : after);
	if (day_only)
		return RBAC_OK;
	if (!by_before && !by_after)
		*why = "clocks here are put forward then, and skip this time";
	else if (by_before && by_after && before != after)
		*why = "clocks here are put back then, and show this time twice: add the offset, "
		       "as 2026-10-25T02:30:00+01:00";
	else
		return RBAC_OK;
	return RBAC_INVALID;
}

/* The first second of the day of NOW and DAYS more, as if local time were UTC. */
static int64_t wall_day(int64_t now, int days)
{
	time_t at = (time_t)now;
	struct tm tm;

	if (!localtime_r(&at, &tm))
		return 0;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	return (int64_t)timegm(&tm) + (int64_t)days * DAY;
}

/* "18:00" or "18:00:30" into seconds of the day. */
static bool parse_clock(const char *text, int64_t *seconds)
{
	char full[64];
	size_t len = strlen(text);

	if (len != sizeof("18:00") - 1 && len != sizeof("18:00:30") - 1)
		return false;
	snprintf(full, sizeof full, "1970-01-01T%s%sZ", text, len < 8 ? ":00" : "");
	return policy_time_parse(full, seconds) == RBAC_OK;
}

/* What follows the day in REST, which begins behind it: see parse_day. */
static const char *behind_day(const char *rest, const char *separators)
{
	if (!*rest)
		return "";
	return strchr(separators, rest[0]) && rest[1] ? rest + 1 : NULL;
}

/* The day that TEXT begins with, into *WALL: a word, a date, or today. Returns the time of day that
 * follows it; "": none does; NULL: what follows is none. */
static const char *parse_day(const char *text, int64_t now, int64_t *wall)
{
	static const struct {
		const char *word;
		int days;
	} words[] = { { "today", 0 }, { "tomorrow", 1 }, { "yesterday", -1 } };
	char date[DATE_LENGTH + 1];

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i].word);
		if (strncmp(text, words[i].word, len) != 0)
			continue;
		*wall = wall_day(now, words[i].days);
		return behind_day(text + len, " ");
	}
	snprintf(date, sizeof date, "%s", text);
	if (policy_time_parse(date, wall) == RBAC_OK)
		return behind_day(text + DATE_LENGTH, " T");
	*wall = wall_day(now, 0);
	return text;
}

int local_time_parse(const char *text, int64_t now, int64_t *t, const char **why)
{
	int64_t wall = 0, seconds = 0;

	*why = "expected a local time as 18:00, \"tomorrow 08:00\" or \"2026-01-31 18:00\", a day "
	       "as today or 2026-01-31, or a time with its offset as 2026-01-31T18:00:00+01:00";
	if (strlen(text) > DATE_LENGTH && policy_time_parse(text, t) == RBAC_OK)
		return RBAC_OK;
	const char *clock = parse_day(text, now, &wall);
	bool day_only = clock && clock != text && !*clock;
	if (!clock || (!day_only && !parse_clock(clock, &seconds)))
		return RBAC_INVALID;
	int err = from_wall(wall + seconds, day_only, t, why);
	return err || policy_time_is_writable(*t) ? err : RBAC_INVALID;
}
