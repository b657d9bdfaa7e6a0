/* Scopes by name: a kind says how deep its scopes lie, and whose names they begin with. */
#include "common/name.h"
#include "tests/unit/model/helper.h"

static struct policy *p;

static int setup(void **state)
{
	(void)state;
	p = load_texts(PLAIN_HOST,
		       "version = 1;\n"
		       "kinds = { provider = { }; organization = { parent = \"provider\"; };\n"
		       "team = { parent = \"organization\"; }; "
		       "workspace = { parent = \"organization\"; }; host = { }; };");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	policy_free(p);
	return 0;
}

static int kind(const char *name)
{
	return policy_kind_find(p, name, strlen(name));
}

static void test_kind(void **state)
{
	(void)state;
	assert_int_equal(policy_scope_kind(p, "provider:main"), kind("provider"));
	assert_int_equal(policy_scope_kind(p, "organization:main/acme"), kind("organization"));
	assert_int_equal(policy_scope_kind(p, "team:main/acme/ops"), kind("team"));
	static const char *const none[] = {
		"",
		"main",
		"provider",
		"provider:",
		"provider:main/acme",
		"organization:main",
		"organization:main/",
		"organization:main//acme",
		"team:main/acme",
		"space:main",
		"Provider:main",
		"provider :main",
		":main",
		"team:main/acme/ops/x",
		"provider:main:x",
	};
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (policy_scope_kind(p, none[i]) != -1)
			fail_msg("\"%s\" has a kind", none[i]);
}

static void test_parent(void **state)
{
	char out[RBAC_SCOPE_MAX + 1];

	(void)state;
	assert_int_equal(policy_scope_parent(p, "team:main/acme/ops", out), RBAC_OK);
	assert_string_equal(out, "organization:main/acme");
	assert_int_equal(policy_scope_parent(p, out, out), RBAC_OK);
	assert_string_equal(out, "provider:main");
	assert_int_equal(policy_scope_parent(p, "provider:main", out), RBAC_NOTFOUND);
	assert_int_equal(policy_scope_parent(p, "team:main", out), RBAC_INVALID);
}

static void test_ancestor(void **state)
{
	char out[RBAC_SCOPE_MAX + 1];

	(void)state;
	assert_int_equal(policy_scope_ancestor(p, "team:main/acme/ops", kind("provider"), out),
			 RBAC_OK);
	assert_string_equal(out, "provider:main");
	assert_int_equal(policy_scope_ancestor(p, "team:main/acme/ops", kind("team"), out),
			 RBAC_OK);
	assert_string_equal(out, "team:main/acme/ops");
	assert_int_equal(policy_scope_ancestor(p, "team:main/acme/ops", kind("workspace"), out),
			 RBAC_NOTFOUND);
	assert_int_equal(policy_scope_ancestor(p, "provider:main", kind("team"), out),
			 RBAC_NOTFOUND);
	assert_int_equal(policy_scope_ancestor(p, "team:ops", kind("team"), out), RBAC_INVALID);
	assert_int_equal(policy_scope_ancestor(p, "team:main/acme/ops", -1, out), RBAC_INVALID);
	assert_int_equal(policy_scope_ancestor(p, "team:main/acme/ops", 99, out), RBAC_INVALID);
}

static void test_within(void **state)
{
	(void)state;
	assert_true(policy_scope_within(p, "team:main/acme/ops", "provider:main"));
	assert_true(policy_scope_within(p, "team:main/acme/ops", "organization:main/acme"));
	assert_true(policy_scope_within(p, "team:main/acme/ops", "team:main/acme/ops"));
	assert_false(policy_scope_within(p, "team:main/acme/ops", "organization:main/acm"));
	assert_false(policy_scope_within(p, "team:main/acme/ops", "organization:main/acme2"));
	assert_false(policy_scope_within(p, "team:main/acme/ops", "workspace:main/acme/ops"));
	assert_false(policy_scope_within(p, "organization:main/acme", "team:main/acme/ops"));
	assert_false(policy_scope_within(p, "host:main", "provider:main"));
	assert_false(policy_scope_within(p, "nonsense", "nonsense"));
}

/* The longest name there is, whose parent's would be longer: the kind's name counts as well. */
static void test_longest(void **state)
{
	char scope[RBAC_SCOPE_MAX + 2], out[RBAC_SCOPE_MAX + 1];

	(void)state;
	memset(scope, 'a', sizeof(scope));
	memcpy(scope, "team:", 5);
	scope[5 + 64] = scope[5 + 64 + 65] = '/';
	scope[5 + 64 + 65 + 65] = '\0';
	assert_int_equal(policy_scope_kind(p, scope), kind("team"));
	assert_int_equal(policy_scope_parent(p, scope, out), RBAC_OK);
	assert_int_equal(strlen(out), strlen("organization:") + 64 + 65);
	scope[5 + 64 + 65 + 65] = 'a';
	scope[5 + 64 + 65 + 66] = '\0';
	assert_int_equal(policy_scope_kind(p, scope), -1);
}

/* A kind's name may make the parent's name longer than a scope may be: such a scope has no parent,
 * and cannot be made. */
static void test_parent_too_long(void **state)
{
	char text[1024], scope[RBAC_SCOPE_MAX + 1], out[RBAC_SCOPE_MAX + 1],
		longest[RBAC_WORD_MAX + 1];

	(void)state;
	memset(longest, 'k', RBAC_WORD_MAX);
	longest[RBAC_WORD_MAX] = '\0';
	snprintf(text, sizeof(text),
		 "version = 1; kinds = { a = { }; b = { parent = \"a\"; }; "
		 "c = { parent = \"b\"; }; d = { parent = \"c\"; }; %s = { parent = \"d\"; }; "
		 "f = { parent = \"%s\"; }; };",
		 longest, longest);
	struct policy *q = load_texts(PLAIN_HOST, text);
	strcpy(scope, "f:");
	for (int i = 0; i < 6; i++)
		sprintf(scope + strlen(scope), "%s%.*s", i ? "/" : "", i < 5 ? 63 : 56, longest);
	assert_true(strlen(scope) <= RBAC_SCOPE_MAX);
	assert_int_equal(policy_scope_kind(q, scope), 5);
	assert_int_equal(policy_scope_parent(q, scope, out), RBAC_INVALID);
	assert_int_equal(policy_scope_ancestor(q, scope, 3, out), RBAC_OK);
	assert_true(policy_scope_within(q, scope, out));
	policy_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kind),     cmocka_unit_test(test_parent),
		cmocka_unit_test(test_ancestor), cmocka_unit_test(test_within),
		cmocka_unit_test(test_longest),  cmocka_unit_test(test_parent_too_long),
	};

	return cmocka_run_group_tests_name("policy: scopes", tests, setup, teardown);
}
