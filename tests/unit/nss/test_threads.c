/* Threads that enumerate and look up at once, children forked among them, views replaced under
 * them: nobody waits, nobody crashes. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/view_path.h"
#include "tests/unit/make_view.h"

enum { OURS = 2010000000, GROUPS = 20, THREADS = 4, CHILDREN = 300, PUBLISHES = 30 };

static atomic_bool stop;
static atomic_int wrong;

int rbac_view_path_acquire(struct rbac_view *v)
{
	return rbac_view_acquire("view.mdb", RBAC_TRUST_SELF, v);
}

int rbac_view_path_keep(struct rbac_view_kept *k)
{
	return rbac_view_keep("view.mdb", RBAC_TRUST_SELF, k);
}

static void make(void)
{
	struct maker m;
	char name[16];

	maker_begin(&m, "view.mdb");
	encode_meta(&m.buf, &(struct encode_meta){ .flags = RBAC_META_MEMBERS | RBAC_META_ENUMERATE,
						   .gid_min = OURS,
						   .gid_max = OURS + 99 });
	maker_put(&m, RBAC_REC_META, "");
	for (uint32_t i = 0; i < GROUPS; i++) {
		snprintf(name, sizeof(name), "g%02u", i);
		encode_group(&m.buf, OURS + i, 0, name, NULL, 0);
		maker_put(&m, RBAC_REC_GROUP, name);
	}
	maker_end(&m);
}

static int setup(void **state)
{
	(void)state;
	maker_enter_folder();
	make();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	_nss_rbac_endgrent();
	maker_leave_folder();
	return 0;
}

/* One cursor for all: a thread sees any part of the list, or is told that another is inside. */
static void *enumerate_and_look_up(void *unused)
{
	struct group gr;
	char buf[256];

	(void)unused;
	while (!stop) {
		int err = 0;
		enum nss_status rc = _nss_rbac_setgrent(0);

		wrong += rc != NSS_STATUS_SUCCESS && rc != NSS_STATUS_TRYAGAIN;
		for (int i = 0; i < 5; i++) {
			rc = _nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err);
			wrong += rc == NSS_STATUS_UNAVAIL ||
				 (rc == NSS_STATUS_TRYAGAIN && err != EAGAIN) ||
				 (rc == NSS_STATUS_SUCCESS && gr.gr_name[0] != 'g');
		}
		rc = _nss_rbac_getgrnam_r("g07", &gr, buf, sizeof(buf), &err);
		wrong += rc != NSS_STATUS_SUCCESS || gr.gr_gid != OURS + 7;
		_nss_rbac_endgrent();
	}
	return NULL;
}

/* Alone in its process, whatever the parent's threads were at: the whole list, at once. */
static int child(void)
{
	struct group gr;
	char buf[256];
	int err, n = 0;

	alarm(10);
	if (_nss_rbac_setgrent(0) != NSS_STATUS_SUCCESS)
		return 1;
	while (_nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err) == NSS_STATUS_SUCCESS)
		n++;
	_nss_rbac_endgrent();
	return n == GROUPS ? 0 : 2;
}

static void no_thread_waits_for_another_one(void **state)
{
	pthread_t t[THREADS];
	int status, bad = 0;

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, enumerate_and_look_up, NULL), 0);
	for (int i = 0; i < CHILDREN; i++) {
		if (i % (CHILDREN / PUBLISHES) == 0)
			make();
		pid_t pid = fork();
		if (pid == 0)
			_exit(child());
		assert_int_equal(waitpid(pid, &status, 0), pid);
		bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	stop = true;
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(bad, 0);
	assert_int_equal(wrong, 0);
}

static int mappings(void)
{
	char line[512];
	int n = 0;
	FILE *f = fopen("/proc/self/maps", "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		n += strstr(line, "view.mdb") != NULL;
	fclose(f);
	return n;
}

/* One, that serves all enumerations of one view, and goes when another view has come. */
static void many_enumerations_keep_one_mapping(void **state)
{
	struct group gr;
	char buf[256];
	int err;

	(void)state;
	assert_int_equal(_nss_rbac_getgrnam_r("g07", &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	int cached = mappings();
	for (int i = 0; i < 10; i++)
		_nss_rbac_setgrent(0);
	assert_int_equal(mappings(), cached + 1);
	_nss_rbac_endgrent();
	assert_int_equal(mappings(), cached + 1);
	make();
	for (int i = 0; i < 3; i++) {
		_nss_rbac_setgrent(0);
		while (_nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err) == NSS_STATUS_SUCCESS)
			;
		assert_int_equal(mappings(), cached + 1);
	}
	assert_int_equal(unlink("view.mdb"), 0);
	assert_int_equal(_nss_rbac_setgrent(0), NSS_STATUS_UNAVAIL);
	assert_int_equal(mappings(), cached);
	make();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_enumerations_keep_one_mapping),
		cmocka_unit_test(no_thread_waits_for_another_one),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
