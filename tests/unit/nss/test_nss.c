/* Groups by name and gid, and the groups of a user, asked for as the C library asks, over the view
 * of world.h. */
#include <errno.h>

#include "tests/unit/nss/world.h"

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

static void a_group_has_its_current_members_each_once(void **state)
{
	struct group gr;
	char buf[512];
	int err = UNTOUCHED;

	(void)state;
	errno = UNTOUCHED;
	assert_int_equal(_nss_rbac_getgrnam_r("web", &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	assert_web(&gr, "web", WEB);
	assert_int_equal(_nss_rbac_getgrgid_r(WEB, &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	assert_web(&gr, "web", WEB);
	assert_int_equal(_nss_rbac_getgrnam_r("docker", &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	assert_web(&gr, "docker", DOCKER);
	assert_int_equal(_nss_rbac_getgrgid_r(DOCKER, &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	assert_web(&gr, "docker", DOCKER);
	assert_int_equal(_nss_rbac_getgrnam_r("empty", &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	assert_null(gr.gr_mem[0]);
	assert_int_equal(_nss_rbac_getgrgid_r(HIDDEN, &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	assert_null(gr.gr_mem[0]);
	assert_int_equal(err, UNTOUCHED);
	assert_int_equal(errno, UNTOUCHED);
}

/* The view was published later than the clock says: what has ended by then stays ended, what has
 * begun is open. */
static void a_clock_that_is_set_back_reopens_no_window(void **state)
{
	int64_t now = time(NULL), published = now + 5000;
	const struct encode_member members[] = {
		{ "begun", WINDOW(published, published + 9999) },
		{ "ended", WINDOW(1, published) },
		{ "lasts", WINDOW(1, published + 1) },
		{ "later", WINDOW(published + 1, published + 9999) },
	};
	const struct encode_gid gids[] = { { WEB, WINDOW(1, published) },
					   { OPS, WINDOW(1, published + 1) } };
	struct maker m;
	struct group gr;
	char buf[512];
	int err = UNTOUCHED;
	long int start = 0, size = 1;
	gid_t *list = malloc(sizeof(*list));

	(void)state;
	maker_begin(&m, "view.mdb");
	encode_meta(&m.buf, &(struct encode_meta){ .flags = RBAC_META_MEMBERS | RBAC_META_ENUMERATE,
						   .published = published,
						   .gid_min = OURS,
						   .gid_max = OURS + 999 });
	maker_put(&m, RBAC_REC_META, "");
	put_group(&m, WEB, 0, "web", members, COUNT(members));
	put_subject(&m, "bob", 0, gids, COUNT(gids));
	maker_end(&m);
	/* Publish waits until the coarse clock has moved (view.h). */
	nanosleep(&(struct timespec){ .tv_nsec = 12000000 }, NULL);
	assert_int_equal(_nss_rbac_getgrnam_r("web", &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	assert_string_equal(gr.gr_mem[0], "begun");
	assert_string_equal(gr.gr_mem[1], "lasts");
	assert_null(gr.gr_mem[2]);
	assert_int_equal(_nss_rbac_setgrent(0), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err), NSS_STATUS_SUCCESS);
	assert_string_equal(gr.gr_mem[1], "lasts");
	assert_null(gr.gr_mem[2]);
	assert_int_equal(_nss_rbac_endgrent(), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_rbac_initgroups_dyn("bob", 100, &start, &size, &list, 0, &err),
			 NSS_STATUS_SUCCESS);
	assert_int_equal(start, 1);
	assert_int_equal(list[0], OPS);
	free(list);
}

static void a_group_outside_our_range_is_not_found_and_no_output_is_written(void **state)
{
	static const char *const names[] = { "", "we", "webs", "WEB", "root", "stray", "a:b" };
	static const gid_t gids[] = { 0,           1,          65534,     STRAY, OURS - 1,
				      OURS + 1000, OURS + 999, (gid_t)-1, DEVS };
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
		assert_int_equal(_nss_rbac_getgrnam_r(names[i], &gr, buf, sizeof(buf), &err),
				 NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_rbac_getgrnam_r(longest, &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_NOTFOUND);
	for (size_t i = 0; i < COUNT(gids); i++)
		assert_int_equal(_nss_rbac_getgrgid_r(gids[i], &gr, buf, sizeof(buf), &err),
				 NSS_STATUS_NOTFOUND);
	assert_memory_equal(&gr, &before, sizeof(gr));
	assert_memory_equal(buf, kept, sizeof(buf));
	assert_int_equal(err, UNTOUCHED);
	assert_int_equal(errno, UNTOUCHED);
}

/* Every length and every alignment: ERANGE and nothing written, or the whole answer and nothing
 * beyond the end. */
static void a_small_buffer_gets_erange_and_the_exact_size_is_enough(void **state)
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
				enum nss_status rc = _nss_rbac_getgrnam_r(names[k], &gr, buf, len,
									  &err);
				if (rc == NSS_STATUS_SUCCESS) {
					fits = true;
					assert_int_equal((uintptr_t)gr.gr_mem % _Alignof(char *),
							 0);
					assert_true((char *)gr.gr_mem >= buf &&
						    gr.gr_name < buf + len);
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
						fail_msg("%s, length %zu: wrote at %td", names[k],
							 len, p - buf);
			}
			assert_true(fits);
		}
	}
}

static void many_members_keep_their_order(void **state)
{
	struct group gr;
	char buf[8192], name[16];
	int err;

	(void)state;
	assert_int_equal(_nss_rbac_getgrgid_r(OPS, &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "u%03d", i);
		assert_string_equal(gr.gr_mem[i], name);
	}
	assert_null(gr.gr_mem[MANY]);
}

static void members_are_left_out_where_the_view_says_so(void **state)
{
	struct group gr;
	char buf[512];
	int err;

	(void)state;
	make(0);
	assert_int_equal(_nss_rbac_getgrnam_r("ops", &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	assert_null(gr.gr_mem[0]);
	assert_int_equal(_nss_rbac_getgrgid_r(OPS, &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_SUCCESS);
	assert_null(gr.gr_mem[0]);
	assert_string_equal(gr.gr_name, "ops");
}

static void without_a_view_every_lookup_is_unavailable(void **state)
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
	assert_int_equal(_nss_rbac_getgrnam_r("web", &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_UNAVAIL);
	assert_int_equal(err, ENOENT);
	assert_int_equal(_nss_rbac_getgrgid_r(WEB, &gr, buf, sizeof(buf), &err),
			 NSS_STATUS_UNAVAIL);
	assert_int_equal(_nss_rbac_setgrent(0), NSS_STATUS_UNAVAIL);
	assert_int_equal(_nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err), NSS_STATUS_UNAVAIL);
	assert_int_equal(_nss_rbac_initgroups_dyn("bob", 1, &start, &size, &gids, -1, &err),
			 NSS_STATUS_UNAVAIL);
	assert_int_equal(start, 0);
	assert_int_equal(errno, UNTOUCHED);
	assert_int_equal(rename("other.mdb", "view.mdb"), 0);
}

/* ---- initgroups ---- */

struct list {
	long start, size;
	gid_t *gids;
};

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
	enum nss_status rc = _nss_rbac_initgroups_dyn(user, primary, &l->start, &l->size, &l->gids,
						      limit, &err);
	assert_int_equal(err, UNTOUCHED);
	assert_int_equal(errno, UNTOUCHED);
	return rc;
}

static void initgroups_appends_each_current_gid_once(void **state)
{
	const gid_t first[] = { 1000, 20 };
	struct list l = list_of(2, first, 2);

	(void)state;
	assert_int_equal(initgroups_for("bob", 1000, &l, -1), NSS_STATUS_SUCCESS);
	/* docker is brought, and what is assigned to %docker with it; gids that are nobody's to
	 * bring are not. */
	const gid_t want[] = { 1000, 20, WEB, DOCKER, EMPTY };
	assert_int_equal(l.start, COUNT(want));
	assert_memory_equal(l.gids, want, sizeof(want));
	assert_true(l.size >= l.start);
	assert_int_equal(initgroups_for("bob", 1000, &l, -1), NSS_STATUS_SUCCESS);
	assert_int_equal(l.start, COUNT(want));
	free(l.gids);
	/* the first one of the list is ours already */
	const gid_t ours[] = { WEB };
	l = list_of(1, ours, 1);
	assert_int_equal(initgroups_for("bob", 1000, &l, -1), NSS_STATUS_SUCCESS);
	assert_true(l.start == 3 && l.gids[0] == WEB && l.gids[1] == DOCKER && l.gids[2] == EMPTY);
	free(l.gids);
}

static void initgroups_counts_roles_of_earlier_groups_and_of_the_primary_group(void **state)
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
		assert_true(l.start == MANY && l.gids[0] == OURS + 10 &&
			    l.gids[MANY - 1] == OURS + 10 + MANY - 1);
		free(l.gids);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_group_has_its_current_members_each_once, again),
		cmocka_unit_test_teardown(a_clock_that_is_set_back_reopens_no_window, again),
		cmocka_unit_test(a_group_outside_our_range_is_not_found_and_no_output_is_written),
		cmocka_unit_test(a_small_buffer_gets_erange_and_the_exact_size_is_enough),
		cmocka_unit_test(many_members_keep_their_order),
		cmocka_unit_test(members_are_left_out_where_the_view_says_so),
		cmocka_unit_test_setup(without_a_view_every_lookup_is_unavailable, again),
		cmocka_unit_test(initgroups_appends_each_current_gid_once),
		cmocka_unit_test(
			initgroups_counts_roles_of_earlier_groups_and_of_the_primary_group),
		cmocka_unit_test(initgroups_gives_nothing_to_unknown_suspended_or_changed_users),
		cmocka_unit_test(initgroups_grows_the_array_and_keeps_the_limit),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
