/* passwd and group are asked before the lock of the store is taken, and again only where that is
 * needed. */
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "rbacctl/host/people/facts.h"
#include "tests/unit/rbacctl/helper.h"

#define HOST                                                                                       \
	"version = 1; host = \"low:a/x\"; login = ( { services = [ \"s\" ]; "                      \
	"groups = [ \"ruled\" ]; } );\n"                                                           \
	"groups = { extra = ( { role = \"box\"; unix_groups = [ \"docker\" ]; } ); };\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; }; }; "                       \
	"keys = ( ); keychains = { };\n"                                                           \
	"roles = { box = { kind = \"low\"; }; other = { kind = \"low\"; }; };\n"

/* What was asked: "getgrnam devs\n" for each call, apart by whether somebody had the lock. */
static struct buf locked, unlocked;
static struct lab *host;

static void on_question(const char *call, const char *name)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/lock", host->a.store);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	bool held = flock(fd, LOCK_EX | LOCK_NB) != 0;
	close(fd);
	buf_printf(held ? &locked : &unlocked, "%s %s\n", call, name);
}

static void watch(void)
{
	buf_reset(&locked);
	buf_reset(&unlocked);
	passwd_watch(on_question);
}

static int setup(void **state)
{
	if (host_setup(state))
		return -1;
	host = *state;
	passwd_group("docker", 998);
	passwd_group("ruled", 6001);
	passwd_member("dan", 5000);
	passwd_remote_user("rea", 3001, 100);
	passwd_remote_user("sue", 3002, 100);
	host_init(host, HOST, POLICY, "top:a", "ann");
	assert_int_equal(host_assign(host, "root", "bob", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(host_assign(host, "root", "rea", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(host_assign(host, "root", "sue", "box", "low:a/x"), RBAC_OK);
	assert_int_equal(host_assign(host, "root", "%devs", "box", "low:a/x"), RBAC_OK);
	return 0;
}

static int teardown(void **state)
{
	buf_free(&locked);
	buf_free(&unlocked);
	return host_teardown(state);
}

static void a_change_asks_before_the_lock(void **state)
{
	(void)state;
	watch();
	assert_int_equal(host_assign(host, "root", "bob", "other", "low:a/x"), RBAC_OK);
	assert_non_null(strstr(buf_text(&unlocked), "getpwent"));
	assert_non_null(strstr(buf_text(&unlocked), "getgrnam devs"));
	assert_non_null(strstr(buf_text(&unlocked), "getgrnam docker"));
	assert_non_null(strstr(buf_text(&unlocked), "getpwnam rea"));
	assert_string_equal(buf_text(&locked), "");
	passwd_watch(NULL);
	assert_same_content(host);
}

static void who_acts_is_asked_for_before_the_lock(void **state)
{
	(void)state;
	passwd_remote_user("ada", 3010, 100);
	passwd_member("ada", 5000);
	assert_int_equal(host_assign(host, "root", "ada", "box", "low:a/x"), RBAC_OK);
	watch();
	assert_int_equal(host_assign(host, "ada", "rea", "other", "low:a/x"), RBAC_REFUSED);
	assert_non_null(strstr(buf_text(&unlocked), "getpwnam ada"));
	assert_string_equal(buf_text(&locked), "");
	passwd_watch(NULL);
}

static void users_in_the_command_are_looked_up_before_the_lock(void **state)
{
	char *names[] = { "new", "NEW", "%ops" };
	(void)state;
	passwd_remote_user("new", 3011, 100);
	passwd_alias("NEW", "new");
	host->a.names = names;
	host->a.n_names = COUNT(names);
	for (size_t i = 0; i < COUNT(names); i++) {
		watch();
		assert_int_equal(
			host_assign(host, "root", names[i], i ? "other" : "box", "low:a/x"),
			RBAC_OK);
		assert_string_equal(buf_text(&locked), "");
	}
	passwd_watch(NULL);
	host->a.names = NULL;
	host->a.n_names = 0;
	assert_same_content(host);
}

/* Everybody gets another uid; FACTS_LOOKUPS_MAX does not limit who is asked for. */
static void rebind_all_asks_before_the_lock(void **state)
{
	struct change c;
	struct store_user u;
	(void)state;
	passwd_remote_user("rea", 4001, 100);
	passwd_remote_user("sue", 4002, 100);
	watch();
	host->a.as = "root";
	int err = change_open_to_rebind(&c, &host->a);
	if (!err)
		err = change_user_rebind_all(&c);
	assert_string_equal(buf_text(&locked), ""); /* the guard at the commit may ask again */
	passwd_watch(NULL);
	assert_int_equal(lab_end(host, &c, err), RBAC_OK);
	assert_int_equal(lab_begin(host, &c, "root", true), RBAC_OK);
	assert_int_equal(store_user_get(&c.t, "sue", &u), RBAC_OK);
	assert_int_equal(u.uid, 4002);
	lab_end(host, &c, RBAC_REFUSED);
	assert_same_content(host);
}

static void publish_asks_before_the_lock(void **state)
{
	struct change c;
	(void)state;
	watch();
	int err = lab_begin(host, &c, "root", false);
	if (!err)
		err = change_publish_now(&c);
	assert_string_equal(buf_text(&locked), "");
	if (!err)
		err = change_ask_others(&c);
	assert_string_equal(buf_text(&locked), "");
	assert_int_equal(change_close(&c, err), 0);
	assert_non_null(strstr(buf_text(&unlocked), "getgrnam devs"));
	passwd_watch(NULL);
	assert_same_content(host);
}

static void users_and_groups_that_a_change_adds_are_looked_up_under_the_lock(void **state)
{
	(void)state;
	passwd_member("eve", 5001);
	watch();
	assert_int_equal(host_assign(host, "root", "%ops", "other", "low:a/x"), RBAC_OK);
	assert_non_null(strstr(buf_text(&locked), "getgrnam ops"));
	assert_null(strstr(buf_text(&locked), "getgrnam devs"));
	assert_null(strstr(buf_text(&locked), "getpwent"));
	passwd_watch(NULL);
	assert_same_content(host);
}

/* The same view, published by somebody else after devs was asked for; devs is another group
 * meanwhile. */
static void publish_meanwhile(const char *call, const char *name)
{
	char other[4200], data[1 << 16];
	(void)call;
	if (strcmp(name, "docker") != 0)
		return;
	passwd_watch(NULL);
	passwd_drop_group("devs");
	passwd_group("devs", 5002);
	snprintf(other, sizeof other, "%s.other", host->a.view);
	FILE *from = fopen(host->a.view, "r"), *to = fopen(other, "w");
	assert_true(from && to);
	for (size_t n; (n = fread(data, 1, sizeof data, from)) > 0;)
		assert_int_equal(fwrite(data, 1, n, to), n);
	fclose(from);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(rename(other, host->a.view), 0);
}

static void answers_from_before_another_publish_do_not_count(void **state)
{
	(void)state;
	passwd_watch(publish_meanwhile);
	assert_int_equal(host_assign(host, "root", "bob", "other", "low:a/x"), RBAC_OK);
	assert_same_content(host);
}

static void a_directory_that_fails_is_asked_once(void **state)
{
	(void)state;
	passwd_directory(false);
	watch();
	assert_int_equal(host_assign(host, "root", "bob", "other", "low:a/x"), RBAC_OK);
	assert_string_equal(buf_text(&locked), "");
	assert_non_null(strstr(buf_text(&unlocked), "getpwnam rea"));
	assert_null(strstr(buf_text(&unlocked), "getpwnam sue"));
	passwd_watch(NULL);
	assert_same_content(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_change_asks_before_the_lock, setup, teardown),
		cmocka_unit_test_setup_teardown(who_acts_is_asked_for_before_the_lock, setup,
						teardown),
		cmocka_unit_test_setup_teardown(users_in_the_command_are_looked_up_before_the_lock,
						setup, teardown),
		cmocka_unit_test_setup_teardown(rebind_all_asks_before_the_lock, setup, teardown),
		cmocka_unit_test_setup_teardown(publish_asks_before_the_lock, setup, teardown),
		cmocka_unit_test_setup_teardown(
			users_and_groups_that_a_change_adds_are_looked_up_under_the_lock, setup,
			teardown),
		cmocka_unit_test_setup_teardown(answers_from_before_another_publish_do_not_count,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_directory_that_fails_is_asked_once, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
