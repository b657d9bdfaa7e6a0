/* What each result of ours is for the C library: a status, an errno where one is due, and nothing
 * else touched. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/where.h"

int rbac_where_acquire(struct rbac_view *v)
{
	(void)v;
	return RBAC_ABSENT;
}

int rbac_where_keep(struct rbac_view_kept *k)
{
	(void)k;
	return RBAC_ABSENT;
}

enum { SAVED = 33, BEFORE = 99 };

/* code 0: *errnop stays as it was. */
static const struct {
	int rc;
	enum nss_status status;
	int code;
} table[] = {
	{ RBAC_OK, NSS_STATUS_SUCCESS, 0 },
	{ RBAC_NOTFOUND, NSS_STATUS_NOTFOUND, 0 },
	{ RBAC_RANGE, NSS_STATUS_TRYAGAIN, ERANGE },
	{ RBAC_NOMEM, NSS_STATUS_TRYAGAIN, ENOMEM },
	{ RBAC_CONFLICT, NSS_STATUS_TRYAGAIN, EAGAIN },
	{ RBAC_ABSENT, NSS_STATUS_UNAVAIL, ENOENT },
	{ RBAC_UNTRUSTED, NSS_STATUS_UNAVAIL, EACCES },
	{ RBAC_NEWER, NSS_STATUS_UNAVAIL, ENOTSUP },
	{ RBAC_INVALID, NSS_STATUS_UNAVAIL, EOVERFLOW },
	{ RBAC_SYSTEM, NSS_STATUS_UNAVAIL, EAGAIN },
	{ RBAC_DAMAGED, NSS_STATUS_UNAVAIL, EIO },
	{ RBAC_REFUSED, NSS_STATUS_UNAVAIL, EIO },
	{ RBAC_ERROR_COUNT, NSS_STATUS_UNAVAIL, EIO },
	{ -1, NSS_STATUS_UNAVAIL, EIO },
};

static void every_result(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		int code = BEFORE;
		errno = 1;
		assert_int_equal(rbac_nss_status(table[i].rc, SAVED, &code), table[i].status);
		assert_int_equal(code, table[i].code ? table[i].code : BEFORE);
		assert_int_equal(errno, SAVED);
		errno = 1;
		assert_int_equal(rbac_nss_status(table[i].rc, SAVED, NULL), table[i].status);
		assert_int_equal(errno, SAVED);
	}
}

/* glibc hands &errno itself over. */
static void errnop_is_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		errno = 1;
		rbac_nss_status(table[i].rc, SAVED, &errno);
		assert_int_equal(errno, table[i].code ? table[i].code : SAVED);
	}
}

/* The members of a group are shown where both the view and the group have them. */
static void members(void **state)
{
	(void)state;
	for (int view = 0; view < 2; view++)
		for (int group = 0; group < 2; group++) {
			struct rbac_view v = { .meta.flags = RBAC_META_ENUMERATE |
							     (view ? RBAC_META_MEMBERS : 0) };
			struct rbac_group g = { .flags = RBAC_GROUP_EXTRA |
							 (group ? 0 : RBAC_GROUP_NOMEMBERS) };
			assert_int_equal(rbac_nss_members(&v, &g), view && group);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_result),
					    cmocka_unit_test(errnop_is_errno),
					    cmocka_unit_test(members) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
