#define _GNU_SOURCE
#include "tests/unit/common/viewfile.h"
#include "tests/raw_fork.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/seccomp.h>

static void the_first_path_is_cached(void **state)
{
	struct rbac_view a, b;

	(void)state;
	need_cache();
	assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &a), RBAC_OK);
	assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &b), RBAC_OK);
	assert_in_range(a.slot, 0, 3);
	assert_int_equal(a.slot, b.slot);
	assert_ptr_equal(a.walk.map, b.walk.map);
	release(&a);
	assert_int_equal(view_ask(&b, 3), RBAC_OK);
	release(&b);
	assert_int_equal(views_mapped(), 1);
}

static void another_path_is_mapped_each_time(void **state)
{
	struct rbac_view a, b;

	(void)state;
	need_cache();
	generation();
	view_make(made_path, 9, RBAC_VIEW_VERSION);
	assert_int_equal(acquire(made_path, RBAC_TRUST_SELF, &a), RBAC_OK);
	assert_int_equal(a.slot, -1);
	assert_int_equal(a.meta.generation, 9);
	assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &b), RBAC_OK);
	assert_in_range(b.slot, 0, 3);
	assert_int_equal(b.meta.generation, 1);
	release(&b);
	release(&a);
	assert_int_equal(views_mapped(), 1);
}

static void a_replaced_view_is_seen_after_one_clock_tick(void **state)
{
	(void)state;
	for (uint64_t g = 1; g < 30; g++) {
		view_publish(g); /* each of the same size */
		tick_wait();
		assert_int_equal(generation(), g);
		assert_true(views_mapped() <= 1);
		assert_int_equal(generation(), g);
	}
}

static void a_view_that_was_deleted_and_made_again_is_seen(void **state)
{
	(void)state;
	view_publish(1);
	assert_int_equal(at_path(), RBAC_OK);
	assert_int_equal(rename(view_path, made_path), 0);
	assert_int_equal(at_path(), RBAC_ABSENT);
	assert_int_equal(views_mapped(), 0);
	assert_int_equal(rename(made_path, view_path), 0);
	assert_int_equal(at_path(), RBAC_OK);
	assert_true(views_mapped() <= 1);
}

static void a_held_view_stays_readable_and_a_fifth_version_gets_its_own_mapping(void **state)
{
	struct rbac_view held[6];

	(void)state;
	need_cache();
	for (uint64_t g = 0; g < 6; g++) {
		view_publish(g + 1);
		tick_wait();
		assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &held[g]), RBAC_OK);
		assert_int_equal(held[g].slot >= 0, g < 4);
	}
	unlink(view_path);
	for (uint64_t g = 0; g < 6; g++) {
		assert_int_equal(held[g].meta.generation, g + 1);
		for (int user = 0; user < USERS; user++)
			assert_int_equal(view_ask(&held[g], user), RBAC_OK);
		release(&held[g]);
	}
	assert_int_equal(at_path(), RBAC_ABSENT);
	assert_int_equal(views_mapped(), 0);
}

static void a_cached_view_answers_without_a_free_descriptor(void **state)
{
	struct rlimit was, none;
	struct rbac_view v;
	int warm, stale, other;

	(void)state;
	need_cache();
	view_make(made_path, 2, RBAC_VIEW_VERSION);
	tick_wait();
	generation();
	getrlimit(RLIMIT_NOFILE, &was);
	none = was;
	none.rlim_cur = 0;
	tick_wait();
	setrlimit(RLIMIT_NOFILE, &none);
	warm = acquire(view_path, RBAC_TRUST_SELF, &v);
	release(&v);
	other = acquire(made_path, RBAC_TRUST_SELF, &v);
	rename(made_path, view_path);
	tick_wait();
	stale = acquire(view_path, RBAC_TRUST_SELF, &v);
	setrlimit(RLIMIT_NOFILE, &was);
	assert_int_equal(warm, RBAC_OK);
	assert_int_equal(other, RBAC_SYSTEM);
	assert_int_equal(stale, RBAC_SYSTEM);
	assert_int_equal(generation(), 2);
}

/* In a child that may only read, write and exit: 1,000 lookups. Between two ticks, hence the
 * retries. */
static void a_warm_lookup_makes_no_system_call(void **state)
{
	int status = -1;

	(void)state;
#ifdef SANITIZED
	skip();
#endif
	/* It makes system calls of its own. */
	if (under_valgrind())
		skip();
	need_cache();
	for (int tries = 0; tries < 10 && status != 0; tries++) {
		pid_t pid = fork();

		if (pid == 0) {
			struct rbac_view v;
			int bad = 0;

			tick_wait();
			bad += rbac_view_acquire(view_path, RBAC_TRUST_SELF, &v);
			rbac_view_release(&v);
			prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
			for (int i = 0; i < 1000; i++) {
				struct rbac_bytes rec;

				bad += rbac_view_acquire(view_path, RBAC_TRUST_SELF, &v);
				bad += rbac_view_get(&v, RBAC_REC_USER, "user07", 6, &rec);
				rbac_view_release(&v);
			}
			syscall(SYS_exit, bad != 0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	assert_int_equal(status, 0);
}

/* Its parent's references are none of its own: what they keep in the parent goes in the child. */
static void child_of_a_holder(void)
{
	struct rbac_view v;
	int bad = rbac_view_acquire(view_path, RBAC_TRUST_SELF, &v) || v.slot < 0 ||
		  view_ask(&v, 1);

	rbac_view_release(&v);
	bad = bad || views_mapped() != 1;
	unlink(view_path);
	tick_wait();
	bad = bad || rbac_view_acquire(view_path, RBAC_TRUST_SELF, &v) != RBAC_ABSENT ||
	      views_mapped() != 0;
	_exit(bad);
}

static void a_child_unmaps_the_mappings_that_it_inherits(void **state)
{
	(void)state;
	need_cache();
	for (int i = 0; i < 20; i++) {
		struct rbac_view v;
		int status;
		pid_t pid;

		view_publish(1);
		assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &v), RBAC_OK);
		pid = fork();
		if (pid == 0)
			child_of_a_holder();
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		assert_int_equal(view_ask(&v, 1), RBAC_OK);
		release(&v);
	}
}

static void records_are_found_and_enumerated_and_their_checksums_checked(void **state)
{
	struct rbac_bytes key = { NULL, 0 }, rec;
	static char longest[512];
	struct rbac_view v;
	unsigned n = 0;

	(void)state;
	view_publish(1);
	assert_int_equal(rbac_view_open(view_path, RBAC_TRUST_SELF, &v), RBAC_OK);
	assert_int_equal(v.slot, -1);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_USER, "nobody", 6, &rec), RBAC_NOTFOUND);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_GROUP, "user07", 6, &rec), RBAC_NOTFOUND);
	memset(longest, 'x', sizeof(longest));
	for (size_t len = 509; len <= 512; len++)
		assert_int_equal(rbac_view_get(&v, RBAC_REC_USER, longest, len, &rec),
				 RBAC_NOTFOUND);
	while (rbac_view_next(&v, key, &key, &rec, NULL) == RBAC_OK)
		assert_int_equal(key.p[0], n++ ? RBAC_REC_USER : RBAC_REC_META);
	assert_int_equal(n, USERS + 1);
	release(&v);
}

static void a_record_with_a_flipped_byte_is_damaged_and_its_neighbours_are_not(void **state)
{
	static uint8_t bytes[65536];
	struct rbac_view v;
	uint8_t *at;
	ssize_t len;
	int fd;

	(void)state;
	view_publish(1);
	fd = open(view_path, O_RDONLY);
	len = read(fd, bytes, sizeof(bytes));
	close(fd);
	at = memmem(bytes, (size_t)len, "1 user07", 8);
	assert_non_null(at);
	at[0] = '2';
	write_file(bytes, (size_t)len, 0);
	tick_wait();
	assert_int_equal(acquire(view_path, RBAC_TRUST_SELF, &v), RBAC_OK);
	for (int user = 0; user < USERS; user++)
		assert_int_equal(view_ask(&v, user), user == 7 ? RBAC_DAMAGED : RBAC_OK);
	release(&v);
}

static void a_kept_view_is_kept_while_the_file_is_the_same(void **state)
{
	static struct rbac_view_kept k;
	const uint8_t *map;

	(void)state;
	view_publish(1);
	assert_int_equal(rbac_view_keep(view_path, RBAC_TRUST_SELF, &k), RBAC_OK);
	assert_int_equal(view_ask(&k.view, 3), RBAC_OK);
	map = k.view.walk.map;
	assert_int_equal(rbac_view_keep(view_path, RBAC_TRUST_SELF, &k), RBAC_OK);
	assert_ptr_equal(k.view.walk.map, map);
	view_publish(2); /* of the same size */
	assert_int_equal(k.view.meta.generation, 1);
	assert_int_equal(rbac_view_keep(view_path, RBAC_TRUST_SELF, &k), RBAC_OK);
	assert_int_equal(k.view.meta.generation, 2);
	assert_int_equal(view_ask(&k.view, 3), RBAC_OK);
	assert_int_equal(unlink(view_path), 0);
	assert_int_equal(rbac_view_keep(view_path, RBAC_TRUST_SELF, &k), RBAC_ABSENT);
	assert_false(k.held);
	rbac_view_forget(&k);
	view_publish(3);
	assert_int_equal(rbac_view_keep(view_path, RBAC_TRUST_SELF, &k), RBAC_OK);
	rbac_view_forget(&k);
	assert_false(k.held);
	tick_wait();
	assert_int_equal(generation(), 3);
	assert_int_equal(views_mapped(), mapped_when_kept());
}

enum { LIVES = 5 };

/* Each is another than those BEFORE it, and stays the same. */
static int wrong_below(int *before, unsigned n)
{
	int status, wrong = rbac_view_fork_generation() == 0;
	pid_t pid;

	for (unsigned i = 0; i < n; i++)
		wrong |= rbac_view_fork_generation() == before[i];
	before[n] = rbac_view_fork_generation();
	if (n + 1 == LIVES || wrong)
		return wrong || before[n] != rbac_view_fork_generation();
	pid = n % 2 ? fork() : raw_fork();
	if (pid == 0)
		_exit(wrong_below(before, n + 1));
	return pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	       WEXITSTATUS(status) != 0 || before[n] != rbac_view_fork_generation();
}

static void a_child_has_a_fork_generation_of_its_own(void **state)
{
	int lives[LIVES];

	(void)state;
	assert_int_equal(wrong_below(lives, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_path_is_cached),
		cmocka_unit_test(another_path_is_mapped_each_time),
		cmocka_unit_test(a_replaced_view_is_seen_after_one_clock_tick),
		cmocka_unit_test(a_view_that_was_deleted_and_made_again_is_seen),
		cmocka_unit_test(
			a_held_view_stays_readable_and_a_fifth_version_gets_its_own_mapping),
		cmocka_unit_test(a_cached_view_answers_without_a_free_descriptor),
		cmocka_unit_test(a_warm_lookup_makes_no_system_call),
		cmocka_unit_test(a_child_unmaps_the_mappings_that_it_inherits),
		cmocka_unit_test(records_are_found_and_enumerated_and_their_checksums_checked),
		cmocka_unit_test(
			a_record_with_a_flipped_byte_is_damaged_and_its_neighbours_are_not),
		cmocka_unit_test(a_kept_view_is_kept_while_the_file_is_the_same),
		cmocka_unit_test(a_child_has_a_fork_generation_of_its_own),
	};

	return cmocka_run_group_tests_name("view", tests, view_setup, view_teardown);
}
