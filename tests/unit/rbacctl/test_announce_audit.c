/* Events for auditd: what is handed to libaudit for each kind of change. The kernel's side takes no
 * event in a container, so this program has libaudit's two functions itself. */
#include <errno.h>

#include "tests/unit/rbacctl/helper.h"

#include "rbacctl/host/audit_event.h"

#define HOST "version = 1; host = \"top:a\";\n"
#define POLICY                                                                                     \
	"version = 1; kinds = { top = { }; low = { parent = \"top\"; owner = \"keeper\"; }; };\n"  \
	"roles = { r = { kind = \"top\"; }; keeper = { kind = \"low\"; }; };\n"

#ifdef RBAC_HAVE_AUDIT

#include <libaudit.h>
#include <unistd.h>

static struct buf taken;
static int open_error, send_error;

int audit_open(void)
{
	errno = open_error;
	return open_error ? -1 : dup(2);
}

int audit_log_user_message(int fd, int type, const char *message, const char *hostname,
			   const char *addr, const char *tty, int result)
{
	assert_true(fd >= 0 && !hostname && !addr && !tty && result == 1);
	errno = send_error;
	if (send_error)
		return -1;
	buf_printf(&taken, "%s %s\n",
		   type == AUDIT_ROLE_ASSIGN   ? "ROLE_ASSIGN"
		   : type == AUDIT_ROLE_REMOVE ? "ROLE_REMOVE"
					       : "?",
		   message);
	return 1;
}

/* Of a change that was made in this host's own store. */
static void announced(struct change *c, int err, const char *want)
{
	assert_int_equal(err ? err : change_commit(c), RBAC_OK);
	store_abort(&c->t);
	buf_free(&taken);
	change_announce_audit(c);
	assert_string_equal(buf_text(&taken), want);
	assert_int_equal(change_close(c, RBAC_OK), 0);
}

static int setup(void **state)
{
	open_error = send_error = 0;
	if (host_setup(state))
		return -1;
	host_init(*state, HOST, POLICY, "top:a", "ann");
	return 0;
}

static int assign(struct change *c, const char *subject)
{
	struct assign_request r = { .subject = subject,
				    .role = "r",
				    .scope = "top:a",
				    .from = RBAC_TIME_MIN,
				    .until = RBAC_TIME_MAX,
				    .force = true };

	return change_assign(c, &r);
}

static void test_each_role_that_is_given_or_taken(void **state)
{
	struct lab *l = *state;
	struct change c;
	struct revoke_request r = { .subject = "bob", .role = "r", .scope = "top:a" };

	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	announced(&c, assign(&c, "bob"),
		  "ROLE_ASSIGN op=assign acct=\"bob\" new-role=r scope=\"top:a\" "
		  "actor=\"root\" change=2\n");
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	announced(&c, assign(&c, "%devs"),
		  "ROLE_ASSIGN op=assign grp=\"devs\" new-role=r scope=\"top:a\" "
		  "actor=\"root\" change=3\n");
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	announced(&c, change_revoke(&c, &r),
		  "ROLE_REMOVE op=revoke acct=\"bob\" old-role=r scope=\"top:a\" "
		  "actor=\"root\" change=4\n");
	/* a name with a blank in it is hex digits; who owns a scope holds its role */
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	announced(&c, assign(&c, "%a b"),
		  "ROLE_ASSIGN op=assign grp=612062 new-role=r scope=\"top:a\" "
		  "actor=\"root\" change=5\n");
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	announced(&c, change_scope_create(&c, "low:a/x", "bob"),
		  "ROLE_ASSIGN op=scope-create acct=\"bob\" new-role=owner "
		  "scope=\"low:a/x\" actor=\"root\" change=6\n");
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	announced(&c, change_scope_transfer(&c, "low:a/x", "cyd", false),
		  "ROLE_REMOVE op=scope-transfer acct=\"bob\" old-role=owner "
		  "scope=\"low:a/x\" actor=\"root\" change=7\n"
		  "ROLE_ASSIGN op=scope-transfer acct=\"cyd\" new-role=owner "
		  "scope=\"low:a/x\" actor=\"root\" change=7\n");
	/* what gives and takes no role is none */
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	announced(&c, change_user_suspend(&c, "cyd", true, false), "");
	buf_free(&taken);
}

/* Where the kernel takes none, the change is made nevertheless. */
/* AUDIT_EVENTS_MAX: events of a change that gives N roles. */
static size_t events_of(struct lab *l, const char *prefix, int n)
{
	struct change c;
	char name[24];
	size_t lines = 0;
	int err = lab_begin(l, &c, "root", false);

	for (int i = 0; i < n && !err; i++) {
		snprintf(name, sizeof(name), "%s%d", prefix, i);
		err = assign(&c, name);
	}
	assert_int_equal(err ? err : change_commit(&c), RBAC_OK);
	store_abort(&c.t);
	buf_free(&taken);
	change_announce_audit(&c);
	for (const char *p = buf_text(&taken); (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(change_close(&c, RBAC_OK), 0);
	buf_free(&taken);
	return lines;
}

static void test_a_change_has_at_most_a_hundred_events(void **state)
{
	assert_int_equal(events_of(*state, "a", 99), 99);
	assert_int_equal(events_of(*state, "b", 100), 100);
	assert_int_equal(events_of(*state, "c", 101), 100);
}

static void test_a_kernel_without_audit(void **state)
{
	static const int errors[] = { EINVAL, EPROTONOSUPPORT, EAFNOSUPPORT, EMFILE };
	struct lab *l = *state;
	struct change c;
	struct audit_event e = {
		.subject = "bob", .role = "r", .scope = "s", .actor = "root", .verb = "assign"
	};
	int fd;

	for (size_t i = 0; i < COUNT(errors); i++) {
		open_error = errors[i];
		assert_int_equal(audit_events_open(&fd),
				 errors[i] == EMFILE ? AUDIT_FAILED : AUDIT_NOT_HERE);
	}
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	announced(&c, assign(&c, "bob"), "");
	open_error = 0;
	send_error = ECONNREFUSED;
	assert_int_equal(audit_event_send(2, &e), AUDIT_NOT_HERE);
	send_error = EPERM;
	assert_int_equal(audit_event_send(2, &e), AUDIT_FAILED);
	assert_int_equal(errno, EPERM);
	assert_int_equal(lab_begin(l, &c, "root", false), RBAC_OK);
	announced(&c, assign(&c, "cyd"), "");
	buf_free(&taken);
}

int main(void)
{
#define ON_A_HOST(f) cmocka_unit_test_setup_teardown(f, setup, host_teardown)
	const struct CMUnitTest tests[] = {
		ON_A_HOST(test_each_role_that_is_given_or_taken),
		ON_A_HOST(test_a_change_has_at_most_a_hundred_events),
		ON_A_HOST(test_a_kernel_without_audit),
	};

	return cmocka_run_group_tests_name("rbacctl: events for auditd", tests, NULL, NULL);
}

#else

static void test_nothing_is_sent(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(audit_events_open(&fd), AUDIT_NOT_HERE);
	assert_int_equal(audit_event_send(fd, &(struct audit_event){ .subject = "bob" }),
			 AUDIT_NOT_HERE);
	audit_events_close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_nothing_is_sent) };

	return cmocka_run_group_tests_name("rbacctl: events for auditd", tests, NULL, NULL);
}

#endif
