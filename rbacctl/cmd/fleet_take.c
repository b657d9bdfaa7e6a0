/* fleet take: once, or each time that something has come. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "rbacctl/change/take/take.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/command.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/view/clock.h"

/* Also when nothing comes: that nothing comes is to be told. BLIND_MS: the kernel tells nothing,
 * since this user has too many watches. */
enum { LOOK_MS = 30000, BLIND_MS = 2000, ABSENT_MS = 500, SETTLE_MS = 20 };

static void say_sheets(const struct change *c, const struct take_result *r)
{
	if (c->nothing)
		printf("  nothing new: %zu sheets are followed\n", r->followed);
	else
		printf("  %zu of %zu sheets were new\n  change %" PRIu64 "\n", r->taken,
		       r->followed, c->change);
}

static int print_json(const struct change *c, const struct take_result *r)
{
	json_t *o = json_schema();

	json_object_set_new(o, "taken", json_integer((json_int_t)r->taken));
	json_object_set_new(o, "sheets", json_integer((json_int_t)r->followed));
	json_object_set_new(o, "change",
			    c->nothing ? json_null() : json_integer((json_int_t)c->change));
	json_object_set_new(o, "attention", json_boolean(r->attention));
	json_object_set_new(o, "lines", json_lines(c->nothing ? "" : buf_text(&c->done)));
	return json_print(o);
}

/* QUIET: nothing is printed where nothing was new. */
static int take_once(struct invocation *a, const char *dir, bool quiet)
{
	struct take_result r;
	struct change c;
	int err = change_take(&c, a, dir, &r);

	bool told = !err && !(quiet && c.nothing);

	if (told && a->json) {
		err = print_json(&c, &r);
	} else if (told) {
		plain_text_print(c.nothing ? "" : buf_text(&c.done));
		say_sheets(&c, &r);
	}
	if (!err && !(quiet && c.nothing))
		cmd_report(&c);
	int status = change_close(&c, err);
	fflush(stdout);
	return !status && r.attention ? EXIT_NO : status;
}

static void wait_for_news(int watch, int ms)
{
	struct pollfd p = { .fd = watch, .events = POLLIN };
	char events[4096];

	poll(&p, 1, ms);
	poll(NULL, 0, SETTLE_MS);
	while (read(watch, events, sizeof(events)) > 0)
		;
}

/* Look out for news, and how long: again each time, as the folder may be another one now, or not be
 * there yet. */
static int look_out(int watch, const char *dir)
{
	const uint32_t news = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE;

	if (watch >= 0 && inotify_add_watch(watch, dir, news) >= 0)
		return LOOK_MS;
	return access(dir, F_OK) == 0 ? BLIND_MS : ABSENT_MS;
}

/* Until a signal ends it. */
static _Noreturn void watch_folder(struct invocation *a, const char *dir)
{
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	for (bool first = true;; first = false) {
		int ms = look_out(watch, dir);
		clock_set_now(a);
		if (ms != ABSENT_MS || first)
			(void)take_once(a, dir, !first);
		wait_for_news(watch, ms);
	}
}

int cmd_fleet_take(struct invocation *a, const struct args *args)
{
	if (args->value[OPT_WATCH])
		watch_folder(a, args->v[0]);
	return cmd_done(take_once(a, args->v[0], false));
}
