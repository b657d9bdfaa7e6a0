/* SIGKILL at every system call of every changing command. */
#include <signal.h>
#include <stdio.h>

#include "tests/fault/acts.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"
#include "tests/fault/tracer.h"

enum { CALLS_MAX = 20000, OTHERS_SHORT = 60 };

struct plan {
	const struct act *act;
	unsigned long kill_at;
	bool matters[CALLS_MAX];
	char at[64];
};

static int look_and_note(void *ctx, const struct tracer_call *call)
{
	struct plan *p = ctx;
	need(call->n < CALLS_MAX - 2);
	snprintf(p->at, sizeof p->at, "at call %lu, %s", call->n, tracer_name(call->nr));
	if (tracer_matters(call))
		p->matters[call->n] = p->matters[call->n + 1] = true;
	acts_look(p->act, p->at);
	return TRACER_GO;
}

static int kill_there(void *ctx, const struct tracer_call *call)
{
	struct plan *p = ctx;
	if (call->n != p->kill_at)
		return TRACER_GO;
	snprintf(p->at, sizeof p->at, "killed at call %lu, %s", call->n, tracer_name(call->nr));
	return TRACER_KILL;
}

static unsigned long cut_short(struct act *act, unsigned long *done)
{
	static struct plan p;
	struct tracer t = { .entry = look_and_note, .ctx = &p, .output = -1 };
	p = (struct plan){ .act = act };
	site_load(act->name);
	need(tracer_run(&t, acts_argv(act)) == 0);
	need(acts_judge(act, 0, "undisturbed"));
	unsigned long points = 0, last = t.calls, step = kit_long() ? 1 : last / OTHERS_SHORT + 1;
	t.entry = kill_there;
	for (p.kill_at = 1; p.kill_at <= last; p.kill_at++) {
		if (!p.matters[p.kill_at] && p.kill_at % step != 0)
			continue;
		site_load(act->name);
		int status = tracer_run(&t, acts_argv(act));
		/* How long it waits for the readers' clock differs: it may have come to its end
		 * before this call. */
		need_say(status == 1000 + SIGKILL || (status == 0 && t.calls < p.kill_at),
			 "%s, %s: %d", act->name, p.at, status);
		*done += acts_judge(act, (unsigned)points, p.at);
		points++;
	}
	return points;
}

static void a_command_killed_anywhere_is_wholly_done_or_wholly_not(void)
{
	unsigned long points = 0, done = 0;
	acts_make();
	for (size_t i = 0; i < n_acts; i++)
		points += cut_short(&acts[i], &done);
	kit_note("%lu points, the change was there after %lu of them", points, done);
	/* An act of upkeep alone is always there: the publish of the judge ends what was begun. */
	need(done > 0 && (!acts_all() || (points >= 500 && done < points)));
}

/* ---- a store that is lost: restore makes it first, and then changes it ---- */

static int kill_lost(void *ctx, const struct tracer_call *call)
{
	return call->n == *(const unsigned long *)ctx ? TRACER_KILL : TRACER_GO;
}

static void a_restore_of_a_lost_store_killed_anywhere_can_be_done_again(void)
{
	static const char *const words[] = { "restore", STAGE_ETC "/backup", "--as", "root", NULL };
	const char *argv[] = {
		stage_built("bin/rbacctl"), words[0], words[1], words[2], words[3], NULL
	};
	unsigned long at = 0, points = 0;
	uint64_t generation, before, last;
	site_make();
	need(site_do("backup " STAGE_ETC "/backup") == 0);
	before = site_print(&last);
	site_lose_store();
	site_save("lost");
	struct tracer t = { .entry = kill_lost, .ctx = &at, .output = -1 };
	need(tracer_run(&t, (char *const *)(size_t)argv) == 0);
	unsigned long calls = t.calls, step = kit_long() ? 1 : calls / OTHERS_SHORT + 1;
	for (at = 1; at <= calls; at += step, points++) {
		site_load("lost");
		int status = tracer_run(&t, (char *const *)(size_t)argv);
		need_say(status == 1000 + SIGKILL || (status == 0 && t.calls < at), "call %lu: %d",
			 at, status);
		need_say(site_print(&generation) == before, "call %lu: readers see else", at);
		status = site_run(words);
		need_say(status == 0, "call %lu: once more: %d: %s", at, status, site_said());
		status = site_do("verify");
		need_say(status == 0, "call %lu: verify: %d: %s", at, status, site_said());
		need_say(site_print(&generation) == before && generation > last,
			 "call %lu: not what it was", at);
	}
	kit_note("%lu points", points);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "a command killed anywhere is wholly done or wholly not",
		  a_command_killed_anywhere_is_wholly_done_or_wholly_not, 900 },
		{ "a restore of a lost store killed anywhere can be done again",
		  a_restore_of_a_lost_store_killed_anywhere_can_be_done_again, 300 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
