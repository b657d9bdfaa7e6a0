#include "rbacctl/human_text.h"

#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "common/name.h"
#include "common/wire.h"
#include "rbacctl/model/model.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, PROBLEMS_SHOWN = 5 };

static long day_number(const struct tm *tm)
{
	struct tm midnight = { .tm_year = tm->tm_year,
			       .tm_mon = tm->tm_mon,
			       .tm_mday = tm->tm_mday };
	return (long)(timegm(&midnight) / DAY);
}

void human_instant(int64_t t, int64_t now, char *out, size_t size)
{
	time_t at = (time_t)t, today = (time_t)now;
	struct tm a, b;
	char date[32], hour[16];
	if (t == RBAC_TIME_MIN || t == RBAC_TIME_MAX || !localtime_r(&at, &a) ||
	    !localtime_r(&today, &b)) {
		snprintf(out, size, "-");
		return;
	}
	long days = day_number(&a) - day_number(&b);
	strftime(date, sizeof date, "%Y-%m-%d", &a);
	strftime(hour, sizeof hour, a.tm_sec ? "%H:%M:%S" : "%H:%M", &a);
	snprintf(out, size, "%s %s",
		 days == 0    ? "today"
		 : days == 1  ? "tomorrow"
		 : days == -1 ? "yesterday"
			      : date,
		 hour);
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

void human_end(int64_t t, int64_t now, bool json, char *out, size_t size)
{
	char text[32];
	if (!json || t == RBAC_TIME_MIN || t == RBAC_TIME_MAX) {
		human_relative(t, now, out, size);
		return;
	}
	policy_time_print(t, text);
	snprintf(out, size, "%s", text);
}

void human_problems(const struct problems *p, struct buf *out)
{
	size_t shown = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct problem *x = &p->v[i];
		if (x->kind != PROBLEM_ERROR || shown++ >= PROBLEMS_SHOWN)
			continue;
		buf_printf(out, "  %s", x->file);
		if (x->line)
			buf_printf(out, ":%u", x->line);
		buf_printf(out, ": %s\n", x->text);
	}
	if (shown > PROBLEMS_SHOWN)
		buf_printf(out, "  and %zu more\n", shown - PROBLEMS_SHOWN);
}

static const char *store_help(int err)
{
	switch (err) {
	case RBAC_DAMAGED:
		return "; logins and groups still use the published view; restore the folder from a backup";
	case RBAC_UNTRUSTED:
		return "; find out who could have written there, then chown it to root and chmod it to 0700";
	default:
		return "";
	}
}

const char *human_store_help(struct human_help *h, int err)
{
	/* A user who may not look into the folder is not told whether there is one. */
	if (geteuid() && (err == RBAC_ABSENT || err == RBAC_SYSTEM))
		snprintf(h->text, sizeof h->text, "; only root can read the store: %s",
			 COMMAND_WITH_SUDO());
	else if (err == RBAC_ABSENT)
		snprintf(h->text, sizeof h->text, "; to make a store: %s", COMMAND_TO_INIT());
	else
		snprintf(h->text, sizeof h->text, "%s", store_help(err));
	return h->text;
}

void human_unix_group(uint32_t gid, char *out, size_t size)
{
	const struct group *g = getgrgid(gid);
	if (g && rbac_name_is_unix_group(g->gr_name, strlen(g->gr_name)))
		snprintf(out, size, "%%%s", g->gr_name);
	else
		snprintf(out, size, "%%gid %u", (unsigned)gid);
}
