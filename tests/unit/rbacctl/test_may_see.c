/* may_see.h: what the socket shows of grants and of the log to somebody who is not root. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/access/may_see.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; bootstrap = true; };\n"          \
	"dev = { kind = \"top\"; assign_by = [ \"op\" ]; approve_by = [ \"lead\" ]; "              \
	"remove_by = [ \"sec\" ]; };\n"                                                            \
	"lead = { kind = \"top\"; assign_by = [ \"op\" ]; };\n"                                    \
	"sec = { kind = \"top\"; assign_by = [ \"op\" ]; }; };\n"

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(*state, "root", "bob", "dev", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(*state, "root", "cyd", "lead", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(*state, "root", "dan", "sec", "top:a"), RBAC_OK);
	return 0;
}

/* What UID sees, who is connected. */
static void look_as(struct lab *l, uid_t uid, struct peer *peer, struct invocation *a,
		    struct may_see *m)
{
	*peer = (struct peer){ .uid = uid, .login_is = PEER_LOGIN_NONE };
	*a = l->a;
	a->peer = peer;
	assert_int_equal(may_see_open(a, m), RBAC_OK);
}

static void a_grant_is_seen_by_its_parties_and_who_may_judge_it(void **state)
{
	static const struct {
		uid_t uid;
		const char *by;
		bool sees;
	} cases[] = {
		{ 1001, "root", true }, /* ann may assign */
		{ 1002, "root", true }, /* bob holds it */
		{ 1003, "root", true }, /* cyd may approve */
		{ 1004, "root", true }, /* dan may take it away */
		{ 1005, "root", false }, { 1005, "eve", true }, { 1005, NULL, false },
	};
	struct peer peer;
	struct invocation a;
	struct may_see m;
	for (size_t i = 0; i < COUNT(cases); i++) {
		look_as(*state, cases[i].uid, &peer, &a, &m);
		assert_int_equal(may_see_grant(&m, "bob", "dev", "top:a", cases[i].by),
				 cases[i].sees);
		assert_false(may_see_grant(&m, "zoe", "gone", "top:a", NULL));
		may_see_close(&m);
	}
}

#define RECORD                                                                                     \
	"user bob suspended\nbob +dev at top:a id 2\nrequest 4 denied: bob ?dev at top:a\n"        \
	"cyd +lead at top:a id 3\nscope +top:b\n"

static void assert_record(struct lab *l, uid_t uid, const char *actor, const char *seen)
{
	struct peer peer;
	struct invocation a;
	struct may_see m;
	struct buf out = { 0 };
	look_as(l, uid, &peer, &a, &m);
	assert_int_equal(may_see_record(&m, actor, RECORD, &out), *seen != '\0');
	assert_string_equal(buf_text(&out), seen);
	buf_free(&out);
	may_see_close(&m);
}

static void a_record_is_whole_for_who_made_it_and_its_own_lines_for_others(void **state)
{
	struct lab *l = *state;
	assert_record(l, 1005, "eve", RECORD);
	assert_record(l, 1005, "ann", "");
	/* Of one name that sorts before theirs and one that sorts after: neither is theirs. */
	assert_record(l, 1002, "zoe",
		      "user bob suspended\nbob +dev at top:a id 2\n"
		      "request 4 denied: bob ?dev at top:a\n");
	assert_record(l, 1003, "ann",
		      "bob +dev at top:a id 2\nrequest 4 denied: bob ?dev at top:a\n"
		      "cyd +lead at top:a id 3\n");
}

static void without_a_view_nothing_is_seen(void **state)
{
	struct lab *l = *state;
	struct peer peer = { .uid = 1002, .login_is = PEER_LOGIN_NONE };
	struct invocation a = l->a;
	struct may_see m;
	a.peer = &peer;
	snprintf(a.view, sizeof a.view, "/nonexistent/view.mdb");
	assert_int_not_equal(may_see_open(&a, &m), RBAC_OK);
	may_see_close(&m);
}

static void root_sees_all(void **state)
{
	struct lab *l = *state;
	struct may_see m;
	struct buf out = { 0 };
	assert_int_equal(may_see_open(&l->a, &m), RBAC_OK);
	assert_true(may_see_grant(&m, "zoe", "gone", "top:z", NULL));
	assert_true(may_see_record(&m, "zoe", RECORD, &out));
	assert_string_equal(buf_text(&out), RECORD);
	assert_true(may_see_record(&m, "zoe", "", &out)); /* a record without a line too */
	buf_free(&out);
	may_see_close(&m);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(a_grant_is_seen_by_its_parties_and_who_may_judge_it),
		ON_A_HOST(a_record_is_whole_for_who_made_it_and_its_own_lines_for_others),
		ON_A_HOST(without_a_view_nothing_is_seen),
		ON_A_HOST(root_sees_all),
	};

	return cmocka_run_group_tests_name("rbacctl: may_see", tests, NULL, NULL);
}
