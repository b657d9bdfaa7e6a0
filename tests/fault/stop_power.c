/* The power goes at any instant of every changing command, and the disk keeps what it likes of what
 * was not synced. */
#include <stdio.h>

#include "tests/fault/acts.h"
#include "tests/fault/disk.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"

static int go(void *ctx, const struct tracer_call *call)
{
	(void)ctx;
	(void)call;
	return TRACER_GO;
}

static size_t lose_power(struct act *act, size_t n, unsigned chances)
{
	static const char *const lucks[] = { "nothing kept",
					     "names kept",
					     "content kept",
					     "all kept",
					     "all but the first write kept",
					     "some kept" };
	char event[320], how[400];
	disk_describe(n, event, sizeof event);
	for (unsigned i = 0; i < DISK_CHANCE + chances; i++) {
		enum disk_luck luck = i < DISK_CHANCE ? (enum disk_luck)i : DISK_CHANCE;
		snprintf(how, sizeof how, "%s, %s (%u)", event, lucks[luck], i);
		disk_leave(n, luck, i);
		/* It has said that it is done: it is, and in force, without anyone mending
		 * anything. */
		if (n == disk_events())
			need_say(acts_look(act, how) && site_do("verify") == 0,
				 "%s, %s: done, and not there: %s", act->name, how, site_said());
		bool made = acts_judge(act, i, how);
		need_say(made || n < disk_events(), "%s, %s: it was done, and is lost", act->name,
			 how);
	}
	return DISK_CHANCE + chances;
}

static void what_is_left_after_power_was_lost_is_a_whole_change_or_none(void)
{
	size_t states = 0, n = 0;
	acts_make();
	for (size_t i = 0; i < n_acts; i++) {
		struct tracer t = { .entry = go, .exit = disk_note, .output = -1 };
		site_load(acts[i].name);
		disk_begin();
		need(tracer_run(&t, acts_argv(&acts[i])) == 0);
		for (size_t e = 0; e <= disk_events(); e++)
			states += lose_power(&acts[i], e, (unsigned)kit_count(1, 40));
		n += disk_events();
	}
	kit_note("%zu states of the disk after %zu events", states, n);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "what is left after power was lost is a whole change or none",
		  what_is_left_after_power_was_lost_is_a_whole_change_or_none, 600 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
