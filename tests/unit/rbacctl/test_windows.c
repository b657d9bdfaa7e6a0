/* windows.c against each pair of windows looked at by itself, in the order in which they came. */
#include "helper.h"

#include "rbacctl/change/import/windows.h"

enum { TRIALS = 5000, MOST = 12, LAST = 8 };

static enum span_is plain(const struct span *v, size_t n, const struct span *s, int64_t now)
{
	enum span_is is = SPAN_NEW;
	for (size_t i = 0; i < n; i++) {
		if (&v[i] == s || v[i].came >= s->came)
			continue;
		if (v[i].from == s->from && v[i].until == s->until)
			return SPAN_REPEATS;
		if (v[i].from <= (s->from > now ? s->from : now) && v[i].until >= s->until)
			is = SPAN_COVERED;
	}
	return is;
}

static void test_each_pair_has_the_expected_result(void **state)
{
	size_t seen[3] = { 0 };
	(void)state;
	srand(5);
	for (int trial = 0; trial < TRIALS; trial++) {
		struct span v[MOST], as_made[MOST];
		size_t n = (size_t)(rand() % MOST), stored = n ? (size_t)rand() % n : 0;
		int64_t now = rand() % LAST;
		for (size_t i = 0; i < n; i++) {
			int64_t from = rand() % LAST;
			v[i] = (struct span){ rand() % 5 ? from : RBAC_TIME_MIN,
					      rand() % 5 ? from + 1 + rand() % 4 : RBAC_TIME_MAX,
					      i < stored ? 0 : i + 1,
					      i,
					      0,
					      SPAN_NEW };
		}
		memcpy(as_made, v, sizeof v);
		assert_int_equal(windows_judge(v, n, now), RBAC_OK);
		for (size_t i = 0; i < n; i++) {
			const struct span *s = &as_made[v[i].row];
			enum span_is want = s->came ? plain(as_made, n, s, now) : SPAN_NEW;
			if (v[i].is != want)
				fail_msg("trial %d: %d, plainly %d", trial, (int)v[i].is,
					 (int)want);
			seen[want]++;
		}
	}
	assert_true(seen[SPAN_NEW] > 1000 && seen[SPAN_REPEATS] > 100 && seen[SPAN_COVERED] > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		test_each_pair_has_the_expected_result) };

	return cmocka_run_group_tests_name("rbacctl: windows beside one another", tests, NULL,
					   NULL);
}
