/* gate_sample.h: whom doctor and setup ask libpam about: the accounts of people, some of each kind.
 */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/access/gate_sample.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\";\n"                                                         \
	"login = ( { services = [ \"sshd\" ]; roles = [ \"op\" ]; } );\n"                          \
	"exempt = { users = [ \"eve\" ]; };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; bootstrap = true; }; };\n"

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	return 0;
}

static void gather(struct lab *l, struct gate_sample *s, struct snapshot *snap)
{
	static struct findings out;
	out = (struct findings){ 0 };
	assert_int_equal(snapshot_open(snap, l->a.view), RBAC_OK);
	*s = (struct gate_sample){ .snap = snap, .now = NOW, .service = "sshd", .out = &out };
	gate_sample_gather(s);
	assert_false(out.failed);
}

static void end(struct gate_sample *s, struct snapshot *snap)
{
	gate_sample_free(s);
	snapshot_close(snap);
}

static bool has(const struct finding_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], name) == 0)
			return true;
	return false;
}

static void each_is_of_the_kind_that_the_gate_makes_of_them(void **state)
{
	struct gate_sample s;
	struct snapshot snap;
	gather(*state, &s, &snap);
	assert_int_equal(s.holders.n, 1);
	assert_true(has(&s.holders, "ann"));
	assert_int_equal(s.exempt.n, 1);
	assert_true(has(&s.exempt, "eve"));
	assert_int_equal(s.roleless.n, 3); /* bob, cyd, dan; never root */
	end(&s, &snap);
}

/* PERSONS_FROM, PERSONS_TO: other accounts are no people's. */
static void accounts_from_1000_and_below_60000_are_people(void **state)
{
	struct gate_sample s;
	struct snapshot snap;
	passwd_user("below", 999, 100);
	passwd_user("first", 1000, 100);
	passwd_user("last", 59999, 100);
	passwd_user("above", 60000, 100);
	gather(*state, &s, &snap);
	assert_true(has(&s.roleless, "first") && has(&s.roleless, "last"));
	assert_false(has(&s.roleless, "below") || has(&s.roleless, "above"));
	end(&s, &snap);
}

/* GATE_SAMPLE_MAX. */
static void twenty_of_a_kind_are_enough(void **state)
{
	struct lab *l = *state;
	struct gate_sample s;
	struct snapshot snap;
	char name[24];
	for (int i = 0; i < 17; i++) { /* beside bob, cyd and dan */
		snprintf(name, sizeof name, "more%d", i);
		passwd_user(name, (uid_t)(2000 + i), 100);
	}
	gather(l, &s, &snap);
	assert_int_equal(s.roleless.n, 20);
	end(&s, &snap);
	passwd_user("one-more", 3000, 100);
	for (int i = 0; i < 20; i++) { /* beside ann */
		snprintf(name, sizeof name, "more%d", i);
		passwd_user(name, (uid_t)(2000 + i), 100);
		assert_int_equal(host_assign(l, "root", name, "op", "top:a"), RBAC_OK);
	}
	gather(l, &s, &snap);
	assert_int_equal(s.holders.n, 20);
	assert_int_equal(s.roleless.n, 4);
	end(&s, &snap);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(each_is_of_the_kind_that_the_gate_makes_of_them),
		ON_A_HOST(accounts_from_1000_and_below_60000_are_people),
		ON_A_HOST(twenty_of_a_kind_are_enough),
	};

	return cmocka_run_group_tests_name("rbacctl: gate_sample", tests, NULL, NULL);
}
