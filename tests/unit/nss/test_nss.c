/* The six entry points, called as the C library calls them, over a view made here. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/where.h"
#include "tests/unit/make_view.h"

enum { OURS = 2010000000, WEB = OURS + 1, OPS = OURS + 2, EMPTY = OURS + 3, HIDDEN = OURS + 4, STRAY = 4242, DOCKER = 27, DEVS = 500, MANY = 300 };
enum { UNTOUCHED = 4711 };

int rbac_where_acquire(struct rbac_view *v)
{
	return rbac_view_acquire("view.mdb", RBAC_TRUST_SELF, v);
}

int rbac_where_keep(struct rbac_view_kept *k)
{
	return rbac_view_keep("view.mdb", RBAC_TRUST_SELF, k);
}

/* ---- the view ---- */

static void put_group(struct maker *m, uint32_t gid, uint8_t flags, const char *name, const struct encode_member *members, size_t n)
{
	encode_group(&m->buf, gid, flags, name, members, n);
	maker_put(m, RBAC_REC_GROUP, name);
	encode_group(&m->buf, gid, flags, name, NULL, 0);
	maker_put_gid(m, RBAC_REC_GID, gid);
}

static void put_groups(struct maker *m)
{
	static char names[MANY][8];
	struct encode_member many[MANY];
	int64_t now = time(NULL);
	const struct encode_member web[] = {
		{ "alice", ALWAYS }, { "alice", WINDOW(1, 2) }, { "bob", WINDOW(now - 100, now + 9999) }, { "bob", WINDOW(now - 50, now + 9999) },
		{ "carl", WINDOW(1, now - 100) }, { "dora", WINDOW(now + 9999, now + 99999) }, { "zoe", ALWAYS },
	};
	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "u%03d", i);
		many[i] = (struct encode_member){ names[i], ALWAYS };
	}
	put_group(m, WEB, 0, "web", web, COUNT(web));
	put_group(m, OPS, 0, "ops", many, MANY);
	put_group(m, EMPTY, 0, "empty", NULL, 0);
	put_group(m, HIDDEN, RBAC_GROUP_NOMEMBERS, "hidden", web, COUNT(web));
	put_group(m, DOCKER, RBAC_GROUP_EXTRA, "docker", web, COUNT(web));
	put_group(m, STRAY, 0, "stray", web, COUNT(web));
}

static void put_subject(struct maker *m, const char *user, uint32_t flags, const struct encode_gid *gids, size_t n)
{
	encode_subject(&m->buf, RBAC_NO_UID, flags, gids, n, NULL, 0);
	maker_put(m, RBAC_REC_USER, user);
}

static void make(uint32_t flags)
{
	static const uint32_t extra[] = { DOCKER };
	const struct encode_gid bob[] = { { WEB, ALWAYS }, { OPS, WINDOW(1, 2) }, { DOCKER, ALWAYS }, { WEB, WINDOW(1, RBAC_TIME_MAX) }, { STRAY, ALWAYS }, { 0, ALWAYS } };
	const struct encode_gid ops = { OPS, ALWAYS }, empty = { EMPTY, ALWAYS };
	struct encode_gid busy[MANY];
	struct maker m;
	for (uint32_t i = 0; i < MANY; i++)
		busy[i] = (struct encode_gid){ OURS + 10 + i, ALWAYS };
	maker_begin(&m, "view.mdb");
	encode_meta(&m.buf, &(struct encode_meta){ .flags = flags, .generation = 1, .gid_min = OURS, .gid_max = OURS + 999, .n_unix = 2,
						    .extra = extra, .n_extra = 1 });
	maker_put(&m, RBAC_REC_META, "");
	put_groups(&m);
	put_subject(&m, "bob", 0, bob, COUNT(bob));
	put_subject(&m, "barred", RBAC_SUBJECT_SUSPENDED, bob, COUNT(bob));
	put_subject(&m, "other", RBAC_SUBJECT_UID_CHANGED, bob, COUNT(bob));
	put_subject(&m, "idle", 0, NULL, 0);
	put_subject(&m, "busy", 0, busy, MANY);
	encode_subject(&m.buf, RBAC_NO_UID, 0, &ops, 1, NULL, 0);
	maker_put_gid(&m, RBAC_REC_UNIX, DEVS);
	encode_subject(&m.buf, RBAC_NO_UID, 0, &empty, 1, NULL, 0);
	maker_put_gid(&m, RBAC_REC_UNIX, DOCKER);
	maker_end(&m);
	/* Publish waits until the coarse clock has moved (view.h). */
	nanosleep(&(struct timespec){ .tv_nsec = 12000000 }, NULL);
}

static int setup(void **state)
{
	(void)state;
	maker_enter_folder();
	make(RBAC_META_MEMBERS | RBAC_META_ENUMERATE);
	return 0;
}

static int again(void **state)
{
	(void)state;
	make(RBAC_META_MEMBERS | RBAC_META_ENUMERATE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	_nss_rbac_endgrent();
	maker_leave_folder();
	return 0;
}

/* ---- by name and by gid ---- */

static void assert_web(const struct group *gr, const char *name, gid_t gid)
{
	assert_string_equal(gr->gr_name, name);
	assert_string_equal(gr->gr_passwd, "x");
	assert_int_equal(gr->gr_gid, gid);
	assert_string_equal(gr->gr_mem[0], "alice");
	assert_string_equal(gr->gr_mem[1], "zoe");
	assert_string_equal(gr->gr_mem[2], "bob");
	assert_null(gr->gr_mem[3]);
}

static void a_group_has_the_members_of_this_moment_each_once(void **state)
{
	struct group gr;
	char buf[512];
	int err = UNTOUCHED;
	(void)state;
	errno = UNTOUCHED;
	assert_int_equal(_nss_rbac_getgrnam_r("web", &gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	assert_web(&gr, "web", WEB);
	assert_int_equal(_nss_rbac_getgrgid_r(WEB, &gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	assert_web(&gr, "web", WEB);
	assert_int_equal(_nss_rbac_getgrnam_r("docker", &gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	assert_web(&gr, "docker", DOCKER);
	assert_int_equal(_nss_rbac_getgrgid_r(DOCKER, &gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	assert_web(&gr, "docker", DOCKER);
	assert_int_equal(_nss_rbac_getgrnam_r("empty", &gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	assert_null(gr.gr_mem[0]);
	assert_int_equal(_nss_rbac_getgrgid_r(HIDDEN, &gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	assert_null(gr.gr_mem[0]);
	assert_int_equal(err, UNTOUCHED);
	assert_int_equal(errno, UNTOUCHED);
}

static void what_is_not_ours_is_not_found_and_nothing_is_touched(void **state)
{
	static const char *const names[] = { "", "we", "webs", "WEB", "root", "stray", "a:b" };
	static const gid_t gids[] = { 0, 1, 65534, STRAY, OURS - 1, OURS + 1000, OURS + 999, (gid_t)-1, DEVS };
	struct group gr, before;
	char buf[512], kept[512], longest[5000];
	int err = UNTOUCHED;
	(void)state;
	memset(&gr, 0x33, sizeof(gr));
	memset(buf, 0x33, sizeof(buf));
	memcpy(&before, &gr, sizeof(gr));
	memcpy(kept, buf, sizeof(buf));
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	errno = UNTOUCHED;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(_nss_rbac_getgrnam_r(names[i], &gr, buf, sizeof(buf), &err), NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_rbac_getgrnam_r(longest, &gr, buf, sizeof(buf), &err), NSS_STATUS_NOTFOUND);
	for (size_t i = 0; i < COUNT(gids); i++)
		assert_int_equal(_nss_rbac_getgrgid_r(gids[i], &gr, buf, sizeof(buf), &err), NSS_STATUS_NOTFOUND);
	assert_memory_equal(&gr, &before, sizeof(gr));
	assert_memory_equal(buf, kept, sizeof(buf));
	assert_int_equal(err, UNTOUCHED);
	assert_int_equal(errno, UNTOUCHED);
}

/* Every length and every alignment: ERANGE and nothing written, or the whole answer and nothing beyond the end. */
static void a_buffer_too_small_is_asked_for_again_and_one_that_will_do_is_enough(void **state)
{
	static const char *const names[] = { "web", "empty", "ops" };
	enum { GUARD = 64, ROOM = 8192 };
	(void)state;
	for (size_t k = 0; k < COUNT(names); k++) {
		for (size_t shift = 0; shift < 16; shift++) {
			bool fits = false;
			for (size_t len = 0; len < 4600; len += len < 300 ? 1 : 97) {
				static _Alignas(16) char area[ROOM + 2 * GUARD];
				struct group gr, before;
				int err = UNTOUCHED;
				memset(area, 0x5c, sizeof(area));
				memset(&gr, 0x33, sizeof(gr));
				memcpy(&before, &gr, sizeof(gr));
				char *buf = area + GUARD + shift;
				enum nss_status rc = _nss_rbac_getgrnam_r(names[k], &gr, buf, len, &err);
				if (rc == NSS_STATUS_SUCCESS) {
					fits = true;
					assert_int_equal((uintptr_t)gr.gr_mem % _Alignof(char *), 0);
					assert_true((char *)gr.gr_mem >= buf && gr.gr_name < buf + len);
					assert_string_equal(gr.gr_name, names[k]);
				} else {
					assert_int_equal(rc, NSS_STATUS_TRYAGAIN);
					assert_int_equal(err, ERANGE);
					assert_false(fits);
					assert_memory_equal(&gr, &before, sizeof(gr));
				}
				size_t used = rc == NSS_STATUS_SUCCESS ? len : 0;
				for (char *p = area; p < area + sizeof(area); p++)
					if ((p < buf || p >= buf + used) && *p != 0x5c)
						fail_msg("%s, length %zu: wrote at %td", names[k], len, p - buf);
			}
			assert_true(fits);
		}
	}
}

static void many_members_stand_in_order(void **state)
{
	struct group gr;
	char buf[8192], name[16];
	int err;
	(void)state;
	assert_int_equal(_nss_rbac_getgrgid_r(OPS, &gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "u%03d", i);
		assert_string_equal(gr.gr_mem[i], name);
	}
	assert_null(gr.gr_mem[MANY]);
}

static void members_can_be_kept_from_view(void **state)
{
	struct group gr;
	char buf[512];
	int err;
	(void)state;
	make(0);
	assert_int_equal(_nss_rbac_getgrnam_r("ops", &gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	assert_null(gr.gr_mem[0]);
	assert_int_equal(_nss_rbac_getgrgid_r(OPS, &gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	assert_null(gr.gr_mem[0]);
	assert_string_equal(gr.gr_name, "ops");
}

static void without_a_view_all_is_unavailable(void **state)
{
	struct group gr;
	char buf[512];
	int err = 0;
	long start = 0, size = 0;
	gid_t *gids = NULL;
	(void)state;
	assert_int_equal(rename("view.mdb", "other.mdb"), 0);
	nanosleep(&(struct timespec){ .tv_nsec = 12000000 }, NULL);
	errno = UNTOUCHED;
	assert_int_equal(_nss_rbac_getgrnam_r("web", &gr, buf, sizeof(buf), &err), NSS_STATUS_UNAVAIL);
	assert_int_equal(err, ENOENT);
	assert_int_equal(_nss_rbac_getgrgid_r(WEB, &gr, buf, sizeof(buf), &err), NSS_STATUS_UNAVAIL);
	assert_int_equal(_nss_rbac_setgrent(0), NSS_STATUS_UNAVAIL);
	assert_int_equal(_nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err), NSS_STATUS_UNAVAIL);
	assert_int_equal(_nss_rbac_initgroups_dyn("bob", 1, &start, &size, &gids, -1, &err), NSS_STATUS_UNAVAIL);
	assert_int_equal(start, 0);
	assert_int_equal(errno, UNTOUCHED);
	assert_int_equal(rename("other.mdb", "view.mdb"), 0);
}

/* ---- initgroups ---- */

struct list { long start, size; gid_t *gids; };

static struct list list_of(long size, const gid_t *gids, long n)
{
	struct list l = { n, size, malloc((size_t)size * sizeof(gid_t)) };
	assert_non_null(l.gids);
	memcpy(l.gids, gids, (size_t)n * sizeof(gid_t));
	return l;
}

static enum nss_status initgroups_for(const char *user, gid_t primary, struct list *l, long limit)
{
	int err = UNTOUCHED;
	errno = UNTOUCHED;
	enum nss_status rc = _nss_rbac_initgroups_dyn(user, primary, &l->start, &l->size, &l->gids, limit, &err);
	assert_int_equal(err, UNTOUCHED);
	assert_int_equal(errno, UNTOUCHED);
	return rc;
}

static void initgroups_appends_what_counts_now_once(void **state)
{
	const gid_t first[] = { 1000, 20 };
	struct list l = list_of(2, first, 2);
	(void)state;
	assert_int_equal(initgroups_for("bob", 1000, &l, -1), NSS_STATUS_SUCCESS);
	/* docker is brought, and what is assigned to %docker with it; gids that are nobody's to bring are not. */
	const gid_t want[] = { 1000, 20, WEB, DOCKER, EMPTY };
	assert_int_equal(l.start, COUNT(want));
	assert_memory_equal(l.gids, want, sizeof(want));
	assert_true(l.size >= l.start);
	assert_int_equal(initgroups_for("bob", 1000, &l, -1), NSS_STATUS_SUCCESS);
	assert_int_equal(l.start, COUNT(want));
	free(l.gids);
}

static void initgroups_honours_groups_of_other_sources_and_the_primary_one(void **state)
{
	const gid_t first[] = { 1000, DEVS }, alone[] = { DEVS };
	struct list l = list_of(2, first, 2);
	(void)state;
	assert_int_equal(initgroups_for("nobody", 1000, &l, -1), NSS_STATUS_SUCCESS);
	assert_true(l.start == 3 && l.gids[2] == OPS);
	free(l.gids);
	l = list_of(1, alone, 0);
	assert_int_equal(initgroups_for("nobody", DEVS, &l, -1), NSS_STATUS_SUCCESS);
	assert_true(l.start == 1 && l.gids[0] == OPS);
	free(l.gids);
	l = list_of(1, alone, 1);
	assert_int_equal(initgroups_for("bob", WEB, &l, -1), NSS_STATUS_SUCCESS);
	for (long i = 0; i < l.start; i++)
		assert_int_not_equal(l.gids[i], WEB);
	free(l.gids);
}

static void initgroups_gives_nothing_to_unknown_suspended_or_changed_users(void **state)
{
	const gid_t first[] = { 1000 };
	struct list l = list_of(1, first, 1);
	(void)state;
	assert_int_equal(initgroups_for("nobody", 1000, &l, -1), NSS_STATUS_NOTFOUND);
	assert_int_equal(initgroups_for("", 1000, &l, -1), NSS_STATUS_NOTFOUND);
	assert_int_equal(initgroups_for("barred", 1000, &l, -1), NSS_STATUS_SUCCESS);
	assert_int_equal(initgroups_for("other", 1000, &l, -1), NSS_STATUS_SUCCESS);
	assert_int_equal(initgroups_for("idle", 1000, &l, -1), NSS_STATUS_SUCCESS);
	assert_true(l.start == 1 && l.size == 1 && l.gids[0] == 1000);
	free(l.gids);
}

static void initgroups_grows_the_array_and_keeps_the_limit(void **state)
{
	const gid_t first[] = { 1000 };
	(void)state;
	for (long limit = 1; limit <= MANY + 3; limit++) {
		struct list l = list_of(1, first, 1);
		assert_int_equal(initgroups_for("busy", 1000, &l, limit), NSS_STATUS_SUCCESS);
		assert_int_equal(l.start, limit < MANY + 1 ? limit : MANY + 1);
		assert_true(l.start <= l.size && (l.size <= limit || l.size == 1));
		free(l.gids);
	}
	for (long limit = -1; limit <= 0; limit++) {
		struct list l = { 0, 0, NULL };
		assert_int_equal(initgroups_for("busy", 1000, &l, limit), NSS_STATUS_SUCCESS);
		assert_true(l.start == MANY && l.gids[0] == OURS + 10 && l.gids[MANY - 1] == OURS + 10 + MANY - 1);
		free(l.gids);
	}
}

/* ---- enumeration ---- */

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

static void enumeration_names_each_group_of_ours_once(void **state)
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

static void enumeration_does_not_move_on_while_the_buffer_is_too_small(void **state)
{
	struct group gr;
	char buf[64];
	int err = 0;
	(void)state;
	_nss_rbac_setgrent(0);
	assert_next("empty");
	assert_next("hidden");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(_nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err), NSS_STATUS_TRYAGAIN);
		assert_int_equal(err, ERANGE);
	}
	assert_next("ops");
	_nss_rbac_endgrent();
}

static void enumeration_keeps_the_snapshot_it_began_on(void **state)
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

static void a_child_goes_on_where_its_parent_stood(void **state)
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
		bool ok = _nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err) == NSS_STATUS_SUCCESS && strcmp(gr.gr_name, "hidden") == 0;
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
		cmocka_unit_test_setup(a_group_has_the_members_of_this_moment_each_once, again),
		cmocka_unit_test(what_is_not_ours_is_not_found_and_nothing_is_touched),
		cmocka_unit_test(a_buffer_too_small_is_asked_for_again_and_one_that_will_do_is_enough),
		cmocka_unit_test(many_members_stand_in_order),
		cmocka_unit_test(members_can_be_kept_from_view),
		cmocka_unit_test_setup(without_a_view_all_is_unavailable, again),
		cmocka_unit_test(initgroups_appends_what_counts_now_once),
		cmocka_unit_test(initgroups_honours_groups_of_other_sources_and_the_primary_one),
		cmocka_unit_test(initgroups_gives_nothing_to_unknown_suspended_or_changed_users),
		cmocka_unit_test(initgroups_grows_the_array_and_keeps_the_limit),
		cmocka_unit_test_setup(enumeration_names_each_group_of_ours_once, again),
		cmocka_unit_test(enumeration_does_not_move_on_while_the_buffer_is_too_small),
		cmocka_unit_test(enumeration_keeps_the_snapshot_it_began_on),
		cmocka_unit_test_setup(a_child_goes_on_where_its_parent_stood, again),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
