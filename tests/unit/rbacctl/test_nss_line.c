/* host/nss/nss_line.h: lines of nsswitch.conf as glibc 2.36 takes them; each was tried with
 * getent(1).
 */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/host/nss/nss_line.h"

static void put(const struct lab *l, const char *text, char *path, size_t size)
{
	snprintf(path, size, "%s/nsswitch.conf", l->state);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void test_sources_of_a_line(void **state)
{
	/* SOURCES as they are asked, one blank between them; "": none. */
	static const struct {
		const char *text;
		unsigned line;
		bool wrong;
		const char *sources;
	} cases[] = {
		{ "group: files rbac\n", 1, false, "files rbac" },
		{ "group:files rbac", 1, false, "files rbac" },
		{ "\n\n \tgroup:\tfiles\trbac\r\n", 3, false, "files rbac" },
		{ "group: files\ngroup: files rbac\n", 2, false, "files rbac" },
		{ "group: files rbac\ngroup: files\n", 2, false, "files" },
		{ "group: files rbac\ngroup:\n", 2, false, "" },
		{ "#group: files rbac\n", 0, false, "" },
		{ "GROUP: files rbac\n", 0, false, "" },
		{ "groups: files rbac\n", 0, false, "" },
		{ "group : files rbac\n", 1, false, ": files rbac" },
		{ "group files rbac\n", 1, false, "files rbac" },
		{ "group: files # rbac\n", 1, false, "files # rbac" },
		{ "group: files #rbac\n", 1, false, "files #rbac" },
		{ "group: files, rbac\n", 1, false, "files, rbac" },
		{ "group: files[SUCCESS=merge]rbac\n", 1, false, "files rbac" },
		{ "group: files [ notfound = Continue !success=continue ] rbac\n", 1, false,
		  "files rbac" },
		{ "group: files [bogus\n", 1, true, "" },
		{ "group: files [NOTFOUND=1] rbac\n", 1, true, "" },
		{ "group: files [MISSING=return] rbac\n", 1, true, "" },
		{ "group: files [] rbac\n", 1, true, "" },
		{ "group: files [! NOTFOUND=return] rbac\n", 1, true, "" },
		{ "group: files [UNAVAIL=merge] rbac\n", 1, true, "" },
		{ "group: files [NOTFOUND=continue][UNAVAIL=continue] rbac\n", 1, true, "" },
		{ "group: [NOTFOUND=continue] files rbac\n", 1, true, "" },
		{ "group: files rbac [NOTFOUND=]\n", 1, true, "" },
	};
	char path[400];

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct nss_line l;
		struct buf got = { 0 };
		put(*state, cases[i].text, path, sizeof path);
		assert_true(nss_line_read(path, "group", &l));
		for (size_t j = 0; j < l.n; j++)
			buf_printf(&got, "%s%s", j ? " " : "", l.v[j].name);
		if (l.line != cases[i].line || l.wrong != cases[i].wrong ||
		    strcmp(buf_text(&got), cases[i].sources) != 0)
			fail_msg("line %u, wrong %d, sources %s: %s", l.line, l.wrong,
				 buf_text(&got), cases[i].text);
		buf_free(&got);
		nss_line_free(&l);
	}
	struct nss_line l;
	struct buf many = { 0 };
	buf_printf(&many, "group: files");
	for (int i = 0; i < 60; i++)
		buf_printf(&many, " s%d", i);
	buf_printf(&many, " [NOTFOUND=return] rbac\n");
	put(*state, buf_text(&many), path, sizeof path);
	assert_true(nss_line_read(path, "group", &l));
	assert_int_equal(nss_line_find(&l, "rbac"), 61);
	assert_int_equal(nss_line_stops(&l, 61, NSS_NOTFOUND), 60);
	nss_line_free(&l);
	buf_free(&many);
	put(*state, "group: files\ngroup: rbac", path, sizeof path);
	assert_true(nss_line_read(path, "group", &l) && l.cut);
	nss_line_free(&l);
	assert_false(nss_line_read("/nowhere/nsswitch.conf", "group", &l));
}

static void test_what_hides_a_later_source(void **state)
{
	static const struct {
		const char *text;
		enum nss_status status;
		size_t at;
	} cases[] = {
		{ "group: files systemd rbac\n", NSS_NOTFOUND, 2 },
		{ "group: files systemd rbac\n", NSS_SUCCESS, 0 },
		{ "group: files [NOTFOUND=return] systemd rbac\n", NSS_NOTFOUND, 0 },
		{ "group: files sss [!SUCCESS=return] rbac\n", NSS_NOTFOUND, 1 },
		{ "group: files [!SUCCESS=return NOTFOUND=continue] rbac\n", NSS_NOTFOUND, 1 },
		{ "group: files [SUCCESS=continue] rbac\n", NSS_SUCCESS, 1 },
		{ "group: files [SUCCESS=merge] sss rbac\n", NSS_SUCCESS, 1 },
		{ "group: files sss [UNAVAIL=return] rbac\n", NSS_UNAVAIL, 1 },
		{ "group: rbac files [NOTFOUND=return]\n", NSS_NOTFOUND, 0 },
	};
	char path[400];

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct nss_line l;
		put(*state, cases[i].text, path, sizeof path);
		assert_true(nss_line_read(path, "group", &l));
		size_t at = nss_line_stops(&l, nss_line_find(&l, "rbac"), cases[i].status);
		if (at != cases[i].at)
			fail_msg("%zu: %s", at, cases[i].text);
		nss_line_free(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sources_of_a_line, host_setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_what_hides_a_later_source, host_setup,
						host_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
