/* Members whose windows are open now: the same by name, by number and in the enumeration, in a
 * buffer of just the size. */
#include <errno.h>

#include "tests/unit/nss/world.h"

enum { CLUB = OURS + 20, SIZE = 512, FENCE = 0x5a };

static void make_club(const struct encode_member *members, size_t n, uint32_t flags)
{
	struct maker m;

	maker_begin(&m, "view.mdb");
	encode_meta(&m.buf, &(struct encode_meta){ .flags = flags,
						   .generation = 2,
						   .gid_min = OURS,
						   .gid_max = OURS + 999 });
	maker_put(&m, RBAC_REC_META, "");
	put_group(&m, CLUB, 0, "club", members, n);
	maker_end(&m);
	nanosleep(&(struct timespec){ .tv_nsec = 12000000 }, NULL);
}

typedef enum nss_status ask(struct group *out, char *buf, size_t len, int *err);

static enum nss_status by_name(struct group *out, char *buf, size_t len, int *err)
{
	return _nss_rbac_getgrnam_r("club", out, buf, len, err);
}

static enum nss_status by_gid(struct group *out, char *buf, size_t len, int *err)
{
	return _nss_rbac_getgrgid_r(CLUB, out, buf, len, err);
}

static enum nss_status enumerated(struct group *out, char *buf, size_t len, int *err)
{
	_nss_rbac_setgrent(0);
	return _nss_rbac_getgrent_r(out, buf, len, err);
}

static ask *const ways[] = { by_name, by_gid, enumerated };

/* The members that each way names, in the smallest buffer that will do: nothing behind its end is
 * written. */
static void expect(const char *wanted)
{
	for (size_t w = 0; w < COUNT(ways); w++)
		for (size_t shift = 0; shift < sizeof(char *); shift++) {
			static union {
				char *align;
				char bytes[SIZE + 16];
			} room;
			char *buf = room.bytes + shift, got[200] = "";
			struct group gr;
			enum nss_status rc = NSS_STATUS_TRYAGAIN;
			size_t len;
			for (len = 0; len <= SIZE && rc == NSS_STATUS_TRYAGAIN; len++) {
				int err = UNTOUCHED;

				memset(room.bytes, FENCE, sizeof(room.bytes));
				rc = ways[w](&gr, buf, len, &err);
				assert_int_equal(err,
						 rc == NSS_STATUS_TRYAGAIN ? ERANGE : UNTOUCHED);
				for (char *p = buf + len; p < room.bytes + sizeof(room.bytes); p++)
					assert_int_equal(*p, FENCE);
			}
			assert_int_equal(rc, NSS_STATUS_SUCCESS);
			assert_string_equal(gr.gr_name, "club");
			assert_int_equal(gr.gr_gid, CLUB);
			for (char **m = gr.gr_mem; *m; m++)
				strcat(strcat(got, *m), " ");
			assert_string_equal(got, wanted);
		}
}

static void members_whose_window_is_open_are_listed_once(void **state)
{
	int64_t now = time(NULL);
	const struct encode_member members[] = {
		{ "al", ALWAYS },
		{ "bo", WINDOW(now - 100, now + 9999) },
		{ "cyd", WINDOW(now - 100, now - 1) },
		{ "cyd", WINDOW(now - 50, now + 9999) },
		{ "dan", WINDOW(now + 9999, now + 99999) },
		{ "eve", WINDOW(RBAC_TIME_MIN, now + 9999) },
		{ "fay", WINDOW(1, 2) },
		{ "gus", WINDOW(now - 100, RBAC_TIME_MAX) },
		{ "zoe", ALWAYS },
	};

	(void)state;
	make_club(members, COUNT(members), RBAC_META_MEMBERS | RBAC_META_ENUMERATE);
	expect("al zoe bo cyd eve gus ");
	make_club(members, COUNT(members), RBAC_META_ENUMERATE);
	expect("");
	make_club(members + 1, COUNT(members) - 2, RBAC_META_MEMBERS | RBAC_META_ENUMERATE);
	expect("bo cyd eve gus ");
	make_club(members + 4, 1, RBAC_META_MEMBERS | RBAC_META_ENUMERATE);
	expect("");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		members_whose_window_is_open_are_listed_once) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
