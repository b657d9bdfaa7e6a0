/* Who may log in: one small view, and a table of requests with the verdict that each must get. */
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

static void put_meta(struct maker *m)
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

static void put_uid(struct maker *m, uint32_t uid, const char *name)
{
	encode_uid(&m->buf, name);
	maker_put_gid(m, RBAC_REC_UID, uid);
}

static void put_user(struct maker *m, const char *name, uint32_t flags,
		     const struct encode_gid *gids, size_t n_gids,
		     const struct encode_grant *grants, size_t n)
{
	encode_subject(&m->buf, 1000, flags, gids, n_gids, grants, n);
	maker_put(m, RBAC_REC_USER, name);
}

static void put_unix(struct maker *m, uint32_t gid, struct encode_gid brings,
		     struct encode_grant grant)
{
	encode_subject(&m->buf, RBAC_NO_UID, 0, &brings, 1, &grant, 1);
	maker_put_gid(m, RBAC_REC_UNIX, gid);
}

static void put_subjects(struct maker *m)
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

static void put_rules(struct maker *m)
{
	static const uint8_t member[] = { 1 << MEMBER }, admin[] = { 0, 1 << (ADMIN - 8) },
			     net[] = { 192, 0, 2, 0 };
	static const struct encode_from inside = { RBAC_FROM_IPV4, 24, 4, net };
	/* NOW is 1970-01-12, a Monday, 13:46:40 UTC: 14:46 by the view's table. */
	static const struct encode_hours open = { 1, 14 * 60 + 46, 14 * 60 + 47 },
					 shut = { 1, 13 * 60, 14 * 60 };
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
	from.from = both.from = &inside;
	from.n_from = both.n_from = 1;
	when.hours = &open;
	never.hours = both.hours = &shut;
	when.n_hours = never.n_hours = both.n_hours = 1;
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

static int setup(void **state)
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

static int teardown(void **state)
{
	(void)state;
	rbac_view_release(&view);
	maker_leave_folder();
	return 0;
}

struct request {
	const char *user, *service, *rhost;
	uint32_t group;
	enum rbac_why why;
};

static struct rbac_verdict ask_as(const struct request *r, uint32_t uid)
{
	struct rbac_verdict v;
	const struct rbac_request rq = { .user = r->user,
					 .uid = uid,
					 .service = r->service,
					 .rhost = r->rhost,
					 .groups = &r->group,
					 .n_groups = r->group ? 1 : 0,
					 .now = NOW };
	assert_int_equal(rbac_decide(&view, &rq, &v), RBAC_OK);
	return v;
}

static void every_request_gets_its_verdict(void **state)
{
	static const struct request table[] = {
		/* exemptions come first, also before suspended and before the service */
		{ "rescue", "sshd", NULL, 0, RBAC_WHY_EXEMPT_USER },
		{ "rescue", "no-such", NULL, 0, RBAC_WHY_EXEMPT_USER },
		{ "rescu", "sshd", NULL, 0, RBAC_WHY_UNKNOWN },
		{ "nobody", "sshd", NULL, WHEEL, RBAC_WHY_EXEMPT_GROUP },
		{ "barred", "sshd", NULL, WHEEL, RBAC_WHY_EXEMPT_GROUP },
		{ "nobody", "sshd", NULL, OURS + 9, RBAC_WHY_UNKNOWN },
		/* suspended before all else, whatever the groups */
		{ "barred", "sshd", NULL, 0, RBAC_WHY_SUSPENDED },
		{ "barred", "all", NULL, DEVS, RBAC_WHY_SUSPENDED },
		{ "barred", "no-such", NULL, 0, RBAC_WHY_SUSPENDED },
		/* a service that no rule names */
		{ "bob", "no-such", NULL, 0, RBAC_WHY_NO_SERVICE },
		{ "bob", "SSHD", NULL, 0, RBAC_WHY_NO_SERVICE },
		{ "bob", "ssh", NULL, 0, RBAC_WHY_NO_SERVICE },
		{ "bob", "none", NULL, 0, RBAC_WHY_MISSING },
		/* roles */
		{ "bob", "sshd", NULL, 0, RBAC_WHY_RULE },
		{ "bob", "sudo", NULL, 0, RBAC_WHY_MISSING },
		{ "root-like", "sudo", NULL, 0, RBAC_WHY_RULE },
		{ "root-like", "sshd", NULL, 0, RBAC_WHY_MISSING },
		{ "away", "sshd", NULL, 0, RBAC_WHY_MISSING },
		{ "ended", "sshd", NULL, 0, RBAC_WHY_MISSING },
		{ "twice", "sshd", NULL, 0, RBAC_WHY_RULE },
		{ "empty", "sshd", NULL, 0, RBAC_WHY_MISSING },
		/* %group, and what extra groups bring */
		{ "nobody", "sshd", NULL, DEVS, RBAC_WHY_RULE },
		{ "away", "sshd", NULL, DEVS, RBAC_WHY_RULE },
		{ "nobody", "sshd", NULL, OPS, RBAC_WHY_MISSING },
		{ "nobody", "sshd", NULL, PAST, RBAC_WHY_UNKNOWN },
		{ "nobody", "sshd", NULL, 77, RBAC_WHY_UNKNOWN },
		{ "nobody", "sudo", NULL, OURS + 1, RBAC_WHY_UNKNOWN },
		{ "bob", "sudo", NULL, OURS + 1, RBAC_WHY_MISSING },
		{ "whale", "sudo", NULL, 0, RBAC_WHY_RULE },
		{ "whale", "sudo", NULL, DOCKER, RBAC_WHY_RULE },
		{ "nobody", "sudo", NULL, DOCKER, RBAC_WHY_RULE },
		{ "ex-whale", "sudo", NULL, 0, RBAC_WHY_MISSING },
		/* users, groups, anyone */
		{ "cron", "cron", NULL, 0, RBAC_WHY_RULE },
		{ "cro", "cron", NULL, 0, RBAC_WHY_UNKNOWN },
		{ "nobody", "cron", NULL, OPS, RBAC_WHY_RULE },
		{ "bob", "cron", NULL, DEVS, RBAC_WHY_MISSING },
		{ "nobody", "all", NULL, 0, RBAC_WHY_RULE },
		/* another uid: what the name holds counts for nothing, the rest does */
		{ "other-uid", "sshd", NULL, 0, RBAC_WHY_UID },
		{ "other-uid", "sudo", NULL, 0, RBAC_WHY_UID },
		{ "other-uid", "sshd", NULL, DEVS, RBAC_WHY_RULE },
		{ "other-uid", "cron", NULL, 0, RBAC_WHY_RULE },
		{ "other-uid", "all", NULL, 0, RBAC_WHY_RULE },
		/* conditions */
		{ "bob", "from", "192.0.2.9", 0, RBAC_WHY_RULE },
		{ "bob", "from", "::ffff:192.0.2.9", 0, RBAC_WHY_RULE },
		{ "bob", "from", "198.51.100.1", 0, RBAC_WHY_OUTSIDE },
		{ "bob", "from", NULL, 0, RBAC_WHY_OUTSIDE },
		{ "bob", "from", "", 0, RBAC_WHY_OUTSIDE },
		{ "away", "from", "198.51.100.1", 0, RBAC_WHY_MISSING },
		{ "bob", "when", NULL, 0, RBAC_WHY_RULE },
		{ "bob", "never", NULL, 0, RBAC_WHY_OUTSIDE },
		{ "bob", "both", NULL, 0, RBAC_WHY_OUTSIDE },
		{ "bob", "several", "192.0.2.9", 0, RBAC_WHY_RULE },
		{ "bob", "several", NULL, 0, RBAC_WHY_OUTSIDE },
		{ "root-like", "several", NULL, 0, RBAC_WHY_RULE },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct rbac_verdict v = ask_as(&table[i], 1000);
		if (v.why != table[i].why || v.allow != (v.why <= RBAC_WHY_EXEMPT_GROUP) ||
		    v.generation != 42)
			fail_msg("%s at %s, gid %u: %d", table[i].user, table[i].service,
				 table[i].group, v.why);
	}
}

static void the_verdict_names_the_rule_and_what_matched(void **state)
{
	(void)state;
	struct rbac_verdict v = ask_as(&(struct request){ "bob", "sshd", NULL, 0, 0 }, 1000);
	assert_true(v.rule == 1 && v.line == 4 && v.file.len == 9 &&
		    memcmp(v.file.p, "rbac.conf", 9) == 0);
	assert_true(v.how == RBAC_HOW_ROLE && !v.via_group && v.grant.id == 1 &&
		    v.grant.role == MEMBER);

	v = ask_as(&(struct request){ "nobody", "sshd", NULL, DEVS, 0 }, 1000);
	assert_true(v.how == RBAC_HOW_ROLE && v.via_group && v.gid == DEVS);
	v = ask_as(&(struct request){ "whale", "sudo", NULL, 0, 0 }, 1000);
	assert_true(v.via_group && v.gid == DISK && v.grant.id == 2);
	v = ask_as(&(struct request){ "cron", "cron", NULL, 0, 0 }, 1000);
	assert_true(v.how == RBAC_HOW_USER && v.rule == 3);
	v = ask_as(&(struct request){ "nobody", "cron", NULL, OPS, 0 }, 1000);
	assert_true(v.how == RBAC_HOW_GROUP && v.gid == OPS);
	v = ask_as(&(struct request){ "nobody", "all", NULL, 0, 0 }, 1000);
	assert_true(v.how == RBAC_HOW_ANYONE);
	v = ask_as(&(struct request){ "twice", "sshd", NULL, 0, 0 }, 1000);
	assert_true(v.grant.id == 5 && !v.window_closed);
	v = ask_as(&(struct request){ "nobody", "sshd", NULL, WHEEL, 0 }, 1000);
	assert_int_equal(v.gid, WHEEL);
}

static void a_denial_names_what_was_missing(void **state)
{
	(void)state;
	struct rbac_verdict v = ask_as(&(struct request){ "bob", "from", "198.51.100.1", 0, 0 },
				       1000);
	assert_true(v.from_failed && !v.hours_failed && v.rule == 1);
	v = ask_as(&(struct request){ "bob", "never", NULL, 0, 0 }, 1000);
	assert_true(!v.from_failed && v.hours_failed && v.rule == 5);
	v = ask_as(&(struct request){ "bob", "both", NULL, 0, 0 }, 1000);
	assert_true(v.from_failed && v.hours_failed);
	v = ask_as(&(struct request){ "bob", "several", NULL, 0, 0 }, 1000);
	assert_true(v.rule == 5 && v.hours_failed && !v.from_failed);
	v = ask_as(&(struct request){ "ended", "sshd", NULL, 0, 0 }, 1000);
	assert_true(v.window_closed && v.rule == 1 && v.grant.id == 4 && v.how == RBAC_HOW_NONE);
	v = ask_as(&(struct request){ "away", "sshd", NULL, 0, 0 }, 1000);
	assert_true(!v.window_closed && v.rule == 0);
}

static void the_uid_must_be_the_recorded_one(void **state)
{
	(void)state;
	const struct request bob = { "bob", "sshd", NULL, 0, 0 },
			     devs = { "bob", "sshd", NULL, DEVS, 0 };
	assert_int_equal(ask_as(&bob, 1000).why, RBAC_WHY_RULE);
	assert_int_equal(ask_as(&bob, RBAC_NO_UID).why, RBAC_WHY_RULE);
	assert_int_equal(ask_as(&bob, 1001).why, RBAC_WHY_UID);
	assert_int_equal(ask_as(&devs, 1001).why, RBAC_WHY_RULE);
}

/* One uid is one person: a second name of a recorded uid holds nothing, nor through groups, and is
 * suspended when the first is. */
static void a_second_name_holds_nothing(void **state)
{
	static const struct {
		const char *user;
		uint32_t uid;
		const char *service;
		uint32_t group;
		enum rbac_why why;
		const char *recorded;
	} table[] = {
		{ "bob", 2000, "sudo", 0, RBAC_WHY_UID,
		  NULL }, /* the recorded name itself; its record has uid 1000 */
		{ "BOB", 2000, "sshd", 0, RBAC_WHY_SECOND, "bob" },
		{ "bo", 2000, "sshd", 0, RBAC_WHY_SECOND, "bob" },
		{ "bobb", 2000, "sshd", 0, RBAC_WHY_SECOND, "bob" },
		{ "BOB", 2000, "sshd", DEVS, RBAC_WHY_SECOND,
		  "bob" }, /* what is assigned to %group does not count */
		{ "root-like", 2000, "sudo", 0, RBAC_WHY_SECOND,
		  "bob" }, /* nor what is assigned to the name */
		{ "other-uid", 2000, "sshd", 0, RBAC_WHY_SECOND, "bob" },
		{ "BOB", 2000, "all", 0, RBAC_WHY_RULE, "bob" }, /* anyone is anyone */
		{ "BOB", 2000, "cron", OPS, RBAC_WHY_RULE,
		  "bob" }, /* and a rule that names the group or the name asks for no role */
		{ "cron", 2000, "cron", 0, RBAC_WHY_RULE, "bob" },
		{ "BOB", 2000, "no-such", 0, RBAC_WHY_NO_SERVICE, "bob" },
		{ "BARRED", 2001, "all", 0, RBAC_WHY_SUSPENDED, "barred" },
		{ "BARRED", 2001, "no-such", DEVS, RBAC_WHY_SUSPENDED, "barred" },
		{ "bob", 2001, "all", 0, RBAC_WHY_SUSPENDED, "barred" },
		{ "barred", 2000, "all", 0, RBAC_WHY_SUSPENDED,
		  "bob" }, /* suspended by name, whoever has the uid */
		{ "nobody", 2999, "sshd", DEVS, RBAC_WHY_RULE, NULL },
		{ "BARRED", RBAC_NO_UID, "all", 0, RBAC_WHY_RULE, NULL },
		{ "rescue", 2000, "sshd", 0, RBAC_WHY_EXEMPT_USER, NULL },
	};
	struct rbac_verdict v;
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		const struct request r = { table[i].user, table[i].service, NULL, table[i].group,
					   0 };
		v = ask_as(&r, table[i].uid);
		if (v.why != table[i].why || v.allow != (v.why <= RBAC_WHY_EXEMPT_GROUP))
			fail_msg("row %zu: %s at %s: %d", i, table[i].user, table[i].service,
				 v.why);
		size_t len = table[i].recorded ? strlen(table[i].recorded) : 0;
		if (v.recorded.len != len ||
		    (len && memcmp(v.recorded.p, table[i].recorded, len) != 0))
			fail_msg("row %zu: recorded as %.*s", i, (int)v.recorded.len,
				 (const char *)v.recorded.p);
	}
	/* An index that leads nowhere is damage: whose uid it is, and whether they are suspended,
	 * is not known. */
	const struct rbac_request rq = { .user = "x", .uid = 2003, .service = "all", .now = NOW };
	assert_int_equal(rbac_decide(&view, &rq, &v), RBAC_DAMAGED);
	assert_false(v.allow);
}

/* ---- the gids that someone's roles bring ---- */

struct gathered {
	uint32_t gids[16];
	size_t n;
};

static int gather(void *ctx, uint32_t gid)
{
	struct gathered *g = ctx;
	for (size_t i = 0; i < g->n; i++)
		if (g->gids[i] == gid)
			return RBAC_OK;
	g->gids[g->n++] = gid;
	return RBAC_OK;
}

static int collect(const char *user, uint32_t primary, struct gathered *g)
{
	const uint32_t *none = NULL;
	struct rbac_subjects who = { .view = &view,
				     .user = user,
				     .len = strlen(user),
				     .uid = RBAC_NO_UID,
				     .now = NOW,
				     .groups = &none,
				     .primary = primary };
	*g = (struct gathered){ .n = 0 };
	return rbac_groups_collect(&who, gather, g);
}

static void groups_are_collected_through_groups(void **state)
{
	struct gathered g;
	(void)state;
	assert_int_equal(collect("bob", RBAC_NO_GID, &g), RBAC_OK);
	assert_true(g.n == 1 && g.gids[0] == OURS + 1);
	assert_int_equal(collect("nobody", RBAC_NO_GID, &g), RBAC_NOTFOUND);
	assert_int_equal(collect("nobody", DEVS, &g), RBAC_OK);
	assert_true(g.n == 1 && g.gids[0] == OURS + 1);
	assert_int_equal(collect("whale", RBAC_NO_GID, &g), RBAC_OK);
	assert_true(g.n == 2 && g.gids[0] == DOCKER && g.gids[1] == DISK);
	assert_int_equal(collect("ex-whale", RBAC_NO_GID, &g), RBAC_OK);
	assert_int_equal(g.n, 0);
	assert_int_equal(collect("barred", DEVS, &g), RBAC_OK);
	assert_int_equal(g.n, 0);
	assert_int_equal(collect("other-uid", DEVS, &g), RBAC_OK);
	assert_true(g.n == 1 && g.gids[0] == OURS + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_gets_its_verdict),
		cmocka_unit_test(the_verdict_names_the_rule_and_what_matched),
		cmocka_unit_test(a_denial_names_what_was_missing),
		cmocka_unit_test(the_uid_must_be_the_recorded_one),
		cmocka_unit_test(a_second_name_holds_nothing),
		cmocka_unit_test(groups_are_collected_through_groups),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
