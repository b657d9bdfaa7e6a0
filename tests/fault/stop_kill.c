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
	need(points >= 500 && done > 0 && done < points);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "a command killed anywhere is wholly done or wholly not",
		  a_command_killed_anywhere_is_wholly_done_or_wholly_not, 400 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
