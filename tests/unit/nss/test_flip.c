/* The bytes of a view flipped in turn: an answer is the right one or none; nobody gains a group or
 * a login, nothing crashes or asks for more room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/decide.h"
#include "common/error.h"
#include "common/view_file.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/view_path.h"
#include "tests/unit/make_view.h"

enum { OURS = 2010000000, DEVS = 500, ROOM = 1 << 16 };

int rbac_view_path_acquire(struct rbac_view *v)
{
	return rbac_view_open("view.mdb", RBAC_TRUST_SELF, v);
}

int rbac_view_path_keep(struct rbac_view_kept *k)
{
	return rbac_view_keep("view.mdb", RBAC_TRUST_SELF, k);
}

static void make(void)
{
	static const uint8_t roles[] = { 1 };
	const struct encode_member web[] = { { "alice", ALWAYS },
					     { "bob", WINDOW(1, RBAC_TIME_MAX) } };
	const struct encode_gid gid = { OURS + 1, WINDOW(1, RBAC_TIME_MAX) };
	const struct encode_grant grant = { 1, 0, RBAC_GRANT_HERE, ALWAYS, "space:main/web" };
	const struct encode_rule rule = {
		.number = 1, .line = 4, .file = "rbac.conf", .roles = roles, .n_role_bytes = 1
	};
	struct maker m;
	char name[16];

	maker_begin(&m, "view.mdb");
	encode_meta(&m.buf, &(struct encode_meta){ .flags = RBAC_META_MEMBERS | RBAC_META_ENUMERATE,
						   .gid_min = OURS,
						   .gid_max = OURS + 99,
						   .n_unix = 1 });
	maker_put(&m, RBAC_REC_META, "");
	for (uint32_t i = 0; i < 24; i++) {
		snprintf(name, sizeof(name), "web%02u", i);
		encode_group(&m.buf, OURS + i, 0, name, web, COUNT(web));
		maker_put(&m, RBAC_REC_GROUP, name);
		encode_group(&m.buf, OURS + i, 0, name, NULL, 0);
		maker_put_gid(&m, RBAC_REC_GID, OURS + i);
		snprintf(name, sizeof(name), "user%02u", i);
		encode_subject(&m.buf, 1000, 0, &gid, 1, &grant, 1);
		maker_put(&m, RBAC_REC_USER, name);
	}
	encode_rules(&m.buf, &rule, 1);
	maker_put(&m, RBAC_REC_LOGIN, "sshd");
	maker_end(&m);
}

static void check_group(enum nss_status rc, const struct group *gr, const char *name, gid_t gid)
{
	if (rc == NSS_STATUS_NOTFOUND || rc == NSS_STATUS_UNAVAIL)
		return;
	assert_int_equal(rc, NSS_STATUS_SUCCESS);
	assert_string_equal(gr->gr_name, name);
	assert_int_equal(gr->gr_gid, gid);
	assert_string_equal(gr->gr_mem[0], "alice");
	assert_string_equal(gr->gr_mem[1], "bob");
	assert_null(gr->gr_mem[2]);
}

static void check_enumeration(void)
{
	struct group gr;
	char buf[512];
	int err, n = 0;
	enum nss_status rc = _nss_rbac_setgrent(0);

	while (rc == NSS_STATUS_SUCCESS &&
	       (rc = _nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err)) == NSS_STATUS_SUCCESS) {
		unsigned i = (unsigned)atoi(gr.gr_name + 3);
		assert_int_equal(gr.gr_gid, OURS + i);
		assert_true(++n <= 24);
	}
	assert_int_not_equal(rc, NSS_STATUS_TRYAGAIN);
	_nss_rbac_endgrent();
}

static void check_initgroups(const char *user, long most)
{
	gid_t *gids = malloc(2 * sizeof(*gids));
	long start = 1, size = 2;
	int err;

	gids[0] = 1000;
	enum nss_status rc = _nss_rbac_initgroups_dyn(user, 1000, &start, &size, &gids, -1, &err);
	assert_int_not_equal(rc, NSS_STATUS_TRYAGAIN);
	assert_true(start <= 1 + most);
	if (start == 2)
		assert_int_equal(gids[1], OURS + 1);
	free(gids);
}

static void check_login(const char *user, bool may)
{
	struct rbac_view v;
	struct rbac_verdict verdict;
	const struct rbac_request rq = {
		.user = user, .uid = 1000, .service = "sshd", .now = 1000
	};

	if (rbac_view_path_acquire(&v) != RBAC_OK)
		return;
	int rc = rbac_decide(&v, &rq, &verdict);
	assert_true(rc == RBAC_OK || (rc == RBAC_DAMAGED && !verdict.allow));
	assert_true(may || !verdict.allow);
}

static void check_all(void)
{
	struct group gr;
	char buf[512];
	int err;

	check_group(_nss_rbac_getgrnam_r("web07", &gr, buf, sizeof(buf), &err), &gr, "web07",
		    OURS + 7);
	check_group(_nss_rbac_getgrgid_r(OURS + 8, &gr, buf, sizeof(buf), &err), &gr, "web08",
		    OURS + 8);
	check_enumeration();
	check_initgroups("user05", 1);
	check_initgroups("nobody", 0);
	check_login("user05", true);
	check_login("nobody", false);
}

/* The file is changed in place, which a reader is not promised to survive: nothing has it mapped
 * between two checks. */
static void a_flipped_byte_gives_nobody_anything(void **state)
{
	static const uint8_t masks[] = { 0xff, 0x01, 0x80 };
	static uint8_t bytes[ROOM];

	(void)state;
	maker_enter_folder();
	make();
	int fd = open("view.mdb", O_RDWR | O_CLOEXEC);
	ssize_t n = read(fd, bytes, sizeof(bytes));
	assert_true(n > 0 && n < ROOM);
	check_all();
	for (ssize_t i = 0; i < n; i++) {
		/* Zeros are mostly the gaps inside pages: some of them will do. */
		if (bytes[i] == 0 && i % 11 != 0)
			continue;
		const uint8_t flipped = bytes[i] ^ masks[i % 3];
		assert_int_equal(pwrite(fd, &flipped, 1, i), 1);
		check_all();
		assert_int_equal(pwrite(fd, &bytes[i], 1, i), 1);
	}
	for (ssize_t len = n; len >= 0; len -= 211) {
		assert_int_equal(ftruncate(fd, len), 0);
		check_all();
	}
	close(fd);
	maker_leave_folder();
}

/* ---- where absence gives: a suspension, a second name, a service's rules, what is assigned to a
 * group ---- */

enum { BARRED_UID = 1007, STRANGER_UID = 4000 };

static void make_barred(uint32_t n_unix)
{
	const struct encode_grant grant = { 1, 0, RBAC_GRANT_HERE, ALWAYS, "space:main/web" };
	struct maker m;
	char name[16];

	maker_begin(&m, "view.mdb");
	encode_meta(&m.buf, &(struct encode_meta){
				    .gid_min = OURS, .gid_max = OURS + 99, .n_unix = n_unix });
	maker_put(&m, RBAC_REC_META, "");
	for (uint32_t i = 0; i < 80; i++) {
		snprintf(name, sizeof(name), "user%02u", i);
		bool barred = i == 7;
		encode_subject(&m.buf, 1000 + i, barred ? RBAC_SUBJECT_SUSPENDED : 0, NULL, 0,
			       &grant, 1);
		maker_put(&m, RBAC_REC_USER, name);
		encode_uid(&m.buf, name);
		maker_put_gid(&m, RBAC_REC_UID, 1000 + i);
		if (n_unix) {
			encode_subject(&m.buf, RBAC_NO_UID, 0, NULL, 0, &grant, 1);
			maker_put_gid(&m, RBAC_REC_UNIX, DEVS + i);
		}
		snprintf(name, sizeof(name), "service%02u", i);
		encode_rules(&m.buf,
			     &(struct encode_rule){ .number = 1,
						    .line = 4,
						    .file = "rbac.conf",
						    .flags = i == 40 ? RBAC_RULE_ANYONE : 0 },
			     1);
		maker_put(&m, RBAC_REC_LOGIN, name);
	}
	maker_end(&m);
}

static enum rbac_why why_of(const struct rbac_view *v, const char *user, uint32_t uid,
			    const char *service)
{
	static const uint32_t groups[] = { DEVS + 3 };
	struct rbac_verdict verdict;
	const struct rbac_request rq = { .user = user,
					 .uid = uid,
					 .service = service,
					 .groups = groups,
					 .n_groups = 1,
					 .now = 1000 };
	int rc = rbac_decide(v, &rq, &verdict);

	assert_true(rc == RBAC_OK || (rc == RBAC_DAMAGED && !verdict.allow));
	return rc == RBAC_OK ? verdict.why : 0; /* 0: not known, which denies */
}

/* The right answer, or none. How many had none. */
static int check_barred(const uint8_t *bytes, size_t n, bool groups)
{
	struct rbac_view v = { .slot = -1 };
	struct rbac_bytes rec;
	int lost = 0;

	if (rbac_walk_init(&v.walk, bytes, n) != RBAC_OK ||
	    rbac_view_file_get(&v.walk, RBAC_REC_META, NULL, 0, &rec) != RBAC_OK ||
	    rbac_meta_decode(rec, &v.meta) != RBAC_OK)
		return 1;
	static const struct {
		const char *user;
		uint32_t uid;
		const char *service;
		enum rbac_why why;
	} asked[] = {
		{ "user07", BARRED_UID, "service40", RBAC_WHY_SUSPENDED },
		{ "USER07", BARRED_UID, "service40", RBAC_WHY_SUSPENDED },
		{ "USER09", 1009, "service39",
		  RBAC_WHY_SECOND }, /* else unknown, which unknown=ignore leaves to others */
		{ "user07", BARRED_UID, "service39", RBAC_WHY_SUSPENDED },
		{ "user09", 1009, "service41",
		  RBAC_WHY_MISSING }, /* else no service, which unlisted=ignore leaves to others */
	};
	for (size_t i = 0; i < COUNT(asked); i++) {
		enum rbac_why why = why_of(&v, asked[i].user, asked[i].uid, asked[i].service);

		if (why != 0 && why != asked[i].why)
			fail_msg("%s at %s: %d", asked[i].user, asked[i].service, why);
		lost += why == 0;
	}
	/* In a group that holds something: known, where unknown=ignore leaves those who are not to
	 * others. */
	if (groups) {
		enum rbac_why why = why_of(&v, "stranger", STRANGER_UID, "service39");

		assert_true(why == 0 || why == RBAC_WHY_MISSING);
	}
	return lost;
}

static void flip_all(bool groups)
{
	static uint8_t bytes[ROOM];
	int fd = open("view.mdb", O_RDONLY | O_CLOEXEC), lost = 0;
	ssize_t n = read(fd, bytes, sizeof(bytes));

	close(fd);
	assert_true(n > 0 && n < ROOM);
	assert_int_equal(check_barred(bytes, (size_t)n, groups), 0);
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == 0 && i % 13 != 0)
			continue;
		/* Each bit of what may be a number or an offset in a page, one of the rest. */
		int bits = bytes[i] && i % 4096 < 700 ? 8 : 1;
		for (int bit = 0; bit < bits; bit++) {
			const uint8_t mask = (uint8_t)(1 << (bits == 8 ? bit : i % 8));

			bytes[i] ^= mask;
			lost += check_barred(bytes, (size_t)n, groups) > 0;
			bytes[i] ^= mask;
		}
	}
	assert_true(lost > 0);
}

static void a_flipped_bit_hides_no_suspension_and_no_recorded_name(void **state)
{
	(void)state;
	maker_enter_folder();
	for (uint32_t n_unix = 0; n_unix <= 1; n_unix++) {
		make_barred(n_unix ? 80 : 0);
		flip_all(n_unix);
	}
	maker_leave_folder();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flipped_byte_gives_nobody_anything),
		cmocka_unit_test(a_flipped_bit_hides_no_suspension_and_no_recorded_name)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
