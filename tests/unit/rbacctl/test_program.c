/* host/program.h: what another program says, as a whole or not at all. */
#include "tests/unit/rbacctl/helper.h"

#include <errno.h>

#include "rbacctl/host/program.h"

static int say(int bytes, struct buf *out, int *status)
{
	char many[20];

	snprintf(many, sizeof many, "%d", bytes);
	return program_run((const char *const[]){ "/bin/sh", "-c",
						  "head -c $1 /dev/zero | tr '\\0' x; exit 3", "sh",
						  many, NULL },
			   60, out, status);
}

static void test_the_output_is_whole_or_an_error(void **state)
{
	struct buf out = { 0 };
	int status = 0;
	(void)state;

	assert_int_equal(say(PROGRAM_OUTPUT_MAX, &out, &status), RBAC_OK);
	assert_int_equal(out.len, PROGRAM_OUTPUT_MAX);
	assert_int_equal(status, 3);
	buf_free(&out);
	errno = 0;
	assert_int_equal(say(PROGRAM_OUTPUT_MAX + 1, &out, &status), RBAC_SYSTEM);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(status, 3); /* it was not killed */
	buf_free(&out);
}

static void test_a_program_that_is_not_there(void **state)
{
	struct buf out = { 0 };
	int status = 0;
	(void)state;

	if (getenv("RBAC_VALGRIND")) /* makes vfork(2) a fork(2): why exec failed is not told */
		skip();
	assert_int_equal(program_run((const char *const[]){ "/nonexistent/program", NULL }, 5, &out,
				     &status),
			 RBAC_SYSTEM);
	assert_int_equal(errno, ENOENT);
	buf_free(&out);
}

static void test_a_program_that_does_not_end_is_killed(void **state)
{
	struct buf out = { 0 };
	int status = 0;
	(void)state;

	assert_int_equal(
		program_run((const char *const[]){ "/bin/sleep", "1000", NULL }, 1, &out, &status),
		RBAC_OK);
	assert_int_equal(status, -1);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_output_is_whole_or_an_error),
		cmocka_unit_test(test_a_program_that_is_not_there),
		cmocka_unit_test(test_a_program_that_does_not_end_is_killed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
