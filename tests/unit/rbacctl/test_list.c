/*
 * `rbacctl list roles`, `list keys` and `list keychains` show each setting of the policy, or it is
 * named here as one that they do not show. A setting that the grammar gets fails this test until
 * somebody decides.
 */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/model/fields.h"

#define RBAC_CONF "version = 1;\nhost = \"top:a\";\ngroups = { name = \"%{role}\"; };\n"
#define POLICY                                                                                     \
	"version = 1;\nkinds = { top = { }; };\n"                                                  \
	"keys = ( { name = \"k1\"; title = \"One\"; }, { name = \"k2\"; } );\n"                    \
	"keychains = { c1 = [ \"k1\", \"k2\" ]; c2 = [ \"k2\" ]; };\n"                             \
	"roles = { op = { kind = \"top\"; title = \"Operator\"; keychains = [ \"c1\", \"c2\" ]; "  \
	"includes = [ \"dev\", \"qa\" ]; bootstrap = true; assign_by = [ \"op\" ]; min = 1; };\n"  \
	"  dev = { kind = \"top\"; max = 7; }; qa = { kind = \"top\"; }; };\n"

/* Settings that have no column of their own name: the column that they are in, or NULL where none
 * shows them. */
static const struct {
	enum grammar_of of;
	int setting;
	const char *column;
} elsewhere[] = {
	{ GRAMMAR_ROLE, R_MIN, "holders" },     { GRAMMAR_ROLE, R_MAX, "holders" },
	{ GRAMMAR_ROLE, R_PURPOSE, NULL },      { GRAMMAR_ROLE, R_REMOVE_BY, NULL },
	{ GRAMMAR_ROLE, R_BOOTSTRAP, NULL },    { GRAMMAR_ROLE, R_CASCADE, NULL },
	{ GRAMMAR_ROLE, R_GID, NULL },          { GRAMMAR_ROLE, R_RENAMED, NULL },
	{ GRAMMAR_ROLE, R_MAX_FOR, NULL },      { GRAMMAR_ROLE, R_END, NULL },
	{ GRAMMAR_ROLE, R_REASON, NULL },       { GRAMMAR_ROLE, R_REQUEST_BY, NULL },
	{ GRAMMAR_ROLE, R_APPROVE_BY, NULL },   { GRAMMAR_ROLE, R_APPROVALS, NULL },
	{ GRAMMAR_ROLE, R_APPROVAL, NULL },     { GRAMMAR_ROLE, R_PENDING_FOR, NULL },
	{ GRAMMAR_ROLE, R_LOCAL, NULL },        { GRAMMAR_ROLE, R_MAX_STALE, NULL },
	{ GRAMMAR_ROLE, R_END_SESSIONS, NULL }, { GRAMMAR_ROLE, R_REVIEW_EVERY, NULL },
	{ GRAMMAR_ROLE, R_REVIEW_BY, NULL },    { GRAMMAR_ROLE, R_UNREVIEWED, NULL },
	{ GRAMMAR_ROLE, R_REVIEW_GRACE, NULL }, { GRAMMAR_KEY, KEY_NAME, "key" },
	{ GRAMMAR_KEY, KEY_RENAMED, NULL },
};

/* What `rbacctl list WHAT --json` prints. */
static char *list(struct lab *l, const char *what)
{
	char *words[] = { (char *)what, NULL };
	struct args args = { .verb = "list", .v = words, .n = 1 };
	char *said = NULL;
	size_t len;
	FILE *out = stdout;
	l->a.as = "root";
	l->a.now = l->now;
	l->a.json = true;
	stdout = open_memstream(&said, &len);
	assert_non_null(stdout);
	int status = cmd_list(&l->a, &args);
	fclose(stdout);
	stdout = out;
	assert_int_equal(status, EXIT_DONE);
	return said;
}

/* Has JSON a member NAME? A setting remove_by has the key remove-by. */
static bool has_key(const char *json, const char *name)
{
	char key[64];
	snprintf(key, sizeof key, "\"%s\": ", name);
	for (char *p = key; *p; p++)
		*p = *p == '_' ? '-' : *p;
	return strstr(json, key);
}

static bool is_elsewhere(enum grammar_of of, int setting, const char **column)
{
	for (size_t i = 0; i < COUNT(elsewhere); i++)
		if (elsewhere[i].of == of && elsewhere[i].setting == setting) {
			*column = elsewhere[i].column;
			return true;
		}
	return false;
}

static void each_setting(const char *json, enum grammar_of of)
{
	const struct grammar_section *s = &policy_grammar[of];
	for (size_t i = 0; i < s->n; i++) {
		const char *name = s->known[i].name, *column = NULL;
		bool named = is_elsewhere(of, (int)i, &column), shown = has_key(json, name);
		if (shown == named)
			fail_msg("%s.%s: %s", s->name, name,
				 shown ? "has a column and is named here as without one"
				       : "has no column and is not named here");
		if (column && !has_key(json, column))
			fail_msg("%s.%s: there is no column %s", s->name, name, column);
	}
}

static void test_each_setting_of_a_role_and_a_key(void **state)
{
	char *roles = list(*state, "roles"), *keys = list(*state, "keys");
	each_setting(roles, GRAMMAR_ROLE);
	each_setting(keys, GRAMMAR_KEY);
	free(roles);
	free(keys);
}

/* NAME has VALUE in JSON. */
static void says(const char *json, const char *name, const char *value)
{
	char member[128];
	snprintf(member, sizeof member, "\"%s\": %s", name, value);
	if (!strstr(json, member))
		fail_msg("no %s in:\n%s", member, json);
}

static void test_the_items_of_a_list_are_an_array(void **state)
{
	char *roles = list(*state, "roles"), *keys = list(*state, "keys"),
	     *chains = list(*state, "keychains");
	says(roles, "role", "\"op\"");
	says(roles, "kind", "\"top\"");
	says(roles, "keychains", "[\n        \"c1\",\n        \"c2\"\n      ]");
	says(roles, "includes", "[\n        \"dev\",\n        \"qa\"\n      ]");
	says(roles, "assign-by", "\"role op\"");
	says(roles, "holders", "\"0 to 7\"");
	says(roles, "title", "\"Operator\"");
	says(keys, "title", "\"One\"");
	says(keys, "keychains", "[\n        \"c1\"\n      ]");
	says(chains, "keys", "[\n        \"k1\",\n        \"k2\"\n      ]");
	says(chains, "roles", "[\n        \"op\"\n      ]");
	free(roles);
	free(keys);
	free(chains);
}

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, RBAC_CONF, POLICY, "top:a", "ann");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_setting_of_a_role_and_a_key, setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_the_items_of_a_list_are_an_array, setup,
						host_teardown),
	};
	return cmocka_run_group_tests_name("rbacctl: list", tests, NULL, NULL);
}
