/* sessions.h: which sessions are to end, for a service that is denied or a group that was lost. */
#include "tests/unit/rbacctl/fake_proc.h"

static bool ends(const struct sessions *s, int pid)
{
	for (size_t i = 0; i < s->n_processes; i++)
		if (s->processes[i].pid == pid)
			return s->v[s->processes[i].session].ends;
	return false;
}

static int sshd_is_denied(void *ctx, const char *user, const char *service)
{
	(void)user;
	return strcmp(service, "sshd") == 0 ? *(int *)ctx : strcmp(service, "cron") == 0 ? 0 : -1;
}

/* A session that has a group that was lost ends whole, with root behind sudo; one that does not,
 * and what others have, stays. */
static void test_what_carries_a_lost_group_ends(void **state)
{
	static const uint32_t lost[] = { 7000, STAFF };
	static const struct session_owners owners = {
		.uids = bob, .n_uids = 1, .lost = lost, .n_lost = 2
	};
	static const struct fake all[] = {
		{ 10, 10, BOB, BOB, 7, 34819, 500, "bash", "100 6000", 0 },
		{ 11, 10, BOB, BOB, 7, 34819, 500, "newgrp", "100", 10 },
		{ 12, 12, 0, BOB, 7, 0, 500, "nohup", "0", 0 }, /* root, detached */
		{ 20, 20, BOB, BOB, 8, 34820, 500, "bash", "100 60001 600", 0 },
		{ 30, 30, EVE, EVE, 9, 34821, 500, "bash", "100 6000", 0 },
		{ 40, 40, BOB, NOT_SET, NOT_SET, 0, 500, "tmux", "100 6000", 0 },
		{ 41, 41, 0, NOT_SET, NOT_SET, 0, 500, "sudo", "0", 40 },
		{ 42, 42, 0, NOT_SET, NOT_SET, 0, 500, "bash", "0", 41 },
		{ 50, 50, 0, NOT_SET, NOT_SET, 0, 500, "nginx", "6000", 0 },
		{ 60, 60, EVE, BOB, 7, 34819, 500, "su", "100", 10 }, /* bob, as eve */
	};
	static const int dead[] = { 10, 11, 12, 40, 41, 42, 60 }, alive[] = { 20, 30, 50 };
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	find(&owners, &s);
	for (size_t i = 0; i < COUNT(dead); i++)
		assert_true(ends(&s, dead[i]));
	for (size_t i = 0; i < COUNT(alive); i++)
		assert_false(ends(&s, alive[i]));
	sessions_free(&s);
	find(&of_bob, &s);
	for (size_t i = 0; i < COUNT(dead); i++)
		assert_false(ends(&s, dead[i]));
	sessions_free(&s);
}

/* What runs as root or as somebody else, and whose session has nothing of the person any more: it
 * ends where a group was lost, unless it is older than that. */
static void test_what_a_session_left_behind_ends(void **state)
{
	static const uint32_t lost[] = { STAFF };
	struct session_owners owners = { .uids = bob, .n_uids = 1, .lost = lost, .n_lost = 1 };
	static const struct fake all[] = {
		{ 10, 10, 0, BOB, 7, 0, 100, "early", "0", 0 },
		{ 20, 20, 0, BOB, 8, 0, 90000, "late", "0", 0 },
		{ 30, 30, EVE, BOB, 9, 0, 90000, "as eve", "100", 0 },
		{ 40, 40, 0, EVE, 11, 0, 90000, "of eve", "0", 0 },
		{ 50, 50, 0, BOB, 12, 0, 90000, "sudo", "0", 51 },
		{ 51, 51, BOB, BOB, 12, 0, 90000, "bash", "100", 0 }, /* it has nothing of it */
	};
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	find(&owners, &s);
	assert_true(ends(&s, 10) && ends(&s, 20) && ends(&s, 30));
	assert_false(ends(&s, 40) || ends(&s, 50) || ends(&s, 51));
	for (size_t i = 0; i < s.n; i++)
		if (s.v[i].key == (uint64_t)8 << 32)
			owners.since = s.v[i].since;
	sessions_free(&s);
	find(&owners, &s);
	assert_false(ends(&s, 10));
	assert_true(ends(&s, 20) && ends(&s, 30));
	sessions_free(&s);
	owners.n_lost = 0;
	int allowed = 0;
	owners.denied = sshd_is_denied;
	owners.ctx = &allowed;
	find(&owners, &s);
	assert_false(ends(&s, 20) || ends(&s, 30));
	sessions_free(&s);
}

/* Whose sessions are found by a Unix group: root behind sudo is theirs by the login uid. */
static void test_root_behind_a_member_ends(void **state)
{
	static const uint32_t staff[] = { STAFF };
	static const struct session_owners owners = {
		.gids = staff, .n_gids = 1, .lost = staff, .n_lost = 1
	};
	static const struct fake all[] = {
		{ 10, 10, BOB, BOB, 7, 0, 500, "bash", "100 6000", 0 },
		{ 11, 11, 0, BOB, 7, 0, 500, "sudo", "0", 10 },
		{ 20, 20, 0, EVE, 8, 0, 500, "sudo", "0", 0 },
	};
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	find(&owners, &s);
	assert_true(ends(&s, 10) && ends(&s, 11));
	assert_false(ends(&s, 20));
	sessions_free(&s);
}

/* The service is what logind says, or the name of root's process that the session comes from; what
 * a process of the person calls itself does not count. */
static void test_sessions_of_a_denied_service_end(void **state)
{
	int denied = 1;
	const struct session_owners owners = {
		.uids = bob, .n_uids = 1, .denied = sshd_is_denied, .ctx = &denied
	};
	static const struct fake all[] = {
		{ 5, 5, 0, NOT_SET, NOT_SET, 0, 10, "sshd", "0", 0 },
		{ 6, 6, 0, BOB, 7, 0, 10, "sshd-session: b", "0", 5 },
		{ 10, 10, BOB, BOB, 7, 34819, 500, "cron", "100", 6 },
		{ 15, 15, 0, NOT_SET, NOT_SET, 0, 10, "cron", "0", 0 },
		{ 20, 20, BOB, BOB, 8, 0, 500, "sh", "100", 15 },
		{ 30, 30, BOB, BOB, 9, 0, 500, "bash", "100", 0 },
		{ 40, 40, BOB, BOB, 11, 0, 500, "bash", "100", 0 },
	};
	char path[128];
	struct sessions s;
	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		make_process(&all[i]);
	snprintf(path, sizeof path, "%s/9", logind);
	write_file(path, "UID=1999990001\nSERVICE=sshd\n");
	find(&owners, &s);
	assert_true(ends(&s, 10));
	assert_false(ends(&s, 20));
	assert_true(ends(&s, 30));
	assert_false(ends(&s, 40)); /* nobody knows how it came */
	sessions_free(&s);
	denied = 0;
	find(&owners, &s);
	assert_false(ends(&s, 10) || ends(&s, 20) || ends(&s, 30) || ends(&s, 40));
	sessions_free(&s);
}

/* However deep a user nests shells, each in a session of its own, the last one comes from sshd too;
 * and numbers that were given again make no endless chain. */
static void test_a_long_chain_of_ancestors_ends_at_the_service(void **state)
{
	enum { FIRST = 100, LAST = 400 };
	int denied = 1;
	const struct session_owners owners = {
		.uids = bob, .n_uids = 1, .denied = sshd_is_denied, .ctx = &denied
	};
	struct sessions s;
	(void)state;
	make_process(&(struct fake){ 5, 5, 0, NOT_SET, NOT_SET, 0, 10, "sshd", "0", 0 });
	for (int pid = FIRST; pid <= LAST; pid++)
		make_process(&(struct fake){ pid, pid, BOB, NOT_SET, NOT_SET, 0, (unsigned)pid,
					     "sh", "100", pid == FIRST ? 5 : pid - 1 });
	make_process(&(struct fake){ 501, 501, BOB, NOT_SET, NOT_SET, 0, 1, "a", "100", 502 });
	make_process(&(struct fake){ 502, 502, BOB, NOT_SET, NOT_SET, 0, 2, "b", "100", 501 });
	find(&owners, &s);
	assert_true(ends(&s, FIRST));
	assert_true(ends(&s, FIRST + 31));
	assert_true(ends(&s, FIRST + 32));
	assert_true(ends(&s, LAST));
	assert_false(ends(&s, 501) || ends(&s, 502));
	sessions_free(&s);
}

int main(void)
{
#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(test_what_carries_a_lost_group_ends),
		IN_A_FOLDER(test_what_a_session_left_behind_ends),
		IN_A_FOLDER(test_root_behind_a_member_ends),
		IN_A_FOLDER(test_sessions_of_a_denied_service_end),
		IN_A_FOLDER(test_a_long_chain_of_ancestors_ends_at_the_service),
	};
	return cmocka_run_group_tests_name("rbacctl: which sessions end", tests, NULL, NULL);
}
