/* How each result is translated for the C library: a status, an errno where nss_rbac(8) has one,
 * and nothing else is written. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/error.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/view_path.h"

int rbac_view_path_acquire(struct rbac_view *v)
{
	(void)v;
	return RBAC_ABSENT;
}

int rbac_view_path_keep(struct rbac_view_kept *k)
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
	{ RBAC_NSS_BUSY, NSS_STATUS_TRYAGAIN, EAGAIN },
	{ RBAC_ABSENT, NSS_STATUS_UNAVAIL, ENOENT },
	{ RBAC_UNTRUSTED, NSS_STATUS_UNAVAIL, EACCES },
	{ RBAC_NEWER, NSS_STATUS_UNAVAIL, ENOTSUP },
	{ RBAC_INVALID, NSS_STATUS_UNAVAIL, EOVERFLOW },
	{ RBAC_SYSTEM, NSS_STATUS_UNAVAIL, EAGAIN },
	{ RBAC_DAMAGED, NSS_STATUS_UNAVAIL, EBADMSG },
	{ RBAC_REFUSED, NSS_STATUS_UNAVAIL, EBADMSG },
	{ RBAC_CONFLICT, NSS_STATUS_UNAVAIL, EBADMSG },
	{ -1, NSS_STATUS_UNAVAIL, EBADMSG },
};

static void every_result_has_its_status_and_errno(void **state)
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

/* glibc passes &errno. */
static void errnop_may_point_at_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		errno = 1;
		rbac_nss_status(table[i].rc, SAVED, &errno);
		assert_int_equal(errno, table[i].code ? table[i].code : SAVED);
	}
}

static void members_are_shown_unless_the_view_or_the_group_says_no(void **state)
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_result_has_its_status_and_errno),
		cmocka_unit_test(errnop_may_point_at_errno),
		cmocka_unit_test(members_are_shown_unless_the_view_or_the_group_says_no)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
