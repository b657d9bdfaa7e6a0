/* Instants as people type and read them, in a zone whose clocks are put forward and back. */
#include "rbacctl/human_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/error.h"
#include "rbacctl/host/time/local_time.h"
#include "rbacctl/model/model.h"

/* 2026-01-05T10:00:00Z, a Monday; the rule of Central Europe, without a file of zones. */
enum { NOW = 1767607200 };

static int zone(void **state)
{
	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return 0;
}

static void means(const char *text, const char *instant)
{
	int64_t t = 0, expected = 0;
	const char *why = NULL;

	assert_int_equal(policy_time_parse(instant, &expected), RBAC_OK);
	assert_int_equal(local_time_parse(text, NOW, &t, &why), RBAC_OK);
	assert_int_equal(t, expected);
}

static void refused(const char *text, const char *because)
{
	int64_t t;
	const char *why = NULL;

	assert_int_equal(local_time_parse(text, NOW, &t, &why), RBAC_INVALID);
	assert_non_null(strstr(why, because));
}

static void test_rfc_3339(void **state)
{
	(void)state;
	means("2026-12-01T18:00:00Z", "2026-12-01T18:00:00Z");
	means("2026-12-01T18:00:00+05:30", "2026-12-01T12:30:00Z");
	means("2026-12-01 18:00:00+01:00", "2026-12-01T17:00:00Z");
}

static void test_local(void **state)
{
	(void)state;
	means("2026-12-01 18:00", "2026-12-01T17:00:00Z");
	means("2026-12-01T18:00", "2026-12-01T17:00:00Z");
	means("2026-07-01 18:00:30", "2026-07-01T16:00:30Z");
	means("2026-07-01", "2026-06-30T22:00:00Z");
	means("today", "2026-01-04T23:00:00Z");
	means("tomorrow", "2026-01-05T23:00:00Z");
	means("yesterday", "2026-01-03T23:00:00Z");
	means("18:00", "2026-01-05T17:00:00Z");
	means("today 00:00", "2026-01-04T23:00:00Z");
	means("tomorrow 08:00", "2026-01-06T07:00:00Z");
	means("yesterday 23:59:59", "2026-01-04T22:59:59Z");
}

static void test_what_is_no_time(void **state)
{
	static const char *const texts[] = {
		"",
		"never",
		"tomorrow ",
		"tomorrow8:00",
		"todayy",
		"Today",
		"2026-12-01 ",
		"8:00",
		"24:00",
		"18:60",
		"18:00Z",
		"2026-02-30",
		"2026-13-01 10:00",
		"2026-12-01  18:00",
		"2026-12-01 18:00 ",
		"18:00:00:0",
		"tomorrow  08:00",
		"2026-12-01x18:00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		refused(texts[i], "expected a local time");
}

static void test_clocks_that_are_changed(void **state)
{
	(void)state;
	means("2026-03-29 01:59", "2026-03-29T00:59:00Z");
	refused("2026-03-29 02:00", "put forward");
	refused("2026-03-29 02:59", "put forward");
	means("2026-03-29 03:00", "2026-03-29T01:00:00Z");
	means("2026-10-25 01:59", "2026-10-24T23:59:00Z");
	refused("2026-10-25 02:00", "put back");
	refused("2026-10-25 02:59", "put back");
	means("2026-10-25 03:00", "2026-10-25T02:00:00Z");
}

/* Clocks here are put forward at midnight of 29 March, and back from 01:00 on 25 October. */
static void test_the_first_instant_of_a_day(void **state)
{
	(void)state;
	setenv("TZ", "EET-2EEST,M3.5.0/0,M10.5.0/1", 1);
	tzset();
	refused("2026-03-29 00:00", "put forward");
	means("2026-03-29", "2026-03-28T22:00:00Z");
	refused("2026-10-25 00:00", "put back");
	means("2026-10-25", "2026-10-24T21:00:00Z");
	zone(NULL);
}

static void test_what_is_printed(void **state)
{
	char text[64];

	(void)state;
	human_instant(NOW, NOW, text, sizeof text);
	assert_string_equal(text, "today 11:00 +01:00");
	human_instant(NOW + 86400, NOW, text, sizeof text);
	assert_string_equal(text, "tomorrow 11:00 +01:00");
	human_instant(NOW + 200 * 86400 + 1, NOW, text, sizeof text);
	assert_string_equal(text, "2026-07-24 12:00:01 +02:00");
	human_date_time(NOW, text, sizeof text);
	assert_string_equal(text, "2026-01-05 11:00:00 +01:00");
	setenv("TZ", "NST3:30", 1);
	tzset();
	human_date_time(NOW, text, sizeof text);
	assert_string_equal(text, "2026-01-05 06:30:00 -03:30");
	zone(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_3339),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_what_is_no_time),
		cmocka_unit_test(test_clocks_that_are_changed),
		cmocka_unit_test(test_the_first_instant_of_a_day),
		cmocka_unit_test(test_what_is_printed),
	};

	return cmocka_run_group_tests(tests, zone, NULL);
}
