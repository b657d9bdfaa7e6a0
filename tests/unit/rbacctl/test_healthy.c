/* After any change, small ones being updates, on a host whose users and groups change too, verify
 * finds nothing. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/config/source.h"

enum { USERS = 14, ROUNDS = 400, SEED = 20260105 };

static const char conf[] =
	"version = 1; host = \"space:main/web\"; exempt = { groups = [ \"wheel\" ]; };\n"
	"login = ( { services = [ \"sshd\" ]; keys = [ \"sandbox.launch\" ]; "
	"groups = [ \"ruled\" ]; } );\n"
	"groups = { extra = ( { role = \"space-developer\"; "
	"unix_groups = [ \"docker\" ]; } ); };\n";

static const char *const unix_groups[] = { "docker", "devs", "ops", "wheel", "ruled" };

static void name_of(int i, char out[16])
{
	snprintf(out, 16, "u%02d", i);
}

static void put_user(int i)
{
	char name[16];
	uid_t uid = (uid_t)(5000 + i + (rand() % 8 == 0 ? 100 : 0));
	name_of(i, name);
	if (i % 5 == 4)
		passwd_remote_user(name, uid, 3000);
	else
		passwd_user(name, uid, rand() % 3 ? 100 : 3000);
}

static int setup(void **state)
{
	struct policy_sources s = { 0 };
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	srand(SEED);
	passwd_reset();
	for (size_t i = 0; i < COUNT(unix_groups); i++)
		passwd_group(unix_groups[i], (gid_t)(3000 + i));
	for (int i = 0; i < USERS; i++)
		put_user(i);
	assert_int_equal(policy_sources_add(&s, "rbac.conf", conf, strlen(conf)), RBAC_OK);
	assert_true(lab_read(&s, "policy.d/torque.conf", "conf/policies/torque.conf"));
	assert_int_equal(lab_apply(l, &s, false, "account:main", "u00"), RBAC_OK);
	l->a.update_users = 3;
	return 0;
}

/* One fact of this host by chance. */
static void happen(void)
{
	char name[16];
	int i = 1 + rand() % (USERS - 1);
	size_t g = (size_t)rand() % COUNT(unix_groups);
	name_of(i, name);
	switch (rand() % 6) {
	case 0:
		passwd_drop_user(name);
		break;
	case 1:
		passwd_drop_group(unix_groups[g]);
		break;
	case 2:
		passwd_drop_group(unix_groups[g]);
		passwd_group(unix_groups[g], (gid_t)(3000 + (unsigned)rand() % 7));
		break;
	case 3:
		passwd_directory(rand() % 2);
		break;
	case 4:
		passwd_drop_user(name);
		put_user(i);
		passwd_member(name, (gid_t)(3000 + (unsigned)rand() % 7));
		break;
	default:
		put_user(i);
		break;
	}
}

static int act(struct change *c)
{
	static const char *const roles[] = { "space-member", "space-developer", "space-admin",
					     "account-admin" };
	static const char *const scopes[] = { "space:main/web", "space:main/api", "account:main" };
	char user[16], other[16];
	int role = rand() % 4;
	name_of(rand() % USERS, user);
	name_of(rand() % (USERS + 3), other);
	const char *subject = rand() % 8 == 0 ? (rand() % 2 ? "%devs" : "%ops") : user;
	const char *scope = role == 3 ? scopes[2] : scopes[rand() % 2];
	switch (rand() % 14) {
	case 0:
		return change_scope_create(c, "space:main/api", NULL);
	case 1:
		return change_user_suspend(c, user, rand() % 2, rand() % 2);
	case 2:
		return change_user_forget(c, user);
	case 3:
	case 4:
		return change_revoke(c, &(struct revoke_request){ .subject = subject,
								  .role = roles[role],
								  .scope = scope });
	case 5:
		return change_scope_delete(c, "space:main/api", true, rand() % 2);
	case 6:
		return change_user_rename(c, user, other);
	case 7:
		return change_user_rebind(c, user);
	case 8:
		return rand() % 2 ? change_user_rebind_all(c)
				  : change_user_add(c, other, NULL, true);
	case 9:
		return change_scope_transfer(c, scopes[rand() % 3], user, rand() % 2);
	default:
		return change_assign(
			c, &(struct assign_request){
				   .subject = subject,
				   .role = roles[role],
				   .scope = scope,
				   .from = rand() % 4 ? RBAC_TIME_MIN : NOW + rand() % 1000,
				   .reason = "",
				   .until = rand() % 2 ? RBAC_TIME_MAX : NOW + 2000 + rand() % 1000,
				   .force = rand() % 2,
				   .replace = rand() % 6 == 0 });
	}
}

static void verify_finds_nothing_after_any_change(void **state)
{
	struct lab *l = *state;
	int made = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct change c;
		if (rand() % 3 == 0)
			happen();
		int err = lab_begin(l, &c, "root", false);
		unsigned long long change = c.change;
		bool publish = !err && rand() % 10 == 0;
		if (!err)
			err = publish ? change_publish_now(&c) : act(&c);
		bool nothing = c.nothing;
		err = publish ? change_close(&c, err) : lab_end(l, &c, err);
		if (err || nothing)
			continue;
		made++;
		if (!lab_verify(l))
			fail_msg("round %d, change %llu: %s", i, change, buf_text(&l->said));
		lab_compare(l);
		if (l->said.len)
			fail_msg("round %d, change %llu: %s", i, change, buf_text(&l->said));
	}
	assert_in_range(made, 150, ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(verify_finds_nothing_after_any_change, setup,
						host_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
