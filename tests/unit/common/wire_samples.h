/*
 * wire_samples.h - one record of each type, some of them made of chance; the chance is the same in
 * every run.
 */
#ifndef RBAC_TESTS_WIRE_SAMPLES_H
#define RBAC_TESTS_WIRE_SAMPLES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/view/encode.h"
#include "tests/unit/make_view.h"

enum { MANY = 40 };

static uint64_t seed = 88172645463325252u;

/* xorshift64 (Marsaglia 2003): the same run every time. */
static inline uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return below ? (uint32_t)(seed >> 16) % below : 0;
}

static inline void random_name(char *out, size_t min, size_t max)
{
	size_t len = min + rnd((uint32_t)(max - min + 1));

	for (size_t i = 0; i < len; i++)
		out[i] = (char)('a' + rnd(26));
	out[len] = '\0';
}

static inline struct rbac_window random_window(void)
{
	if (rnd(3) == 0)
		return ALWAYS;
	return (struct rbac_window){ rnd(5) * 1000, 10000 + rnd(5) * 1000 };
}

static inline void sample_meta(struct buf *b)
{
	static const uint32_t extra[] = { 27, 998 }, exempt[] = { 4, 10, 10, 27, 500 };
	static const struct zone_offset zone[] = { { 1000, 3600 }, { 2000, -7200 } };
	static const char *const users[] = { "rescue", "a" }, *const hosts[] = { "space:main/web",
										 "space:main/api" };
	struct encode_meta m = { .flags = RBAC_META_MEMBERS,
				 .generation = 42,
				 .published = 1700000000,
				 .gid_min = 2010000000,
				 .gid_max = 2139999999,
				 .n_unix = 3,
				 .extra = extra,
				 .n_extra = COUNT(extra),
				 .exempt_gids = exempt,
				 .n_exempt_gids = COUNT(exempt),
				 .zone = zone,
				 .n_zone = COUNT(zone),
				 .exempt_users = users,
				 .n_exempt_users = COUNT(users),
				 .hosts = hosts,
				 .n_hosts = COUNT(hosts) };

	memset(m.identity, 0x5a, sizeof(m.identity));
	encode_meta(b, &m);
}

static inline void sample_subject(struct buf *b)
{
	struct encode_gid gids[MANY];
	struct encode_grant grants[MANY];
	char scopes[MANY][64];
	size_t n_gids = rnd(MANY + 1), n_grants = rnd(MANY + 1);

	for (size_t i = 0; i < n_gids; i++)
		gids[i] = (struct encode_gid){ rnd(UINT32_MAX), random_window() };
	for (size_t i = 0; i < n_grants; i++) {
		if (i > 0 && rnd(2))
			strcpy(scopes[i], scopes[i - 1]);
		else
			random_name(scopes[i], 1, 63);
		grants[i] = (struct encode_grant){ rnd(UINT32_MAX), rnd(900), rnd(8),
						   random_window(), scopes[i] };
	}
	encode_subject(b, rnd(70000), rnd(4), gids, n_gids, grants, n_grants);
}

static inline int by_name(const void *a, const void *b)
{
	return strcmp(((const struct encode_member *)a)->name,
		      ((const struct encode_member *)b)->name);
}

static inline void sample_group(struct buf *b)
{
	static char names[MANY][256];
	struct encode_member m[MANY];
	size_t n = rnd(MANY + 1);

	for (size_t i = 0; i < n; i++) {
		random_name(names[i], 1, rnd(4) ? 2 : 255);
		m[i] = (struct encode_member){ names[i], random_window() };
	}
	qsort(m, n, sizeof(*m), by_name);
	encode_group(b, 2010000001, 0, "web-operator", m, n);
}

static inline void sample_rules(struct buf *b)
{
	static const char *const users[] = { "backup", "x" };
	static const uint8_t roles[] = { 0x81, 0x00, 0x02 };
	static const uint32_t groups[] = { 7, 9 };
	static const uint8_t from[] = { RBAC_FROM_IPV4, 24, 4, 192, 0,   2,  0,
					RBAC_FROM_HOST, 0,  3, 'w', 'e', 'b' };
	/* 08:00-18:00 and 00:00-24:00 in minutes */
	static const uint8_t hours[] = { 0x1f, 0xe0, 1, 0x38, 4, 0x20, 0, 0, 0xa0, 5 };
	const struct encode_rule rules[] = {
		{ .number = 1,
		  .line = 4,
		  .file = "rbac.conf",
		  .roles = roles,
		  .n_role_bytes = 3,
		  .users = users,
		  .n_users = 2,
		  .groups = groups,
		  .n_groups = 2,
		  .conditions = { { 2, { from, sizeof(from) } },
				  { 2, { hours, sizeof(hours) } } } },
		{ .number = 7, .flags = RBAC_RULE_ANYONE, .line = 70000, .file = "" },
	};

	encode_rules(b, rules, COUNT(rules));
}

static inline void sample_scope(struct buf *b)
{
	encode_scope(b, 12, "alice", "small");
}

#endif
