/*
 * decide_world.h - one small view with users, Unix groups and login rules, for test_decide.c and
 * test_subject.c. Each test program includes it once.
 */
#ifndef TESTS_UNIT_COMMON_DECIDE_WORLD_H
#define TESTS_UNIT_COMMON_DECIDE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/decide.h"
#include "common/error.h"
#include "tests/unit/make_view.h"

enum {
	OURS = 2010000000,
	DOCKER = 27,
	DISK = 6,
	WHEEL = 10,
	DEVS = 500,
	OPS = 501,
	FROM_DISK = 502,
	PAST = 503,
	NOW = 1000000
};
enum { MEMBER = 0, ADMIN = 9 }; /* roles */

static struct rbac_view view;

static inline void put_meta(struct maker *m)
{
	static const uint32_t extra[] = { DISK, DOCKER }, exempt[] = { WHEEL, OURS + 9 };
	static const struct zone_offset zone[] = { { 0, 3600 } };
	static const char *const users[] = { "rescue" }, *const hosts[] = { "space:main/web" };

	encode_meta(&m->buf, &(struct encode_meta){ .generation = 42,
						    .gid_min = OURS,
						    .gid_max = OURS + 999,
						    .n_unix = 5,
						    .extra = extra,
						    .n_extra = 2,
						    .exempt_gids = exempt,
						    .n_exempt_gids = 2,
						    .zone = zone,
						    .n_zone = 1,
						    .exempt_users = users,
						    .n_exempt_users = 1,
						    .hosts = hosts,
						    .n_hosts = 1 });
	maker_put(m, RBAC_REC_META, "");
}

static inline void put_uid(struct maker *m, uint32_t uid, const char *name)
{
	encode_uid(&m->buf, name);
	maker_put_gid(m, RBAC_REC_UID, uid);
}

static inline void put_user(struct maker *m, const char *name, uint32_t flags,
			    const struct encode_gid *gids, size_t n_gids,
			    const struct encode_grant *grants, size_t n)
{
	encode_subject(&m->buf, 1000, flags, gids, n_gids, grants, n);
	maker_put(m, RBAC_REC_USER, name);
}

static inline void put_unix(struct maker *m, uint32_t gid, struct encode_gid brings,
			    struct encode_grant grant)
{
	encode_subject(&m->buf, RBAC_NO_UID, 0, &brings, 1, &grant, 1);
	maker_put_gid(m, RBAC_REC_UNIX, gid);
}

static inline void put_subjects(struct maker *m)
{
	const struct encode_grant member = { 1, MEMBER, RBAC_GRANT_HERE, ALWAYS, "space:main/web" };
	const struct encode_grant admin = { 2, ADMIN, RBAC_GRANT_HERE, ALWAYS, "account:main" };
	const struct encode_grant elsewhere = { 3, MEMBER, 0, ALWAYS, "space:main/api" };
	const struct encode_grant ended = { 4, MEMBER, RBAC_GRANT_HERE, WINDOW(1, NOW),
					    "space:main/web" };
	const struct encode_grant begun = { 5, MEMBER, RBAC_GRANT_HERE, WINDOW(NOW, NOW + 1),
					    "space:main/web" };
	const struct encode_grant twice[] = { ended, elsewhere, begun };
	const struct encode_gid docker = { DOCKER, ALWAYS }, role = { OURS + 1, ALWAYS },
				late = { DOCKER, WINDOW(1, NOW) };

	put_user(m, "bob", 0, &role, 1, &member, 1);
	put_user(m, "root-like", 0, NULL, 0, &admin, 1);
	put_user(m, "away", 0, NULL, 0, &elsewhere, 1);
	put_user(m, "ended", 0, NULL, 0, &ended, 1);
	put_user(m, "twice", 0, NULL, 0, twice, 3);
	put_user(m, "empty", 0, NULL, 0, NULL, 0);
	put_user(m, "barred", RBAC_SUBJECT_SUSPENDED, &docker, 1, &member, 1);
	put_user(m, "other-uid", RBAC_SUBJECT_UID_CHANGED, &docker, 1, &member, 1);
	put_user(m, "whale", 0, &docker, 1, NULL, 0);
	put_user(m, "ex-whale", 0, &late, 1, NULL, 0);
	put_user(m, "rescue", RBAC_SUBJECT_SUSPENDED, NULL, 0, NULL, 0);
	/* Of the others nothing but the name is recorded. */
	put_uid(m, 2000, "bob");
	put_uid(m, 2001, "barred");
	put_uid(m, 2002, "other-uid");
	put_uid(m, 2003, "nobody-has-this-record");
	put_unix(m, DEVS, role, member);
	put_unix(m, OPS, role, elsewhere);
	put_unix(m, PAST, role, ended);
	/* docker brings disk, disk lets in: two steps away from the user's own record. */
	put_unix(m, DOCKER, (struct encode_gid){ DISK, ALWAYS }, elsewhere);
	put_unix(m, DISK, docker, admin);
	/* A record that nobody should have written: one of our own groups as a subject. */
	put_unix(m, OURS + 1, role, admin);
}

static inline void put_rules(struct maker *m)
{
	static const uint8_t member[] = { 1 << MEMBER }, admin[] = { 0, 1 << (ADMIN - 8) },
			     inside[] = { RBAC_FROM_IPV4, 24, 4, 192, 0, 2, 0 };

	/* NOW is 1970-01-12, a Monday, 13:46:40 UTC: 14:46 by the view's table. */
	enum { OPEN = 14 * 60 + 46, ONE = 13 * 60, TWO = 14 * 60 };
#define MINUTES(m) (m) & 0xff, (m) >> 8
	static const uint8_t open[] = { 1, MINUTES(OPEN), MINUTES(OPEN + 1) },
			     shut[] = { 1, MINUTES(ONE), MINUTES(TWO) };
#undef MINUTES
	static const char *const backup[] = { "cron", "other-uid" };
	static const uint32_t ops[] = { OPS };
	const struct encode_rule sshd = {
		.number = 1, .line = 4, .file = "rbac.conf", .roles = member, .n_role_bytes = 1
	};
	const struct encode_rule sudo = {
		.number = 2, .line = 5, .file = "rbac.conf", .roles = admin, .n_role_bytes = 2
	};
	const struct encode_rule cron = { .number = 3,
					  .line = 6,
					  .file = "rbac.conf",
					  .users = backup,
					  .n_users = 2,
					  .groups = ops,
					  .n_groups = 1 };
	const struct encode_rule all = {
		.number = 4, .line = 7, .file = "rbac.conf", .flags = RBAC_RULE_ANYONE
	};
	struct encode_rule from = sshd, when = sshd, never = sshd, both = sshd;
	from.conditions[RBAC_CONDITION_FROM] = both.conditions[RBAC_CONDITION_FROM] =
		(struct rbac_list){ 1, { inside, sizeof(inside) } };
	when.conditions[RBAC_CONDITION_HOURS] = (struct rbac_list){ 1, { open, sizeof(open) } };
	never.conditions[RBAC_CONDITION_HOURS] = both.conditions[RBAC_CONDITION_HOURS] =
		(struct rbac_list){ 1, { shut, sizeof(shut) } };
	never.number = 5;
	const struct encode_rule several[] = { never, sudo, from };
	const struct {
		const char *service;
		const struct encode_rule *rules;
		size_t n;
	} services[] = {
		{ "sshd", &sshd, 1 },   { "sudo", &sudo, 1 }, { "cron", &cron, 1 },
		{ "all", &all, 1 },     { "from", &from, 1 }, { "when", &when, 1 },
		{ "never", &never, 1 }, { "both", &both, 1 }, { "several", several, 3 },
		{ "none", NULL, 0 },
	};
	for (size_t i = 0; i < COUNT(services); i++) {
		encode_rules(&m->buf, services[i].rules, services[i].n);
		maker_put(m, RBAC_REC_LOGIN, services[i].service);
	}
}

static inline int setup(void **state)
{
	struct maker m;

	(void)state;
	maker_enter_folder();
	maker_begin(&m, "view.mdb");
	put_meta(&m);
	put_subjects(&m);
	put_rules(&m);
	maker_end(&m);
	return rbac_view_open("view.mdb", RBAC_TRUST_SELF, &view);
}

static inline int teardown(void **state)
{
	(void)state;
	rbac_view_release(&view);
	maker_leave_folder();
	return 0;
}

#endif
