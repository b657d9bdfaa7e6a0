/* prune.c against each pair of assignments looked at by itself. */
#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/change/due/prune.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\"; login = ( { services = [ \"s\" ]; keys = [ \"k\" ]; } );\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; }; };\n"                      \
	"keys = ( { name = \"k\"; } ); keychains = { c = [ \"k\" ]; }; "                           \
	"roles = { r = { kind = \"top\"; keychains = [ \"c\" ]; }; "                               \
	"q = { kind = \"top\"; keychains = [ \"c\" ]; }; };\n"

enum { TRIALS = 60, MOST = 40, LAST = 8 };

static const char *const users[] = { "bob", "cyd" }, *const roles[] = { "q", "r" };

struct row {
	int user, role;
	int64_t from, until;
	bool of_file;
};

/* Of assignments I and J, whose ids rise: does J make I pointless? */
static bool covers(const struct row *v, size_t j, size_t i)
{
	int64_t from_i = v[i].from > NOW ? v[i].from : NOW;
	int64_t from_j = v[j].from > NOW ? v[j].from : NOW;

	if (i == j || v[i].user != v[j].user || v[i].role != v[j].role || from_j > from_i ||
	    v[j].until < v[i].until)
		return false;
	bool same = from_i == from_j && v[i].until == v[j].until;
	return !same || (v[j].of_file != v[i].of_file ? v[j].of_file : j < i);
}

static bool stays(const struct row *v, size_t n, size_t i)
{
	if (v[i].of_file)
		return true;
	if (v[i].until <= NOW)
		return false;
	for (size_t j = 0; j < n; j++)
		if (v[j].until > NOW && covers(v, j, i))
			return false;
	return true;
}

static void put(struct change *c, const struct row *r, uint64_t id)
{
	struct store_user bob = { .uid = RBAC_NO_UID };
	struct store_assignment a = { .id = id,
				      .change = c->change,
				      .when = NOW,
				      .from = r->from,
				      .until = r->until,
				      .subject = users[r->user],
				      .role = roles[r->role],
				      .scope = "top:a",
				      .by = "root",
				      .reason = "",
				      .source = r->of_file ? "a.conf:1" : "command" };

	assert_int_equal(store_user_put(&c->t, a.subject, &bob), RBAC_OK);
	assert_int_equal(store_assignment_put(&c->t, &a), RBAC_OK);
}

static void test_each_pair_has_the_expected_result(void **state)
{
	struct lab *l = *state;
	struct row v[MOST];
	size_t went = 0;

	srand(11);
	host_init(l, HOST, POLICY, "top:a", "ann");
	for (int trial = 0; trial < TRIALS; trial++) {
		struct change c;
		struct prune_count n;
		struct store_assignment a;
		size_t gone = 0;
		assert_int_equal(lab_begin(l, &c, "root", true), RBAC_OK);
		for (size_t i = 0; i < MOST; i++) {
			int64_t from = NOW - 3 + rand() % LAST;
			v[i] = (struct row){ rand() % 2, rand() % 2,
					     rand() % 3 ? from : RBAC_TIME_MIN,
					     rand() % 3 ? from + 1 + rand() % 3 : RBAC_TIME_MAX,
					     rand() % 4 == 0 };
			put(&c, &v[i], i + 100);
		}
		assert_int_equal(change_prune(&c, &n), RBAC_OK);
		for (size_t i = 0; i < MOST; i++) {
			bool there = store_assignment_get(&c.t, i + 100, &a) == RBAC_OK;
			if (there != stays(v, MOST, i))
				fail_msg("trial %d, assignment %zu: %s", trial, i,
					 there ? "stayed" : "went");
			gone += !there;
		}
		assert_int_equal(gone, n.ended + n.superseded);
		went += gone;
		assert_int_equal(lab_end(l, &c, RBAC_OK), RBAC_OK);
	}
	assert_true(went > TRIALS * 5 && went < (size_t)TRIALS * MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(
		test_each_pair_has_the_expected_result, host_setup, host_teardown) };

	return cmocka_run_group_tests_name("rbacctl: prune", tests, NULL, NULL);
}
