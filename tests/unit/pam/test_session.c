/* What the session stage tells at login, and when it lets the session end. */
#include "pam_rbac/ending.h"
#include "tests/unit/pam/world.h"

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv);
int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv);

enum { HOUR = 3600, DAY = 86400 };
static int64_t now;

/* Roles of the view: 0 ends sessions, 1 does not, 2 has no record. */
static void put_roles(struct maker *m)
{
	encode_role(&m->buf, RBAC_ROLE_ENDS_SESSIONS, "prod-root");
	maker_put_gid(m, RBAC_REC_ROLE, 0);
	encode_role(&m->buf, 0, "reader");
	maker_put_gid(m, RBAC_REC_ROLE, 1);
}

/* bob holds GRANTS, the Unix group devs those of DEVS_GRANTS. The clock is at PUBLISHED at least.
 */
static void make_view(const struct encode_grant *grants, size_t n, const struct encode_grant *devs,
		      size_t n_devs)
{
	static const char *const hosts[] = { "host:main" };
	static const struct zone_offset zone[] = { { 0, HOUR } };
	struct maker m;

	maker_begin(&m, "ends.mdb");
	encode_meta(&m.buf, &(struct encode_meta){ .generation = 42,
						   .published = now,
						   .gid_min = OURS,
						   .gid_max = OURS + 999,
						   .n_unix = 1,
						   .zone = zone,
						   .n_zone = 1,
						   .hosts = hosts,
						   .n_hosts = 1 });
	maker_put(&m, RBAC_REC_META, "");
	encode_subject(&m.buf, 1000, 0, NULL, 0, grants, n);
	maker_put(&m, RBAC_REC_USER, "bob");
	encode_uid(&m.buf, "bob");
	maker_put_gid(&m, RBAC_REC_UID, 1000);
	encode_subject(&m.buf, 1002, 0, NULL, 0, NULL, 0);
	maker_put(&m, RBAC_REC_USER, "dev");
	encode_subject(&m.buf, RBAC_NO_UID, 0, NULL, 0, devs, n_devs);
	maker_put_gid(&m, RBAC_REC_UNIX, DEVS);
	put_roles(&m);
	maker_end(&m);
}

static int open_session(const char *user, const char *tty, int flags, const char *options)
{
	char text[64];
	const char *argv[8];
	int argc = 0;

	memset(&world, 0, sizeof(world));
	world.path = "ends.mdb";
	world.user = user;
	world.service = "sshd";
	world.tty = tty;
	snprintf(text, sizeof(text), "%s", options);
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return pam_sm_open_session((pam_handle_t *)&world, flags, argc, argv);
}

static void assert_says(const char *user, const char *text)
{
	assert_int_equal(open_session(user, "ssh", 0, ""), PAM_SUCCESS);
	assert_string_equal(world.said, text);
	assert_int_equal(world.messages, *text ? 1 : 0);
	assert_int_equal(world.style, *text ? PAM_TEXT_INFO : 0);
	assert_int_equal(world.lines, 0);
}

static struct encode_grant grant(uint32_t role, int64_t from, int64_t until)
{
	return (struct encode_grant){ 17, role, RBAC_GRANT_HERE, WINDOW(from, until), "host:main" };
}

static void roles_that_end_within_a_day_are_told_the_soonest_first(void **state)
{
	(void)state;
	const struct encode_grant grants[] = { grant(1, now - HOUR, now + 4 * HOUR),
					       grant(0, now - HOUR, now + 3 * HOUR + 120) };
	make_view(grants, 2, NULL, 0);
	assert_says("bob", "rbac: prod-root at host:main ends in 3h 2m (04:02)\n"
			   "rbac: reader at host:main ends in 4h (05:00)");
	assert_says("BOB", "rbac: prod-root at host:main ends in 3h 2m (04:02)\n"
			   "rbac: reader at host:main ends in 4h (05:00)");
	assert_says("dev", "");
	assert_says("carl", "");
	assert_says("nobody-here", "");
	assert_says("root", "");
	assert_says(NULL, "");
	assert_says("bobby", ""); /* a second name holds nothing */
	assert_int_equal(pam_sm_close_session((pam_handle_t *)&world, 0, 0, NULL), PAM_SUCCESS);
}

static void roles_that_end_later_or_do_not_count_are_not_told(void **state)
{
	(void)state;
	const struct encode_grant elsewhere = { 17, 0, 0, WINDOW(0, now + HOUR), "host:other" };
	const struct encode_grant many[] = { grant(0, now - HOUR, now + DAY + 1),
					     grant(1, 0, RBAC_TIME_MAX),
					     grant(1, now - 2 * HOUR, now),
					     grant(0, now + 60, now + HOUR),
					     elsewhere,
					     grant(2, 0, now + HOUR) };
	const struct encode_grant day[] = { grant(0, now - HOUR, now + DAY) },
				  soon[] = { grant(1, 0, now + 59) };
	make_view(many, COUNT(many), NULL, 0);
	assert_says("bob", "");
	make_view(day, 1, NULL, 0);
	assert_says("bob", "rbac: prod-root at host:main ends in 24h (01:00)");
	make_view(soon, 1, NULL, 0);
	assert_says("bob", "rbac: reader at host:main ends in 59s (01:00)");
	const struct encode_grant last[] = { grant(1, 0, now + 1) };
	make_view(last, 1, NULL, 0);
	assert_says("bob", "rbac: reader at host:main ends in 1s (01:00)");
}

/* One role at one scope is one, whoever holds it for the person. */
static void windows_that_touch_end_together(void **state)
{
	(void)state;
	const struct encode_grant own[] = { grant(0, 0, now + HOUR),
					    grant(0, now + 2 * HOUR, now + 3 * HOUR),
					    grant(0, now + HOUR, now + 2 * HOUR) },
				  forever[] = { grant(0, 0, RBAC_TIME_MAX) },
				  gap[] = { grant(0, 0, now + HOUR),
					    grant(0, now + HOUR + 1, RBAC_TIME_MAX) },
				  group[] = { grant(1, 0, now + HOUR) };
	make_view(own, 3, NULL, 0);
	assert_says("bob", "rbac: prod-root at host:main ends in 3h (04:00)");
	make_view(gap, 2, NULL, 0);
	assert_says("bob", "rbac: prod-root at host:main ends in 1h (02:00)");
	make_view(own, 1, group, 1);
	assert_says("dev", "rbac: reader at host:main ends in 1h (02:00)");
	make_view(forever, 1, NULL, 0);
	assert_says("bob", "");
}

static void it_is_silent_where_nobody_reads_and_on_every_error(void **state)
{
	static const char *const none[] = { NULL, "", "cron", "systemd", ":0" };
	static const char *const some[] = { "ssh", "pts/3", "/dev/pts/3", "tty1", "console" };
	(void)state;
	const struct encode_grant one[] = { grant(1, 0, now + HOUR) };
	make_view(one, 1, NULL, 0);
	for (size_t i = 0; i < COUNT(none); i++) {
		assert_int_equal(open_session("bob", none[i], 0, ""), PAM_SUCCESS);
		assert_int_equal(world.messages + world.lines + world.identified, 0);
	}
	for (size_t i = 0; i < COUNT(some); i++) {
		assert_int_equal(open_session("bob", some[i], 0, ""), PAM_SUCCESS);
		assert_int_equal(world.messages, 1);
	}
	assert_int_equal(open_session("bob", "ssh", PAM_SILENT, ""), PAM_SUCCESS);
	assert_int_equal(world.messages, 0);
	assert_int_equal(open_session("bob", "ssh", 0, "quiet"), PAM_SUCCESS);
	assert_int_equal(world.messages, 0);
	assert_int_equal(open_session("bob", "ssh", 0, "debug"), PAM_SUCCESS);
	assert_int_equal(world.messages, 1);
	assert_logged(LOG_DEBUG, "session: success, roles end soon");
}

static int open_failing(int which)
{
	const char *argv[] = { "end=exact" };
	memset(&world, 0, sizeof(world));
	world.path = which == 0 ? "no-view.mdb" : "ends.mdb";
	world.user = "bob";
	world.service = "sshd";
	world.tty = "ssh";
	world.no_directory = which == 1;
	world.no_groups = which == 2;
	world.fails = which == 3 ? RBAC_NOMEM : 0;
	world.no_conversation = which == 4;
	world.conversation_fails = which == 5;
	world.data_fails = which == 6;
	return pam_sm_open_session((pam_handle_t *)&world, 0, 1, argv);
}

static void no_error_fails_a_login_or_writes_a_line(void **state)
{
	(void)state;
	const struct encode_grant one[] = { grant(0, 0, now + HOUR) };
	make_view(one, 1, NULL, 0);
	for (int which = 0; which < 7; which++) {
		assert_int_equal(open_failing(which), PAM_SUCCESS);
		assert_int_equal(world.lines, 0);
		assert_int_equal(world.messages, which < 5 ? 0 : 1);
		assert_string_equal(world.data, which == 4 || which == 5 ? "3600" : "");
	}
}

static void end_exact_ends_the_session_with_the_first_role_that_wants_it(void **state)
{
	(void)state;
	const struct encode_grant both[] = { grant(1, 0, now + 60), grant(0, 0, now + HOUR) },
				  later[] = { grant(0, 0, now + 3 * DAY) };
	make_view(both, 2, NULL, 0);
	assert_int_equal(open_session("bob", "ssh", 0, "end=exact"), PAM_SUCCESS);
	assert_string_equal(world.data, "3600");
	assert_string_equal(world.said,
			    "rbac: reader at host:main ends in 1m (01:01)\n"
			    "rbac: prod-root at host:main ends in 1h (02:00), and this session "
			    "with it");
	/* Also where nobody reads. */
	assert_int_equal(open_session("bob", NULL, PAM_SILENT, "end=exact"), PAM_SUCCESS);
	assert_string_equal(world.data, "3600");
	assert_int_equal(world.messages, 0);
	assert_int_equal(open_session("bob", "ssh", 0, ""), PAM_SUCCESS);
	assert_string_equal(world.data, "");
	make_view(both, 1, NULL, 0);
	assert_int_equal(open_session("bob", "ssh", 0, "end=exact"), PAM_SUCCESS);
	assert_string_equal(world.data, "");
	make_view(later, 1, NULL, 0);
	assert_int_equal(open_session("bob", "ssh", 0, "end=exact"), PAM_SUCCESS);
	assert_string_equal(world.data, "259200");
	assert_int_equal(world.messages, 0);
}

static void eight_are_told_and_more_are_no_harm(void **state)
{
	struct encode_grant many[100];
	char scopes[100][32];
	size_t lines = 1;
	(void)state;
	for (size_t i = 0; i < COUNT(many); i++) {
		snprintf(scopes[i], sizeof(scopes[i]), "host:main/h%zu", i);
		many[i] = grant(i % 2, 0, now + HOUR + 60 * (int64_t)(100 - i));
		many[i].scope = scopes[i];
	}
	make_view(many, COUNT(many), NULL, 0);
	assert_int_equal(open_session("bob", "ssh", 0, ""), PAM_SUCCESS);
	for (const char *p = world.said; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 8);
	assert_non_null(strstr(world.said, "rbac: reader at host:main/h99 ends in 1h 1m"));
}

/* N grants at scopes of their own; the last one ends first. */
static void assert_ends_first(size_t n, bool looked_at)
{
	static struct encode_grant many[RBAC_ENDING_LOOKED_AT + 1];
	static char scopes[RBAC_ENDING_LOOKED_AT + 1][32];
	for (size_t i = 0; i < n; i++) {
		snprintf(scopes[i], sizeof(scopes[i]), "host:main/h%zu", i);
		many[i] = grant(1, 0, now + 2 * HOUR);
		many[i].scope = scopes[i];
	}
	many[n - 1].window.until = now + HOUR;
	make_view(many, n, NULL, 0);
	assert_int_equal(open_session("bob", "ssh", 0, ""), PAM_SUCCESS);
	assert_int_equal(strstr(world.said, "ends in 1h (02:00)") != NULL, looked_at);
	assert_non_null(strstr(world.said, "ends in 2h (03:00)"));
}

/* Of a user with thousands of grants only so many are looked at. */
static void the_last_grant_that_is_looked_at_is_told(void **state)
{
	(void)state;
	assert_ends_first(RBAC_ENDING_LOOKED_AT, true);
	assert_ends_first(RBAC_ENDING_LOOKED_AT + 1, false);
}

/* Ten minutes each, the one that is open last in the record, so that each pass finds one more. */
static void assert_chain(size_t n, const char *text)
{
	struct encode_grant chain[32];
	for (size_t i = 0; i < n; i++)
		chain[n - 1 - i] = grant(1, now + 600 * (int64_t)i, now + 600 * (int64_t)(i + 1));
	make_view(chain, n, NULL, 0);
	assert_says("bob", text);
}

static void sixteen_windows_in_the_worst_order_are_one(void **state)
{
	(void)state;
	assert_chain(2, "rbac: reader at host:main ends in 20m (01:20)");
	assert_chain(16, "rbac: reader at host:main ends in 2h 40m (03:40)");
	assert_chain(17, "");
}

static void end_exact_looks_400_days_ahead(void **state)
{
	const int64_t far = 400 * (int64_t)DAY;
	const struct encode_grant last[] = { grant(0, 0, now + far) },
				  beyond[] = { grant(0, 0, now + far + 1) };
	(void)state;
	make_view(last, 1, NULL, 0);
	assert_int_equal(open_session("bob", "ssh", 0, "end=exact"), PAM_SUCCESS);
	assert_string_equal(world.data, "34560000");
	make_view(beyond, 1, NULL, 0);
	assert_int_equal(open_session("bob", "ssh", 0, "end=exact"), PAM_SUCCESS);
	assert_string_equal(world.data, "");
}

static int setup_session(void **state)
{
	/* Tomorrow at midnight, UTC: the view is never older than it says. */
	now = (time(NULL) / DAY + 1) * DAY;
	(void)state;
	maker_enter_folder();
	return 0;
}

static int teardown_session(void **state)
{
	(void)state;
	remove("ends.mdb");
	maker_leave_folder();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles_that_end_within_a_day_are_told_the_soonest_first),
		cmocka_unit_test(roles_that_end_later_or_do_not_count_are_not_told),
		cmocka_unit_test(windows_that_touch_end_together),
		cmocka_unit_test(it_is_silent_where_nobody_reads_and_on_every_error),
		cmocka_unit_test(no_error_fails_a_login_or_writes_a_line),
		cmocka_unit_test(end_exact_ends_the_session_with_the_first_role_that_wants_it),
		cmocka_unit_test(eight_are_told_and_more_are_no_harm),
		cmocka_unit_test(sixteen_windows_in_the_worst_order_are_one),
		cmocka_unit_test(end_exact_looks_400_days_ahead),
		cmocka_unit_test(the_last_grant_that_is_looked_at_is_told),
	};
	return cmocka_run_group_tests(tests, setup_session, teardown_session);
}
