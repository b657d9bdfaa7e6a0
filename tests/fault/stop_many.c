/* Many who change at once, with readers at it; and one who dies with the lock in hand. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/view.h"
#include "tests/fault/kit.h"
#include "tests/fault/site.h"
#include "tests/fault/stage.h"
#include "tests/fault/tracer.h"

enum { WRITERS = 8, READERS = 2 };

/* Each its own people: all are given a role, every third is taken away again. */
static void change_a_lot(int who, unsigned long changes)
{
	char line[160];
	for (unsigned long i = 0, person = 0; i < changes; i++, person++) {
		snprintf(line, sizeof line,
			 "assign p%d-%lu guest --scope account:main --force --as root", who,
			 person);
		int status = site_do(line);
		need_say(status == 0, "%s: %d: %s", line, status, site_said());
		if (person % 3 == 0 && ++i < changes) {
			snprintf(line, sizeof line,
				 "revoke p%d-%lu guest --scope account:main --as root", who,
				 person);
			status = site_do(line);
			need_say(status == 0, "%s: %d: %s", line, status, site_said());
		}
	}
}

/* Whole views only, and never an older one after a newer one. */
static void read_until_told(int told)
{
	uint64_t last = 0, looks = 0;
	char byte;
	for (; read(told, &byte, 1) < 0; looks++) {
		struct rbac_view v;
		struct rbac_bytes key = { 0 }, rec;
		int rc = rbac_view_acquire(STAGE_VIEW, RBAC_TRUST_ROOT, &v);
		need_say(rc == RBAC_OK, "a reader found: %s", rbac_error_text(rc));
		need_say(v.meta.generation >= last,
			 "a reader went back from %" PRIu64 " to %" PRIu64, last,
			 v.meta.generation);
		last = v.meta.generation;
		while ((rc = rbac_view_next(&v, key, &key, &rec, NULL)) == RBAC_OK)
			;
		need_say(rc == RBAC_NOTFOUND, "a reader found a record: %s", rbac_error_text(rc));
		rbac_view_release(&v);
	}
	need(looks > 0);
}

static pid_t start(void (*fn)(int, unsigned long), int a, unsigned long b)
{
	fflush(NULL);
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		fn(a, b);
		_exit(0);
	}
	return pid;
}

static void read_here(int fd, unsigned long other_end)
{
	close((int)other_end);
	read_until_told(fd);
}

static bool ended_well(pid_t pid)
{
	int status;
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void all_changes_are_there(unsigned long each)
{
	char needle[32];
	need(site_do("verify") == 0);
	for (int who = 0; who < WRITERS; who++)
		for (unsigned long i = 0, person = 0; i < each; i++, person++) {
			bool gone = person % 3 == 0 && ++i < each;
			snprintf(needle, sizeof needle, "p%d-%lu", who, person);
			const char *argv[] = { "can",     needle,         "login",
					       "--scope", "account:main", NULL };
			int status = site_run(argv);
			need_say(status == (gone ? 1 : 0), "%s: %d: %s", needle, status,
				 site_said());
		}
}

static void what_many_change_at_once_is_all_there_in_one_order(void)
{
	unsigned long each = kit_count(30, 1000), from = kit_ms();
	uint64_t before, after;
	pid_t writers[WRITERS], readers[READERS];
	int told[2];
	site_make();
	site_print(&before);
	need(pipe2(told, O_CLOEXEC | O_NONBLOCK) == 0);
	for (int i = 0; i < READERS; i++)
		readers[i] = start(read_here, told[0], (unsigned long)told[1]);
	for (int i = 0; i < WRITERS; i++)
		writers[i] = start(change_a_lot, i, each);
	for (int i = 0; i < WRITERS; i++)
		need(ended_well(writers[i]));
	close(told[1]);
	for (int i = 0; i < READERS; i++)
		need(ended_well(readers[i]));
	unsigned long took = kit_ms() - from;
	site_print(&after);
	need_say(after == before + WRITERS * each, "%" PRIu64 " changes of %lu", after - before,
		 WRITERS * each);
	all_changes_are_there(each);
	kit_note("%d processes, %lu changes each, in %lu ms", WRITERS, each, took);
}

/* Stops before the first sync: lock in hand, transaction open. */
static int leave_at_sync(void *ctx, const struct tracer_call *call)
{
	(void)ctx;
	return call->nr == SYS_fsync ? TRACER_LEAVE : TRACER_GO;
}

static void try_one(int who, unsigned long unused)
{
	(void)who;
	(void)unused;
	int status = site_do("assign mallory guest --scope account:main --as root");
	need_say(status == 0, "%d: %s", status, site_said());
}

static void a_lock_dies_with_its_holder(void)
{
	char rbacctl[4096];
	site_make();
	snprintf(rbacctl, sizeof rbacctl, "%s", stage_built("bin/rbacctl"));
	char *const argv[] = { rbacctl,        "assign", "alice", "guest", "--scope",
			       "account:main", "--as",   "root",  NULL };
	struct tracer t = { .entry = leave_at_sync, .output = -1 };
	need(tracer_run(&t, argv) == 0 && t.left > 0);
	pid_t waiting = start(try_one, 0, 0);
	usleep(200000);
	int status;
	need_say(waitpid(waiting, &status, WNOHANG) == 0,
		 "a second change went on beside the first");
	tracer_kill(&t);
	need(ended_well(waiting));
	need(site_do("verify") == 0);
	need(site_do("can mallory login --scope account:main") == 0);
	need(site_do("explain mallory") == 0);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "what many change at once is all there, in one order",
		  what_many_change_at_once_is_all_there_in_one_order, 120 },
		{ "a lock dies with its holder", a_lock_dies_with_its_holder, 20 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
