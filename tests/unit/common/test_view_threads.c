#define _GNU_SOURCE
#include "tests/unit/common/viewfile.h"
#include "tests/raw_fork.h"

#include <features.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifdef SANITIZED
enum { EXITS = 5 }; /* ThreadSanitizer sleeps a second at each */
#else
enum { EXITS = 50 };
#endif

enum { THREADS = 8, PUBLISHES = 1000, PER_TICK = 8, CHILDREN_EVERY = 10 };

/* Fewer rounds of the same in an emulator: 5 ticks, 12 children, 5 ends of a process. */
enum { PUBLISHES_EMULATED = 40, EXITS_EMULATED = 5 };

/* Seconds after which a child counts as hung. */
static unsigned patience(void)
{
	return under_emulator() ? 120 : 5;
}

static atomic_bool stop;
static atomic_ulong published; /* whoever looks now sees this generation or a later one */
static atomic_ulong lookups, failed, mixed, stale;

/* One lookup as a thread of a host makes it; counts what is wrong with it. */
static void look(unsigned *seed)
{
	uint64_t floor = atomic_load(&published);
	struct rbac_view v;
	int rc;

	if (rand_r(seed) % 64)
		rc = rbac_view_acquire(view_path, RBAC_TRUST_SELF, &v);
	else
		rc = rbac_view_open(view_path, RBAC_TRUST_SELF, &v);
	atomic_fetch_add(&lookups, 1);
	if (rc) {
		atomic_fetch_add(&failed, 1);
		return;
	}
	if (v.meta.generation < floor)
		atomic_fetch_add(&stale, 1);
	for (int i = rand_r(seed) % 4; i >= 0; i--) {
		if (view_ask(&v, rand_r(seed) % USERS))
			atomic_fetch_add(&mixed, 1);
		if (rand_r(seed) % 256 == 0)
			sched_yield();
	}
	rbac_view_release(&v);
}

static void *looker(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;

	while (!atomic_load(&stop))
		look(&seed);
	return NULL;
}

enum way { WAY_FORK, WAY_RAW, WAY_UNDER, WAYS };

static pid_t child_start(enum way way)
{
#if !defined(SANITIZED)
	if (way == WAY_RAW)
		return raw_fork();
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
	if (way == WAY_UNDER)
		return _Fork();
#endif
#endif
	(void)way;
	return fork();
}

/* A child of a threaded process must look up like anyone, whatever its siblings were in the midst
 * of. */
static bool child_looks_up(enum way way)
{
	int status;
	pid_t pid = child_start(way);

	if (pid == 0) {
		unsigned seed = 1;

		signal(SIGALRM, SIG_DFL);
		alarm(patience());
		atomic_store(&failed, 0);
		atomic_store(&stale, 0);
		atomic_store(&mixed, 0);
		for (int i = 0; i < 50; i++)
			look(&seed);
		_exit(atomic_load(&failed) || atomic_load(&stale) || atomic_load(&mixed));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static void threads_and_children_always_get_the_right_answer(void **state)
{
	uint64_t last = under_emulator() ? PUBLISHES_EMULATED : PUBLISHES;
	unsigned children = 0, children_ok = 0, fds;
	pthread_t threads[THREADS];

	(void)state;
	view_publish(1);
	atomic_store(&published, 1);
	fds = fds_open();
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, looker, (void *)(i + 1)), 0);
	for (uint64_t g = 2; g < 2 + last; g++) {
		view_publish(g);
		if (g % PER_TICK == 0) {
			tick_wait();
			atomic_store(&published, g);
		}
		if (g % CHILDREN_EVERY == 0) {
			for (enum way way = 0; way < WAYS; way++, children++)
				children_ok += child_looks_up(way);
		}
	}
	atomic_store(&stop, true);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	print_message("%lu lookups, %u children\n", atomic_load(&lookups), children);
	/* Threads have been at it between one publish and the next. */
	assert_true(atomic_load(&lookups) > last);
	assert_int_equal(atomic_load(&failed), 0);
	assert_int_equal(atomic_load(&mixed), 0);
	assert_int_equal(atomic_load(&stale), 0);
	assert_int_equal(children_ok, children);
	assert_int_equal(fds_open(), fds);
	assert_in_range(views_mapped(), 0, 1);
}

static void no_mapping_remains_after_the_view_was_deleted(void **state)
{
	struct rbac_view v;

	(void)state;
	unlink(view_path);
	tick_wait();
	assert_int_equal(rbac_view_acquire(view_path, RBAC_TRUST_SELF, &v), RBAC_ABSENT);
	assert_int_equal(views_mapped(), 0);
}

/* exit() runs our destructor, as dlclose() does, while other threads are in the midst of lookups.
 */
static void a_process_may_end_while_its_threads_look_up(void **state)
{
	int rounds = under_emulator() ? EXITS_EMULATED : EXITS;

	(void)state;
	view_publish(1);
	atomic_store(&published, 0);
	atomic_store(&stop, false);
	for (int round = 0; round < rounds; round++) {
		int status;
		pid_t pid;

		fflush(NULL);
		pid = fork();
		if (pid == 0) {
			pthread_t thread;

			alarm(patience());
			for (uintptr_t i = 0; i < THREADS; i++)
				pthread_create(&thread, NULL, looker, (void *)(i + 1));
			usleep((unsigned)round * 100);
			exit(atomic_load(&failed) || atomic_load(&mixed));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_and_children_always_get_the_right_answer),
		cmocka_unit_test(no_mapping_remains_after_the_view_was_deleted),
		cmocka_unit_test(a_process_may_end_while_its_threads_look_up),
	};

	return cmocka_run_group_tests_name("view, threads", tests, view_setup, view_teardown);
}
