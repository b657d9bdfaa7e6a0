/*
 * What `role clone` prints defines a role that says what the other one says, setting by setting. A
 * setting that the grammar gets fails this test until role_conf.c writes it and a sample has it.
 */
#include "tests/unit/model/helper.h"

#include "rbacctl/config/role_conf.h"
#include "rbacctl/model/fields.h"

#define RBAC_CONF "version = 1;\nhost = \"top:a\";\n"
#define POLICY(settings)                                                                           \
	"version = 1;\nkinds = { top = { }; low = { parent = \"top\"; owner = \"keeper\"; "        \
	"create_by = [ \"op\" ]; delete_by = [ \"op\" ]; plan = \"small\"; }; };\n"                \
	"keys = ( { name = \"k1\"; }, { name = \"k2\"; } );\n"                                     \
	"keychains = { c1 = [ \"k1\" ]; c2 = [ \"k2\" ]; };\n"                                     \
	"plans = { small = { seats = 3; }; };\n"                                                   \
	"roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; bootstrap = true; };\n"          \
	"  keeper = { kind = \"low\"; };\n  old = { kind = \"low\"; max = \"plan:seats\"; "        \
	"keychains = [ \"c1\", \"c2\" ]; };\n"                                                     \
	"  plain = { kind = \"low\"; };\n  dev = { " settings " };\n};\n"

/* Together they have each setting with another value than PLAIN's. */
static const char *const samples[] = {
	POLICY("kind = \"top\"; title = \"The \\\"best\\\" of c:\\\\dev\"; purpose = \"To work.\"; "
	       "keychains = [ \"c1\", \"c2\" ]; includes = [ \"old\", \"keeper\" ]; "
	       "cascade = false; max = 7; max_for = \"90m\"; reason = \"required\"; "
	       "assign_by = [ \"op\", \"key:k1\", \"anyone\" ]; remove_by = [ ]; "
	       "request_by = [ \"anyone\" ]; approve_by = [ \"op\", \"old\" ]; approvals = 2; "
	       "approval = \"required\"; pending_for = \"2h\"; gid = 2010000123;"),
	POLICY("kind = \"low\"; title = \"Dev\"; max = \"plan:seats\"; end_sessions = true; "
	       "review_every = \"90d\"; "
	       "review_by = [ \"op\" ]; unreviewed = \"end\"; review_grace = \"7d\"; local = true; "
	       "max_stale = \"1d\"; "
	       "end = \"required\"; "
	       "assign_by = [ \"owner\", \"owner:low\" ]; renamed_from = \"coder\";"),
	POLICY("kind = \"top\"; title = \"Dev\"; bootstrap = true; assign_by = [ \"dev\" ];"),
};

/* Those of one role alone. */
static bool is_of_one(int setting)
{
	return setting == R_GID || setting == R_MIN || setting == R_BOOTSTRAP ||
	       setting == R_RENAMED;
}

static bool same(const struct field *f, const struct policy *p, int a, int b)
{
	struct buf x = { 0 }, y = { 0 };

	f->text(p, (size_t)a, &x);
	f->text(p, (size_t)b, &y);
	bool equal = strcmp(buf_text(&x), buf_text(&y)) == 0;
	buf_free(&x);
	buf_free(&y);
	return equal;
}

static struct policy *load_both(const char *text, const char *copy)
{
	struct policy_sources s = { 0 };

	add_text(&s, "rbac.conf", RBAC_CONF);
	add_text(&s, "policy.d/copy.conf", copy);
	add_text(&s, "policy.d/p.conf", text);
	return load_clean(&s);
}

static void a_copy_says_what_the_role_says(void **state)
{
	bool seen[R_COUNT] = { false };
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct buf copy = { 0 };
		struct policy *p = load_texts(RBAC_CONF, samples[i]);
		int dev = policy_role_find(p, "dev");
		role_conf_write(p, dev, "copy", &copy);
		struct policy *both = load_both(samples[i], buf_text(&copy));
		dev = policy_role_find(both, "dev");
		int new = policy_role_find(both, "copy"), plain = policy_role_find(both, "plain");
		assert_true(new >= 0);
		for (const struct field *f = field_next(NULL); f; f = field_next(f)) {
			if (f->of != GRAMMAR_ROLE)
				continue;
			seen[f->setting] |= !same(f, both, dev, plain);
			if (!is_of_one(f->setting) && !same(f, both, dev, new))
				fail_msg("%s is not copied:\n%s", field_name(f), buf_text(&copy));
			if (is_of_one(f->setting) && !same(f, both, plain, new))
				fail_msg("%s is copied:\n%s", field_name(f), buf_text(&copy));
		}
		buf_free(&copy);
		policy_free(p);
		policy_free(both);
	}
	for (int s = 0; s < R_COUNT; s++)
		if (!seen[s] && s != R_MIN)
			fail_msg("no sample has %s", policy_grammar[GRAMMAR_ROLE].known[s].name);
}

static void a_name_of_a_role(void **state)
{
	(void)state;
	assert_true(role_conf_is_name("prod-root_2"));
	assert_false(role_conf_is_name("anyone"));
	assert_false(role_conf_is_name("owner"));
	assert_false(role_conf_is_name("root"));
	assert_false(role_conf_is_name("2b"));
	assert_false(role_conf_is_name("a.b"));
	assert_false(role_conf_is_name(""));
	assert_false(role_conf_is_name("a b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_says_what_the_role_says),
		cmocka_unit_test(a_name_of_a_role),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
