/* Who may ask through the socket at all: nobody who is suspended, also where the view is damaged.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/access/admit.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define OPEN_HOST HOST "serve = { system_accounts = true; };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; };\n"                                                   \
	"roles = { op = { kind = \"top\"; bootstrap = true; }; box = { kind = \"top\"; }; };\n"

/* ann administers, bob is suspended, cyd holds a role; dan was never recorded. */
static int setup(void **state)
{
	struct change c;

	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(*state, "root", "bob", "box", "top:a"), RBAC_OK);
	assert_int_equal(host_assign(*state, "root", "cyd", "box", "top:a"), RBAC_OK);
	int err = lab_begin(*state, &c, "root", false);
	assert_int_equal(
		lab_end(*state, &c, err ? err : change_user_suspend(&c, "bob", true, false)),
		RBAC_OK);
	return 0;
}

static int admit(const struct lab *l, uid_t uid, const char *words)
{
	struct buf why = { 0 };
	int err = admit_peer(&l->a, uid, "/nonexistent/login.defs", &why);

	if (words && !strstr(buf_text(&why), words))
		fail_msg("\"%s\" is not in: %s", words, buf_text(&why));
	assert_int_equal(why.len > 0, err != RBAC_OK);
	buf_free(&why);
	return err;
}

static void a_person_of_this_host_may_ask(void **state)
{
	assert_int_equal(admit(*state, 1001, NULL), RBAC_OK);
	assert_int_equal(admit(*state, 1003, NULL), RBAC_OK);
	assert_int_equal(admit(*state, 1004, NULL), RBAC_OK);
	assert_int_equal(admit(*state, 4711, "uid 4711 has no name in passwd"), RBAC_REFUSED);
}

static void who_is_suspended_or_another_may_not(void **state)
{
	assert_int_equal(admit(*state, 1002, "bob is suspended"), RBAC_REFUSED);
	/* by a second name, which passwd has alone now */
	passwd_drop_user("bob");
	passwd_user("bobby", 1002, 100);
	assert_int_equal(admit(*state, 1002, "bob is suspended"), RBAC_REFUSED);
	/* a namesake */
	passwd_user("cyd", 2003, 100);
	assert_int_equal(admit(*state, 2003, "another uid than the recorded one"), RBAC_REFUSED);
	assert_int_equal(admit(*state, 2003, "rbacctl user rebind cyd"), RBAC_REFUSED);
}

static void a_system_account_asks_where_the_host_says_so(void **state)
{
	passwd_user("daemon", 999, 1);
	assert_int_equal(admit(*state, 999, "system_accounts = true"), RBAC_REFUSED);
	passwd_user("first", 1000, 100);
	assert_int_equal(admit(*state, 1000, NULL), RBAC_OK);
	assert_int_equal(host_apply(*state, OPEN_HOST, POLICY), RBAC_OK);
	assert_int_equal(admit(*state, 999, NULL), RBAC_OK);
}

/* Each byte of the view in turn has another bit. */
static void assert_damage_admits_nobody(struct lab *l)
{
	struct stat st;
	int fd = open(l->a.view, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 4096);
	for (off_t at = 0; at < st.st_size; at++) {
		uint8_t byte, broken;

		assert_int_equal(pread(fd, &byte, 1, at), 1);
		broken = byte ^ (uint8_t)(1 << at % 8);
		assert_int_equal(pwrite(fd, &broken, 1, at), 1);
		if (admit(l, 1002, NULL) == RBAC_OK)
			fail_msg("admitted with byte %jd changed", (intmax_t)at);
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	close(fd);
	assert_int_equal(admit(l, 1002, "bob is suspended"), RBAC_REFUSED);
}

static void damage_admits_nobody_who_is_suspended(void **state)
{
	passwd_drop_user("bob");
	passwd_user("bobby", 1002, 100);
	assert_damage_admits_nobody(*state);
}

#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_HOST(a_person_of_this_host_may_ask),
		ON_A_HOST(who_is_suspended_or_another_may_not),
		ON_A_HOST(a_system_account_asks_where_the_host_says_so),
		ON_A_HOST(damage_admits_nobody_who_is_suspended),
	};

	return cmocka_run_group_tests_name("rbacctl: admit", tests, NULL, NULL);
}
