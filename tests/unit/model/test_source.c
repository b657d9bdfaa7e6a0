/* The files of /etc/rbac: which are read, in which order, and which are refused. */
#define _GNU_SOURCE /* nftw */
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/model/helper.h"

#include "rbacctl/config/lex.h"
#include "rbacctl/config/source.h"

static char dir[64];

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/rbac-source-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *path(const char *name)
{
	static char p[256];

	snprintf(p, sizeof(p), "%s/%s", dir, name);
	return p;
}

static void put(const char *name, const char *text, size_t len)
{
	FILE *f = fopen(path(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

/* Read DIR: the error, what is said of it, and the names read. */
static void check(int err, const char *said, const char *names)
{
	struct policy_sources s;
	struct problems p = { 0 };
	char got[1024] = "";

	assert_int_equal(policy_sources_read(dir, &s, &p), err);
	char *text = problems_text(&p);
	assert_string_equal(text, said);
	for (size_t i = 0; i < s.n; i++)
		strcat(strcat(got, s.v[i].name), " ");
	assert_string_equal(got, names);
	free(text);
	problems_free(&p);
	policy_sources_free(&s);
}

static void test_order_and_choice(void **state)
{
	(void)state;
	assert_int_equal(mkdir(path("policy.d"), 0755), 0);
	assert_int_equal(mkdir(path("assignments.d"), 0755), 0);
	put("assignments.d/a.conf", "a", 1);
	put("policy.d/b.conf", "b", 1);
	put("policy.d/B.conf", "b", 1);
	put("policy.d/a.conf", "b", 1);
	put("policy.d/.hidden.conf", "h", 1);
	put("policy.d/a.conf~", "h", 1);
	put("policy.d/readme", "h", 1);
	put("policy.d/.conf", "h", 1);
	put("other.conf", "h", 1);
	put("rbac.conf", "", 0);
	check(RBAC_OK, "",
	      "rbac.conf policy.d/B.conf policy.d/a.conf policy.d/b.conf assignments.d/a.conf ");
}

static void test_folders_may_be_absent(void **state)
{
	(void)state;
	put("rbac.conf", "x", 1);
	check(RBAC_OK, "", "rbac.conf ");
}

static void test_rbac_conf_may_not(void **state)
{
	(void)state;
	check(RBAC_INVALID, "rbac.conf: error: missing; rbac.conf(5) has an example\n", "");
}

static void test_not_regular(void **state)
{
	(void)state;
	put("rbac.conf", "x", 1);
	assert_int_equal(mkdir(path("policy.d"), 0755), 0);
	assert_int_equal(mkdir(path("policy.d/dir.conf"), 0755), 0);
	assert_int_equal(mkfifo(path("policy.d/fifo.conf"), 0644), 0);
	assert_int_equal(symlink("nowhere", path("policy.d/link.conf")), 0);
	put("policy.d/good.conf", "y", 1);
	struct policy_sources s;
	struct problems p = { 0 };
	assert_int_equal(policy_sources_read(dir, &s, &p), RBAC_INVALID);
	assert_int_equal(p.errors, 3);
	assert_int_equal(s.n, 2);
	problems_free(&p);
	policy_sources_free(&s);
}

static void test_a_link_says_where_it_leads(void **state)
{
	(void)state;
	assert_int_equal(symlink("nowhere", path("rbac.conf")), 0);
	check(RBAC_INVALID, "rbac.conf: error: a link to nowhere, which does not exist\n", "");
}

static void test_nul_byte(void **state)
{
	(void)state;
	put("rbac.conf", "one\ntwo\n\0three", 14);
	check(RBAC_INVALID, "rbac.conf:3: error: holds a NUL byte: this is no text file\n", "");
}

static void test_size(void **state)
{
	(void)state;
	put("rbac.conf", "x", 1);
	assert_int_equal(truncate(path("rbac.conf"), POLICY_FILE_MAX + 1), 0);
	check(RBAC_INVALID, "rbac.conf: error: larger than 16 MiB\n", "");

	/* Just as large as may be: read, line by line of nothing. */
	char *text = malloc(POLICY_FILE_MAX);
	assert_non_null(text);
	memset(text, '\n', POLICY_FILE_MAX);
	put("rbac.conf", text, POLICY_FILE_MAX);
	free(text);
	check(RBAC_OK, "", "rbac.conf ");
}

static void test_number_of_files(void **state)
{
	char name[64];

	(void)state;
	put("rbac.conf", "x", 1);
	assert_int_equal(mkdir(path("policy.d"), 0755), 0);
	for (int i = 0; i < POLICY_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "policy.d/%d.conf", i);
		put(name, "x", 1);
	}
	struct policy_sources s;
	struct problems p = { 0 };
	assert_int_equal(policy_sources_read(dir, &s, &p), RBAC_INVALID);
	assert_int_equal(s.n, POLICY_FILES_MAX);
	problems_free(&p);
	policy_sources_free(&s);
	assert_int_equal(remove(path("policy.d/7.conf")), 0);
	memset(&p, 0, sizeof(p));
	assert_int_equal(policy_sources_read(dir, &s, &p), RBAC_OK);
	policy_sources_free(&s);
}

static void test_folder_absent(void **state)
{
	struct policy_sources s;
	struct problems p = { 0 };

	(void)state;
	assert_int_equal(policy_sources_read("/nowhere/at/all", &s, &p), RBAC_INVALID);
	char *text = problems_text(&p);
	assert_string_equal(
		text, "/nowhere/at/all: error: cannot be opened: No such file or directory\n");
	free(text);
	problems_free(&p);
	policy_sources_free(&s);
}

static void test_add_find_equal(void **state)
{
	struct policy_sources a = { 0 }, b = { 0 };

	(void)state;
	assert_true(policy_sources_equal(&a, &b));
	add_text(&a, "assignments.d/x.conf", "1");
	add_text(&a, "policy.d/z.conf", "2");
	add_text(&a, "policy.d/y.conf", "3");
	add_text(&a, "rbac.conf", "4");
	assert_string_equal(a.v[0].name, "rbac.conf");
	assert_string_equal(a.v[1].name, "policy.d/y.conf");
	assert_string_equal(a.v[2].name, "policy.d/z.conf");
	assert_string_equal(a.v[3].name, "assignments.d/x.conf");
	assert_int_equal(policy_sources_add(&a, "policy.d/y.conf", "5", 1), RBAC_CONFLICT);
	assert_string_equal(policy_sources_find(&a, "policy.d/y.conf")->text, "3");
	assert_null(policy_sources_find(&a, "y.conf"));
	for (size_t i = a.n; i-- > 0;)
		add_text(&b, a.v[i].name, a.v[i].text);
	assert_true(policy_sources_equal(&a, &b));
	b.v[1].text[0] = 'x';
	assert_false(policy_sources_equal(&a, &b));
	policy_sources_free(&b);
	assert_int_equal(b.n, 0);
	assert_false(policy_sources_equal(&a, &b));
	policy_sources_free(&a);
}

static void check_blank(const char *before, const char *after)
{
	char *text = strdup(before);

	assert_non_null(text);
	policy_text_blank_comments(text, strlen(text));
	assert_string_equal(text, after);
	free(text);
}

static void test_blank_comments(void **state)
{
	(void)state;
	check_blank("", "");
	check_blank("a = 1; # one\nb = 2;", "a = 1;      \nb = 2;");
	check_blank("a = 1; // one\r\nb", "a = 1;       \r\nb");
	check_blank("/* a\n * b */ c", "    \n        c");
	check_blank("a = \"# // /* \\\" # */\"; # x", "a = \"# // /* \\\" # */\";    ");
	check_blank("a = \"over\n# lines\"; # x", "a = \"over\n# lines\";    ");
	check_blank("a / b /", "a / b /");
	check_blank("/*/ x */ y", "         y");
	check_blank("# /* \na = 1; */", "     \na = 1; */");
	check_blank("/* open\n# x", "       \n   ");
	check_blank("\"open # x", "\"open # x");
	check_blank(
		"a\\\"b # c",
		"a\\\"b # c"); /* a quote is a quote outside of strings, whatever stands before */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order_and_choice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_folders_may_be_absent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rbac_conf_may_not, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_regular, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_link_says_where_it_leads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nul_byte, setup, teardown),
		cmocka_unit_test_setup_teardown(test_size, setup, teardown),
		cmocka_unit_test_setup_teardown(test_number_of_files, setup, teardown),
		cmocka_unit_test(test_folder_absent),
		cmocka_unit_test(test_add_find_equal),
		cmocka_unit_test(test_blank_comments),
	};

	return cmocka_run_group_tests_name("policy: sources", tests, NULL, NULL);
}
