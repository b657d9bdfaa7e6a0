/* Which view pam_rbac reads, and whom it trusts: linked with pam_rbac/view_path.c alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/error.h"
#include "pam_rbac/view_path.h"

static struct {
	const char *path;
	int trust;
	const void *into;
} asked;

int rbac_view_acquire(const char *path, int trust, struct rbac_view *v)
{
	asked.path = path;
	asked.trust = trust;
	asked.into = v;
	return RBAC_NEWER;
}

static void pam_rbac_reads_the_published_view_and_trusts_root_only(void **state)
{
	struct rbac_view v;

	(void)state;
	assert_int_equal(rbac_view_path_acquire(&v), RBAC_NEWER);
	assert_ptr_equal(asked.into, &v);
	assert_string_equal(asked.path, RBAC_VIEW_PATH);
	assert_int_equal(asked.trust, RBAC_TRUST_ROOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pam_rbac_reads_the_published_view_and_trusts_root_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
