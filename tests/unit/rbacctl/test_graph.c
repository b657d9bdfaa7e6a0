/* graph: what it prints where a record of the view is damaged. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/access/snapshot.h"
#include "rbacctl/cmd/cmd.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { r = { kind = \"top\"; assign_by = [ \"r\" ]; bootstrap = true; }; };\n"

/* ann, bob, cyd and %devs hold r. */
static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(*state, "ann", "bob", "r", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(*state, "ann", "cyd", "r", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(*state, "ann", "%devs", "r", "top:a"), RBAC_OK);
	return 0;
}

/* The record of UID in the view has another last byte: the holdings of its user cannot be read. */
static void damage(const struct lab *l, uint32_t uid)
{
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_view v;
	struct rbac_bytes rec;
	FILE *f = fopen(l->a.view, "r+");

	rbac_number_key(key, uid);
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	assert_int_equal(rbac_view_get(&v, RBAC_REC_UID, key, sizeof(key), &rec), RBAC_OK);
	assert_non_null(f);
	const uint8_t *last = (const uint8_t *)rec.p + rec.len - 1;
	assert_int_equal(fseek(f, last - v.walk.map, SEEK_SET), 0);
	assert_int_equal(fputc(*last ^ 1, f), *last ^ 1);
	assert_int_equal(fclose(f), 0);
	rbac_view_release(&v);
}

/* What `rbacctl graph` prints, and *STATUS. */
static char *graph(struct lab *l, int *status)
{
	struct args args = { .verb = "graph" };
	char *said = NULL;
	size_t len;
	FILE *out = stdout;

	stdout = open_memstream(&said, &len);
	assert_non_null(stdout);
	*status = cmd_graph(&l->a, &args);
	fclose(stdout);
	stdout = out;
	return said;
}

static bool has_subject(const char *dot, const char *subject)
{
	char node[80];

	snprintf(node, sizeof node, "  \"u %s\" [label=", subject);
	return strstr(dot, node);
}

static void test_every_user_and_unix_group_is_drawn_once(void **state)
{
	int status;
	char *dot = graph(*state, &status);

	assert_int_equal(status, EXIT_DONE);
	assert_true(has_subject(dot, "ann") && has_subject(dot, "bob") && has_subject(dot, "cyd"));
	assert_true(has_subject(dot, "%devs"));
	free(dot);
}

static void test_a_user_whose_holdings_are_damaged_is_not_drawn_as_one_without_roles(void **state)
{
	int status;

	damage(*state, 1002);
	char *dot = graph(*state, &status);
	assert_int_equal(status, EXIT_TROUBLE);
	assert_true(has_subject(dot, "ann"));
	assert_false(has_subject(dot, "bob"));
	free(dot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_user_and_unix_group_is_drawn_once, setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(
			test_a_user_whose_holdings_are_damaged_is_not_drawn_as_one_without_roles,
			setup, host_teardown),
	};
	return cmocka_run_group_tests_name("rbacctl: graph", tests, NULL, NULL);
}
