/* Who acts: every claim is collected, claims that contradict one another are refused, none is
 * passed over in silence. */
#include "tests/unit/rbacctl/helper.h"

#include <unistd.h>

#include "rbacctl/host/people/actor.h"
#include "rbacctl/complain.h"

#define UNSET "4294967295"

enum { LOGIN, SUDO, DOAS, PKEXEC, SAID };
typedef const char
	*said[SAID]; /* the file of the login uid, and the three variables; NULL: there is none */

static void say(const char *variable, const char *value)
{
	if (value)
		assert_int_equal(setenv(variable, value, 1), 0);
	else
		unsetenv(variable);
}

/* What the claims of S come to: the source, or -1 where they contradict one another. Of a process
 * of root. */
static int chosen(const said s, struct claim v[CLAIMS], struct buf *why)
{
	char path[] = "/tmp/rbac-loginuid-XXXXXX";
	enum claim_source which;
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	if (s[LOGIN])
		assert_int_equal(write(fd, s[LOGIN], strlen(s[LOGIN])), strlen(s[LOGIN]));
	close(fd);
	if (!s[LOGIN])
		unlink(path); /* no /proc/self/loginuid: a kernel without audit */
	say("SUDO_UID", s[SUDO]);
	say("DOAS_USER", s[DOAS]);
	say("PKEXEC_UID", s[PKEXEC]);
	claims_read(v, path);
	unlink(path);
	int err = claims_choose(v, &which, why);
	say("SUDO_UID", NULL);
	say("DOAS_USER", NULL);
	say("PKEXEC_UID", NULL);
	return err ? -1 : (int)which;
}

static void test_who_acts(void **state)
{
	static const struct {
		said said;
		int which;
		uid_t uid;
		const char *name;
	} table[] = {
		/* the login uid is who acts, whatever digit it begins with */
		{ { "1001" }, CLAIM_LOGIN, 1001, "ann" },
		{ { "1001\n" }, CLAIM_LOGIN, 1001, "ann" },
		{ { "9001" }, CLAIM_LOGIN, 9001, "nina" },
		{ { "0" }, CLAIM_LOGIN, 0, "root" },
		{ { "1001", "1001" }, CLAIM_LOGIN, 1001, "ann" },
		{ { "1001", "1001", "ann", "1001" }, CLAIM_LOGIN, 1001, "ann" },
		/* without it SUDO_UID, DOAS_USER, PKEXEC_UID are, then the real uid */
		{ { NULL, "1002" }, CLAIM_SUDO, 1002, "bob" },
		{ { UNSET, "1002" }, CLAIM_SUDO, 1002, "bob" },
		{ { UNSET "\n", "9001" }, CLAIM_SUDO, 9001, "nina" },
		{ { UNSET, NULL, "bob" }, CLAIM_DOAS, 1002, "bob" },
		{ { UNSET, NULL, "BOB" }, CLAIM_DOAS, 1002, "bob" },
		{ { UNSET, NULL, NULL, "1002" }, CLAIM_PKEXEC, 1002, "bob" },
		{ { UNSET, "1002", "bob", "1002" }, CLAIM_SUDO, 1002, "bob" },
		{ { UNSET }, CLAIM_REAL, 0, "root" },
		{ { NULL }, CLAIM_REAL, 0, "root" },
		{ { "" }, CLAIM_REAL, 0, "root" },
		{ { "garbage" }, CLAIM_REAL, 0, "root" },
		{ { "-1" }, CLAIM_REAL, 0, "root" },
		{ { "1001x" }, CLAIM_REAL, 0, "root" },
		{ { "4294967296" }, CLAIM_REAL, 0, "root" },
		{ { UNSET, "" }, CLAIM_REAL, 0, "root" },
		/* root, in the root shell that someone has, runs sudo again */
		{ { "1001", "0" }, CLAIM_LOGIN, 1001, "ann" },
		{ { UNSET, "1002", "root", "0" }, CLAIM_SUDO, 1002, "bob" },
		{ { "0", "0", "root" }, CLAIM_LOGIN, 0, "root" },
		{ { UNSET, "0" }, CLAIM_SUDO, 0, "root" },
		/* nobody in passwd */
		{ { "7777" }, CLAIM_LOGIN, 7777, "?" },
		{ { UNSET, "7777" }, CLAIM_SUDO, 7777, "?" },
		{ { UNSET, "ann" }, CLAIM_SUDO, (uid_t)-1, "?" },
		{ { UNSET, NULL, "\x1b[2J" }, CLAIM_DOAS, (uid_t)-1, "?" },
	};
	(void)state;
	passwd_user("nina", 9001, 100);
	passwd_alias("BOB", "bob");
	for (size_t i = 0; i < COUNT(table); i++) {
		struct claim v[CLAIMS];
		struct buf why = { 0 };
		int which = chosen(table[i].said, v, &why);
		if (which != table[i].which || v[which].uid != table[i].uid ||
		    strcmp(v[which].name, table[i].name) != 0)
			fail_msg("line %zu: source %d, uid %u, %s: %s", i, which,
				 which < 0 ? 0 : v[which].uid, which < 0 ? "" : v[which].name,
				 buf_text(&why));
		buf_free(&why);
	}
}

static void test_contradictions(void **state)
{
	static const struct {
		said said;
		const char *words;
	} table[] = {
		{ { "1001", "1002" },
		  "login uid 1001 (ann) against SUDO_UID 1002 (bob)" }, /* su bob, then sudo */
		{ { "1001", NULL, "bob" }, "login uid 1001 (ann) against DOAS_USER 1002 (bob)" },
		{ { "1001", NULL, NULL, "1002" },
		  "login uid 1001 (ann) against PKEXEC_UID 1002 (bob)" },
		{ { "1001", "1001", NULL, "1002" }, "against PKEXEC_UID 1002 (bob)" },
		{ { UNSET, "1001", "bob" }, "SUDO_UID 1001 (ann) against DOAS_USER 1002 (bob)" },
		{ { "0", "1001" },
		  "login uid 0 (root) against SUDO_UID 1001 (ann)" }, /* root logged in, su ann,
									 sudo */
		{ { "0", NULL, "ann" }, "login uid 0 (root) against DOAS_USER" },
		{ { "0", "0", NULL, "1001" }, "login uid 0 (root) against PKEXEC_UID" },
		{ { "1001", "7777" }, "login uid 1001 (ann) against SUDO_UID 7777 (?)" },
		{ { "1001", NULL, "nobody-here" }, "against DOAS_USER of nobody" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct claim v[CLAIMS];
		struct buf why = { 0 };
		if (chosen(table[i].said, v, &why) >= 0 || !strstr(buf_text(&why), table[i].words))
			fail_msg("line %zu: \"%s\" is not in: %s", i, table[i].words,
				 buf_text(&why));
		buf_free(&why);
	}
}

static void test_all_claims_are_told(void **state)
{
	struct claim v[CLAIMS];
	struct buf why = { 0 }, all = { 0 };
	(void)state;
	chosen((said){ "1001", "1001", "ann", "1001" }, v, &why);
	claims_text(v, &all);
	assert_string_equal(
		buf_text(&all),
		"login uid 1001 (ann), SUDO_UID 1001 (ann), DOAS_USER 1001 (ann), PKEXEC_UID 1001 "
		"(ann), real uid 0 (root)");
	buf_free(&why);
	buf_free(&all);
}

/* ---- what a change makes of them ---- */

static const char host_conf[] = "version = 1; host = \"top:a\";\n";
static const char policy_conf[] =
	"version = 1; kinds = { top = { }; };\n"
	"roles = { r = { kind = \"top\"; assign_by = [ \"r\" ]; bootstrap = true; }; };\n";

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host_init(*state, host_conf, policy_conf, "top:a", "ann");
	return 0;
}

/* The person of the last change, from the audit. */
static int on_audit(void *ctx, const struct store_audit *a)
{
	snprintf(ctx, 2048, "%s", a->person);
	return RBAC_OK;
}

static void last_person(struct lab *l, char *out)
{
	struct store *s;
	struct store_txn t = { 0 };
	assert_int_equal(store_open(l->a.store, STORE_READ, &s), RBAC_OK);
	assert_int_equal(store_begin(s, &t), RBAC_OK);
	assert_int_equal(store_audit_each(&t, 0, on_audit, out), RBAC_OK);
	store_abort(&t);
	store_close(s);
}

/* A process that has a login uid of its own cannot be told another here. */
static bool login_uid_is_set(void)
{
	struct claim v[CLAIMS];
	claims_read(v, "/proc/self/loginuid");
	return v[CLAIM_LOGIN].made;
}

static void test_a_change_by_claims(void **state)
{
	struct lab *l = *state;
	char person[2048];
	if (login_uid_is_set())
		skip();
	say("SUDO_UID", "1002");
	assert_int_equal(host_assign(l, NULL, "cyd", "r", "top:a"),
			 RBAC_REFUSED); /* bob holds nothing; it is not root who acts */
	assert_said(l, "bob may not assign");
	say("SUDO_UID", "1001");
	assert_int_equal(host_assign(l, NULL, "cyd", "r", "top:a"), RBAC_OK);
	last_person(l, person);
	assert_string_equal(person, "ann (uid 1001); SUDO_UID 1001 (ann), real uid 0 (root)");
	say("PKEXEC_UID", "1002");
	assert_int_equal(host_assign(l, NULL, "dan", "r", "top:a"), RBAC_REFUSED);
	assert_said(l, "SUDO_UID 1001 (ann) against PKEXEC_UID 1002 (bob)");
	assert_said(l, "--as");
	assert_int_equal(host_assign(l, "root", "dan", "r", "top:a"),
			 RBAC_OK); /* the way out, and all of it is recorded */
	last_person(l, person);
	assert_string_equal(person, "root (uid 0) as root; SUDO_UID 1001 (ann), PKEXEC_UID 1002 "
				    "(bob), real uid 0 (root)");
	say("SUDO_UID", NULL);
	say("PKEXEC_UID", NULL);
	assert_verified(l);
}

/* passwd has two names of one uid, and the one that is not recorded first: the person acts by the
 * recorded one. */
static void test_second_name_first(void **state)
{
	struct lab *l = *state;
	if (login_uid_is_set())
		skip();
	passwd_drop_user("ann");
	passwd_user("anna", 1001, 100);
	passwd_user("ann", 1001, 100);
	say("SUDO_UID", "1001");
	assert_int_equal(host_assign(l, NULL, "cyd", "r", "top:a"), RBAC_OK);
	/* but not for another person who has the uid now */
	passwd_drop_user("ann");
	assert_int_equal(host_assign(l, NULL, "dan", "r", "top:a"), RBAC_REFUSED);
	assert_said(l, "anna may not");
	say("SUDO_UID", NULL);
}

/* What the log has of a person: each uid that was claimed is theirs, root's and numbers that are no
 * uid are nobody's. */
static void test_who_it_was(void **state)
{
	const char *of_all = "ann (uid 1001) as root; login uid 1002 (bob), SUDO_UID 1003 (cyd), "
			     "DOAS_USER 1004 (dan), PKEXEC_UID 1005 (eve), real uid 0 (root)";
	struct actor a = { .n_uids = 1 };

	(void)state;
	for (a.uids[0] = 1001; a.uids[0] <= 1005; a.uids[0]++)
		assert_true(actor_was(&a, of_all));
	for (size_t i = 0; i < 4; i++) {
		a.uids[0] = (uid_t[]){ 100, 10011, 1006, 1 }[i];
		assert_false(actor_was(&a, of_all));
	}
	assert_false(actor_was(&a, "1 (uid 2); DOAS_USER of nobody, real uid 0 (root)"));
	assert_false(actor_was(&a, ""));
	a.n_uids = 0;
	assert_false(actor_was(&a, of_all));
}

/* Root whom no claim names is one person; with --as they are also the one whom it names. */
static void test_root_of_nobody(void **state)
{
	const char *by_sudo = "bob (uid 1002) as root; SUDO_UID 1002 (bob), real uid 0 (root)";
	const char *console = "root (uid 0) as bob; real uid 0 (root)";
	struct actor root = { .n_uids = 0 }, bob = { .uids = { 1002 }, .n_uids = 1 };

	(void)state;
	assert_true(actor_is(&root, 0));
	assert_true(actor_was(&root, console));
	assert_false(actor_was(&root, by_sudo));
	assert_false(actor_was(&root, ""));
	assert_false(actor_is(&bob, 0));
	assert_false(actor_was(&bob, console));
	assert_true(actor_was(&bob, by_sudo));
	root.as = 1002;
	assert_true(actor_is(&root, 1002));
	assert_false(actor_is(&root, 1003));
	assert_true(actor_was(&root, by_sudo));
	bob.as = 1003;
	assert_true(actor_is(&bob, 1002));
	assert_true(actor_is(&bob, 1003));
	assert_false(actor_is(&bob, 0));
}

static void test_publish_needs_nobody(void **state)
{
	struct lab *l = *state;
	struct change c;
	if (login_uid_is_set())
		skip();
	say("SUDO_UID", "7777");
	assert_int_equal(host_assign(l, NULL, "bob", "r", "top:a"), RBAC_INVALID);
	assert_said(l, "uid 7777 has no name in passwd");
	l->a.as = NULL;
	l->a.now = l->now;
	unlink(l->a.view);
	assert_int_equal(change_open_to_publish(&c, &l->a), RBAC_OK); /* repairs */
	assert_true(c.published);
	assert_int_equal(change_close(&c, RBAC_OK), EXIT_DONE);
	say("PKEXEC_UID", "1001");
	assert_int_equal(change_open_to_publish(&c, &l->a), RBAC_OK);
	assert_int_equal(change_publish(&c), RBAC_OK);
	assert_int_equal(change_close(&c, RBAC_OK), EXIT_DONE);
	say("SUDO_UID", NULL);
	say("PKEXEC_UID", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_who_acts, host_setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_contradictions, host_setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_all_claims_are_told, host_setup,
						host_teardown),
		cmocka_unit_test_setup_teardown(test_a_change_by_claims, setup, host_teardown),
		cmocka_unit_test_setup_teardown(test_second_name_first, setup, host_teardown),
		cmocka_unit_test(test_who_it_was),
		cmocka_unit_test(test_root_of_nobody),
		cmocka_unit_test_setup_teardown(test_publish_needs_nobody, setup, host_teardown),
	};
	return cmocka_run_group_tests_name("rbacctl: who acts", tests, NULL, NULL);
}
