/* facts_lab.h - a host with extra, exempt and assigned Unix groups, where each small change is an
 * update of the view. */
#ifndef TESTS_UNIT_RBACCTL_FACTS_LAB_H
#define TESTS_UNIT_RBACCTL_FACTS_LAB_H

#include "tests/unit/rbacctl/helper.h"

#define HOST                                                                                       \
	"version = 1; host = \"low:a/x\"; login = ( { services = [ \"s\" ]; "                      \
	"groups = [ \"ruled\" ]; } );\n"                                                           \
	"exempt = { groups = [ \"exempted\" ]; }; zone = \"UTC\";\n"                               \
	"groups = { extra = ( { role = \"box\"; unix_groups = [ \"docker\" ]; } ); };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; }; }; "                       \
	"keys = ( ); keychains = { };\n"                                                           \
	"roles = { box = { kind = \"low\"; }; other = { kind = \"low\"; }; };\n"

static inline int setup(void **state)
{
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	passwd_group("docker", 998);
	passwd_group("ruled", 6001);
	passwd_group("exempted", 6002);
	passwd_user("pat", 1010, 5001); /* ops is pat's primary group */
	passwd_member("dan", 5000);
	host_init(l, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(l, "root", "bob", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "cyd", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "%devs", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(host_assign(l, "root", "%ops", "other", "low:a/x"), RBAC_OK);
	l->a.update_users = 1; /* every small change is an update from now on */
	return 0;
}

static inline bool in_group(struct lab *l, const char *user, const char *group)
{
	struct rbac_view v;
	struct rbac_bytes rec;
	struct rbac_group g;
	bool found = false;
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_GROUP, group, strlen(group), &rec), RBAC_OK);
	assert_int_equal(rbac_group_decode(rec, &g), RBAC_OK);
	struct gids gids = lab_gids(&v, user, l->now);
	for (size_t i = 0; i < gids.n; i++)
		found |= gids.v[i] == g.gid;
	gids_free(&gids);
	rbac_view_release(&v);
	return found;
}

#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)

#endif
