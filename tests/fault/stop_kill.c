/* SIGKILL at every system call of every changing command. */
#include <signal.h>
#include <stdio.h>

#include "tests/fault/acts.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"
#include "tests/fault/tracer.h"

enum { POINTS_MAX = 40000, OTHERS_SHORT = 25 };

/* Before this call. */
struct point {
	long nr;
	unsigned long turn;
};

struct plan {
	const struct act *act;
	unsigned long step; /* of the calls that do not matter, every so many; 0: not known yet */
	struct point points[POINTS_MAX];
	size_t n_points;
	const struct point *kill_at;
	bool mattered; /* the call before this one did */
	char at[64];
};

static int look(void *ctx, const struct tracer_call *call)
{
	struct plan *p = ctx;
	snprintf(p->at, sizeof p->at, "at call %lu, %s", call->n, tracer_name(call->nr));
	acts_look(p->act, p->at);
	return TRACER_GO;
}

/* Before each call that matters, and after it: before the next one. */
static int note(void *ctx, const struct tracer_call *call)
{
	struct plan *p = ctx;
	bool matters = tracer_matters(call);
	if (matters || p->mattered || call->n % p->step == 0) {
		need(p->n_points < POINTS_MAX);
		p->points[p->n_points++] = (struct point){ call->nr, call->turn };
	}
	p->mattered = matters;
	return TRACER_GO;
}

static int kill_there(void *ctx, const struct tracer_call *call)
{
	struct plan *p = ctx;
	if (call->nr != p->kill_at->nr || call->turn != p->kill_at->turn)
		return TRACER_GO;
	snprintf(p->at, sizeof p->at, "killed at call %lu, %s number %lu", call->n,
		 tracer_name(call->nr), call->turn);
	return TRACER_KILL;
}

static size_t cut_short(struct act *act, size_t *done)
{
	static struct plan p;
	struct tracer t = { .entry = look, .ctx = &p, .output = -1 };
	size_t killed = 0;
	p = (struct plan){ .act = act };
	site_load(act->name);
	need(tracer_run(&t, acts_argv(act)) == 0);
	need(acts_judge(act, 0, "undisturbed"));
	p.step = kit_long() ? 1 : t.calls / OTHERS_SHORT + 1;
	t.entry = note;
	site_load(act->name);
	need(tracer_run(&t, acts_argv(act)) == 0);
	t.entry = kill_there;
	for (size_t i = 0; i < p.n_points; i++) {
		p.kill_at = &p.points[i];
		snprintf(p.at, sizeof p.at, "not killed");
		site_load(act->name);
		int status = tracer_run(&t, acts_argv(act));
		/* It may make fewer calls of a kind than before: threads, and other processes, of
		 * which `due` reads what there are, are not the same. */
		need_say(status == 1000 + SIGKILL || status == 0, "%s, %s: %d", act->name, p.at,
			 status);
		killed += status != 0;
		*done += acts_judge(act, (unsigned)i, p.at);
	}
	need_say(killed * 4 >= p.n_points * 3, "%s: only %zu of %zu runs were killed", act->name,
		 killed, p.n_points);
	return p.n_points;
}

static void a_command_killed_anywhere_is_wholly_done_or_wholly_not(void)
{
	size_t points = 0, done = 0;
	acts_make();
	for (size_t i = 0; i < n_acts; i++)
		points += cut_short(&acts[i], &done);
	kit_note("%zu points, the change was there after %zu of them", points, done);
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
