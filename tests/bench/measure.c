/*
 * Rounds: in each, every contender has one batch, and another one begins. What runs beside us on
 * the machine then disturbs all of them alike; the ratio is taken within each round, and its median
 * is what counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/bench/bench.h"

enum {
	ROUNDS = 31,
	ROUNDS_QUICK = 15,
	ROUNDS_SLOW = 3,
	BATCH_MAX = 4096,
	WARM_LEAST = 64,
	TIMES = 3
};
#define BATCH_NS 1.5e6
#define SLOW_NS 5e6

double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double median_of(double *v, unsigned n)
{
	if (n == 0)
		return 0;
	qsort(v, n, sizeof *v, by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

double median(const struct times *t)
{
	struct times copy = *t;

	return median_of(copy.ns, copy.n);
}

double ratio(const struct times *a, const struct times *b)
{
	struct times r = { .n = a->n < b->n ? a->n : b->n };

	for (unsigned i = 0; i < r.n; i++)
		r.ns[i] = a->ns[i] / b->ns[i];
	return median_of(r.ns, r.n);
}

static struct key keys[BATCH_MAX];

static double batch(const struct contender *c, size_t n, bool hits)
{
	double began;
	size_t found;

	if (c->prepare)
		c->prepare(c->ctx);
	began = now_ns();
	found = c->run(c->ctx, keys, n);
	began = now_ns() - began;
	if (found != (hits && !c->nothing ? n : 0)) {
		fprintf(stderr, "bench: %zu of %zu found, expected %s\n", found, n,
			hits && !c->nothing ? "all" : "none");
		exit(1);
	}
	return began / (double)n;
}

/* How many calls make a batch of about BATCH_NS. */
static size_t batch_size(const struct contender *c, enum key_kind kind, uint32_t users, bool hits)
{
	for (size_t n = 1;; n *= 4) {
		keys_fill(kind, users, keys, n);
		double ns = batch(c, n, hits);
		if (ns * (double)n > BATCH_NS / 8 || n * 4 > BATCH_MAX) {
			double want = BATCH_NS / ns;
			return want < 1 ? 1 : want > BATCH_MAX ? BATCH_MAX : (size_t)want;
		}
	}
}

/*
 * A mapping's pages are mapped at the first touch, sixteen at a time: that is a fresh process's
 * cost (and has its own line), not a warm call's. As many keys as will have touched nearly all.
 */
static void warm(const struct contender *c, enum key_kind kind, uint32_t users, bool hits,
		 size_t size)
{
	for (size_t done = 0; size >= WARM_LEAST && done < users / 8; done += BATCH_MAX) {
		keys_fill(kind, users, keys, BATCH_MAX);
		batch(c, BATCH_MAX, hits);
	}
}

static void measure_once(const struct contender *c, struct times *out, enum key_kind kind,
			 uint32_t users, bool hits)
{
	unsigned rounds = config.quick ? ROUNDS_QUICK : ROUNDS;
	size_t size[CONTENDERS] = { 0 };
	bool slow[CONTENDERS] = { 0 };

	for (int i = 0; i < CONTENDERS; i++) {
		out[i].n = 0;
		if (!c[i].run)
			continue;
		keys_fill(kind, users, keys, 1);
		batch(&c[i], 1, hits);
		size[i] = batch_size(&c[i], kind, users, hits);
		slow[i] = size[i] == 1 && batch(&c[i], 1, hits) > SLOW_NS;
		warm(&c[i], kind, users, hits, size[i]);
	}
	for (unsigned r = 0; r < rounds; r++)
		for (unsigned j = 0; j < CONTENDERS; j++) {
			unsigned i = (r + j) % CONTENDERS;
			if (size[i] == 0 || (slow[i] && r >= ROUNDS_SLOW))
				continue;
			keys_fill(kind, users, keys, size[i]);
			out[i].ns[out[i].n++] = batch(&c[i], size[i], hits);
		}
}

void measure(const struct contender *c, struct times *out, enum key_kind kind, uint32_t users,
	     bool hits, enum column base, double bound)
{
	for (unsigned times = 0; times < TIMES; times++) {
		measure_once(c, out, kind, users, hits);
		if (bound == 0 || out[base].n == 0 || ratio(&out[OURS], &out[base]) <= bound)
			return;
	}
}
