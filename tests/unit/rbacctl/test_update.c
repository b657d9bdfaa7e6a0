/* A small change to a copy of the view gives what a compile from scratch gives, record for record.
 */
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
#include "rbacctl/change/import.h"
#include "rbacctl/config/source.h"
#include "rbacctl/view/compile.h"
#include "rbacctl/view/gather.h"
#include "rbacctl/view/update.h"
#include "tests/policy/lab.h"
#include "tests/policy/passwd.h"

enum { USERS = 12, ROUNDS = 600, ANEW = 40, START = 1790000000 };

static const char conf[] =
	"version = 1; host = \"space:main/web\";\n"
	"login = ( { services = [ \"sshd\" ]; keys = [ \"sandbox.launch\" ]; } );\n"
	"groups = { extra = ( { role = \"space-developer\"; "
	"unix_groups = [ \"docker\" ]; } ); };\n";

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

/* The byte AT in the file at PATH, with the bits of MASK turned over. */
static void flip(const char *path, size_t at, int mask)
{
	FILE *f = fopen(path, "r+");
	assert_non_null(f);
	fseek(f, (long)at, SEEK_SET);
	int byte = fgetc(f) ^ mask;
	fseek(f, (long)at, SEEK_SET);
	assert_int_equal(fputc(byte, f), byte);
	fclose(f);
}

/* Where the kind of the page that is the tree's root stands (docs/format.md): a branch turned into
 * nothing at all. */
static size_t root_kind(const char *text)
{
	enum { PAGE = 4096, META_ROOT = 16 + 72 + 40, KIND = 10 };
	uint64_t root;
	memcpy(&root, text + META_ROOT, sizeof root);
	return root * PAGE + KIND;
}

/* A record that is damaged must not be read and sealed again as if it were whole. */
static void a_damaged_view_is_no_base(void **state)
{
	struct change c;
	struct problems problems = { 0 };
	struct role_groups groups;
	struct facts some;
	char part[300], why[1024] = "";
	const char name[] = "gspace-member";
	(void)state;
	assert_int_equal(lab_begin(&lab, &c, "root", false), RBAC_OK);
	assert_int_equal(change_assign(&c, &(struct assign_request){ .subject = "u01",
								     .role = "space-member",
								     .scope = "space:main/web",
								     .reason = "",
								     .replace = true,
								     .from = RBAC_TIME_MIN,
								     .until = START + 9999 }),
			 RBAC_OK);
	/* One bit of the group's record, found by its key in the file. */
	FILE *f = fopen(lab.a.view, "r");
	static char text[1 << 18];
	assert_non_null(f);
	size_t len = fread(text, 1, sizeof text, f), at = 0;
	for (size_t i = 0; i + sizeof name < len; i++)
		if (memcmp(text + i, name, sizeof name - 1) == 0)
			at = i + sizeof name - 1 + 6;
	assert_true(at > 0);
	fclose(f);
	flip(lab.a.view, at, 1);
	snprintf(part, sizeof part, "%s/part", lab.state);
	assert_int_equal(role_groups_make(c.p, &groups, &problems), RBAC_OK);
	assert_int_equal(gather_facts(c.p, &c.t, c.a->now, NULL, &some), RBAC_OK);
	struct compile job = { &c.t, c.p, &c.sources, &some, &groups, c.a->now };
	assert_int_equal(update_view(&job, lab.a.view, part, why, sizeof why), RBAC_DAMAGED);
	assert_int_not_equal(access(part, F_OK), 0);
	flip(lab.a.view, at, 1);
	/* Likewise where the tree itself is: what liblmdb then says is no reason to refuse the
	 * change. */
	flip(lab.a.view, root_kind(text), 0x01);
	assert_int_equal(update_view(&job, lab.a.view, part, why, sizeof why), RBAC_DAMAGED);
	assert_int_not_equal(access(part, F_OK), 0);
	flip(lab.a.view, root_kind(text), 0x01);
	/* One that is cut short would kill us in liblmdb (SIGBUS). */
	assert_int_equal(truncate(lab.a.view, 3 * 4096), 0);
	assert_int_equal(update_view(&job, lab.a.view, part, why, sizeof why), RBAC_DAMAGED);
	assert_int_not_equal(access(part, F_OK), 0);
	facts_free(&some);
	role_groups_free(&groups);
	lab_end(&lab, &c, RBAC_REFUSED);
}

/* The number of the transaction that LMDB made the published view in: a compile always ends with
 * the same, an update adds one. */
static size_t transactions(void)
{
	MDB_env *env;
	MDB_envinfo info;
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_open(env, lab.a.view, MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY, 0),
			 0);
	assert_int_equal(mdb_env_info(env, &info), 0);
	mdb_env_close(env);
	return info.me_last_txnid;
}

static void leave(void)
{
}

static void take_away(void)
{
	assert_int_equal(unlink(lab.a.view), 0);
}

/* The kind of the root page: liblmdb finds no tree. */
static void damage(void)
{
	char text[4096];
	FILE *f = fopen(lab.a.view, "r");
	assert_non_null(f);
	assert_int_equal(fread(text, sizeof text, 1, f), 1);
	fclose(f);
	flip(lab.a.view, root_kind(text), 0x01);
}

/* An assignment to another user; SPOIL does something to the view between the begin of the change
 * and its end. */
static void assign_over(void (*spoil)(void))
{
	static int next = 1;
	struct change c;
	char user[16];
	snprintf(user, sizeof user, "u%02d", next++);
	int err = lab_begin(&lab, &c, "root", false);
	spoil();
	if (!err)
		err = change_assign(&c, &(struct assign_request){ .subject = user,
								  .role = "space-member",
								  .scope = "space:main/web",
								  .reason = "",
								  .from = RBAC_TIME_MIN,
								  .until = RBAC_TIME_MAX });
	assert_int_equal(lab_end(&lab, &c, err), RBAC_OK);
}

static void assign_another(void)
{
	assign_over(leave);
}

static void a_change_is_an_update_from_so_many_users_on(void **state)
{
	enum { ENOUGH = 500 };
	static struct import_row rows[ENOUGH];
	static char names[ENOUGH][16];
	struct problems problems = { 0 };
	struct change c;
	size_t there = 0, made = 0;
	(void)state;
	lab.a.update_users = ENOUGH;
	int err = lab_begin(&lab, &c, "root", false);
	assert_int_equal(err ? err : store_count(&c.t, T_USER, &there), RBAC_OK);
	size_t n = ENOUGH - 2 - there;
	for (size_t i = 0; i < n; i++) {
		snprintf(names[i], sizeof names[i], "x%05u", (unsigned)i);
		rows[i] = (struct import_row){ .user = names[i],
					       .role = "space-member",
					       .scope = "",
					       .from = RBAC_TIME_MIN,
					       .until = RBAC_TIME_MAX,
					       .line = 1 };
	}
	assert_int_equal(
		lab_end(&lab, &c, change_import(&c, rows, n, true, &problems, "many", NULL, &made)),
		RBAC_OK);
	assert_int_equal(made, n);
	size_t compiled = transactions();
	assign_another(); /* the last but one that is not enough */
	assert_int_equal(transactions(), compiled);
	assign_another();
	assert_int_equal(transactions(), compiled + 1);
	assign_another();
	assert_int_equal(transactions(), compiled + 2);
	assert_true(lab_verify(&lab));
	/* Where there is no view to build on, or a damaged one, the change compiles it from
	 * scratch, and ends. */
	assign_over(take_away);
	assert_int_equal(transactions(), compiled);
	assert_true(lab_verify(&lab));
	assign_another();
	assert_int_equal(transactions(), compiled + 1);
	assign_over(damage);
	assert_int_equal(transactions(), compiled);
	assert_true(lab_verify(&lab));
	problems_free(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_update_is_what_a_compile_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_damaged_view_is_no_base, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_change_is_an_update_from_so_many_users_on, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
