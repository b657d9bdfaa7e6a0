/* The bytes of a view flipped in turn: an answer is the right one or none; nobody gains a group or a login, nothing crashes or asks for more room. */
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
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/where.h"
#include "tests/unit/make_view.h"

enum { OURS = 2010000000, DEVS = 500, ROOM = 1 << 16 };

int rbac_where_acquire(struct rbac_view *v)
{
	return rbac_view_open("view.mdb", RBAC_TRUST_SELF, v);
}

int rbac_where_keep(struct rbac_view_kept *k)
{
	return rbac_view_keep("view.mdb", RBAC_TRUST_SELF, k);
}

static void make(void)
{
	static const uint8_t roles[] = { 1 };
	const struct encode_member web[] = { { "alice", ALWAYS }, { "bob", WINDOW(1, RBAC_TIME_MAX) } };
	const struct encode_gid gid = { OURS + 1, WINDOW(1, RBAC_TIME_MAX) };
	const struct encode_grant grant = { 1, 0, RBAC_GRANT_HERE, ALWAYS, "space:main/web" };
	const struct encode_rule rule = { .number = 1, .line = 4, .file = "rbac.conf", .roles = roles, .n_role_bytes = 1 };
	struct maker m;
	char name[16];
	maker_begin(&m, "view.mdb");
	encode_meta(&m.buf, &(struct encode_meta){ .flags = RBAC_META_MEMBERS | RBAC_META_ENUMERATE, .gid_min = OURS, .gid_max = OURS + 99, .n_unix = 1 });
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
	while (rc == NSS_STATUS_SUCCESS && (rc = _nss_rbac_getgrent_r(&gr, buf, sizeof(buf), &err)) == NSS_STATUS_SUCCESS) {
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
	const struct rbac_request rq = { .user = user, .uid = 1000, .service = "sshd", .now = 1000 };
	if (rbac_where_acquire(&v) != RBAC_OK)
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
	check_group(_nss_rbac_getgrnam_r("web07", &gr, buf, sizeof(buf), &err), &gr, "web07", OURS + 7);
	check_group(_nss_rbac_getgrgid_r(OURS + 8, &gr, buf, sizeof(buf), &err), &gr, "web08", OURS + 8);
	check_enumeration();
	check_initgroups("user05", 1);
	check_initgroups("nobody", 0);
	check_login("user05", true);
	check_login("nobody", false);
}

/* The file is changed in place, which a reader is not promised to survive: nothing has it mapped between two checks. */
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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_flipped_byte_gives_nobody_anything) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
