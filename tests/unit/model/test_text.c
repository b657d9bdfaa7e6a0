/* Times, durations, hours and addresses: what is taken, what it means, what is refused. */
#include "tests/unit/model/helper.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t t;
	} good[] = {
		{ "1970-01-01", 0 },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "2026-01-01T00:00:00Z", 1767225600 },
		{ "2026-01-01T02:00:00+02:00", 1767225600 },
		{ "2025-12-31 19:00:00-05:00", 1767225600 },
		{ "2026-01-01t00:00:00z", 1767225600 },
		{ "2026-01-01T05:45:00+05:45", 1767225600 },
		{ "2024-02-29", 1709164800 },
		{ "2000-02-29", 951782400 },
		{ "9999-12-31T23:59:59Z", 253402300799 },
		{ "9999-12-31T22:59:59-01:00", 253402300799 },
		{ "0001-01-01", -62135596800 },
		{ "0000-01-01T01:00:00+01:00", -62167219200 },
	};
	static const char *const bad[] = {
		"",
		"2026",
		"2026-1-1",
		"2026-13-01",
		"2026-00-01",
		"2026-02-29",
		"2100-02-29",
		"2026-04-31",
		"2026-01-00",
		"2026-01-01T00:00:00",
		"2026-01-01T00:00Z",
		"2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z",
		"2026-01-01T00:00:60Z",
		"2026-01-01T00:00:00.5Z",
		"2026-01-01T00:00:00+2:00",
		"2026-01-01T00:00:00+24:00",
		"2026-01-01T00:00:00+02:60",
		"2026-01-01T00:00:00Zx",
		"2026-01-01 ",
		" 2026-01-01",
		"2026-01-01T",
		"26-01-01",
		"-2026-01-01",
		"tomorrow",
		"2026/01/01",
		"9999-12-31T23:00:00-01:00",
		"0000-01-01T00:59:59+01:00",
	};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(policy_time_parse(good[i].text, &t), RBAC_OK);
		assert_int_equal(t, good[i].t);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		if (policy_time_parse(bad[i], &t) != RBAC_INVALID)
			fail_msg("\"%s\" was taken", bad[i]);
}

static void test_times_back(void **state)
{
	char text[32];
	int64_t t;

	(void)state;
	policy_time_print(1767225600, text);
	assert_string_equal(text, "2026-01-01T00:00:00Z");
	policy_time_print(253402300799, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	for (int64_t at = -3000000000; at < 5000000000; at += 86399 * 31) {
		policy_time_print(at, text);
		assert_int_equal(policy_time_parse(text, &t), RBAC_OK);
		assert_int_equal(t, at);
	}
	policy_time_print(RBAC_TIME_MAX, text); /* no time at all, but no harm either */
	policy_time_print(RBAC_TIME_MIN, text);
	policy_time_print(253402300800, text);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t t;
	} good[] = {
		{ "1s", 1 },
		{ "90s", 90 },
		{ "30m", 1800 },
		{ "8h", 28800 },
		{ "7d", 604800 },
		{ "2w", 1209600 },
		{ "1h30m", 5400 },
		{ "1w2d3h4m5s", 788645 },
		{ "36525d", 3155760000 },
		{ "3155760000s", 3155760000 },
	};
	static const char *const bad[] = {
		"",
		"0s",
		"0h0m",
		"h",
		"8",
		"8H",
		"8 h",
		"-8h",
		"+8h",
		"8h ",
		"1.5h",
		"30m1h",
		"1h1h",
		"36526d",
		"3155760001s",
		"36525d1s",
		"99999999999999999999s",
		"1y",
		"1h30",
	};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(policy_duration_parse(good[i].text, &t), RBAC_OK);
		assert_int_equal(t, good[i].t);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		if (policy_duration_parse(bad[i], &t) != RBAC_INVALID)
			fail_msg("\"%s\" was taken", bad[i]);
}

static void test_hours(void **state)
{
	static const struct {
		const char *text;
		uint8_t days;
		uint16_t start, end;
	} good[] = {
		{ "Mon-Fri 08:00-18:00", 0x1f, 480, 1080 },
		{ "Sat,Sun", 0x60, 0, 1440 },
		{ "22:00-06:00", 0x7f, 1320, 360 },
		{ "Mon 00:00-24:00", 0x01, 0, 1440 },
		{ "Fri-Mon 10:00-11:30", 0x71, 600, 690 },
		{ "mon,WED,Fri-Sat 00:00-00:01", 0x35, 0, 1 },
		{ "Sun 23:59-24:00", 0x40, 1439, 1440 },
		{ "Tue-Tue 08:00-09:00", 0x02, 480, 540 },
	};
	static const char *const bad[] = {
		"",
		" ",
		"Mon ",
		"Mon-",
		"-Fri",
		"Mon,",
		"Monday",
		"Mon 8:00-18:00",
		"Mon 08:00",
		"Mon 08:00-",
		"Mon 08:00-18:00 ",
		"Mon  08:00-18:00",
		"08:00-08:00",
		"24:00-08:00",
		"08:00-24:01",
		"08:60-09:00",
		"08:00-00:00",
		"0800-1800",
		"08:00-18:00 Mon",
		"Mon 08:00-18:00,20:00-21:00",
		"daily",
	};
	struct policy_hours h;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(policy_hours_parse(good[i].text, &h), RBAC_OK);
		assert_int_equal(h.days, good[i].days);
		assert_int_equal(h.start, good[i].start);
		assert_int_equal(h.end, good[i].end);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		if (policy_hours_parse(bad[i], &h) != RBAC_INVALID)
			fail_msg("\"%s\" was taken", bad[i]);
}

static void check_from(const char *text, uint8_t type, uint8_t prefix, const char *bytes,
		       uint8_t len)
{
	struct policy_from f;

	assert_int_equal(policy_from_parse(text, &f), RBAC_OK);
	assert_int_equal(f.type, type);
	assert_int_equal(f.prefix, prefix);
	assert_int_equal(f.len, len);
	assert_memory_equal(f.bytes, bytes, len);
}

static void test_from(void **state)
{
	(void)state;
	check_from("192.0.2.1", RBAC_FROM_IPV4, 32, "\xc0\0\2\1", 4);
	check_from("10.0.0.0/8", RBAC_FROM_IPV4, 8, "\x0a\0\0\0", 4);
	check_from("0.0.0.0/0", RBAC_FROM_IPV4, 0, "\0\0\0\0", 4);
	check_from("::1", RBAC_FROM_IPV6, 128, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	check_from("2001:DB8::/32", RBAC_FROM_IPV6, 32, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0",
		   16);
	check_from("::/0", RBAC_FROM_IPV6, 0, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	check_from("::ffff:10.1.2.3", RBAC_FROM_IPV4, 32, "\x0a\1\2\3", 4);
	check_from("::ffff:10.0.0.0/104", RBAC_FROM_IPV4, 8, "\x0a\0\0\0", 4);
	check_from("Jump.Example.ORG", RBAC_FROM_HOST, 0, "jump.example.org", 16);
	check_from("localhost", RBAC_FROM_HOST, 0, "localhost", 9);
	check_from(".example.org", RBAC_FROM_DOMAIN, 0, ".example.org", 12);
	check_from("3com.example", RBAC_FROM_HOST, 0, "3com.example", 12);
	check_from("under_score.example", RBAC_FROM_HOST, 0, "under_score.example", 19);
}

static void test_from_refused(void **state)
{
	static const char *const bad[] = {
		"",
		".",
		"..",
		"a..b",
		".a..b",
		"a.",
		"-a.b",
		"a-.b",
		"a b",
		"a/8",
		"10.0.0.1/8",
		"10.0.0.0/33",
		"10.0.0.0/",
		"10.0.0.0/-1",
		"10.0.0.0/08",
		"10.0.0.0/8/8",
		"10.0.0",
		"10",
		"256.0.0.1",
		"1.2.3.4.5",
		"::1/129",
		"2001:db8::1/32",
		":::",
		"fe80::1%eth0",
		"*.example.org",
		"[::1]",
		"10.0.0.0/255.0.0.0",
	};
	char longest[256];
	struct policy_from f;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (policy_from_parse(bad[i], &f) != RBAC_INVALID)
			fail_msg("\"%s\" was taken", bad[i]);
	/* 253 bytes are a name, 254 are none; a label has 63. */
	for (size_t i = 0; i < 254; i++)
		longest[i] = i % 50 == 49 ? '.' : 'a';
	longest[253] = '\0';
	assert_int_equal(policy_from_parse(longest, &f), RBAC_OK);
	assert_int_equal(f.len, 253);
	longest[253] = 'a';
	longest[254] = '\0';
	assert_int_equal(policy_from_parse(longest, &f), RBAC_INVALID);
	memset(longest, 'a', 64);
	longest[64] = '\0';
	assert_int_equal(policy_from_parse(longest, &f), RBAC_INVALID);
	assert_int_equal(policy_from_parse(longest + 1, &f), RBAC_OK);
}

/* The loader calls what is in these rows: an empty one would end it. */
static void test_each_condition_has_a_complete_row(void **state)
{
	(void)state;
	for (int k = 0; k < RBAC_CONDITIONS; k++) {
		const struct policy_condition_kind *c = &policy_conditions[k];
		if (!c->setting || !c->not_one || !c->always || !c->expected || !c->within ||
		    !c->encode)
			fail_msg("policy_conditions[%d] in model/condition.c is not complete", k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_times_back),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_from),
		cmocka_unit_test(test_from_refused),
		cmocka_unit_test(test_each_condition_has_a_complete_row),
	};

	return cmocka_run_group_tests_name("policy: times, hours, addresses", tests, NULL, NULL);
}
