/* Every call that writes, syncs, renames, opens or maps fails in turn, as it does on a disk that is
 * full, broken or read-only. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/fault/acts.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"
#include "tests/fault/tracer.h"

enum { POINTS_MAX = 4000, WORDS_MAX = 65536 };

/* Which errors a call of this kind can have. */
static const int on_write[] = { ENOSPC, EIO, EDQUOT, EROFS }, on_sync[] = { EIO, ENOSPC, EDQUOT },
		 on_name[] = { ENOSPC, EROFS, EDQUOT, EIO },
		 on_open[] = { EMFILE, ENFILE, EIO, ENOSPC }, on_map[] = { ENOMEM };

struct point {
	unsigned long turn;
	long nr;
	const int *errors;
	size_t n_errors;
};

struct plan {
	const struct act *act;
	struct point points[POINTS_MAX];
	size_t n_points;
	const struct point *fail_at;
	int error;
	bool failed;
	char at[160];
};

#define ERRORS(p, e) ((p)->errors = (e), (p)->n_errors = KIT_COUNT(e))

static void classify(struct point *p, const struct tracer_call *call)
{
	switch (call->nr) {
	case SYS_write:
	case SYS_writev:
	case SYS_pwrite64:
	case SYS_pwritev:
	case SYS_ftruncate:
		ERRORS(p, on_write);
		break;
	case SYS_fsync:
	case SYS_fdatasync:
	case SYS_msync:
		ERRORS(p, on_sync);
		break;
	case SYS_openat:
		ERRORS(p, on_open);
		break;
	case SYS_mmap:
		ERRORS(p, on_map);
		break;
	default:
		if (tracer_matters(call))
			ERRORS(p, on_name);
	}
}

static int note(void *ctx, const struct tracer_call *call)
{
	struct plan *p = ctx;
	struct point point = { .turn = call->turn, .nr = call->nr };
	classify(&point, call);
	/* Most of what is opened and mapped is what the C library reads. */
	char path[64];
	tracer_path(call, path, sizeof path);
	bool rare = (call->nr == SYS_openat || call->nr == SYS_mmap) && !tracer_matters(call);
	unsigned step = strcmp(path, "/etc/passwd") == 0  ? 3
			: strcmp(path, "/etc/group") == 0 ? 11
							  : 13;
	if (point.errors && (!rare || kit_long() || call->n % step == 0)) {
		need(p->n_points < POINTS_MAX);
		p->points[p->n_points++] = point;
	}
	return TRACER_GO;
}

static int fail_there(void *ctx, const struct tracer_call *call)
{
	struct plan *p = ctx;
	if (call->turn != p->fail_at->turn || call->nr != p->fail_at->nr)
		return TRACER_GO;
	p->failed = true;
	char path[64];
	tracer_path(call, path, sizeof path);
	snprintf(p->at, sizeof p->at, "%s number %lu, %s, fails with %s", tracer_name(call->nr),
		 call->turn, path, strerrorname_np(p->error));
	return -p->error;
}

/* What rbacctl said of the change must be true of it; what could not be synced is never said to be
 * done. */
static void judge_words(const struct plan *p, int status, const char *words, bool made)
{
	need_say(!p->failed || p->fail_at->errors != on_sync || status != 0, "%s, %s: passed over",
		 p->act->name, p->at);
	need_say(status < 1000, "%s, %s: %d: %s", p->act->name, p->at, status, words);
	if (p->act->upkeep)
		return; /* whether it or the next command did it is all the same */
	/* Done, but something needs attention; or it cannot be said: output to a full disk. */
	bool said_done = status == 0 || strstr(words, " is made, but ") ||
			 (status == 1 && strstr(words, "\n  change "));
	need_say(!said_done || made, "%s, %s: said to be made: %s", p->act->name, p->at, words);
	/* Of several changes the first is made, and what failed later is said. */
	need_say(said_done || !made || strstr(words, "output") || strstr(words, "can't be told") ||
			 p->act->from == 0 || p->act->steps > 1,
		 "%s, %s: made, and said not to be (%d): %s", p->act->name, p->at, status, words);
}

/* True: the change was made. */
static bool judge(const struct plan *p, unsigned ran, int status, const char *words)
{
	if (p->act->member && status == 1 && strstr(words, "\nwaiting: ")) {
		acts_complete(p->act, p->at);
		return true;
	}
	bool made = acts_judge(p->act, ran, p->at);
	judge_words(p, status, words, made);
	return made;
}

static size_t fail_in_turn(struct act *act, size_t *made)
{
	static struct plan p;
	static char words[WORDS_MAX];
	size_t ran = 0, failed = 0;
	int out = memfd_create("said", MFD_CLOEXEC);
	need(out >= 0);
	struct tracer t = { .entry = note, .ctx = &p, .output = out };
	p = (struct plan){ .act = act };
	site_load(act->name);
	need(tracer_run(&t, acts_argv(act)) == 0);
	t.entry = fail_there;
	for (size_t i = 0; i < p.n_points; i++) {
		size_t n = kit_long() ? p.points[i].n_errors : 1;
		for (size_t e = 0; e < n; e++, ran++) {
			p.fail_at = &p.points[i];
			p.failed = false;
			strcpy(p.at, "nothing failed");
			p.error = p.points[i].errors[(i + e) % p.points[i].n_errors];
			site_load(act->name);
			need(ftruncate(out, 0) == 0 && lseek(out, 0, SEEK_SET) == 0);
			int status = tracer_run(&t, acts_argv(act));
			ssize_t len = pread(out, words, sizeof words, 0);
			need(len >= 0 && len < WORDS_MAX);
			words[len] = '\0';
			*made += judge(&p, (unsigned)ran, status, words);
			failed += p.failed;
		}
	}
	close(out);
	need_say(failed * 4 >= ran * 3, "%s: only %zu of %zu calls came to fail", act->name, failed,
		 ran);
	return ran;
}

static void a_call_that_fails_leaves_a_change_wholly_done_or_wholly_not(void)
{
	size_t ran = 0, made = 0;
	acts_make();
	for (size_t i = 0; i < n_acts; i++)
		ran += fail_in_turn(&acts[i], &made);
	kit_note("%zu calls failed, the change was there after %zu of them", ran, made);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "a call that fails leaves a change wholly done or wholly not",
		  a_call_that_fails_leaves_a_change_wholly_done_or_wholly_not, 900 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
