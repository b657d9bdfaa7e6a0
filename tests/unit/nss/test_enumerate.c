/* setgrent, getgrent, endgrent, called as the C library calls them, over the view of world.h. */
#include <errno.h>
#include <sys/wait.h>

#include "tests/unit/nss/world.h"

static const char *const all[] = { "empty", "hidden", "ops", "web" };

static void assert_next(const char *name)
{
	struct group gr;
	char buf[8192];
	int err = UNTOUCHED;
	enum nss_status rc = _nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err);

	assert_int_equal(rc, name ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND);
	if (name)
		assert_string_equal(gr.gr_name, name);
	assert_int_equal(err, UNTOUCHED);
}

static void an_enumeration_returns_each_group_of_our_range_once(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++) {
		assert_int_equal(_nss_rbac_setgrent(0), NSS_STATUS_SUCCESS);
		for (size_t i = 0; i < COUNT(all); i++)
			assert_next(all[i]);
		assert_next(NULL);
		assert_next(NULL);
	}
	assert_int_equal(_nss_rbac_endgrent(), NSS_STATUS_SUCCESS);
	assert_next(all[0]);
	assert_int_equal(_nss_rbac_setgrent(1), NSS_STATUS_SUCCESS);
	assert_next(all[0]);
	assert_int_equal(_nss_rbac_endgrent(), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_rbac_endgrent(), NSS_STATUS_SUCCESS);
}

static void an_enumeration_does_not_move_on_while_the_buffer_is_too_small(void **state)
{
	struct group gr;
	char buf[64];
	int err = 0;

	(void)state;
	_nss_rbac_setgrent(0);
	assert_next("empty");
	assert_next("hidden");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(_nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err),
				 NSS_STATUS_TRYAGAIN);
		assert_int_equal(err, ERANGE);
	}
	assert_next("ops");
	_nss_rbac_endgrent();
}

static void an_enumeration_keeps_the_snapshot_that_it_began_on(void **state)
{
	(void)state;
	_nss_rbac_setgrent(0);
	assert_next("empty");
	make(RBAC_META_MEMBERS);
	assert_next("hidden");
	assert_next("ops");
	assert_next("web");
	assert_next(NULL);
	/* The new one does not enumerate. */
	assert_int_equal(_nss_rbac_setgrent(0), NSS_STATUS_SUCCESS);
	assert_next(NULL);
	_nss_rbac_endgrent();
}

/* ---- while another is inside ---- */

/* 1: a call comes while another is in the middle of the view; 3: a child does; then one more. */
static int inside;
static pid_t child;

static unsigned views_mapped(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512];
	unsigned n = 0;

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		n += strstr(line, "view.mdb") != NULL;
	fclose(f);
	return n;
}

/* In a child whose parent's thread has the cursor: what that thread had is neither read nor
 * unmapped, as it may be half written. */
static bool begins_anew(void)
{
	struct group gr;
	char buf[8192];
	int err;
	unsigned before = views_mapped();

	return _nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err) == NSS_STATUS_SUCCESS &&
	       strcmp(gr.gr_name, all[0]) == 0 && (before == 0 || views_mapped() == before + 1);
}

/* The module asks for the time between finding a group and moving on, with its cursor locked. */
time_t time(time_t *t)
{
	struct timespec now;
	struct group gr;
	char buf[8192];
	int err = 0;

	if (inside == 3) {
		inside++;
		child = fork();
		if (child == 0)
			_exit(begins_anew() ? 0 : 1);
	}
	if (inside == 1) {
		inside++;
		assert_int_equal(_nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err),
				 NSS_STATUS_TRYAGAIN);
		assert_int_equal(err, EAGAIN);
		assert_int_equal(_nss_rbac_setgrent(0), NSS_STATUS_TRYAGAIN);
		assert_int_equal(_nss_rbac_endgrent(), NSS_STATUS_TRYAGAIN);
	}
	clock_gettime(CLOCK_REALTIME, &now);
	if (t)
		*t = now.tv_sec;
	return now.tv_sec;
}

static void a_second_call_meanwhile_is_told_to_try_again(void **state)
{
	(void)state;
	_nss_rbac_setgrent(0);
	inside = 1;
	assert_next("empty");
	assert_int_equal(inside, 2);
	assert_next("hidden");
	_nss_rbac_endgrent();
	inside = 0;
}

static void a_child_of_another_thread_begins_anew(void **state)
{
	int status;

	(void)state;
	_nss_rbac_setgrent(0);
	assert_next("empty");
	inside = 3;
	assert_next("hidden");
	assert_int_equal(inside, 4);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_next("ops");
	_nss_rbac_endgrent();
	inside = 0;
}

static void a_child_continues_its_parents_enumeration(void **state)
{
	int status;

	(void)state;
	_nss_rbac_setgrent(0);
	assert_next("empty");
	pid_t pid = fork();
	if (pid == 0) {
		struct group gr;
		char buf[512];
		int err;
		bool ok = _nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err) == NSS_STATUS_SUCCESS &&
			  strcmp(gr.gr_name, "hidden") == 0;

		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_next("hidden");
	_nss_rbac_endgrent();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_enumeration_returns_each_group_of_our_range_once, again),
		cmocka_unit_test(an_enumeration_does_not_move_on_while_the_buffer_is_too_small),
		cmocka_unit_test(an_enumeration_keeps_the_snapshot_that_it_began_on),
		cmocka_unit_test_setup(a_second_call_meanwhile_is_told_to_try_again, again),
		cmocka_unit_test_setup(a_child_of_another_thread_begins_anew, again),
		cmocka_unit_test_setup(a_child_continues_its_parents_enumeration, again),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
