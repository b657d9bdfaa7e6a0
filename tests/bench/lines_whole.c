/* The full enumeration, a group of 200,000 members, many threads. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"

/* ---- enumeration ---- */

static uint32_t enumerated; /* groups there are */

static size_t enumerate(void *ctx, const struct key *keys, size_t n)
{
	static char buf[BUFFER];
	const struct module *m = ctx;
	size_t whole = 0;

	(void)keys;
	for (size_t i = 0; i < n; i++) {
		struct group g;
		uint32_t seen = 0;
		int err;
		m->setgrent(0);
		while (m->getgrent(&g, buf, sizeof(buf), &err) == NSS_STATUS_SUCCESS)
			seen++;
		m->endgrent();
		whole += seen == enumerated;
	}
	return whole;
}

void lines_enumerate(void)
{
	report_begin("full enumeration (getgrent)");
	for (unsigned s = 0; s < config.n_sizes; s++) {
		struct contender c[CONTENDERS] = { 0 };
		struct times t[CONTENDERS];
		char label[64];
		uint32_t users = config.sizes[s];

		world_enter(users, true);
		enumerated = group_count(users);
		for (int i = 0; i < COLUMNS; i++)
			if (i != EMPTY && modules[i].getgrent && modules[i].setgrent)
				c[i] = (struct contender){ enumerate, &modules[i], NULL, false };
		measure(c, t, KEY_USER, users, true, FILES, 0.25);
		snprintf(label, sizeof(label), "%u users, %u groups", users, enumerated);
		report_times(label, t, FILES, 0.25);
	}
}

/* ---- one group of 200,000 ---- */

static void crowd_line(const char *label, enum key_kind kind,
		       size_t (*direct)(void *, const struct key *, size_t),
		       size_t (*raw_one)(void *, const struct key *, size_t), struct raw *raw)
{
	struct contender c[CONTENDERS] = { [RAW] = { raw_one, raw, NULL, false } };
	struct times t[CONTENDERS];

	for (int i = 0; i < COLUMNS; i++)
		if (i != EMPTY && i != RAW &&
		    (direct == module_initgroups ? (void *)modules[i].initgroups
						 : (void *)modules[i].getgrnam))
			c[i] = (struct contender){ direct, &modules[i], NULL, false };
	measure(c, t, kind, CROWD, true, FILES, 0);
	report_times(label, t, FILES, 0);
}

void lines_crowd(void)
{
	char path[256];
	struct raw *raw;

	if (!world_enter_crowd())
		return report_missing("a group of 200,000 members", "not generated");
	report_begin("a group of 200,000 members");
	raw = raw_open(world_path(path, "on/view.mdb"));
	crowd_line("getgrnam", KEY_CROWD, module_getgrnam, raw_group, raw);
	crowd_line("getgrgid", KEY_CROWD, module_getgrgid, raw_gid, raw);
	crowd_line("initgroups of a member", KEY_USER, module_initgroups, raw_user, raw);
	raw_close(raw);
}

/* ---- threads ---- */

enum { THREADS_MOST = 8, THREAD_KEYS = 4096, THREAD_ROUNDS = 5 };

struct worker {
	pthread_t thread;
	size_t (*run)(void *, const struct key *, size_t);
	void *ctx;
	struct key *keys;
	uint64_t calls;
};

static atomic_int go; /* 0 wait, 1 run, 2 stop */

static void *work(void *arg)
{
	struct worker *w = arg;
	size_t at = 0;

	while (atomic_load(&go) == 0)
		;
	for (; atomic_load_explicit(&go, memory_order_relaxed) == 1; at = (at + 64) % THREAD_KEYS) {
		w->run(w->ctx, w->keys + at, 64);
		w->calls += 64;
	}
	return NULL;
}

/* Calls in a second of N threads together. */
static double throughput(struct worker *w, unsigned n)
{
	struct timespec pause = { .tv_nsec = 100000000 };
	uint64_t calls = 0;
	double began;

	atomic_store(&go, 0);
	for (unsigned i = 0; i < n; i++) {
		w[i].calls = 0;
		if (pthread_create(&w[i].thread, NULL, work, &w[i]))
			world_fail("pthread_create");
	}
	began = now_ns();
	atomic_store(&go, 1);
	nanosleep(&pause, NULL);
	atomic_store(&go, 2);
	began = now_ns() - began;
	for (unsigned i = 0; i < n; i++) {
		pthread_join(w[i].thread, NULL);
		calls += w[i].calls;
	}
	return (double)calls / began * 1e9;
}

void lines_threads(void)
{
	struct worker ours[THREADS_MOST] = { 0 }, raws[THREADS_MOST] = { 0 };
	uint32_t users = config.sizes[0];
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	double one_ours[THREAD_ROUNDS], one_raw[THREAD_ROUNDS];
	char path[256];

	world_enter(users, true);
	world_path(path, "on/view.mdb");
	for (unsigned i = 0; i < THREADS_MOST; i++) {
		struct key *keys = calloc(THREAD_KEYS, sizeof *keys);
		if (!keys)
			world_fail("memory");
		keys_fill(KEY_USER, users, keys, THREAD_KEYS);
		ours[i] = (struct worker){ .run = module_initgroups,
					   .ctx = &modules[OURS],
					   .keys = keys };
		raws[i] = (struct worker){ .run = raw_user, .ctx = raw_open(path), .keys = keys };
	}
	printf("\nThreads at once, initgroups, %u users, %ld cores; "
	       "raw: liblmdb, an environment for each thread\n",
	       users, cores);
	for (unsigned n = 1; n <= THREADS_MOST; n *= 2) {
		double grown[THREAD_ROUNDS], grown_raw[THREAD_ROUNDS], all[THREAD_ROUNDS];
		char label[64], note[96];
		for (unsigned r = 0; r < THREAD_ROUNDS; r++) {
			all[r] = throughput(ours, n);
			double raw = throughput(raws, n);
			if (n == 1) {
				one_ours[r] = all[r];
				one_raw[r] = raw;
			}
			grown[r] = all[r] / one_ours[r];
			grown_raw[r] = raw / one_raw[r];
		}
		double ours_x = median_of(grown, THREAD_ROUNDS),
		       raw_x = median_of(grown_raw, THREAD_ROUNDS);
		snprintf(label, sizeof(label), "threads: %u", n);
		snprintf(note, sizeof(note), "%.2f million calls a second; raw grows %.2f x",
			 median_of(all, THREAD_ROUNDS) / 1e6, raw_x);
		report_at_least(label, ours_x, "x", n == 1 ? 0 : 0.8 * raw_x, note);
	}
	for (unsigned i = 0; i < THREADS_MOST; i++) {
		raw_close(raws[i].ctx);
		free(ours[i].keys);
	}
}
