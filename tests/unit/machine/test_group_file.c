/* group_file.c: the entries of a file in the form of group(5), however long a line is. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/error.h"
#include "rbacctl/host/nss/group_file.h"

static char path[] = "/tmp/test_group_file.XXXXXX";
static unsigned parsed; /* calls of fgetgrent_r(3) */
static int fails_with;  /* the next call's errno; 0: it is made */

int __real_fgetgrent_r(FILE *f, struct group *gr, char *buf, size_t size, struct group **found);
int __wrap_fgetgrent_r(FILE *f, struct group *gr, char *buf, size_t size, struct group **found);

int __wrap_fgetgrent_r(FILE *f, struct group *gr, char *buf, size_t size, struct group **found)
{
	parsed++;
	*found = NULL;
	return fails_with ? fails_with : __real_fgetgrent_r(f, gr, buf, size, found);
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd);
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	memset(path + sizeof(path) - 7, 'X', 6);
	fails_with = 0;
	return 0;
}

/* A line with N members, among two others; a last line without an end. */
static void write_crowd(unsigned n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs("first:x:1:\ncrowd:x:2:", f);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%sm%06u", i ? "," : "", i);
	fputs("\nno line of group\nlast:x:3:ann", f);
	assert_int_equal(fclose(f), 0);
}

static const struct group *next(struct group_file *g)
{
	const struct group *gr = NULL;

	assert_int_equal(group_file_next(g, &gr), RBAC_OK);
	return gr;
}

static void assert_end(struct group_file *g, int err)
{
	const struct group *gr;

	assert_int_equal(group_file_next(g, &gr), err);
}

static void read_crowd(unsigned n)
{
	struct group_file g;
	const struct group *gr;
	unsigned members = 0;

	write_crowd(n);
	group_file_open(&g, path);
	assert_string_equal(next(&g)->gr_name, "first");
	parsed = 0;
	gr = next(&g);
	assert_string_equal(gr->gr_name, "crowd");
	while (gr->gr_mem[members])
		members++;
	assert_int_equal(members, n);
	gr = next(&g);
	assert_string_equal(gr->gr_name, "last");
	assert_int_equal(gr->gr_gid, 3);
	assert_string_equal(gr->gr_mem[0], "ann");
	assert_end(&g, RBAC_NOTFOUND);
	assert_end(&g, RBAC_NOTFOUND);
	group_file_close(&g);
}

static void a_line_of_any_length_is_read(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 600; n += 13) /* the lengths about the first buffer too */
		read_crowd(n);
}

/* 4 kB, doubled until a line of 800 kB and its pointers fit. */
static void a_long_line_is_parsed_a_few_times(void **state)
{
	(void)state;
	read_crowd(100000);
	assert_in_range(parsed, 3, 14);
}

static void no_file_and_an_empty_one_have_no_entries(void **state)
{
	struct group_file g;

	(void)state;
	group_file_open(&g, path);
	assert_end(&g, RBAC_NOTFOUND);
	group_file_close(&g);
	group_file_open(&g, "/nonexistent/group");
	assert_end(&g, RBAC_NOTFOUND);
	group_file_close(&g);
}

static void a_file_that_cannot_be_read_to_its_end_is_an_error(void **state)
{
	static const struct {
		int number, err;
	} cases[] = { { EIO, RBAC_SYSTEM }, { ENOMEM, RBAC_NOMEM }, { EMFILE, RBAC_SYSTEM } };
	struct group_file g;

	(void)state;
	write_crowd(1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		group_file_open(&g, path);
		next(&g);
		fails_with = cases[i].number;
		assert_end(&g, cases[i].err);
		fails_with = 0;
		group_file_close(&g);
	}
}

int main(void)
{
#define WITH_A_FILE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH_A_FILE(a_line_of_any_length_is_read),
		WITH_A_FILE(a_long_line_is_parsed_a_few_times),
		WITH_A_FILE(no_file_and_an_empty_one_have_no_entries),
		WITH_A_FILE(a_file_that_cannot_be_read_to_its_end_is_an_error),
	};

	return cmocka_run_group_tests_name("rbacctl: group_file", tests, NULL, NULL);
}
