/* impact_lab.h - a host with members of Unix groups, and what is said of a change there. */
#ifndef TESTS_UNIT_RBACCTL_IMPACT_LAB_H
#define TESTS_UNIT_RBACCTL_IMPACT_LAB_H

#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/access/impact.h"

/* Roles: op may administer, dev logs in, low does not. */
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { op = { kind = \"top\"; assign_by = [ \"op\" ]; bootstrap = true; }; "           \
	"dev = { kind = \"top\"; assign_by = [ \"op\" ]; }; low = { kind = \"top\"; "              \
	"assign_by = [ \"op\" ]; }; };\n"
#define HOST(more) "version = 1; host = \"top:a\";\n" more
#define SSHD(who) "login = ( { services = [ \"sshd\" ]; " who " } );\n"
#define BOTH HOST(SSHD("roles = [ \"op\", \"dev\" ];"))
#define ONLY_OP HOST(SSHD("roles = [ \"op\" ];"))

/* ann administers. dan is in devs; eve's primary group is ops; pam is known to the directory's
 * group remote alone. */
static inline int setup(void **state)
{
	if (host_setup(state))
		return -1;
	passwd_member("dan", 5000);
	passwd_user("eve", 1005, 5001);
	passwd_remote_group("remote", 6000);
	passwd_user("pam", 1006, 100);
	passwd_member("pam", 6000);
	passwd_member("root", 5000);
	host_init(*state, BOTH, POLICY, "top:a", "ann");
	return 0;
}

static struct buf said;

/* Apply, and what impact_text() says of it. */
static inline void apply_texts(struct lab *l, const char *host, const char *policy, const char *me)
{
	struct snapshot before, after;
	assert_int_equal(snapshot_open(&before, l->a.view), RBAC_OK);
	if (host_apply(l, host, policy))
		fail_msg("%s", buf_text(&l->said));
	buf_reset(&said);
	assert_int_equal(snapshot_open(&after, l->a.view), RBAC_OK);
	struct impact i;
	const struct impact_question q = { &before, &after, me, NOW, true, NULL, 0 };
	assert_int_equal(impact_of(&q, &i), RBAC_OK);
	impact_text(&i, NOW, &said);
	impact_free(&i);
	snapshot_close(&after);
	snapshot_close(&before);
}

static inline void assert_effect(const char *words)
{
	if (!strstr(buf_text(&said), words))
		fail_msg("\"%s\" is not in:\n%s", words, buf_text(&said));
}

static inline void assert_no_effect(const char *words)
{
	if (strstr(buf_text(&said), words))
		fail_msg("\"%s\" is in:\n%s", words, buf_text(&said));
}

static inline void give(struct lab *l, const char *subject, const char *role)
{
	assert_int_equal(host_assign(l, "root", subject, role, "top:a"), RBAC_OK);
}

#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)

#endif
