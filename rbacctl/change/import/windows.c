#include "rbacctl/change/import/windows.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/error.h"
#include "rbacctl/sorted.h"

static int64_t begins(const struct span *s, int64_t now)
{
	return s->from > now ? s->from : now;
}

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int same_order(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int d = compare(x->from, y->from);
	d = d ? d : compare(x->until, y->until);
	return d ? d : x->came < y->came ? -1 : x->came > y->came;
}

static int time_order(const void *a, const void *b)
{
	return compare(*(const int64_t *)a, *(const int64_t *)b);
}

/* The ends, rising, and for each the earliest that came of those that end there or later (a Fenwick
 * tree from the far end). */
struct ends {
	int64_t *v;
	size_t *first;
	size_t n;
};

static size_t rank(const struct ends *e, int64_t until)
{
	/* From 1 for the last of all ends. */
	return e->n - sorted_first(&until, e->v, e->n, sizeof(*e->v), time_order);
}

static void note(struct ends *e, const struct span *s)
{
	for (size_t i = rank(e, s->until); i <= e->n; i += i & -i)
		e->first[i] = s->came < e->first[i] ? s->came : e->first[i];
}

static size_t earliest(const struct ends *e, int64_t until)
{
	size_t first = SIZE_MAX;
	for (size_t i = rank(e, until); i > 0; i -= i & -i)
		first = e->first[i] < first ? e->first[i] : first;
	return first;
}

static void find_same(struct span *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (v[i].came && v[i].from == v[i - 1].from && v[i].until == v[i - 1].until)
			v[i].is = SPAN_REPEATS;
}

/* V rises by FROM, and so do the beginnings of what is still to come. */
static void find_covered(struct span *v, size_t n, int64_t now, struct ends *e)
{
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i; next < n && begins(&v[next], now) == begins(&v[i], now); next++)
			note(e, &v[next]);
		for (size_t k = i; k < next; k++)
			if (v[k].came && v[k].is == SPAN_NEW && earliest(e, v[k].until) < v[k].came)
				v[k].is = SPAN_COVERED;
	}
}

int windows_judge(struct span *v, size_t n, int64_t now)
{
	if (n < 2)
		return RBAC_OK;
	struct ends e = { calloc(n, sizeof *e.v), calloc(n + 1, sizeof *e.first), n };
	if (e.v && e.first) {
		for (size_t i = 0; i < n; i++)
			e.v[i] = v[i].until;
		for (size_t i = 0; i <= n; i++)
			e.first[i] = SIZE_MAX;
		qsort(e.v, n, sizeof *e.v, time_order);
		qsort(v, n, sizeof *v, same_order);
		find_same(v, n);
		find_covered(v, n, now, &e);
	}
	bool done = e.v && e.first;
	free(e.v);
	free(e.first);
	return done ? RBAC_OK : RBAC_NOMEM;
}

static int by_place(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	return x->place != y->place ? (x->place < y->place ? -1 : 1)
	       : x->came < y->came  ? -1
				    : x->came > y->came;
}

int windows_judge_places(struct span *v, size_t n, int64_t now)
{
	int err = RBAC_OK;

	if (n > 1)
		qsort(v, n, sizeof *v, by_place);
	for (size_t i = 0, next; i < n && !err; i = next) {
		for (next = i + 1; next < n && v[next].place == v[i].place;)
			next++;
		err = windows_judge(v + i, next - i, now);
	}
	return err;
}
