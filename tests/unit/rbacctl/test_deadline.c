/* deadline.h: whatever the clock does, an end of time comes early and not late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rbacctl/host/confirm/deadline.h"

#define NOW INT64_C(1767607200)

static void test_both_clocks(void **state)
{
	struct deadline d;

	(void)state;
	deadline_in(NOW, 600, &d);
	assert_int_equal(d.at, NOW + 600);
	assert_int_equal(strlen(d.boot_id), DEADLINE_BOOT_ID - 1);
	/* Not the last second: it may pass while this runs. */
	assert_in_range(deadline_left(&d, NOW), 590, 600);
	assert_int_equal(deadline_left(&d, NOW + 599), 1);
	assert_int_equal(deadline_left(&d, NOW + 600), 0);
}

static void test_the_time_of_day_is_set_forward(void **state)
{
	struct deadline d;

	(void)state;
	deadline_in(NOW, 600, &d);
	assert_int_equal(deadline_left(&d, NOW + 86400), 0);
}

/* Set back, it does not give any more time: the other clock has gone on. */
static void test_the_time_of_day_is_set_back(void **state)
{
	struct deadline d;

	(void)state;
	deadline_in(NOW, 600, &d);
	assert_in_range(deadline_left(&d, NOW - 86400), 590, 600);
	d.boot -= 600;
	assert_int_equal(deadline_left(&d, NOW - 86400), 0);
}

static void test_another_boot(void **state)
{
	struct deadline d;

	(void)state;
	deadline_in(NOW, 600, &d);
	d.boot_id[0] = d.boot_id[0] == 'a' ? 'b' : 'a';
	assert_int_equal(deadline_left(&d, NOW), 0);
	d.boot_id[0] = 0; /* it could not be read */
	assert_in_range(deadline_left(&d, NOW), 590, 600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_clocks),
		cmocka_unit_test(test_the_time_of_day_is_set_forward),
		cmocka_unit_test(test_the_time_of_day_is_set_back),
		cmocka_unit_test(test_another_boot),
	};

	return cmocka_run_group_tests_name("rbacctl: deadlines", tests, NULL, NULL);
}
