/* SIGKILL at every system call of a push into a folder. */
#include <signal.h>
#include <string.h>

#include "tests/fault/acts.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"
#include "tests/fault/tracer.h"

enum { POINTS_SHORT = 60 };

static const char *push_argv[] = { NULL,
				   "fleet",
				   "push",
				   "--to",
				   ACTS_CARRIER,
				   "--etc",
				   ACTS_AUTHORITY_ETC,
				   "--store",
				   ACTS_AUTHORITY_STATE,
				   NULL };

static int kill_there(void *ctx, const struct tracer_call *call)
{
	return call->n == *(const unsigned long *)ctx ? TRACER_KILL : TRACER_GO;
}

static int push(struct tracer *t)
{
	return tracer_run(t, (char *const *)(size_t)push_argv);
}

/* The authority gives carol a role, or takes it away. */
static void change(bool give)
{
	int status = site_do(give ? "assign carol guest --scope account:main" ACTS_ON_AUTHORITY
				  : "revoke carol guest --scope account:main" ACTS_ON_AUTHORITY);

	need_say(status == 0, "change: %d: %s", status, site_said());
}

/* The member takes what is there, whatever that is; ALL: there is nothing to wait for. */
static bool has_it(bool all, unsigned long at)
{
	int status = site_do("fleet take " ACTS_CARRIER);

	need_say(status == 0 || (status == 1 && !all), "call %lu: take: %d: %s", at, status,
		 site_said());
	need(site_do("list assignments") == 0);
	return strstr(site_said(), "carol   guest ") != NULL;
}

static void a_push_killed_anywhere_leaves_what_members_take_and_the_next_completes_it(void)
{
	struct act act = { .name = "push",
			   .argv = { "fleet", "take", ACTS_CARRIER },
			   .member = true };
	unsigned long at = 0, points = 0, arrived = 0;
	struct tracer t = { .entry = kill_there, .ctx = &at, .output = -1 };

	push_argv[0] = stage_built("bin/rbacctl");
	acts_prepare(&act);
	need(!has_it(true, 0));
	change(true);
	need(push(&t) == 0);
	need_say(has_it(true, 0), "%s", site_said());
	unsigned long calls = t.calls, step = kit_long() ? 1 : calls / POINTS_SHORT + 1;
	bool give = false;
	for (at = 1; at <= calls; at += step, points++, give = !give) {
		change(give);
		int status = push(&t);
		need_say(status == 1000 + SIGKILL || (status == 0 && t.calls < at), "call %lu: %d",
			 at, status);
		arrived += has_it(false, at) == give;
		const unsigned long killed = at;
		at = 0;
		status = push(&t);
		at = killed;
		need_say(status == 0, "call %lu: the next push: %d", at, status);
		need_say(has_it(true, at) == give, "call %lu: the change is not there", at);
	}
	need(site_do("verify") == 0 &&
	     site_do("verify --etc " ACTS_AUTHORITY_ETC " --store " ACTS_AUTHORITY_STATE) == 0);
	kit_note("%lu points, the change had arrived after %lu of them", points, arrived);
	need(arrived > 0 && arrived < points);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "a push killed anywhere leaves what members take, and the next completes it",
		  a_push_killed_anywhere_leaves_what_members_take_and_the_next_completes_it, 300 },
	};

	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
