/* The largest policy that there may be, and one more of each. */
#include "tests/unit/model/helper.h"

#include "rbacctl/config/load.h"

/* A chain of includes as long as there may be roles neither overflows a stack nor takes forever. */
static void a_chain_of_all_roles_is_followed(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	fputs("version = 1; kinds = { host = { }; };\nkeys = ( { name = \"k\"; } );\n"
	      "keychains = { c = [ \"k\" ]; };\nroles = {\n",
	      f);
	for (int i = 0; i < POLICY_ROLES_MAX - 1; i++)
		fprintf(f, "r%d = { kind = \"host\"; includes = [ \"r%d\" ]; };\n", i, i + 1);
	fprintf(f, "r%d = { kind = \"host\"; keychains = [ \"c\" ]; };\n};\n",
		POLICY_ROLES_MAX - 1);
	fclose(f);
	struct policy *q = load_texts(PLAIN_HOST, text);
	assert_int_equal(q->n_roles, POLICY_ROLES_MAX);
	assert_true(policy_role_has_key(q, 0, 0));
	assert_true(policy_role_counts(q, 0, POLICY_ROLES_MAX - 1));
	assert_false(policy_role_counts(q, POLICY_ROLES_MAX - 1, 0));
	policy_free(q);
	free(text);
}

/* N kinds, each in the last one when NESTED, N_ROLES roles, N_EXTRA extra groups and N_KEYS keys:
 * how many errors? */
static size_t errors_of(int n_kinds, bool nested, int n_roles, int n_extra, int n_keys)
{
	struct policy_sources s = { 0 };
	struct problems problems = { 0 };
	struct policy *q;
	char *text = NULL, *host = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fputs("version = 1; kinds = {\n", f);
	for (int i = 0; i < n_kinds; i++)
		fprintf(f, nested && i ? "k%d = { parent = \"k%d\"; };\n" : "k%d = { };\n", i,
			i - 1);
	fputs("};\nroles = {\n", f);
	for (int i = 0; i < n_roles; i++)
		fprintf(f, "r%d = { kind = \"k0\"; };\n", i);
	fputs("};\nkeys = (\n", f);
	for (int i = 0; i < n_keys; i++)
		fprintf(f, "%s{ name = \"k%d\"; }\n", i ? "," : "", i);
	fputs(");\n", f);
	fclose(f);
	f = open_memstream(&host, &len);
	fputs(PLAIN_HOST "groups = { extra = ( { role = \"r0\"; unix_groups = [", f);
	for (int i = 0; i < n_extra; i++)
		fprintf(f, "%s\"g%d\"", i ? ", " : "", i);
	fputs("]; } ); };\n", f);
	fclose(f);
	add_text(&s, "rbac.conf", host);
	add_text(&s, "policy.d/p.conf", text);
	int err = policy_load(&s, &q, &problems);
	size_t errors = problems.errors;
	assert_int_equal(err, errors ? RBAC_INVALID : RBAC_OK);
	policy_free(q);
	problems_free(&problems);
	policy_sources_free(&s);
	free(text);
	free(host);
	return errors;
}

static void as_many_as_the_manual_says_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(errors_of(POLICY_KINDS_MAX, false, 1, 1, 1), 0);
	assert_int_equal(errors_of(POLICY_KINDS_MAX + 1, false, 1, 1, 1), 1);
	assert_int_equal(errors_of(POLICY_DEPTH_MAX, true, 1, 1, 1), 0);
	assert_int_equal(errors_of(POLICY_DEPTH_MAX + 1, true, 1, 1, 1), 1);
	assert_int_equal(errors_of(1, false, POLICY_ROLES_MAX, 1, 1), 0);
	assert_int_equal(errors_of(1, false, POLICY_ROLES_MAX + 1, 1, 1), 1);
	assert_int_equal(errors_of(1, false, 1, RBAC_EXTRA_MAX, 1), 0);
	assert_int_equal(errors_of(1, false, 1, RBAC_EXTRA_MAX + 1, 1), 1);
	assert_int_equal(errors_of(1, false, 1, 1, POLICY_KEYS_MAX), 0);
	assert_int_equal(errors_of(1, false, 1, 1, POLICY_KEYS_MAX + 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_of_all_roles_is_followed),
		cmocka_unit_test(as_many_as_the_manual_says_and_no_more),
	};

	return cmocka_run_group_tests_name("policy: limits", tests, NULL, NULL);
}
