/* Sets of roles and keys: what is put in is in, in order, also at both ends of a word and of all.
 */
#include "tests/unit/model/helper.h"

#include "rbacctl/model/set.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* What is gathered goes into memory that the test gives back at its end. */
static struct policy_arena arena;

static struct policy_set set_of(const int *v, size_t n)
{
	static struct policy_gatherer g;

	for (size_t i = 0; i < n; i++)
		policy_gather(&g, v[i]);
	return policy_gathered(&g, &arena);
}

static int teardown(void **state)
{
	(void)state;
	policy_arena_free(&arena);
	return 0;
}

static void test_members_and_no_others(void **state)
{
	static const int v[] = { 16383, 0, 63, 64, 64, 200, 8191 },
			 sorted[] = { 0, 63, 64, 200, 8191, 16383 };
	struct policy_set s = set_of(v, COUNT(v));
	size_t n = 0;

	(void)state;
	for (int i = policy_set_next(&s, -1); i >= 0; i = policy_set_next(&s, i))
		assert_int_equal(i, sorted[n++]);
	assert_int_equal(n, COUNT(sorted));
	n = 0;
	for (int i = 0; i < POLICY_SET_MAX; i++)
		n += policy_set_has(&s, i);
	assert_int_equal(n, COUNT(sorted));
	for (size_t i = 0; i < COUNT(sorted); i++)
		assert_true(policy_set_has(&s, sorted[i]));
}

static void test_the_empty_set(void **state)
{
	struct policy_set s = set_of(NULL, 0);
	const int one[] = { 5 };
	struct policy_set other = set_of(one, 1);

	(void)state;
	assert_int_equal(policy_set_next(&s, -1), -1);
	assert_false(policy_set_has(&s, 0));
	assert_false(policy_set_meet(&s, &other));
	assert_false(policy_set_meet(&other, &s));
	/* The gatherer is empty again after each set. */
	assert_true(policy_set_meet(&other, &other));
	assert_int_equal(set_of(NULL, 0).n, 0);
}

static void test_meet(void **state)
{
	static const int a[] = { 1, 70, 300 }, b[] = { 2, 71, 300 }, c[] = { 2, 71, 301, 16383 };
	struct policy_set x = set_of(a, COUNT(a)), y = set_of(b, COUNT(b)), z = set_of(c, COUNT(c));

	(void)state;
	assert_true(policy_set_meet(&x, &y));
	assert_true(policy_set_meet(&y, &z));
	assert_false(policy_set_meet(&x, &z));
	assert_false(policy_set_meet(&z, &x));
}

static void test_sets_are_gathered_from_sets(void **state)
{
	static const int a[] = { 3, 700 }, b[] = { 3, 16000 };
	struct policy_set x = set_of(a, COUNT(a)), y = set_of(b, COUNT(b));
	struct policy_gatherer g = { .end = 0 };

	(void)state;
	policy_gather_set(&g, &x);
	policy_gather_set(&g, &y);
	policy_gather(&g, POLICY_SET_MAX); /* left out */
	struct policy_set s = policy_gathered(&g, &arena);
	assert_int_equal(policy_set_next(&s, -1), 3);
	assert_int_equal(policy_set_next(&s, 3), 700);
	assert_int_equal(policy_set_next(&s, 700), 16000);
	assert_int_equal(policy_set_next(&s, 16000), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_and_no_others),
		cmocka_unit_test(test_the_empty_set),
		cmocka_unit_test(test_meet),
		cmocka_unit_test(test_sets_are_gathered_from_sets),
	};

	return cmocka_run_group_tests_name("model: sets", tests, NULL, teardown);
}
