/* peers.c: how many connections and changes each uid may have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rbacctl/serve/peers.h"

static int wait_of;

static bool begin(struct peers *p, uid_t uid, int64_t now)
{
	return peers_begin(p, uid, now, &wait_of);
}

/* UID is known from now on. */
static void know(struct peers *p, uid_t uid)
{
	assert_true(begin(p, uid, 0));
	peers_end(p, uid, true, true);
}

static void one_uid_has_four_and_the_others_have_theirs(void **state)
{
	struct peers p = { 0 };
	(void)state;

	know(&p, 1001);
	know(&p, 1002);
	for (int i = 0; i < PEERS_OF_ONE; i++)
		assert_true(begin(&p, 1001, 0));
	assert_false(begin(&p, 1001, 0));
	assert_true(begin(&p, 1002, 0));
	peers_end(&p, 1001, true, true);
	assert_true(begin(&p, 1001, 0));
	assert_false(begin(&p, 1001, 0));
	peers_free(&p);
}

static void all_together_have_sixty_four(void **state)
{
	struct peers p = { 0 };
	(void)state;

	for (uid_t uid = 1; uid <= PEERS_OF_ALL; uid++)
		know(&p, uid);
	for (uid_t uid = 1; uid <= PEERS_OF_ALL; uid++)
		assert_true(begin(&p, uid, 0));
	assert_false(begin(&p, 1, 0));
	peers_end(&p, 7, true, true);
	assert_true(begin(&p, 1, 0));
	peers_free(&p);
}

/* A user with a range of subordinate uids is not as many users as those are. */
static void uids_that_are_not_known_share_a_few(void **state)
{
	struct peers p = { 0 };
	(void)state;

	know(&p, 1001);
	for (uid_t uid = 100000; uid < 100000 + PEERS_UNKNOWN; uid++)
		assert_true(begin(&p, uid, 0));
	assert_false(begin(&p, 200000, 0));
	assert_true(begin(&p, 1001, 0));
	peers_end(&p, 100000, false, false);
	assert_true(begin(&p, 200000, 0));
	assert_false(begin(&p, 200001, 0));
	peers_end(&p, 100001, true, true); /* this one is known now */
	assert_true(begin(&p, 200001, 0));
	assert_true(begin(&p, 100001, 0));
	assert_false(begin(&p, 200002, 0));
	peers_free(&p);
}

static void twenty_changes_at_once_then_one_a_second(void **state)
{
	struct peers p = { 0 };
	(void)state;

	know(&p, 1001);
	for (int i = 0; i < PEERS_BURST; i++) {
		assert_true(begin(&p, 1001, 5000));
		assert_int_equal(wait_of, 0);
		peers_end(&p, 1001, true, false);
	}
	assert_true(begin(&p, 1001, 5000));
	assert_int_equal(wait_of, 1);
	peers_end(&p, 1001, true, true);
	assert_true(begin(&p, 1001, 5999));
	assert_int_equal(wait_of, 1);
	peers_end(&p, 1001, true, true);
	assert_true(begin(&p, 1001, 6000));
	assert_int_equal(wait_of, 0);
	peers_end(&p, 1001, true, false);
	assert_true(begin(&p, 1001, 6001));
	assert_int_equal(wait_of, 1);
	peers_end(&p, 1001, true, true);
	peers_free(&p);
}

static void a_question_costs_nothing(void **state)
{
	struct peers p = { 0 };
	(void)state;

	for (int i = 0; i < 100; i++) {
		assert_true(begin(&p, 1001, 0));
		assert_int_equal(wait_of, 0);
		peers_end(&p, 1001, true, true);
	}
	peers_free(&p);
}

/* While four of one uid run, none of them can spend what another has taken. */
static void the_cost_is_taken_when_a_connection_begins(void **state)
{
	struct peers p = { 0 };
	(void)state;

	know(&p, 1001);
	for (int i = 0; i < PEERS_BURST - 1; i++) {
		assert_true(begin(&p, 1001, 0));
		peers_end(&p, 1001, true, false);
	}
	assert_true(begin(&p, 1001, 0));
	assert_int_equal(wait_of, 0);
	assert_true(begin(&p, 1001, 0));
	assert_int_equal(wait_of, 1);
	peers_free(&p);
}

static void closed_connections_take_no_memory(void **state)
{
	struct peers p = { 0 };
	(void)state;

	for (uid_t uid = 100000; uid < 200000; uid++) {
		assert_true(begin(&p, uid, uid));
		peers_end(&p, uid, false, true);
	}
	assert_true(p.cap <= 64);
	assert_int_equal(p.open, 0);
	assert_int_equal(p.unknown, 0);
	peers_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_uid_has_four_and_the_others_have_theirs),
		cmocka_unit_test(all_together_have_sixty_four),
		cmocka_unit_test(uids_that_are_not_known_share_a_few),
		cmocka_unit_test(twenty_changes_at_once_then_one_a_second),
		cmocka_unit_test(a_question_costs_nothing),
		cmocka_unit_test(the_cost_is_taken_when_a_connection_begins),
		cmocka_unit_test(closed_connections_take_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
