/*
 * Bad configurations as data: every folder below tests/policy/bad holds an /etc/rbac and, in the file `expect`, exactly
 * what is said of it. A case that only warns loads. RBAC_WRITE_EXPECT=1 writes the files anew, to be read before they are kept.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "tests/unit/policy/helper.h"

#define CASES "tests/policy/bad"

static char *read_text(const char *path)
{
	static char text[1 << 16];
	FILE *f = fopen(path, "r");
	size_t len = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[len] = '\0';
	return text;
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static bool run_case(const char *name)
{
	struct policy_sources s;
	struct problems problems = { 0 };
	struct policy *p = NULL;
	char dir[512], path[600];

	snprintf(dir, sizeof(dir), CASES "/%s", name);
	snprintf(path, sizeof(path), "%s/expect", dir);
	int err = policy_sources_read(dir, &s, &problems);
	if (err == RBAC_OK)
		err = policy_load(&s, &p, &problems);
	char *said = problems_text(&problems);
	if (getenv("RBAC_WRITE_EXPECT"))
		write_text(path, said);
	const char *expected = read_text(path);
	bool ok = strcmp(said, expected) == 0 && *said && err == (problems.errors ? RBAC_INVALID : RBAC_OK) && !p == !!problems.errors;
	if (!ok)
		print_error("%s: expected\n%ssaid (%s)\n%s", name, expected, rbac_error_text(err), said);
	free(said);
	policy_free(p);
	problems_free(&problems);
	policy_sources_free(&s);
	return ok;
}

static int is_case(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void test_cases(void **state)
{
	struct dirent **names;
	int n = scandir(CASES, &names, is_case, alphasort), failed = 0;

	(void)state;
	assert_true(n >= 60);
	for (int i = 0; i < n; i++) {
		failed += !run_case(names[i]->d_name);
		free(names[i]);
	}
	free(names);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests_name("policy: bad configurations", tests, NULL, NULL);
}
