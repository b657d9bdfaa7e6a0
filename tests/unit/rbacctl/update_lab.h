/* update_lab.h - a host with the policy of torque and a dozen users, whose view is updated. */
#ifndef TESTS_UNIT_RBACCTL_UPDATE_LAB_H
#define TESTS_UNIT_RBACCTL_UPDATE_LAB_H

#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/config/source.h"
#include "rbacctl/view/compile.h"
#include "rbacctl/view/gather.h"
#include "rbacctl/view/update.h"

enum { USERS = 12, START = 1790000000 };

static const char conf[] =
	"version = 1; host = \"space:main/web\";\n"
	"login = ( { services = [ \"sshd\" ]; keys = [ \"sandbox.launch\" ]; } );\n"
	"groups = { extra = ( { role = \"space-developer\"; "
	"unix_groups = [ \"docker\" ]; } ); };\n";

static struct lab lab;

static inline int set_up(void **state)
{
	struct policy_sources s = { 0 };
	(void)state;
	passwd_reset();
	passwd_group("docker", 998);
	passwd_group("devs", 3000);
	passwd_group("ops", 3001);
	for (int i = 0; i < USERS; i++) {
		char name[16];
		snprintf(name, sizeof name, "u%02d", i);
		passwd_user(name, (uid_t)(5000 + i), 3000);
	}
	if (!lab_open(&lab))
		return -1;
	lab.now = START;
	assert_int_equal(policy_sources_add(&s, "rbac.conf", conf, strlen(conf)), RBAC_OK);
	assert_true(lab_read(&s, "policy.d/torque.conf", "conf/policies/torque.conf"));
	assert_int_equal(lab_apply(&lab, &s, false, "account:main", "u00"), RBAC_OK);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	lab_close(&lab);
	return 0;
}

#define ON_A_VIEW(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
