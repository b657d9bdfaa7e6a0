/* A small change to a copy of the view gives what a compile from scratch gives, record for record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/view.h"
#include "rbacctl/change/change.h"
#include "rbacctl/publish/compile.h"
#include "rbacctl/publish/update.h"
#include "tests/policy/lab.h"
#include "tests/policy/passwd.h"

enum { USERS = 12, ROUNDS = 600, START = 1790000000 };

static const char conf[] =
	"version = 1; host = \"space:main/web\";\n"
	"login = ( { services = [ \"sshd\" ]; keys = [ \"sandbox.launch\" ]; } );\n"
	"groups = { extra = ( { role = \"space-developer\"; unix_groups = [ \"docker\" ]; } ); };\n";

static struct lab lab;

static int set_up(void **state)
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

static int tear_down(void **state)
{
	(void)state;
	lab_close(&lab);
	return 0;
}

/* One act by chance; many are refused, which is as good. */
static int act(struct change *c)
{
	static const char *const roles[] = { "space-member", "space-developer", "space-admin", "account-admin" };
	static const char *const scopes[] = { "space:main/web", "space:main/api", "account:main" };
	char user[16];
	int role = rand() % 4;
	snprintf(user, sizeof user, "u%02d", rand() % USERS);
	const char *subject = rand() % 10 == 0 ? (rand() % 2 ? "%devs" : "%ops") : user;
	const char *scope = role == 3 ? scopes[2] : scopes[rand() % 2];
	switch (rand() % 8) {
	case 0:
		return change_scope_create(c, "space:main/api", NULL);
	case 1:
		return change_user_suspend(c, user, rand() % 2, false);
	case 2:
		return change_user_forget(c, user);
	case 3:
		return change_revoke(c, &(struct revoke_request){ .subject = subject, .role = roles[role], .scope = scope });
	case 4:
		return change_scope_delete(c, "space:main/api", true, false);
	default:
		return change_assign(c, &(struct assign_request){
			.subject = subject, .role = roles[role], .scope = scope, .reason = "", .from = rand() % 4 ? RBAC_TIME_MIN : START + rand() % 1000,
			.until = rand() % 2 ? RBAC_TIME_MAX : START + 2000 + rand() % 1000 });
	}
}

static void compare(const char *a, const char *b)
{
	struct rbac_view v, w;
	struct rbac_bytes key = { 0 }, next, rec, other_key = { 0 }, other_next, other;
	int err;
	assert_int_equal(rbac_view_open(a, RBAC_TRUST_ROOT, &v), RBAC_OK);
	assert_int_equal(rbac_view_open(b, RBAC_TRUST_ROOT, &w), RBAC_OK);
	while ((err = rbac_view_next(&v, key, &next, &rec, NULL)) == RBAC_OK) {
		assert_int_equal(rbac_view_next(&w, other_key, &other_next, &other, NULL), RBAC_OK);
		assert_int_equal(next.len, other_next.len);
		assert_memory_equal(next.p, other_next.p, next.len);
		assert_int_equal(rec.len, other.len);
		if (rec.len)
			assert_memory_equal(rec.p, other.p, rec.len);
		key = next;
		other_key = other_next;
	}
	assert_int_equal(err, RBAC_NOTFOUND);
	assert_int_equal(rbac_view_next(&w, other_key, &other_next, &other, NULL), RBAC_NOTFOUND);
	rbac_view_release(&v);
	rbac_view_release(&w);
}

/* What C's transaction sees, both ways. */
static void both_ways(struct change *c)
{
	char whole[300], part[300], why[1024] = "";
	struct problems problems = { 0 };
	struct role_groups groups;
	struct facts all, some;
	snprintf(whole, sizeof whole, "%s/whole", lab.state);
	snprintf(part, sizeof part, "%s/part", lab.state);
	assert_int_equal(role_groups_make(c->p, &groups, &problems), RBAC_OK);
	assert_int_equal(facts_gather(c->p, &c->t, false, &all), RBAC_OK);
	assert_int_equal(facts_gather(c->p, &c->t, true, &some), RBAC_OK);
	struct compile job = { &c->t, c->p, &c->sources, &all, &groups, c->a->now };
	assert_int_equal(compile_view(&job, whole, why, sizeof why), RBAC_OK);
	job.facts = &some;
	if (update_view(&job, lab.a.view, part, why, sizeof why) != RBAC_OK)
		fail_msg("update: %s", why);
	compare(whole, part);
	unlink(whole);
	unlink(part);
	facts_free(&all);
	facts_free(&some);
	role_groups_free(&groups);
	problems_free(&problems);
}

static void an_update_is_what_a_compile_is(void **state)
{
	int made = 0;
	(void)state;
	srand(7);
	for (int i = 0; i < ROUNDS; i++) {
		struct change c;
		lab.now = START + i;
		int err = lab_begin(&lab, &c, "root", false);
		for (int n = rand() % 3; n >= 0 && !err; n--)
			err = act(&c);
		if (!err && !c.nothing) {
			both_ways(&c);
			made++;
		}
		lab_end(&lab, &c, err);
	}
	assert_true(made > ROUNDS / 6);
}

/* A record that is damaged must not be read and sealed again as if it were whole. */
static void a_damaged_view_is_no_base(void **state)
{
	struct change c;
	struct problems problems = { 0 };
	struct role_groups groups;
	struct facts some;
	char part[300], why[1024] = "", byte;
	const char name[] = "gspace-member";
	(void)state;
	assert_int_equal(lab_begin(&lab, &c, "root", false), RBAC_OK);
	assert_int_equal(change_assign(&c, &(struct assign_request){ .subject = "u01", .role = "space-member", .scope = "space:main/web", .reason = "", .replace = true,
			 .from = RBAC_TIME_MIN, .until = START + 9999 }), RBAC_OK);
	/* One bit of the group's record, found by its key in the file. */
	FILE *f = fopen(lab.a.view, "r+");
	char text[1 << 16];
	assert_non_null(f);
	size_t len = fread(text, 1, sizeof text, f), at = 0;
	for (size_t i = 0; i + sizeof name < len; i++)
		if (memcmp(text + i, name, sizeof name - 1) == 0)
			at = i + sizeof name - 1 + 6;
	assert_true(at > 0);
	byte = (char)(text[at] ^ 1);
	fseek(f, (long)at, SEEK_SET);
	assert_int_equal(fwrite(&byte, 1, 1, f), 1);
	fclose(f);
	snprintf(part, sizeof part, "%s/part", lab.state);
	assert_int_equal(role_groups_make(c.p, &groups, &problems), RBAC_OK);
	assert_int_equal(facts_gather(c.p, &c.t, true, &some), RBAC_OK);
	struct compile job = { &c.t, c.p, &c.sources, &some, &groups, c.a->now };
	assert_int_equal(update_view(&job, lab.a.view, part, why, sizeof why), RBAC_DAMAGED);
	assert_int_not_equal(access(part, F_OK), 0);
	facts_free(&some);
	role_groups_free(&groups);
	lab_end(&lab, &c, RBAC_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_update_is_what_a_compile_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_damaged_view_is_no_base, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
