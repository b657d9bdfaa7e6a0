/*
 * A policy in the store that this rbacctl cannot read, since a newer one is stricter or since its
 * text was damaged: changes are refused and say what repairs it, the published view stays in force,
 * and apply puts another policy in its place.
 */
#include "tests/unit/rbacctl/helper.h"

#include <unistd.h>

#include "common/decide.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/config/source.h"

#define HOST                                                                                       \
	"version = 1; host = \"top:a\";\n"                                                         \
	"login = ( { services = [ \"sshd\" ]; roles = [ \"r\", \"s\" ]; } );\n"
#define ONLY_R                                                                                     \
	"version = 1; host = \"top:a\";\n"                                                         \
	"login = ( { services = [ \"sshd\" ]; roles = [ \"r\" ]; } );\n"
#define ROLE_R                                                                                     \
	"roles = { r = { kind = \"top\"; assign_by = [ \"r\" ]; bootstrap = true; min = 1; };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; owner = \"keeper\"; "         \
	"create_by = [ \"r\" ]; }; };\n" ROLE_R                                                    \
	"s = { kind = \"top\"; assign_by = [ \"r\" ]; }; keeper = { kind = \"low\"; }; };\n"
#define WITHOUT_S                                                                                  \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; owner = \"keeper\"; "         \
	"create_by = [ \"r\" ]; }; };\n" ROLE_R "keeper = { kind = \"low\"; }; };\n"
#define SITE "version = 1;\nassignments = ( { user = \"cyd\"; role = \"s\"; } );\n"
#define STRICTER "version = 1; kinds = { top = { }; };\n\nnovelty = 1;\n"

/* ann may give r and s; bob holds s by command, cyd by a file; dan owns low:a/x. */
static int setup(void **state)
{
	struct policy_sources s;
	struct change c;
	if (host_setup(state))
		return -1;
	struct lab *l = *state;
	two_files(&s, HOST, POLICY);
	assert_int_equal(policy_sources_add(&s, "assignments.d/site.conf", SITE, strlen(SITE)),
			 RBAC_OK);
	assert_int_equal(lab_apply(l, &s, false, "top:a", "ann"), RBAC_OK);
	assert_int_equal(host_assign(l, "ann", "bob", "s", "top:a"), RBAC_OK);
	int err = lab_begin(l, &c, "root", false);
	assert_int_equal(lab_end(l, &c, err ? err : change_scope_create(&c, "low:a/x", "dan")),
			 RBAC_OK);
	assert_verified(l);
	return 0;
}

/* ---- ways to lose a policy: each into the open transaction ---- */

typedef void spoil(struct store_txn *t, uint64_t applied);

static void put_texts(struct store_txn *t, uint64_t applied, const char *host, const char *policy)
{
	struct policy_sources s;
	static const char nobody[] = "version = 1;\n";
	two_files(&s, host, policy);
	assert_int_equal(policy_sources_add(&s, "assignments.d/site.conf", nobody, strlen(nobody)),
			 RBAC_OK);
	assert_int_equal(store_texts_put(t, applied, &s), RBAC_OK);
	policy_sources_free(&s);
}

static void stricter(struct store_txn *t, uint64_t applied)
{
	put_texts(t, applied, HOST, STRICTER);
}
static void damaged(struct store_txn *t, uint64_t applied)
{
	put_texts(t, applied, HOST, "version = 1; kinds = { top\1 = {");
}

static void raw(struct store_txn *t, uint64_t applied, const char *bytes, size_t len)
{
	uint8_t key[12] = { 0 };
	store_be64(key, applied);
	assert_int_equal(store_put(t, T_TEXT, key, sizeof key, bytes, len), RBAC_OK);
}

static void no_name(struct store_txn *t, uint64_t applied)
{
	raw(t, applied, "xxxx", 4);
}
static void same_name(struct store_txn *t, uint64_t applied)
{
	raw(t, applied, "policy.d/p.conf", 16);
}
static void bad_number(struct store_txn *t, uint64_t applied)
{
	(void)applied;
	assert_int_equal(store_put(t, T_META, "applied", 7, "123", 3), RBAC_OK);
}
static void no_number(struct store_txn *t, uint64_t applied)
{
	(void)applied;
	assert_int_equal(store_del(t, T_META, "applied", 7), RBAC_OK);
}
static void no_texts(struct store_txn *t, uint64_t applied)
{
	(void)applied;
	assert_int_equal(store_number_put(t, "applied", 1000), RBAC_OK);
}

static const struct {
	spoil *fn;
	const char *says;
} ways[] = {
	{ stricter, "p.conf:3: unknown setting \"novelty\"" },
	{ damaged, "p.conf:1: " },
	{ no_name, "the applied policy" },
	{ same_name, "the applied policy" },
	{ bad_number, "\"applied\"" },
	{ no_number, "missing" },
	{ no_texts, "missing" },
};

/* What lose() wrote is of no change, and verify says so of it alone. */
static void assert_verified_but_for_texts(struct lab *l)
{
	static const char *const of_texts[] = { "policy file ", "the number applied " };
	if (lab_verify(l))
		return;
	char *rest = NULL, *said = strdup(buf_text(&l->said));
	for (char *line = strtok_r(said, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		bool known = false;
		for (size_t i = 0; i < COUNT(of_texts); i++)
			known |= strstr(line, of_texts[i]) != NULL;
		if (!known)
			fail_msg("%s", line);
	}
	free(said);
}

/* Spoil what is applied as it lies there: no change of rbacctl's, and the view stays that of the
 * store. */
static void lose(struct lab *l, spoil *fn)
{
	struct store *s;
	struct store_txn t;
	uint64_t applied;
	assert_int_equal(store_open(l->a.store, STORE_CHANGE, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_number_get(&t, "applied", &applied), RBAC_OK);
	fn(&t, applied);
	assert_int_equal(store_commit(&t), RBAC_OK);
	store_close(s);
}

static void assert_login(struct lab *l, const char *user, bool allow)
{
	struct rbac_view v;
	struct rbac_verdict verdict;
	uint32_t gid = 100;
	struct rbac_request rq = { user, lab_uid(user), "sshd", NULL, &gid, 1, NOW, false };
	assert_int_equal(rbac_view_open(l->a.view, RBAC_TRUST_SELF, &v), RBAC_OK);
	assert_int_equal(rbac_decide(&v, &rq, &verdict), RBAC_OK);
	assert_int_equal(verdict.allow, allow);
	rbac_view_release(&v);
}

/* HOST, POLICY and, with SITE, cyd's assignment. */
static int apply(struct lab *l, const char *policy, bool site, bool drop)
{
	struct policy_sources s;
	two_files(&s, HOST, policy);
	if (site)
		assert_int_equal(
			policy_sources_add(&s, "assignments.d/site.conf", SITE, strlen(SITE)),
			RBAC_OK);
	return lab_apply(l, &s, drop, NULL, NULL);
}

static void test_changes_are_refused_and_say_what_helps(void **state)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct lab *l = *state;
		lose(l, ways[i].fn);
		assert_int_equal(host_assign(l, "ann", "eve", "s", "top:a"), RBAC_DAMAGED);
		assert_said(l, ways[i].says);
		assert_said(l, "rbacctl apply");
		assert_login(l, "bob", true); /* the view stays in force */
		assert_login(l, "eve", false);
		assert_int_equal(apply(l, POLICY, true, false), RBAC_OK);
		assert_said(l, "could not be read");
		assert_said(l, ways[i].says);
	}
}

/* Nothing is lost by it: who holds and owns what, the audit, the gids. */
static void test_apply_repairs(void **state)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct lab *l = *state;
		lose(l, ways[i].fn);
		if (apply(l, POLICY, true, false))
			fail_msg("way %zu: %s", i, buf_text(&l->said));
		assert_verified_but_for_texts(l);
		assert_login(l, "ann", true);
		assert_login(l, "bob", true);
		assert_login(l, "cyd", true);
		assert_login(l, "dan", false);
		assert_int_equal(host_assign(l, "ann", "bob", "s", "top:a"), RBAC_OK);
		assert_said(l, "already holds");
		assert_int_equal(apply(l, POLICY, true, false),
				 RBAC_OK); /* and a policy that is read again is compared again */
		assert_null(strstr(buf_text(&l->said), "could not be read"));
	}
}

/* What the new policy no longer has is refused without --drop, as ever; it goes by the store, not
 * by the old policy. */
static void test_apply_reconciles_what_is_held(void **state)
{
	struct lab *l = *state;
	lose(l, stricter);
	assert_int_equal(host_apply(l, ONLY_R, WITHOUT_S), RBAC_REFUSED);
	assert_said(l, "bob loses s at top:a");
	assert_login(l, "bob", true);
	struct policy_sources s;
	two_files(&s, ONLY_R, WITHOUT_S);
	assert_int_equal(lab_apply(l, &s, true, NULL, NULL), RBAC_OK);
	assert_login(l, "bob", false);
	assert_verified_but_for_texts(l);
}

static void test_apply_takes_out_what_files_no_longer_say(void **state)
{
	struct lab *l = *state;
	lose(l, damaged);
	assert_int_equal(apply(l, POLICY, false, false), RBAC_OK);
	assert_login(l, "cyd", false);
	assert_login(l, "bob", true);
	assert_verified_but_for_texts(l);
}

/* The minimum is the new policy's, and holds. */
static void test_apply_keeps_the_rules(void **state)
{
	struct lab *l = *state;
	struct policy_sources s;
	lose(l, no_texts);
	two_files(&s, "version = 1; host = \"top:b\"; login = ( );\n", POLICY);
	assert_int_equal(lab_apply(l, &s, false, NULL, NULL), RBAC_REFUSED);
	assert_said(l, "top:b does not exist");
	assert_login(l, "ann", true);
}

/* Older and laxer: the view was made by an rbacctl that took the policy, and this one cannot read
 * the view's copy either. */
static void test_view_of_an_older_rbacctl(void **state)
{
	struct lab *l = *state;
	struct change c;
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	policy_sources_free(&c.sources);
	two_files(&c.sources, HOST, STRICTER);
	c.verb = "apply";
	assert_int_equal(store_texts_put(&c.t, c.change, &c.sources), RBAC_OK);
	assert_int_equal(lab_end(l, &c, RBAC_OK), RBAC_OK);
	assert_int_equal(host_assign(l, "ann", "eve", "s", "top:a"), RBAC_DAMAGED);
	struct snapshot look;
	struct buf why = { 0 };
	assert_int_equal(snapshot_try(&look, l->a.view, &why), RBAC_DAMAGED);
	assert_true(look.open && !look.p);
	assert_non_null(strstr(buf_text(&why), "p.conf:3"));
	snapshot_close(&look);
	buf_free(&why);
	assert_login(l, "bob", true);
	assert_int_equal(apply(l, POLICY, true, false), RBAC_OK);
	assert_int_equal(snapshot_open(&look, l->a.view), RBAC_OK);
	snapshot_close(&look);
	assert_verified_but_for_texts(l);
}

/* A crash between commit and rename left an older view, which nobody can bring up to date: apply
 * can. */
static void test_with_a_view_left_behind(void **state)
{
	struct lab *l = *state;
	assert_int_equal(unlink(l->a.view), 0);
	lose(l, stricter);
	assert_int_equal(host_assign(l, "ann", "eve", "s", "top:a"), RBAC_DAMAGED);
	assert_int_equal(apply(l, POLICY, true, false), RBAC_OK);
	assert_login(l, "bob", true);
	assert_verified_but_for_texts(l);
}

/* It reads, and is not what the store was written by: no view can be made of it, and apply needs
 * none. */
static void foreign(struct store_txn *t, uint64_t applied)
{
	put_texts(t, applied, ONLY_R, WITHOUT_S);
}

static void test_a_policy_that_does_not_fit_the_store(void **state)
{
	struct lab *l = *state;
	assert_int_equal(unlink(l->a.view), 0);
	lose(l, foreign);
	assert_int_equal(host_assign(l, "ann", "eve", "r", "top:a"), RBAC_DAMAGED);
	assert_said(l, "the view cannot be made");
	assert_int_equal(apply(l, POLICY, true, false), RBAC_OK);
	assert_login(l, "bob", true);
	assert_verified_but_for_texts(l);
}

/* A store to which nothing was ever applied is not one that lost its policy. */
static void test_nothing_applied_yet(void **state)
{
	struct lab *l = *state;
	struct change c;
	assert_int_equal(change_open(&c, &l->a, true), RBAC_OK);
	assert_null(c.p);
	change_close(&c, RBAC_OK);
	assert_int_equal(apply(l, POLICY, false, false), RBAC_ABSENT);
	assert_said(l, "rbacctl init");
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_changes_are_refused_and_say_what_helps),
		ON_A_HOST(test_apply_repairs),
		ON_A_HOST(test_apply_reconciles_what_is_held),
		ON_A_HOST(test_apply_takes_out_what_files_no_longer_say),
		ON_A_HOST(test_apply_keeps_the_rules),
		ON_A_HOST(test_view_of_an_older_rbacctl),
		ON_A_HOST(test_with_a_view_left_behind),
		ON_A_HOST(test_a_policy_that_does_not_fit_the_store),
		cmocka_unit_test_setup_teardown(test_nothing_applied_yet, host_setup,
						host_teardown),
	};

	return cmocka_run_group_tests_name("rbacctl: a policy that cannot be read", tests, NULL,
					   NULL);
}
