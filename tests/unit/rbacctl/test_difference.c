#define _GNU_SOURCE /* asprintf */
/*
 * `rbacctl diff` has a line for whatever differs: each setting of the grammar is changed by itself,
 * and the whole command is run. A setting that the grammar gets is missing in SAMPLES until
 * somebody adds it there.
 */
#include "tests/unit/rbacctl/helper.h"

#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/config/source.h"
#include "rbacctl/model/fields.h"

#define RBAC_CONF                                                                                  \
	"version = 1;\nhost = \"low:a/b\";\n"                                                      \
	"login = (\n  { services = [ \"sshd\" ]; keys = [ \"k1\" ]; },\n"                          \
	"  { services = [ \"cron\" ]; users = [ \"bob\" ]; }\n);\n"                                \
	"exempt = { users = [ \"dan\" ]; };\ngroups = { name = \"%{role}\"; };\n"
#define POLICY                                                                                     \
	"version = 1;\n"                                                                           \
	"kinds = { top = { plan_by = [ \"op\" ]; }; low = { parent = \"top\"; "                    \
	"owner = \"keeper\"; delete_by = [ \"op\" ]; };\n"                                         \
	"  spare = { parent = \"top\"; }; mid = { parent = \"top\"; }; };\n"                       \
	"users = { add_by = [ \"op\" ]; };\n"                                                      \
	"keys = ( { name = \"k1\"; }, { name = \"k2\"; } );\n"                                     \
	"keychains = { c1 = [ \"k1\" ]; c2 = [ \"k2\" ]; };\n"                                     \
	"roles = { op = { kind = \"top\"; includes = [ \"dev\" ]; bootstrap = true; "              \
	"assign_by = [ \"op\" ]; };\n"                                                             \
	"  keeper = { kind = \"low\"; assign_by = [ \"op\" ]; };\n"                                \
	"  dev = { kind = \"low\"; keychains = [ \"c1\" ]; assign_by = [ \"op\" ]; };\n"           \
	"  unused = { kind = \"low\"; assign_by = [ \"op\" ]; };\n"                                \
	"  xa = { kind = \"low\"; max = \"plan:seats\"; }; xb = { kind = \"low\"; }; "             \
	"xc = { kind = \"low\"; }; };\n"                                                           \
	"plans = { small = { seats = 3; }; large = { seats = 9; }; };\n"                           \
	"exclusive = ( { name = \"x\"; roles = [ \"xa\", \"xb\", \"xc\" ]; } );\n"
#define FILES                                                                                      \
	"version = 1;\n"                                                                           \
	"scopes = ( { scope = \"low:a/c\"; owner = \"bob\"; } );\n"                                \
	"assignments = ( { user = \"cyd\"; role = \"unused\"; scope = \"low:a/b\"; "               \
	"until = \"2027-01-01\"; } );\n"

/* In the file of section OF, WAS becomes NOW; diff then says a line with SAYS in it. */
struct sample {
	enum grammar_of of;
	int setting;
	const char *was, *now, *says;
};

#define CRON "users = [ \"bob\" ]; }"
#define LOGIN(setting, more)                                                                       \
	{                                                                                          \
		GRAMMAR_LOGIN, setting, CRON, "users = [ \"bob\" ]; " more " }", "login  +cron"    \
	}
#define NOTIFY(section, setting, text, want)                                                       \
	{                                                                                          \
		section, setting, "host =", "notify = { " text " }; host =", "notify  " want       \
	}
/* No role includes xb, which would have to be as strict. */
#define XB(setting, more, says)                                                                    \
	{                                                                                          \
		GRAMMAR_ROLE, setting, "xb = {", "xb = { " more, "xb  " says                       \
	}
#define DEV(setting, more, says)                                                                   \
	{                                                                                          \
		GRAMMAR_ROLE, setting, "  dev = {", "  dev = { " more, "dev  " says                \
	}
#define KIND(setting, more, says)                                                                  \
	{                                                                                          \
		GRAMMAR_KIND, setting, "low = {", "low = { " more, "low  " says                    \
	}
#define GROUPS(setting, more, says)                                                                \
	{                                                                                          \
		GRAMMAR_GROUPS, setting, "groups = {", "groups = { " more, "groups  " says         \
	}

static const struct sample samples[] = {
	{ GRAMMAR_HOST, H_HOST, "\"low:a/b\"", "\"low:a/c\"", "this host  +host low:a/c" },
	{ GRAMMAR_HOST, H_LOGIN, "login = (",
	  "login = ( { services = [ \"su\", \"su-l\" ]; anyone = true; },",
	  "login  +su,su-l anyone" },
	{ GRAMMAR_HOST, H_EXEMPT, "exempt = { users = [ \"dan\" ]; };", "", "exempt  -users dan" },
	{ GRAMMAR_HOST, H_GROUPS, "groups = { name = \"%{role}\"; };",
	  "groups = { members = false; };", "groups  members: true -> false" },
	{ GRAMMAR_HOST, H_ZONE, "host =", "zone = \"UTC\"; host =", "zone: /etc/localtime -> UTC" },
	{ GRAMMAR_HOST, H_UIDS, "host =", "uids = \"fleet\"; host =", "uids: host -> fleet" },
	{ GRAMMAR_HOST, H_SERVE, "host =", "serve = { system_accounts = true; }; host =",
	  "serve  system_accounts: false -> true" },
	{ GRAMMAR_SERVE, SV_SYSTEM_ACCOUNTS, "host =",
	  "serve = { system_accounts = true; }; host =", "serve  system_accounts: false -> true" },
	NOTIFY(GRAMMAR_HOST, H_NOTIFY, "mail = true;", "mail: false -> true"),
	NOTIFY(GRAMMAR_NOTIFY, N_EXEC, "exec = \"/etc/rbac/notify\";",
	       "exec: none -> /etc/rbac/notify"),
	NOTIFY(GRAMMAR_NOTIFY, N_MAIL, "mail = true;", "mail: false -> true"),
	NOTIFY(GRAMMAR_NOTIFY, N_WRITE, "write = true;", "write: false -> true"),
	NOTIFY(GRAMMAR_NOTIFY, N_USER, "user = \"dan\";", "user: nobody -> dan"),
	NOTIFY(GRAMMAR_NOTIFY, N_BREAKGLASS, "breakglass = [ \"dan\" ];", "+breakglass dan"),
	LOGIN(L_KEYS, "keys = [ \"k2\" ];"),
	LOGIN(L_ROLES, "roles = [ \"dev\" ];"),
	LOGIN(L_GROUPS, "groups = [ \"devs\" ];"),
	LOGIN(L_ANYONE, "anyone = true;"),
	LOGIN(L_FROM, "from = [ \"10.0.0.0/8\" ];"),
	LOGIN(L_HOURS, "hours = [ \"Mon-Fri\" ];"),
	{ GRAMMAR_LOGIN, L_SERVICES, "\"cron\"", "\"cron\", \"atd\"", "login  +cron,atd" },
	{ GRAMMAR_LOGIN, L_USERS, "[ \"bob\" ]", "[ \"bob\", \"cyd\" ]",
	  "login  +cron users bob,cyd" },
	{ GRAMMAR_EXEMPT, E_USERS, "[ \"dan\" ]", "[ \"dan\", \"eve\" ]", "exempt  +users eve" },
	{ GRAMMAR_EXEMPT, E_GROUPS, "exempt = {", "exempt = { groups = [ \"ops\" ];",
	  "exempt  +groups ops" },
	{ GRAMMAR_GROUPS, G_NAME, "%{role}", "r-%{role}", "groups  name: %{role} -> r-%{role}" },
	GROUPS(G_GID_MIN, "gid_min = 2000000000;", "gid_min: 2010000000 -> 2000000000"),
	GROUPS(G_GID_MAX, "gid_max = 2140000000;", "gid_max: 2139999999 -> 2140000000"),
	GROUPS(G_MEMBERS, "members = false;", "members: true -> false"),
	GROUPS(G_ENUMERATE, "enumerate = false;", "enumerate: true -> false"),
	GROUPS(G_EXTRA, "extra = ( { role = \"dev\"; unix_groups = [ \"devs\" ]; } );",
	       "+extra dev brings devs"),
	{ GRAMMAR_EXTRA, X_ROLE, "groups = {",
	  "groups = { extra = ( { role = \"op\"; unix_groups = [ \"devs\" ]; } );",
	  "+extra op brings devs" },
	{ GRAMMAR_EXTRA, X_UNIX_GROUPS, "groups = {",
	  "groups = { extra = ( { role = \"op\"; unix_groups = [ \"ops\" ]; } );",
	  "+extra op brings ops" },

	{ GRAMMAR_POLICY, P_KINDS, "kinds = {", "kinds = { more = { parent = \"top\"; };",
	  "more  +kind" },
	{ GRAMMAR_POLICY, P_USERS, "users = { add_by = [ \"op\" ]; };", "",
	  "users  add_by: role op -> nobody" },
	{ GRAMMAR_POLICY, P_KEYS, "{ name = \"k2\"; }", "{ name = \"k2\"; }, { name = \"k3\"; }",
	  "k3  +key" },
	{ GRAMMAR_POLICY, P_KEYCHAINS, "c2 = [ \"k2\" ]", "c2 = [ \"k1\", \"k2\" ]",
	  "c2  +key k1" },
	{ GRAMMAR_POLICY, P_ROLES, "roles = {", "roles = { more = { kind = \"low\"; };",
	  "more  +role" },
	{ GRAMMAR_POLICY, P_PLANS, "seats = 3", "seats = 4", "small  +limit seats = 4" },
	{ GRAMMAR_POLICY, P_EXCLUSIVE, "exclusive = (",
	  "exclusive = ( { name = \"y\"; roles = [ \"op\", \"unused\" ]; },", "y  +exclusive" },
	{ GRAMMAR_KIND, K_PARENT, "spare = { parent = \"top\"; }", "spare = { parent = \"mid\"; }",
	  "spare  parent: top -> mid" },
	KIND(K_CREATE_BY, "create_by = [ \"op\" ];", "create_by: nobody -> role op"),
	{ GRAMMAR_KIND, K_DELETE_BY, "delete_by = [ \"op\" ]", "delete_by = [ \"owner\" ]",
	  "low  delete_by: role op -> ownership" },
	KIND(K_TRANSFER_BY, "transfer_by = [ \"owner\" ];", "transfer_by: nobody -> ownership"),
	KIND(K_PLAN_BY, "plan_by = [ \"op\" ];", "plan_by: nobody -> role op"),
	{ GRAMMAR_KIND, K_OWNER, "owner = \"keeper\"", "owner = \"dev\"",
	  "low  owner: keeper -> dev" },
	KIND(K_PER_USER, "per_user = \"%{user}\";", "per_user: none -> %{user}"),
	KIND(K_PLAN, "plan = \"small\";", "plan: none -> small"),
	KIND(K_RENAMED, "renamed_from = \"lower\";", "renamed_from: none -> lower"),
	{ GRAMMAR_USERS, U_ADD_BY, "add_by = [ \"op\" ]", "add_by = [ \"anyone\" ]",
	  "users  add_by: role op -> to be recorded" },
	{ GRAMMAR_USERS, U_SUSPEND_BY, "users = {", "users = { suspend_by = [ \"op\" ];",
	  "users  suspend_by: nobody -> role op" },
	{ GRAMMAR_USERS, U_FORGET_BY, "users = {", "users = { forget_by = [ \"op\" ];",
	  "users  forget_by: nobody -> role op" },
	{ GRAMMAR_KEY, KEY_NAME, "{ name = \"k2\"; }", "{ name = \"k2\"; }, { name = \"k3\"; }",
	  "k3  +key" },
	{ GRAMMAR_KEY, KEY_TITLE, "{ name = \"k2\";", "{ name = \"k2\"; title = \"The second\";",
	  "k2  title: k2 -> The second" },
	{ GRAMMAR_KEY, KEY_RENAMED, "{ name = \"k2\";", "{ name = \"k2\"; renamed_from = \"two\";",
	  "k2  renamed_from: none -> two" },
	{ GRAMMAR_ROLE, R_KIND, "xc = { kind = \"low\"", "xc = { kind = \"spare\"",
	  "xc  kind: low -> spare" },
	XB(R_REQUEST_BY, "request_by = [ \"op\" ];", "request_by: nobody -> role op"),
	XB(R_APPROVE_BY, "approve_by = [ \"op\" ];", "approve_by: as assign_by -> role op"),
	XB(R_APPROVALS, "approvals = 2;", "approvals: 1 -> 2"),
	XB(R_APPROVAL, "approval = \"required\";", "approval: not required -> required"),
	XB(R_PENDING_FOR, "pending_for = \"2h\";", "pending_for: 24h -> 2h"),
	DEV(R_END_SESSIONS, "end_sessions = true;", "end_sessions: false -> true"),
	XB(R_REVIEW_EVERY, "review_every = \"90d\";", "review_every: never -> 90d"),
	XB(R_REVIEW_BY, "review_by = [ \"op\" ];", "review_by: as remove_by -> role op"),
	XB(R_UNREVIEWED, "review_every = \"90d\"; unreviewed = \"end\";",
	   "unreviewed: keep -> end"),
	XB(R_REVIEW_GRACE, "review_grace = \"7d\";", "review_grace: 14d -> 7d"),
	DEV(R_TITLE, "title = \"Developer\";", "title: dev -> Developer"),
	DEV(R_PURPOSE, "purpose = \"to develop\";", "purpose: none -> to develop"),
	{ GRAMMAR_ROLE, R_KEYCHAINS, "[ \"c1\" ]", "[ \"c1\", \"c2\" ]", "dev  +keychains c2" },
	{ GRAMMAR_ROLE, R_INCLUDES, "includes = [ \"dev\" ]", "includes = [ ]",
	  "op  -includes dev" },
	{ GRAMMAR_ROLE, R_ASSIGN_BY,
	  "dev = { kind = \"low\"; keychains = [ \"c1\" ]; assign_by = [ \"op\" ]",
	  "dev = { kind = \"low\"; keychains = [ \"c1\" ]; assign_by = [ \"owner\" ]",
	  "dev  assign_by: role op -> ownership" },
	DEV(R_REMOVE_BY, "remove_by = [ ];", "remove_by: role op -> nobody"),
	{ GRAMMAR_ROLE, R_BOOTSTRAP, "keeper = {", "keeper = { bootstrap = true;",
	  "keeper  bootstrap: false -> true" },
	DEV(R_CASCADE, "cascade = false;", "cascade: true -> false"),
	{ GRAMMAR_ROLE, R_MIN, "keeper = {", "keeper = { min = 1;", "keeper  min: 0 -> 1" },
	DEV(R_MAX, "max = 7;", "max: none -> 7"),
	XB(R_MAX_FOR, "max_for = \"8h\";", "max_for: none -> 8h"),
	XB(R_END, "end = \"required\";", "end: not required -> required"),
	XB(R_LOCAL, "local = true;", "local: false -> true"),
	XB(R_MAX_STALE, "max_stale = \"24h\";", "max_stale: none -> 24h"),
	XB(R_REASON, "reason = \"required\";", "reason: not required -> required"),
	DEV(R_GID, "gid = 2010000123;", "gid: computed -> 2010000123"),
	DEV(R_RENAMED, "renamed_from = \"coder\";", "renamed_from: none -> coder"),
	{ GRAMMAR_EXCLUSIVE, XC_NAME, "name = \"x\"", "name = \"z\"", "z  +exclusive" },
	{ GRAMMAR_EXCLUSIVE, XC_ROLES, "\"xb\", \"xc\" ]", "\"xb\" ]", "x  -roles xc" },
	{ GRAMMAR_EXCLUSIVE, XC_AT_MOST, "name = \"x\";", "name = \"x\"; at_most = 2;",
	  "x  at_most: 1 -> 2" },

	{ GRAMMAR_FILES, F_SCOPES, "scopes = (", "scopes = ( { scope = \"low:a/d\"; },",
	  "store: scope +low:a/d" },
	{ GRAMMAR_FILES, F_ASSIGNMENTS, "assignments = (",
	  "assignments = ( { user = \"eve\"; role = \"unused\"; },",
	  "store: eve +unused at low:a/b" },
	{ GRAMMAR_SCOPE, S_SCOPE, "\"low:a/c\"", "\"low:a/e\"", "store: scope +low:a/e" },
	{ GRAMMAR_SCOPE, S_OWNER, "owner = \"bob\"", "owner = \"eve\"",
	  "store: scope low:a/c owner bob -> eve" },
	{ GRAMMAR_SCOPE, S_PLAN, "owner = \"bob\";", "owner = \"bob\"; plan = \"small\";",
	  "store: scope low:a/c plan (default) -> small" },
	{ GRAMMAR_ASSIGNMENT, A_USER, "user = \"cyd\"", "user = \"eve\"", "store: eve +unused" },
	{ GRAMMAR_ASSIGNMENT, A_GROUP, "user = \"cyd\"", "group = \"ops\"", "store: %ops +unused" },
	{ GRAMMAR_ASSIGNMENT, A_ROLE, "role = \"unused\"", "role = \"keeper\"",
	  "store: cyd +keeper" },
	{ GRAMMAR_ASSIGNMENT, A_SCOPE, "scope = \"low:a/b\"; until", "scope = \"low:a/c\"; until",
	  "store: cyd +unused at low:a/c" },
	{ GRAMMAR_ASSIGNMENT, A_FROM, "until =", "from = \"2026-06-01\"; until =",
	  "store: cyd +unused at low:a/b from 2026-06-01T00:00:00Z" },
	{ GRAMMAR_ASSIGNMENT, A_UNTIL, "2027-01-01", "2028-01-01", "until 2028-01-01T00:00:00Z" },
	{ GRAMMAR_ASSIGNMENT, A_REASON, "until =", "reason = \"OPS-1\"; until =",
	  "store: cyd unused at low:a/b reason (none) -> OPS-1" },
};

/* version says nothing about roles: there is one. */
static bool is_version(const struct grammar_section *s, size_t i)
{
	return strcmp(s->known[i].name, "version") == 0;
}

static void test_every_setting_has_a_sample(void **state)
{
	(void)state;
	for (size_t of = 0; of < GRAMMAR_COUNT; of++)
		for (size_t i = 0; i < policy_grammar[of].n; i++) {
			bool found = is_version(&policy_grammar[of], i);
			for (size_t k = 0; k < COUNT(samples) && !found; k++)
				found = samples[k].of == of && samples[k].setting == (int)i;
			if (!found)
				fail_msg("no sample for %s: %s", policy_grammar[of].name,
					 policy_grammar[of].known[i].name);
		}
}

static void put(const struct lab *l, const char *name, const char *text)
{
	char path[300];
	snprintf(path, sizeof path, "%.120s/%.100s", l->state, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static const char *const names[] = { [FILE_RBAC] = "rbac.conf",
				     [FILE_POLICY] = "policy.d/p.conf",
				     [FILE_ASSIGNMENTS] = "assignments.d/site.conf" };
static const char *const texts[] = {
	[FILE_RBAC] = RBAC_CONF, [FILE_POLICY] = POLICY, [FILE_ASSIGNMENTS] = FILES
};

static void put_all(const struct lab *l)
{
	for (size_t i = 0; i < COUNT(names); i++)
		put(l, names[i], texts[i]);
}

/* TEXT with WAS, which it holds, as NOW. */
static char *changed(const char *text, const char *was, const char *now)
{
	const char *at = strstr(text, was);
	char *out;
	if (!at)
		fail_msg("\"%s\" is not in the text", was);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, now, at + strlen(was)) >= 0);
	return out;
}

/* What `rbacctl diff` prints; its exit status in *STATUS. */
static char *diff(struct lab *l, int *status)
{
	struct args args = { .verb = "diff" };
	char *said = NULL;
	size_t len;
	FILE *out = stdout;
	l->a.as = "root";
	l->a.now = l->now;
	stdout = open_memstream(&said, &len);
	assert_non_null(stdout);
	*status = cmd_diff(&l->a, &args);
	fclose(stdout);
	stdout = out;
	return said;
}

static int setup(void **state)
{
	char path[300];
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	for (const char *const *d = (const char *const[]){ "policy.d", "assignments.d", NULL }; *d;
	     d++) {
		snprintf(path, sizeof path, "%.120s/%s", l->state, *d);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	struct policy_sources s = { 0 };
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(policy_sources_add(&s, names[i], texts[i], strlen(texts[i])),
				 RBAC_OK);
	if (lab_apply(l, &s, false, "top:a", "ann"))
		fail_msg("init: %s", buf_text(&l->said));
	return 0;
}

static void test_each_setting_by_itself(void **state)
{
	struct lab *l = *state;
	int status, failed = 0;
	for (size_t i = 0; i < COUNT(samples); i++) {
		const struct sample *x = &samples[i];
		enum policy_file where = policy_grammar[x->of].where;
		char *text = changed(texts[where], x->was, x->now);
		put_all(l);
		put(l, names[where], text);
		char *said = diff(l, &status);
		if (status != EXIT_NO && status != EXIT_REFUSED)
			print_error("%s: exit status %d\n", x->says, status);
		if (!strstr(said, x->says)) {
			print_error("\"%s\" is not in:\n%s", x->says, said);
			failed++;
		}
		free(said);
		free(text);
	}
	assert_int_equal(failed, 0);
}

static void test_equal_policies_have_no_difference(void **state)
{
	struct lab *l = *state;
	int status;
	put_all(l);
	char *said = diff(l, &status);
	assert_int_equal(status, EXIT_DONE);
	assert_non_null(strstr(said, "no difference"));
	free(said);
	/* A comment, and another order of rules and lists, mean nothing; the text is another one
	 * all the same. */
	put(l, names[FILE_POLICY], "# a comment\n" POLICY);
	said = diff(l, &status);
	assert_null(strstr(said, "p.conf:"));
	assert_int_equal(status, EXIT_NO);
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_setting_has_a_sample),
		cmocka_unit_test_setup_teardown(test_each_setting_by_itself, setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_equal_policies_have_no_difference, setup,
						host_teardown),
	};
	return cmocka_run_group_tests_name("rbacctl: differences", tests, NULL, NULL);
}
