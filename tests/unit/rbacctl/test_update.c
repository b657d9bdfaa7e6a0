/* A small change to a copy of the view gives what a compile from scratch gives, record for record.
 */
#include "tests/unit/rbacctl/update_lab.h"

#include <unistd.h>

enum { ROUNDS = 600, ANEW = 40 };

/* One act by chance; many are refused, which is as good. */
static int act(struct change *c)
{
	static const char *const roles[] = { "space-member", "space-developer", "space-admin",
					     "account-admin" };
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
		return change_revoke(c, &(struct revoke_request){ .subject = subject,
								  .role = roles[role],
								  .scope = scope });
	case 4:
		return change_scope_delete(c, "space:main/api", true, false);
	default:
		return change_assign(
			c, &(struct assign_request){
				   .subject = subject,
				   .role = roles[role],
				   .scope = scope,
				   .reason = "",
				   .from = rand() % 4 ? RBAC_TIME_MIN : START + rand() % 1000,
				   .until = rand() % 2 ? RBAC_TIME_MAX
						       : START + 2000 + rand() % 1000 });
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

/* No more pages hold anything than the tree, the list of free pages and the two meta pages are: the
 * trees before are gone. */
static void holds_one_tree(const char *path)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_stat tree, list;
	char page[4096], zeros[sizeof page] = "";
	size_t held = 0;
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY, 0), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
	assert_int_equal(mdb_stat(txn, 1, &tree), 0);
	assert_int_equal(mdb_stat(txn, 0, &list), 0);
	mdb_txn_abort(txn);
	mdb_env_close(env);
	assert_int_equal(tree.ms_psize, sizeof page);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while (fread(page, sizeof page, 1, f) == 1)
		held += memcmp(page, zeros, sizeof page) != 0;
	fclose(f);
	assert_in_range(held, 1,
			2 + tree.ms_branch_pages + tree.ms_leaf_pages + tree.ms_overflow_pages +
				list.ms_branch_pages + list.ms_leaf_pages + list.ms_overflow_pages);
}

/* Then it is no small change. */
static bool touches_a_group(const struct change *c)
{
	bool yes = false;
	for (size_t i = 0; i < c->t.touched.n_subjects; i++)
		yes |= c->t.touched.subjects[i][0] == '%';
	return yes;
}

/* What C's transaction sees, both ways: from scratch, and at PART as an update of the view at FROM.
 * What the update says. */
static int both_ways(struct change *c, const char *from, const char *part)
{
	char whole[300], why[1024] = "";
	struct problems problems = { 0 };
	struct role_groups groups;
	struct facts facts;
	snprintf(whole, sizeof whole, "%s/whole", lab.state);
	assert_int_equal(role_groups_make(c->p, &groups, &problems), RBAC_OK);
	assert_int_equal(gather_facts(c->p, &c->t, c->a->now, NULL, &facts), RBAC_OK);
	struct compile job = { &c->t, c->p, &c->sources, &facts, &groups, c->a->now };
	assert_int_equal(compile_view(&job, whole, why, sizeof why), RBAC_OK);
	int err = update_view(&job, from, part, why, sizeof why);
	if (err && err != RBAC_NOTFOUND)
		fail_msg("update: %s", why);
	if (touches_a_group(c))
		assert_int_equal(err, RBAC_NOTFOUND);
	if (!err) {
		compare(whole, part);
		holds_one_tree(part);
	}
	holds_one_tree(whole);
	unlink(whole);
	facts_free(&facts);
	role_groups_free(&groups);
	problems_free(&problems);
	return err;
}

/* Of the view that was compiled, and of one that is an update of an update, as the next change to a
 * large store finds it. */
static void an_update_is_what_a_compile_is(void **state)
{
	char part[300], last[300];
	int made = 0, length = 0, longest = 0;
	(void)state;
	snprintf(part, sizeof part, "%s/part", lab.state);
	snprintf(last, sizeof last, "%s/last", lab.state);
	srand(7);
	for (int i = 0; i < ROUNDS; i++) {
		struct change c;
		lab.now = START + i;
		int err = lab_begin(&lab, &c, "root", false);
		for (int n = rand() % 3; n >= 0 && !err; n--)
			err = act(&c);
		bool of_group = !err && touches_a_group(&c),
		     change = !err && !c.nothing && !of_group;
		if (of_group)
			assert_int_equal(both_ways(&c, lab.a.view, part), RBAC_NOTFOUND);
		if (change) {
			bool chained =
				made++ % ANEW &&
				both_ways(&c, last, part) ==
					RBAC_OK; /* not found: too much of it lies free by now */
			length = chained ? length + 1 : 0;
			longest = length > longest ? length : longest;
			if (!chained)
				assert_int_equal(both_ways(&c, lab.a.view, part), RBAC_OK);
		}
		err = lab_end(&lab, &c, err);
		if (change)
			assert_int_equal(err ? unlink(part) : rename(part, last), 0);
		if (of_group && !err) { /* the next begins with what was compiled */
			unlink(last);
			assert_int_equal(link(lab.a.view, last), 0);
			length = 0;
		}
	}
	assert_true(made > ROUNDS / 6);
	assert_true(longest > ANEW / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_VIEW(an_update_is_what_a_compile_is),
	};

	return cmocka_run_group_tests_name("rbacctl: update of a view", tests, NULL, NULL);
}
