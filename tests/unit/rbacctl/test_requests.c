/* request.h: how many requests are pending on a host. Those of one person are in
 * tests/cmd/cases/requests-persons.case. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/change/request/request.h"

#define HOST "version = 1; host = \"any\";\n"
#define ASKED(name)                                                                                \
	name " = { kind = \"top\"; assign_by = [ \"boss\" ]; request_by = [ \"dev\" ]; "           \
	     "approval = \"required\"; };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { boss = { kind = \"top\"; assign_by = [ \"boss\" ]; bootstrap = true; };\n"      \
	"dev = { kind = \"top\"; assign_by = [ \"boss\" ]; };\n" ASKED("r0") ASKED("r1")           \
		ASKED("r2") ASKED("r3") ASKED("r4") "};\n"

static void user_name(unsigned i, char out[16])
{
	snprintf(out, 16, "p%03u", i);
}

/* ACTOR asks for the role rN. */
static int ask(struct lab *l, const char *actor, unsigned n, uint64_t *id)
{
	struct change c;
	char role[16];
	bool granted = false;
	struct role_request q = { .role = role,
				  .scope = "top:a",
				  .from = RBAC_TIME_MIN,
				  .length = 3600,
				  .reason = "OPS-1" };

	snprintf(role, sizeof role, "r%u", n);
	int err = lab_begin(l, &c, actor, false);
	return lab_end(l, &c, err ? err : change_request(&c, &q, id, &granted));
}

static int withdraw(struct lab *l, const char *actor, uint64_t id)
{
	struct change c;
	int err = lab_begin(l, &c, actor, false);

	return lab_end(l, &c, err ? err : change_cancel(&c, id));
}

static void two_hundred_are_pending_on_a_host(void **state)
{
	struct lab *l = *state;
	char name[16];
	uint64_t id = 0, last;
	const unsigned people = REQUEST_OF_ALL / REQUEST_OF_ONE;

	host_init(l, HOST, POLICY, "top:a", "ann");
	for (unsigned i = 0; i <= people; i++) {
		user_name(i, name);
		passwd_user(name, (uid_t)(2000 + i), 100);
		assert_int_equal(host_assign(l, "ann", name, "dev", "top:a"), RBAC_OK);
	}
	for (unsigned i = 0; i < people; i++) {
		user_name(i, name);
		for (unsigned k = 0; k < REQUEST_OF_ONE; k++)
			assert_int_equal(ask(l, name, k, &id), RBAC_OK);
	}
	user_name(people, name);
	assert_int_equal(ask(l, name, 0, &last), RBAC_REFUSED);
	assert_said(l, "200 requests are pending on this host, and the limit is 200");
	user_name(people - 1, name);
	assert_int_equal(withdraw(l, name, id), RBAC_OK);
	user_name(people, name);
	assert_int_equal(ask(l, name, 0, &last), RBAC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_hundred_are_pending_on_a_host, host_setup,
						host_teardown),
	};

	return cmocka_run_group_tests_name("requests", tests, NULL, NULL);
}
