/* Which view nss_rbac reads, and whom it trusts: linked with nss_rbac/view_path.c alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "nss_rbac/view_path.h"

static struct {
	const char *path;
	int trust, result;
	const void *into;
} asked;

int rbac_view_acquire(const char *path, int trust, struct rbac_view *v)
{
	asked.path = path;
	asked.trust = trust;
	asked.into = v;
	return asked.result;
}

int rbac_view_keep(const char *path, int trust, struct rbac_view_kept *k)
{
	asked.path = path;
	asked.trust = trust;
	asked.into = k;
	return asked.result;
}

/* RBAC_NEWER and RBAC_UNTRUSTED are examples of a result: every result is passed on. */
static void a_lookup_reads_the_published_view_and_accepts_the_overflow_uid(void **state)
{
	struct rbac_view v;

	(void)state;
	asked.result = RBAC_NEWER;
	assert_int_equal(rbac_view_path_acquire(&v), RBAC_NEWER);
	assert_ptr_equal(asked.into, &v);
	assert_string_equal(asked.path, RBAC_VIEW_PATH);
	assert_int_equal(asked.trust, RBAC_TRUST_OVERFLOW);
}

static void an_enumeration_reads_the_published_view_and_accepts_the_overflow_uid(void **state)
{
	struct rbac_view_kept k;

	(void)state;
	asked.result = RBAC_UNTRUSTED;
	assert_int_equal(rbac_view_path_keep(&k), RBAC_UNTRUSTED);
	assert_ptr_equal(asked.into, &k);
	assert_string_equal(asked.path, RBAC_VIEW_PATH);
	assert_int_equal(asked.trust, RBAC_TRUST_OVERFLOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lookup_reads_the_published_view_and_accepts_the_overflow_uid),
		cmocka_unit_test(
			an_enumeration_reads_the_published_view_and_accepts_the_overflow_uid)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
