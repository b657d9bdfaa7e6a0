/* Hosts that run out of everything: each call of the module for memory, a mapping, a descriptor or
 * the clock fails in turn; and limits at the edge. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/fault/host.h"
#include "tests/fault/kit.h"
#include "tests/fault/stage.h"
#include "tests/fault/starve.h"

/* ---- each in turn ---- */

static struct host_module m;
static int failing; /* which call, for messages */

static bool is_defined(enum nss_status rc, int err)
{
	if (rc == NSS_STATUS_TRYAGAIN)
		return err == ENOMEM || err == EAGAIN || err == ERANGE;
	return rc == NSS_STATUS_SUCCESS || rc == NSS_STATUS_UNAVAIL;
}

enum question { BY_NAME, BY_GID, INITGROUPS, ENUMERATE, QUESTIONS };

/* False: the module could not answer, and said so. */
static bool ask(enum question q)
{
	struct group g = { .gr_gid = 1 };
	char buf[1024];
	int err = 0;
	enum nss_status rc = NSS_STATUS_SUCCESS;
	if (q == BY_NAME) {
		rc = m.getgrnam("r-00", &g, buf, sizeof buf, &err);
		need(rc != NSS_STATUS_SUCCESS ||
		     (g.gr_gid == HOST_OURS && strcmp(g.gr_mem[0], "alice") == 0));
	} else if (q == BY_GID) {
		rc = m.getgrgid(HOST_OURS + 5, &g, buf, sizeof buf, &err);
		need(rc != NSS_STATUS_SUCCESS || strcmp(g.gr_name, "r-05") == 0);
	} else if (q == INITGROUPS) {
		long start = 1, size = 1;
		gid_t *gids = starve_malloc(sizeof *gids);
		gids[0] = ALICE;
		rc = m.initgroups("alice", ALICE, &start, &size, &gids, -1, &err);
		/* All or none. */
		need(start == (rc == NSS_STATUS_SUCCESS ? 1 + HOST_ALICES : 1));
		free(gids);
	} else {
		int n = 0;
		rc = m.setgrent(0);
		err = EAGAIN;
		while (rc == NSS_STATUS_SUCCESS &&
		       (rc = m.getgrent(&g, buf, sizeof buf, &err)) == NSS_STATUS_SUCCESS)
			n++;
		need(rc != NSS_STATUS_NOTFOUND || n == HOST_GROUPS + 1);
		rc = rc == NSS_STATUS_NOTFOUND ? NSS_STATUS_SUCCESS : rc;
		m.endgrent();
	}
	need_say(is_defined(rc, err), "question %d, call %d fails: status %d, error %d", q, failing,
		 rc, err);
	return rc == NSS_STATUS_SUCCESS;
}

static void fail_each(int error, bool all_after)
{
	unsigned points = 0, answered = 0;
	for (enum question q = 0; q < QUESTIONS; q++) {
		bool more = true;
		for (int n = 1; more; n++, points++) {
			/* Cold: the view is another one, and has to be mapped. */
			host_publish((unsigned)(n + 1));
			failing = n;
			long blocks = starve_blocks();
			starve_begin(n, all_after, error);
			answered += ask(q);
			more = starve_end() >= n;
			need_say(starve_blocks() == blocks,
				 "question %d, call %d fails: %ld blocks are left", q, n,
				 starve_blocks() - blocks);
			need(ask(BY_NAME) && ask(INITGROUPS) && ask(ENUMERATE));
		}
	}
	kit_note("%u calls failed, %u of the questions were answered all the same", points,
		 answered);
}

static void each_call_may_fail(void)
{
	host_publish(1);
	host_load(&m, 0);
	int fds = host_descriptors();
	fail_each(ENOMEM, false);
	fail_each(EMFILE, false);
	fail_each(ENOMEM, true);
	need(host_descriptors() == fds && host_mappings() <= 2);
}

/* The state is prepared at the very first call: that is a process of its own for each. */
static void first_call(void *ctx)
{
	int n = *(int *)ctx;
	host_load(&m, 0);
	failing = n;
	starve_begin(n, false, ENOMEM);
	ask(BY_NAME);
	bool more = starve_end() >= n;
	for (enum question q = 0; q < QUESTIONS; q++)
		need(ask(q));
	_exit(more ? 0 : 77);
}

static void each_call_of_a_first_lookup_may_fail(void)
{
	int status = 0;
	host_publish(1);
	for (int n = 1; status == 0; n++) {
		status = kit_fork(first_call, &n, 10);
		need_say(status == 0 || status == 77 << 8, "call %d: %d", n, status);
	}
}

/* ---- limits ---- */

static void limit(int what, rlim_t n)
{
	const struct rlimit r = { n, n };
	need(setrlimit((__rlimit_resource_t)what, &r) == 0);
}

static rlim_t address_space(void)
{
	char line[256] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	need(fd >= 0 && read(fd, line, sizeof line - 1) > 0);
	close(fd);
	return strtoul(line, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void without_address_space(void *ctx)
{
	host_load(&m, 0);
	limit(RLIMIT_AS, address_space() + *(rlim_t *)ctx);
	for (enum question q = 0; q < QUESTIONS; q++)
		ask(q);
}

static void without_descriptors(void *ctx)
{
	host_load(&m, 0);
	limit(RLIMIT_NOFILE, *(rlim_t *)ctx);
	for (enum question q = 0; q < QUESTIONS; q++)
		ask(q);
}

static void without_files(void *ctx)
{
	(void)ctx;
	limit(RLIMIT_FSIZE, 0);
	host_load(&m, 0);
	for (enum question q = 0; q < QUESTIONS; q++)
		need(ask(q));
}

static void *ask_all(void *unused)
{
	(void)unused;
	for (enum question q = 0; q < QUESTIONS; q++)
		need(ask(q));
	return NULL;
}

/* A thread has no more than PTHREAD_STACK_MIN here. */
static void without_stack(void *ctx)
{
	(void)ctx;
	limit(RLIMIT_STACK, 64 << 10);
	host_load(&m, 0);
	pthread_attr_t small;
	pthread_t t;
	need(pthread_attr_init(&small) == 0 &&
	     pthread_attr_setstacksize(&small, 16384 + 4096) == 0);
	need(pthread_create(&t, &small, ask_all, NULL) == 0 && pthread_join(t, NULL) == 0);
}

static void limits_at_the_edge_are_errors_not_crashes(void)
{
	host_publish(1);
	for (rlim_t room = 0; room < 20 * 4096; room += 2048)
		need(kit_fork(without_address_space, &room, 10) == 0);
	for (rlim_t n = 0; n < 8; n++)
		need(kit_fork(without_descriptors, &n, 10) == 0);
	need(kit_fork(without_files, NULL, 10) == 0);
	need(kit_fork(without_stack, NULL, 10) == 0);
}

int main(int argc, char **argv)
{
	static const struct kit_case cases[] = {
		{ "each call may fail", each_call_may_fail, 30 },
		{ "each call of a first lookup may fail", each_call_of_a_first_lookup_may_fail,
		  30 },
		{ "limits at the edge are errors, not crashes",
		  limits_at_the_edge_are_errors_not_crashes, 30 },
	};
	stage_enter(argv);
	return kit_main(argc, argv, cases, KIT_COUNT(cases));
}
