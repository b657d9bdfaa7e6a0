/* Policies with many of everything: groups that are read in pieces (split.c), and the limits on
 * both sides. */
#include "helper.h"

#include "common/wire.h"

#include "rbacctl/config/load.h"

#define ANY_HOST                                                                                   \
	"version = 1; host = \"any\"; login = ( { services = [ \"sshd\" ]; anyone = true; } );\n"

static void test_lines_and_order_of_a_wide_group(void **state)
{
	enum { N = 1000 };
	char *text = NULL, name[16];
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	fputs("version = 1; kinds = { host = { }; };\nkeys = ( { name = \"k\"; } );\n"
	      "keychains = {\n",
	      f);
	for (int i = 0; i < N; i++)
		fprintf(f, "c%d = [ \"k\" ]%s\n", i, i % 3 == 0 ? ";" : i % 3 == 1 ? "," : "");
	fputs("}; roles = {\n", f);
	for (int i = 0; i < N; i++)
		fprintf(f,
			"r%d = { kind = \"host\"; # }; r%d = {\n"
			"  keychains = [ \"c%d\" ]; title = \"{ ; }\" }\n",
			i, i, i);
	fputs("}\n", f);
	fclose(f);
	struct policy *p = load_texts(ANY_HOST, text);
	assert_int_equal(p->n_keychains, N);
	assert_int_equal(p->n_roles, N);
	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		assert_string_equal(p->roles[i].name, name);
		assert_int_equal(p->roles[i].pos.line, 5 + N + 2 * i);
		assert_int_equal(p->keychains[i].pos.line, 3 + i + 1);
		assert_int_equal(p->roles[i].keychains.v[0], i);
	}
	policy_free(p);
	free(text);
}

/* Errors of a policy of N roles, with EXTRA at the end of roles and AFTER behind them; their text,
 * to be freed. */
static char *problems_of(int n, const char *extra, const char *after)
{
	struct policy_sources s = { 0 };
	struct problems problems = { 0 };
	struct policy *p;
	char *text = NULL, *said;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fputs("version = 1; kinds = { host = { }; };\nroles = {\n", f);
	for (int i = 0; i < n; i++)
		fprintf(f, "r%d = { kind = \"host\"; };\n", i);
	fprintf(f, "%s};\n%s", extra, after);
	fclose(f);
	add_text(&s, "rbac.conf", ANY_HOST);
	add_text(&s, "policy.d/p.conf", text);
	int err = policy_load(&s, &p, &problems);
	assert_int_equal(err, problems.errors ? RBAC_INVALID : RBAC_OK);
	said = problems_text(&problems);
	policy_free(p);
	problems_free(&problems);
	policy_sources_free(&s);
	free(text);
	return said;
}

static void assert_problem(int n, const char *extra, const char *after, const char *words)
{
	char *said = problems_of(n, extra, after);

	if (!strstr(said, words))
		fail_msg("\"%s\" is not in: %s", words, said);
	free(said);
}

static void test_what_is_wrong_in_a_wide_group(void **state)
{
	(void)state;
	assert_problem(600, "r3 = { kind = \"host\"; };\n", "",
		       "p.conf:603: error: role \"r3\" is defined already in p.conf:6\n");
	assert_problem(600, "r599 = { kind = \"host\"; };\n", "",
		       "p.conf:603: error: a setting occurs twice in its group");
	assert_problem(600, "x = 3;\n", "", "p.conf:603: error: role \"x\" must be a group { }\n");
	/* A name as the pieces have it is nobody's to give, whether the file is split or not. */
	assert_problem(600, "", "roles*1 = { x = { kind = \"host\"; }; };\n",
		       "unknown setting \"roles*1\"");
	assert_problem(6, "", "roles*1 = { x = { kind = \"host\"; }; };\n",
		       "unknown setting \"roles*1\"");
}

/* ---- limits ---- */

enum what { KEYS, KEYCHAINS, PLANS, LOGINS };

static size_t errors_of(enum what what, int n)
{
	struct policy_sources s = { 0 };
	struct problems problems = { 0 };
	struct policy *p;
	char *text = NULL, *host = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fputs("version = 1; kinds = { host = { }; };\nkeys = (", f);
	for (int i = 0; i < (what == KEYS ? n : 1); i++)
		fprintf(f, "%s{ name = \"k%d\"; }", i ? "," : "", i);
	fputs(");\nkeychains = {\n", f);
	for (int i = 0; what == KEYCHAINS && i < n; i++)
		fprintf(f, "c%d = [ \"k0\" ];\n", i);
	fputs("};\nplans = {\n", f);
	for (int i = 0; what == PLANS && i < n; i++)
		fprintf(f, "p%d = { };\n", i);
	fputs("};\n", f);
	fclose(f);
	f = open_memstream(&host, &len);
	fputs("version = 1; host = \"any\"; login = (", f);
	for (int i = 0; i < (what == LOGINS ? n : 1); i++)
		fprintf(f, "%s{ services=[\"s\"];anyone=true; }", i ? "," : "");
	fputs(");\n", f);
	fclose(f);
	add_text(&s, "rbac.conf", host);
	add_text(&s, "policy.d/p.conf", text);
	(void)policy_load(&s, &p, &problems);
	size_t errors = problems.errors;
	policy_free(p);
	problems_free(&problems);
	policy_sources_free(&s);
	free(text);
	free(host);
	return errors;
}

static void test_limits_on_both_sides(void **state)
{
	static const struct {
		enum what what;
		int most;
	} limits[] = {
		{ KEYS, POLICY_KEYS_MAX },
		{ KEYCHAINS, POLICY_KEYS_MAX },
		{ PLANS, POLICY_PLANS_MAX },
		{ LOGINS, UINT16_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		assert_int_equal(errors_of(limits[i].what, limits[i].most), 0);
		assert_int_equal(errors_of(limits[i].what, limits[i].most + 1), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_and_order_of_a_wide_group),
		cmocka_unit_test(test_what_is_wrong_in_a_wide_group),
		cmocka_unit_test(test_limits_on_both_sides),
	};

	return cmocka_run_group_tests_name("policy: many of everything", tests, NULL, NULL);
}
