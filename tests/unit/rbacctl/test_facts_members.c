/* Members through Unix groups: whom a group of ours lists. */
#include "tests/unit/rbacctl/facts_lab.h"

#include "rbacctl/host/people/facts.h"

/* The members of GROUP, "ann bob". */
static const char *members_of(struct lab *l, const char *group)
{
	static char text[600];
	struct rbac_view v;
	struct rbac_bytes rec;
	struct rbac_group g;
	size_t len = 0;
	text[0] = 0;
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_GROUP, group, strlen(group), &rec), RBAC_OK);
	assert_int_equal(rbac_group_decode(rec, &g), RBAC_OK);
	const uint8_t *p = g.always;
	for (uint32_t i = 0; i < g.n_always; p += g.always_lens[i] + 1, i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i ? " " : "",
					(const char *)p);
	if (g.n_windowed)
		snprintf(text + len, sizeof text - len, " and %u", g.n_windowed);
	rbac_view_release(&v);
	return text;
}

static void whoever_has_a_role_by_a_group_is_listed(void **state)
{
	struct lab *l = *state;
	struct change c;
	assert_string_equal(members_of(l, "box"), "bob cyd dan"); /* dan by devs */
	assert_string_equal(members_of(l, "docker"), "bob cyd dan");
	assert_string_equal(members_of(l, "other"), "pat"); /* whose primary group ops is */
	/* An update keeps them, and gives their groups back to whom it takes something else from.
	 */
	assert_int_equal(host_assign(l, "root", "dan", "box", "low:a/x"), RBAC_OK);
	assert_string_equal(members_of(l, "box"), "bob cyd dan");
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_user_forget(&c, "dan")), RBAC_OK);
	assert_string_equal(members_of(l, "box"), "bob cyd dan");
	assert_int_equal(host_assign(l, "root", "dan", "other", "low:a/x"), RBAC_OK);
	err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_user_suspend(&c, "dan", true, false)),
			 RBAC_OK);
	assert_string_equal(members_of(l, "box"), "bob cyd");
	assert_string_equal(members_of(l, "other"), "pat");
	assert_same_content(l);
}

/* What is assigned to a Unix group that a role brings counts for whoever has the role; lists and
 * sessions agree. */
static void what_an_extra_group_brings_is_followed(void **state)
{
	struct lab *l = *state;
	assert_int_equal(host_assign(l, "root", "%docker", "other", "low:a/x"), RBAC_OK);
	assert_string_equal(members_of(l, "other"), "bob cyd dan pat");
	assert_true(in_group(l, "bob", "other"));
	assert_true(in_group(l, "dan", "other"));
	assert_int_equal(host_assign(l, "root", "eve", "box", "low:a/x"), RBAC_OK);
	assert_string_equal(members_of(l, "other"), "bob cyd dan eve pat");
	assert_same_content(l);
}

static void a_group_beyond_the_limit_lists_nobody(void **state)
{
	struct fact_group g = { .name = "g" };
	struct facts f = { .groups = &g, .n_groups = 1 };
	(void)state;
	for (int over = 0; over < 2; over++) {
		for (unsigned i = 0; i < FACTS_MEMBERS_MAX + (unsigned)over; i++) {
			char name[16];
			snprintf(name, sizeof name, "m%u", i);
			assert_int_equal(facts_add_member(&g, name), RBAC_OK);
		}
		assert_int_equal(facts_finish_members(&f), RBAC_OK);
		assert_int_equal(g.crowded, over);
		assert_int_equal(g.n_members, over ? 0 : FACTS_MEMBERS_MAX);
		for (size_t i = 0; i < g.n_members; i++)
			free(g.members[i]);
		g.n_members = 0;
	}
	free(g.members);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_HOST(whoever_has_a_role_by_a_group_is_listed),
		ON_A_HOST(what_an_extra_group_brings_is_followed),
		cmocka_unit_test(a_group_beyond_the_limit_lists_nobody),
	};

	return cmocka_run_group_tests_name("rbacctl: members through Unix groups", tests, NULL,
					   NULL);
}
