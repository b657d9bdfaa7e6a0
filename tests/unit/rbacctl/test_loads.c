/*
 * One command loads the applied policy once: what looks at the view before and after borrows it
 * (change_snapshot_open() in change.h). apply loads two policies, the old one and the new one. The
 * linker puts __wrap_policy_load() before policy_load().
 */
#include "tests/unit/rbacctl/helper.h"

#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/complain.h"
#include "rbacctl/config/load.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\"; # a comment\n"                                             \
	"login = ( { services = [ \"sshd\" ]; roles = [ \"boss\" ]; } );\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; }; /* a comment */\n"                                   \
	"roles = { boss = { kind = \"top\"; bootstrap = true; assign_by = [ \"boss\" ]; };\n"      \
	"  dev = { kind = \"top\"; assign_by = [ \"boss\" ]; }; };\n"

static unsigned loads;

int __real_policy_load(const struct policy_sources *sources, struct policy **out,
		       struct problems *problems);
int __wrap_policy_load(const struct policy_sources *sources, struct policy **out,
		       struct problems *problems);
int __wrap_policy_load(const struct policy_sources *sources, struct policy **out,
		       struct problems *problems)
{
	loads++;
	return __real_policy_load(sources, out, problems);
}

static int setup(void **state)
{
	int err = host_setup(state);
	struct lab *l = *state;
	host_init(l, HOST, POLICY, "top:a", "ann");
	l->a.as = "ann";
	return err;
}

/* How often RUN with the words A and B loads a policy. */
static unsigned loads_of(struct lab *l, cmd_verb *run, const char *a, const char *b)
{
	char *words[] = { (char *)a, (char *)b, NULL };
	struct args args = { .v = words, .n = a ? 2 : 0 };
	FILE *out = stdout;
	loads = 0;
	stdout = fopen("/dev/null", "w");
	assert_non_null(stdout);
	int status = run(&l->a, &args);
	fclose(stdout);
	stdout = out;
	assert_int_equal(status, EXIT_DONE);
	return loads;
}

static void test_assign_and_revoke_load_the_policy_once(void **state)
{
	assert_int_equal(loads_of(*state, cmd_assign, "bob", "dev"), 1);
	assert_int_equal(loads_of(*state, cmd_revoke, "bob", "dev"), 1);
}

static void test_publish_loads_the_policy_once(void **state)
{
	assert_int_equal(loads_of(*state, cmd_publish, NULL, NULL), 1);
}

/* What cmd_apply does behind the reading of /etc: the guard, the view before and the one after. */
static void test_apply_loads_the_old_policy_and_the_new_one(void **state)
{
	struct lab *l = *state;
	struct change c;
	struct policy_sources s;
	struct policy *p;
	struct problems problems = { 0 };
	struct snapshot before, after;
	struct buf why = { 0 };
	two_files(&s, HOST, POLICY "# another comment\n");
	l->a.as = "root";
	loads = 0;
	assert_int_equal(policy_load(&s, &p, &problems), RBAC_OK);
	assert_int_equal(change_open_to_apply(&c, &l->a), RBAC_OK);
	assert_int_equal(change_snapshot_try(&c, l->a.view, &before, &why), RBAC_OK);
	int err = change_apply(&c, &s, p, false, NULL);
	if (!err)
		err = change_commit(&c);
	assert_int_equal(err, RBAC_OK);
	assert_int_equal(change_snapshot_open(&c, l->a.view, &after), RBAC_OK);
	assert_ptr_equal(after.p, c.p);
	assert_ptr_equal(before.p, c.old);
	assert_int_equal(loads, 2);
	snapshot_close(&after);
	snapshot_close(&before);
	assert_int_equal(change_close(&c, RBAC_OK), EXIT_DONE);
	problems_free(&problems);
	buf_free(&why);
}

/* A view of other texts is not read by a policy that is not its own. */
static void test_a_view_of_other_texts_is_loaded_anew(void **state)
{
	struct lab *l = *state;
	struct policy_sources s;
	struct policy *p;
	struct problems problems = { 0 };
	struct snapshot view;
	two_files(&s, HOST, POLICY "keys = ( { name = \"k\"; } );\n");
	assert_int_equal(policy_load(&s, &p, &problems), RBAC_OK);
	assert_int_equal(snapshot_open_with(&view, l->a.view, &(struct lent_policy){ p, &s }, 1),
			 RBAC_OK);
	assert_ptr_not_equal(view.p, p);
	assert_int_equal(view.p->n_keys, 0);
	snapshot_close(&view);
	policy_free(p);
	policy_sources_free(&s);
	problems_free(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_assign_and_revoke_load_the_policy_once, setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_publish_loads_the_policy_once, setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_apply_loads_the_old_policy_and_the_new_one,
						setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_a_view_of_other_texts_is_loaded_anew, setup,
						host_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
