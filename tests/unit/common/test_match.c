/* Where from, and when: tables of what matches and what just does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>

#include <cmocka.h>

#include "common/match.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool from(const char *net, unsigned prefix, const char *rhost)
{
	uint8_t raw[16];
	bool v6 = strchr(net, ':');

	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, net, raw), 1);
	return rbac_from_match(v6 ? RBAC_FROM_IPV6 : RBAC_FROM_IPV4, (uint8_t)prefix,
			       (struct rbac_bytes){ raw, v6 ? 16 : 4 }, rhost);
}

static void an_address_matches_the_networks_that_contain_it(void **state)
{
	static const struct {
		const char *net;
		unsigned prefix;
		const char *rhost;
		bool match;
	} table[] = {
		{ "192.0.2.0", 24, "192.0.2.0", true },
		{ "192.0.2.0", 24, "192.0.2.255", true },
		{ "192.0.2.0", 24, "192.0.3.0", false },
		{ "192.0.2.0", 24, "192.0.1.255", false },
		{ "192.0.2.7", 32, "192.0.2.7", true },
		{ "192.0.2.7", 32, "192.0.2.6", false },
		{ "192.0.2.6", 31, "192.0.2.7", true },
		{ "192.0.2.6", 31, "192.0.2.8", false },
		{ "128.0.0.0", 1, "255.0.0.1", true },
		{ "128.0.0.0", 1, "127.255.255.255", false },
		{ "0.0.0.0", 0, "203.0.113.9", true },
		{ "0.0.0.0", 0, "2001:db8::1", false },
		{ "0.0.0.0", 0, "web.example.org", false },
		{ "192.0.2.0", 33, "192.0.2.0", false },
		{ "192.0.2.0", 24, "192.0.2.1.", false },
		{ "192.0.2.0", 24, "192.0.2", false },
		{ "192.0.2.0", 24, " 192.0.2.1", false },
		{ "192.0.2.0", 24, "192.0.2.1%eth0", false },
		{ "192.0.2.0", 24, "", false },
		{ "192.0.2.0", 24, NULL, false },
		/* IPv4-mapped, either side */
		{ "192.0.2.0", 24, "::ffff:192.0.2.9", true },
		{ "192.0.2.0", 24, "::FFFF:c000:0209", true },
		{ "192.0.2.0", 24, "::ffff:192.0.3.9", false },
		{ "192.0.2.0", 24, "::192.0.2.9", false },
		{ "::ffff:192.0.2.0", 120, "192.0.2.9", true },
		{ "::ffff:192.0.2.0", 120, "::ffff:192.0.2.9", true },
		{ "::ffff:192.0.2.0", 120, "192.0.3.9", false },
		{ "::ffff:0.0.0.0", 96, "198.51.100.1", true },
		{ "::", 0, "198.51.100.1", false },
		{ "::", 0, "::ffff:198.51.100.1", false },
		/* IPv6 */
		{ "::", 0, "2001:db8::1", true },
		{ "2001:db8::", 32, "2001:db8:ffff::1", true },
		{ "2001:db8::", 32, "2001:db9::1", false },
		{ "2001:db8::", 33, "2001:db8:8000::1", false },
		{ "2001:db8::7", 128, "2001:DB8:0::7", true },
		{ "2001:db8::7", 128, "2001:db8::6", false },
		{ "2001:db8::6", 127, "2001:db8::7", true },
		{ "2001:db8::7", 129, "2001:db8::7", false },
		{ "fe80::", 10, "fe80::1%eth0", true },
		{ "fe80::1", 128,
		  "fe80::1%a-very-long-name-of-an-interface-that-goes-on-and-on-and-on", true },
		{ "fe80::1", 128, "fe80::2%eth0", false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		if (from(table[i].net, table[i].prefix, table[i].rhost) != table[i].match)
			fail_msg("%s/%u and %s", table[i].net, table[i].prefix,
				 table[i].rhost ? table[i].rhost : "(none)");
	}
}

static void a_host_name_matches_itself_and_the_domains_above_it(void **state)
{
	static const struct {
		uint8_t type;
		const char *value, *rhost;
		bool match;
	} table[] = {
		{ RBAC_FROM_HOST, "web.example.org", "web.example.org", true },
		{ RBAC_FROM_HOST, "web.example.org", "WEB.Example.ORG.", true },
		{ RBAC_FROM_HOST, "web.example.org.", "web.example.org", true },
		{ RBAC_FROM_HOST, "web.example.org", "xweb.example.org", false },
		{ RBAC_FROM_HOST, "web.example.org", "web.example.or", false },
		{ RBAC_FROM_HOST, "web.example.org", "web.example.org..", false },
		{ RBAC_FROM_HOST, "k", "\xe2\x84\xaa", false },
		{ RBAC_FROM_HOST, "", ".", false },
		{ RBAC_FROM_HOST, "192.0.2.1", "192.0.2.1", false },
		{ RBAC_FROM_DOMAIN, ".example.org", "web.example.org", true },
		{ RBAC_FROM_DOMAIN, "example.org", "web.example.org", true },
		{ RBAC_FROM_DOMAIN, ".example.org", "a.b.EXAMPLE.org.", true },
		{ RBAC_FROM_DOMAIN, ".example.org", "example.org", false },
		{ RBAC_FROM_DOMAIN, ".example.org", ".example.org", false },
		{ RBAC_FROM_DOMAIN, ".example.org", "badexample.org", false },
		{ RBAC_FROM_DOMAIN, ".example.org", "web.example.org.evil.net", false },
		{ RBAC_FROM_DOMAIN, ".4", "192.0.2.4", false },
		{ RBAC_FROM_DOMAIN, ".", "web", false },
		{ 99, "web", "web", false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct rbac_bytes value = { (const uint8_t *)table[i].value,
					    strlen(table[i].value) };

		if (rbac_from_match(table[i].type, 0, value, table[i].rhost) != table[i].match)
			fail_msg("%u %s and %s", table[i].type, table[i].value, table[i].rhost);
	}
}

static void a_host_name_that_does_not_end_matches_nothing(void **state)
{
	static char host[5000];

	(void)state;
	memset(host, 'a', sizeof(host) - 1);
	assert_false(rbac_from_match(RBAC_FROM_DOMAIN, 0,
				     (struct rbac_bytes){ (const uint8_t *)"a", 1 }, host));
}

/* getnameinfo(3): NI_MAXHOST, with its NUL, is 1025. A remote host name of 1,025 bytes matches
 * nothing. */
static void a_host_name_has_at_most_1024_bytes(void **state)
{
	static char host[2000];

	(void)state;
	for (size_t len = 1022; len <= 1030; len++) {
		memset(host, 'a', sizeof(host));
		memcpy(host + len - 8, ".example", 9);
		bool fits = len <= 1024;
		assert_int_equal(
			rbac_from_match(RBAC_FROM_DOMAIN, 0,
					(struct rbac_bytes){ (const uint8_t *)".example", 8 },
					host),
			fits);
		assert_int_equal(rbac_from_match(RBAC_FROM_HOST, 0,
						 (struct rbac_bytes){ (const uint8_t *)host, len },
						 host),
				 fits);
	}
}

static void an_entry_of_the_wrong_length_matches_nothing(void **state)
{
	static const uint8_t raw[16];

	(void)state;
	assert_false(rbac_from_match(RBAC_FROM_IPV4, 0, (struct rbac_bytes){ raw, 16 }, "::1"));
	assert_false(
		rbac_from_match(RBAC_FROM_IPV4, 0, (struct rbac_bytes){ raw, 0 }, "192.0.2.1"));
	assert_false(
		rbac_from_match(RBAC_FROM_IPV6, 0, (struct rbac_bytes){ raw, 4 }, "192.0.2.1"));
}

enum { MON = 1, WED = 4, THU = 8, FRI = 16, SUN = 64, WORK = 31, ALL = 127 };

/* 1970-01-01 was a Thursday: day 0. */
static int64_t at(int day, int hour, int minute, int second)
{
	return ((day * 24 + hour) * 60 + minute) * (int64_t)60 + second;
}

static void hours_match_from_their_start_up_to_their_end(void **state)
{
	const struct {
		uint8_t days;
		uint16_t start, end;
		int64_t local;
		bool match;
	} table[] = {
		{ THU, 480, 1080, at(0, 8, 0, 0), true },
		{ THU, 480, 1080, at(0, 7, 59, 59), false },
		{ THU, 480, 1080, at(0, 17, 59, 59), true },
		{ THU, 480, 1080, at(0, 18, 0, 0), false },
		{ THU, 480, 1080, at(1, 8, 0, 0), false },
		{ THU, 480, 1080, at(7, 8, 0, 0), true },
		{ THU, 480, 1080, at(-7, 8, 0, 0), true },
		{ WED, 480, 1080, at(-1, 8, 0, 0), true },
		{ THU, 480, 1080, at(-1, 8, 0, 0), false },
		{ WED, 0, 1440, -1, true },
		{ MON, 0, 1440, at(4, 0, 0, 0), true },
		{ MON, 0, 1440, at(4, 23, 59, 59), true },
		{ MON, 0, 1440, at(5, 0, 0, 0), false },
		{ SUN, 0, 1440, at(3, 12, 0, 0), true },
		{ WORK, 0, 1440, at(2, 12, 0, 0), false },
		{ WORK, 0, 1440, at(20000 * 7, 12, 0, 0), true },
		/* into the next day, and it belongs to the day it started on */
		{ FRI, 1320, 360, at(1, 21, 59, 59), false },
		{ FRI, 1320, 360, at(1, 22, 0, 0), true },
		{ FRI, 1320, 360, at(2, 0, 0, 0), true },
		{ FRI, 1320, 360, at(2, 5, 59, 59), true },
		{ FRI, 1320, 360, at(2, 6, 0, 0), false },
		{ FRI, 1320, 360, at(2, 22, 0, 0), false },
		{ FRI, 1320, 360, at(1, 5, 0, 0), false },
		{ SUN, 1320, 360, at(4, 3, 0, 0), true },
		{ MON, 1320, 360, at(4, 3, 0, 0), false },
		{ FRI, 1320, 0, at(1, 23, 59, 59), true },
		{ FRI, 1320, 0, at(2, 0, 0, 0), false },
		/* end equal to start: a whole day from then on */
		{ FRI, 480, 480, at(1, 8, 0, 0), true },
		{ FRI, 480, 480, at(2, 7, 59, 59), true },
		{ FRI, 480, 480, at(2, 8, 0, 0), false },
		{ 0, 0, 1440, at(0, 12, 0, 0), false },
		{ ALL, 0, 1440, INT64_MAX, true },
		{ ALL, 0, 1440, INT64_MIN, true },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		if (rbac_hours_match(table[i].days, table[i].start, table[i].end, table[i].local) !=
		    table[i].match)
			fail_msg("row %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_matches_the_networks_that_contain_it),
		cmocka_unit_test(a_host_name_matches_itself_and_the_domains_above_it),
		cmocka_unit_test(a_host_name_that_does_not_end_matches_nothing),
		cmocka_unit_test(a_host_name_has_at_most_1024_bytes),
		cmocka_unit_test(an_entry_of_the_wrong_length_matches_nothing),
		cmocka_unit_test(hours_match_from_their_start_up_to_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
