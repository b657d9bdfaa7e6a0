/*
 * host/pam/stack.h beside the real libpam: random files of a service are read and run by both, and
 * both must come to the same result. RBAC_RANDOM_COUNT and RBAC_RANDOM_SEED say how many and which.
 */
#include "tests/unit/rbacctl/helper.h"

#include <dirent.h>
#include <stdarg.h>
#include <syslog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "rbacctl/host/pam/stack.h"
#include "rbacctl/host/pam/text.h"

/* libpam's log is not the test's business. */
void vsyslog(int priority, const char *fmt, va_list ap);
void vsyslog(int priority, const char *fmt, va_list ap)
{
	(void)priority;
	(void)fmt;
	(void)ap;
}
void __vsyslog_chk(int priority, int flag, const char *fmt, va_list ap);
void __vsyslog_chk(int priority, int flag, const char *fmt, va_list ap)
{
	(void)priority;
	(void)flag;
	(void)fmt;
	(void)ap;
}
void syslog(int priority, const char *fmt, ...)
{
	(void)priority;
	(void)fmt;
}

static char folder[300];
static uint64_t seed = 1;

static unsigned dice(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

#define ANY(array) (array)[dice(sizeof(array) / sizeof *(array))]

/* ---- what both are given ---- */

static void put_random_pairs(FILE *f)
{
	static const char *const results[] = { "success", "perm_denied",      "auth_err", "ignore",
					       "default", "new_authtok_reqd", "default",  "bogus",
					       "success", "module_unknown" };
	static const char *const actions[] = { "ok", "done", "bad",   "die",  "ignore", "reset",
					       "1",  "2",    "3",     "OK",   "ok",     "bad",
					       "1",  "0",    "12345", "nope", "done",   "reset" };
	static const char *const equals[] = { "=", "=", "=", "=", "=", " = ", "= ", " " };

	fputc('[', f);
	for (unsigned n = 1 + dice(4); n > 0; n--)
		fprintf(f, "%s%s%s%s", ANY(results), dice(8) ? "=" : ANY(equals), ANY(actions),
			n > 1 ? " " : "");
	fputs(dice(20) ? "]" : "", f);
}

/* WITHIN: the file that the line is for. It includes only those behind it; what includes itself is
 * tested alone. */
static void put_random_line(FILE *f, const char *within)
{
	static const char *const types[] = { "account",  "account", "account",  "account",
					     "-account", "Account", "auth",     "session",
					     "acount",   "account", "password", "account",
					     "account",  "account" };
	static const char *const controls[] = { "required",   "requisite", "optional",
						"sufficient", "Required",  "requird" };
	static const char *const modules[] = { "pam_permit.so",
					       "pam_permit.so",
					       "pam_deny.so",
					       "pam_debug.so acct=%s",
					       "missing.so",
					       "pam_debug.so acct=%s",
					       "pam_limits.so",
					       "pam_debug.so acct=%s # x",
					       "pam_debug.so [acct=%s]",
					       "pam_debug.so acct=%s \\\n acct=%s" };
	static const char *const results[] = { "success", "perm_denied", "new_authtok_reqd",
					       "ignore",  "auth_err",    "acct_expired",
					       "reset",   "success" };
	static const char *const files[] = { "a", "b", "c", "nowhere", "d", "b", "d" };
	static const char *const blanks[] = { " ", "\t", "  ", " \\\n ", "\\\n\t", " " };

	const char *file = ANY(files);
	unsigned kind = dice(16);
	/* An @include that fails within an include leaves what is done to chance, in libpam 1.5. */
	if (kind == 0 && strcmp(file, "nowhere") == 0)
		file = "d";
	if (kind < 5 && !within[1] && file[0] <= within[0])
		kind = 6;
	switch (kind) {
	case 0:
		fprintf(f, "@include %s/%s\n", folder, file);
		return;
	case 1:
	case 2:
		fprintf(f, "%s include %s/%s\n", ANY(types), folder, file);
		return;
	case 3:
	case 4:
		fprintf(f, "%s substack %s/%s\n", ANY(types), folder, file);
		return;
	case 5:
		fputs(dice(3) ? "# account required pam_deny.so\n\n" : "account required\n", f);
		return;
	default:
		fprintf(f, "%s%s", ANY(types), dice(6) ? " " : ANY(blanks));
		if (dice(2))
			put_random_pairs(f);
		else
			fputs(ANY(controls), f);
		fputs(dice(6) ? " " : ANY(blanks), f);
		const char *result = ANY(results);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fprintf(f, ANY(modules), result, result);
#pragma GCC diagnostic pop
		fputs(!within[1] || dice(60) ? "\n" : " \\\n", f);
	}
}

static void put_files(void)
{
	static const char *const names[] = { "svc", "other", "a", "b", "c", "d" };
	char path[400];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
		if (i < 2 && dice(10) == 0)
			continue;
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		for (unsigned n = dice(i == 1 ? 3 : 7); n > 0; n--)
			put_random_line(f, names[i]);
		assert_int_equal(fclose(f), 0);
	}
}

/* ---- both ---- */

static int no_talk(int n, const struct pam_message **m, struct pam_response **r, void *ctx)
{
	(void)n;
	(void)m;
	(void)r;
	(void)ctx;
	return PAM_CONV_ERR;
}

/* -1: pam_start fails. */
static int ask_libpam(const char *service)
{
	const struct pam_conv conv = { no_talk, NULL };
	pam_handle_t *pamh = NULL;

	if (pam_start_confdir(service, "root", &conv, folder, &pamh) != PAM_SUCCESS) {
		if (pamh)
			pam_end(pamh, 0);
		return -1;
	}
	int result = pam_acct_mgmt(pamh, PAM_SILENT);
	pam_end(pamh, result);
	return result;
}

static int answer_of(const struct pam_entry *e)
{
	if (e->what == PAM_MUST_FAIL)
		return PAM_R_PERM_DENIED;
	if (strcmp(e->module, "pam_permit.so") == 0)
		return PAM_R_SUCCESS;
	if (strcmp(e->module, "pam_deny.so") == 0)
		return PAM_R_AUTH_ERR;
	if (strcmp(e->module, "pam_debug.so") != 0)
		return PAM_R_MODULE_UNKNOWN;
	for (int i = 0; i < e->argc; i++) {
		if (strncmp(e->argv[i], "acct=", 5) != 0)
			continue;
		int ret = pam_return_of(e->argv[i] + 5);
		return ret >= 0 ? ret : PAM_R_SUCCESS;
	}
	return PAM_R_SUCCESS;
}

static int ask_ours(const char *service)
{
	const struct pam_folders f = { .v = { folder }, .debian = "/" };
	struct pam_config c;
	struct pam_run run;

	assert_int_equal(pam_config_read(&f, service, &c), RBAC_OK);
	int result = -1;
	if (!c.refused && c.file) {
		const struct pam_stack *s = pam_stack_of(&c, PAM_ACCOUNT);
		pam_begin(&run, s);
		while (run.at < s->n)
			pam_step(&run, s, answer_of(&s->v[run.at]));
		result = pam_end_of(&run, s);
	}
	pam_config_free(&c);
	return result;
}

/* ---- tests ---- */

static void print_files(void)
{
	char command[400];
	snprintf(command, sizeof command, "cd %s && grep -n '' *", folder);
	if (system(command))
		return;
}

static void test_random_stacks(void **state)
{
	const char *count = getenv("RBAC_RANDOM_COUNT"), *first = getenv("RBAC_RANDOM_SEED");
	long n = count ? atol(count) : 1500;
	size_t passed = 0, denied = 0, refused = 0;
	(void)state;

	if (first)
		seed = strtoull(first, NULL, 0);
	for (long i = 0; i < n; i++) {
		uint64_t was = seed;
		put_files();
		int theirs = ask_libpam("svc"), ours = ask_ours("svc");
		if (theirs != ours) {
			print_files();
			fail_msg("libpam %d, ours %d, seed %llu", theirs, ours,
				 (unsigned long long)was);
		}
		passed += theirs == 0;
		denied += theirs > 0;
		refused += theirs < 0;
	}
	/* The files are such that each result is frequent. */
	assert_true(passed > (size_t)n / 20 && denied > (size_t)n / 20 &&
		    refused > (size_t)n / 100);
}

/* TEXT, with each & for the folder. */
static void put(const char *name, const char *text)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	for (; *text; text++) {
		if (*text == '&')
			fputs(folder, f);
		else
			fputc(*text, f);
	}
	assert_int_equal(fclose(f), 0);
}

static void test_files_of_all_kinds(void **state)
{
	static char longest[3000];
	static const struct {
		const char *svc, *a;
	} files[] = {
		{ "account required pam_permit.so\n", "" },
		{ "account required pam_permit.so\r\n", "" },
		{ "account required pam_permit.so", "" },
		{ "account [default=ignore]pam_deny.so\naccount required pam_permit.so\n", "" },
		{ "account [success=ok]] pam_permit.so\n", "" },
		{ "[account] required pam_permit.so\n", "" },
		{ "account required pam_permit.so \\", "" },
		{ "account required pam_permit.so \\\n# a comment\n", "" },
		{ "account required \\\n\n# a comment\n\n pam_permit.so\n", "" },
		{ "account required pam_permit.so # \\\naccount required pam_deny.so\n", "" },
		{ "account required pam_permit.so#\n", "" },
		{ "account required $ISA/pam_permit.so\n", "" },
		{ longest, "" },
		{ "account @include &/a\n", "account required pam_permit.so\n" },
		{ "@INCLUDE &/a\n", "account required pam_permit.so\n" },
		{ "-@include &/a\n", "account required pam_permit.so\n" },
		{ "\f account required pam_permit.so\n", "" },
		{ "account\vrequired pam_permit.so\n", "" },
		{ "@include &/a extra words\n", "account required pam_permit.so\n" },
		{ "account [] pam_permit.so\n", "" },
		{ "account [ success = ok ] pam_permit.so\n", "" },
		{ "account [success=ok", "" },
		{ "account [default=ok success=ignore] pam_permit.so\n", "" },
		{ "auth requisite pam_permit.so\n", "" },
	};
	(void)state;

	memset(longest, ' ', 1010);
	strcpy(longest + 1010, "account required pam_deny.so\naccount required pam_permit.so\n");
	put("other", "account required pam_debug.so acct=acct_expired\n");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		put("svc", files[i].svc);
		put("a", files[i].a);
		int theirs = ask_libpam("svc"), ours = ask_ours("svc");
		if (theirs != ours)
			fail_msg("libpam %d, ours %d: %s", theirs, ours, files[i].svc);
	}
}

/* libpam breaks off there; rbacctl does not, and says why. */
static void test_files_that_include_themselves(void **state)
{
	static const struct {
		const char *svc, *a;
	} files[] = {
		{ "account include &/a\n", "account include &/a\n" },
		{ "@include &/a\n", "@include &/svc\n@include &/svc\n" },
		{ "account substack &/a\n", "account substack &/svc\n" },
	};
	const struct pam_folders f = { .v = { folder }, .debian = "/" };
	struct pam_config c;
	(void)state;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		put("svc", files[i].svc);
		put("a", files[i].a);
		assert_int_equal(pam_config_read(&f, "svc", &c), RBAC_OK);
		assert_true(c.refused);
		assert_int_equal(c.n_faults > 0 ? (int)c.faults[0].what : -1, PAM_FAULT_INCLUDE);
		pam_config_free(&c);
	}
}

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "%s/rbac-pam.XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	char path[600];
	const struct dirent *e;
	DIR *d = opendir(folder);
	while (d && (e = readdir(d))) {
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	return rmdir(folder);
}

/* libpam 1.5 loses what it has read of a stack that it refuses (tests/valgrind.supp has it too). */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpam.so\n";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_of_all_kinds),
		cmocka_unit_test(test_files_that_include_themselves),
		cmocka_unit_test(test_random_stacks),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
