/* The account stage, entered as libpam enters it. libpam, passwd and group are stood in for here;
 * the view is a real one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#include <time.h>

#include <security/pam_modules.h>
#include <security/pam_ext.h>

#include <cmocka.h>

#include "common/error.h"
#include "pam_rbac/where.h"
#include "tests/unit/make_view.h"

enum { OURS = 2010000000, STRANGE = 60000, DEVS = 500, GLASS = 600 };

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv);

static struct {
	const char *user, *service, *rhost, *ruser;
	bool by_root, conversation_fails, no_conversation, no_directory, no_groups;
	const char *path;
	int lacks;        /* what a source of passwd or group may need and cannot have: an errno */
	int fails, cause; /* what the look at the view comes to, where it is not the file's own
			     fault */
	int looked, identified, grouped, logged_when_told;
	char log[4096], said[4096];
	int priority, lines, messages;
} world;

/* ---- libpam ---- */

static int converse(int n, const struct pam_message **messages, struct pam_response **answers,
		    void *ctx)
{
	assert_int_equal(n, 1);
	assert_ptr_equal(ctx, &world);
	assert_int_equal(messages[0]->msg_style, PAM_ERROR_MSG);
	snprintf(world.said, sizeof(world.said), "%s", messages[0]->msg);
	world.messages++;
	world.logged_when_told = world.lines;
	if (world.conversation_fails)
		return PAM_CONV_ERR;
	*answers = calloc(1, sizeof(**answers));
	(*answers)->resp = strdup("what do I know");
	return PAM_SUCCESS;
}

int pam_get_item(const pam_handle_t *pamh, int type, const void **value)
{
	static const struct pam_conv conv = { converse, &world };
	(void)pamh;
	*value = world.no_conversation ? NULL : &conv;
	if (type == PAM_CONV)
		return PAM_SUCCESS;
	*value = type == PAM_USER      ? world.user
		 : type == PAM_SERVICE ? world.service
		 : type == PAM_RHOST   ? world.rhost
				       : world.ruser;
	return PAM_SUCCESS;
}

void pam_syslog(const pam_handle_t *pamh, int priority, const char *fmt, ...)
{
	va_list ap;
	(void)pamh;
	va_start(ap, fmt);
	vsnprintf(world.log, sizeof(world.log), fmt, ap);
	va_end(ap);
	world.priority = priority;
	world.lines++;
}

/* ---- the machine ---- */

int rbac_where_acquire(struct rbac_view *v)
{
	world.looked++;
	*v = (struct rbac_view){ .slot = -1, .cause = world.cause };
	if (world.fails)
		return world.fails;
	return rbac_view_open(world.path, RBAC_TRUST_SELF, v);
}

static const struct {
	const char *name;
	uint32_t uid, gid;
} people[] = {
	{ "root", 0, 0 },           { "toor", 0, 0 },
	{ "bob", 1000, 100 },       { "carl", 1001, 100 },
	{ "dev", 1002, DEVS },      { "glass", 1003, GLASS },
	{ "ours", 1004, OURS + 1 }, { "strange", 1005, STRANGE },
	{ "rescue", 1006, 100 },    { "barred", 1007, 100 },
	{ "late", 1008, 100 },      { "moved", 1009, 100 },
	{ "safe", 1010, 100 },      { "bobby", 1000, DEVS },
	{ "unbarred", 1007, DEVS },
};

/* As passwd of a directory does, in any case and with a realm. */
static bool is_called(const char *typed, const char *name)
{
	size_t len = strcspn(typed, "@");
	return strncasecmp(typed, name, len) == 0 && name[len] == '\0' &&
	       (!typed[len] || strcmp(typed + len, "@realm") == 0);
}

int rbac_where_find(const char *typed, struct rbac_identity *id)
{
	world.identified++;
	*id = (struct rbac_identity){ .uid = RBAC_NO_UID };
	if (world.no_directory) {
		id->cause = EMFILE;
		return RBAC_SYSTEM;
	}
	for (size_t i = 0; i < COUNT(people); i++) {
		if (!is_called(typed, people[i].name))
			continue;
		id->name = strdup(people[i].name);
		id->uid = people[i].uid;
		id->primary = people[i].gid;
		return RBAC_OK;
	}
	return RBAC_OK;
}

int rbac_where_groups(struct rbac_identity *id)
{
	world.grouped++;
	if (world.no_groups) {
		id->cause = ENOMEM;
		return RBAC_NOMEM;
	}
	if (!id->name)
		return RBAC_OK;
	id->groups = malloc(sizeof(*id->groups));
	id->groups[0] = id->primary;
	id->n_groups = 1;
	return RBAC_OK;
}

int rbac_where_lacks(void)
{
	return world.lacks;
}

void rbac_where_forget(struct rbac_identity *id)
{
	free(id->name);
	free(id->groups);
	*id = (struct rbac_identity){ .uid = RBAC_NO_UID };
}

int rbac_where_gid(const char *name, uint32_t *gid)
{
	static const struct {
		const char *name;
		uint32_t gid;
	} groups[] = { { "breakglass", GLASS }, { "role", OURS + 1 }, { "strange-role", STRANGE } };
	for (size_t i = 0; i < COUNT(groups); i++)
		if (strcmp(groups[i].name, name) == 0) {
			*gid = groups[i].gid;
			return RBAC_OK;
		}
	return RBAC_NOTFOUND;
}

bool rbac_where_invoked_by_root(void)
{
	return world.by_root;
}

/* ---- the view ---- */

static void put_user(struct maker *m, const char *name, uint32_t uid, uint32_t flags,
		     struct rbac_window w)
{
	const struct encode_grant grant = { 17, 0, RBAC_GRANT_HERE, w, "space:main/web" };
	encode_subject(&m->buf, uid, flags, NULL, 0, &grant, 1);
	maker_put(m, RBAC_REC_USER, name);
}

/* LATE_UNTIL: when the window of "late" ends. */
static void make_at(const char *path, uint32_t gid_min, int64_t published, int64_t late_until)
{
	static const uint8_t roles[] = { 1 }, net[] = { 192, 0, 2, 0 };
	static const char *const hosts[] = { "space:main/web" }, *const safe[] = { "safe" };
	static const struct encode_from inside = { RBAC_FROM_IPV4, 24, 4, net };
	const struct encode_rule rule = {
		.number = 1, .line = 4, .file = "rbac.conf", .roles = roles, .n_role_bytes = 1
	};
	struct encode_rule from = rule;
	struct maker m;
	from.from = &inside;
	from.n_from = 1;
	maker_begin(&m, path);
	encode_meta(&m.buf, &(struct encode_meta){ .generation = 42,
						   .published = published,
						   .gid_min = gid_min,
						   .gid_max = gid_min + 999,
						   .n_unix = 1,
						   .hosts = hosts,
						   .n_hosts = 1,
						   .exempt_users = safe,
						   .n_exempt_users = 1 });
	maker_put(&m, RBAC_REC_META, "");
	put_user(&m, "bob", 1000, 0, ALWAYS);
	put_user(&m, "barred", 1007, RBAC_SUBJECT_SUSPENDED, ALWAYS);
	put_user(&m, "late", 1008, 0, WINDOW(1, late_until));
	encode_uid(&m.buf, "bob");
	maker_put_gid(&m, RBAC_REC_UID, 1000);
	encode_uid(&m.buf, "barred");
	maker_put_gid(&m, RBAC_REC_UID, 1007);
	put_user(&m, "moved", 77, 0, ALWAYS);
	put_user(&m, "ghost", 88, 0, ALWAYS);
	encode_subject(&m.buf, RBAC_NO_UID, 0, NULL, 0,
		       &(struct encode_grant){ 18, 0, RBAC_GRANT_HERE, ALWAYS, "account:main" }, 1);
	maker_put_gid(&m, RBAC_REC_UNIX, DEVS);
	static const char *const services[] = { "sshd", "su", "su-l", "sudo", "sudo-i" };
	for (size_t i = 0; i < COUNT(services); i++) {
		encode_rules(&m.buf, &rule, 1);
		maker_put(&m, RBAC_REC_LOGIN, services[i]);
	}
	encode_rules(&m.buf, &from, 1);
	maker_put(&m, RBAC_REC_LOGIN, "from");
	encode_rules(
		&m.buf,
		&(struct encode_rule){
			.number = 2, .line = 5, .file = "rbac.conf", .flags = RBAC_RULE_ANYONE },
		1);
	maker_put(&m, RBAC_REC_LOGIN, "all");
	maker_end(&m);
}

static void make(const char *path, uint32_t gid_min)
{
	make_at(path, gid_min, 0, 2);
}

static int setup(void **state)
{
	(void)state;
	maker_enter_folder();
	make("view.mdb", OURS);
	make("other.mdb", STRANGE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	maker_leave_folder();
	return 0;
}

/* ---- asking ---- */

static int ask_with(int flags, const char *options)
{
	static char text[512];
	const char *argv[16];
	int argc = 0;
	snprintf(text, sizeof(text), "%s", options);
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	world.looked = world.identified = world.grouped = world.lines = world.messages =
		world.logged_when_told = 0;
	world.log[0] = world.said[0] = '\0';
	return pam_sm_acct_mgmt((pam_handle_t *)&world, flags, argc, argv);
}

static int ask(const char *user, const char *service, const char *options)
{
	memset(&world, 0, sizeof(world));
	world.path = "view.mdb";
	world.user = user;
	world.service = service;
	return ask_with(0, options);
}

static void assert_logged(int priority, const char *part)
{
	assert_int_equal(world.lines, 1);
	assert_int_equal(world.priority, priority);
	if (!strstr(world.log, part))
		fail_msg("no %s in: %s", part, world.log);
}

static void assert_told(const char *part)
{
	assert_int_equal(world.messages, 1);
	assert_int_equal(world.logged_when_told,
			 1); /* the log comes first: whoever is told may never return */
	if (!strstr(world.said, part))
		fail_msg("no %s in: %s", part, world.said);
}

static void a_rule_lets_in(void **state)
{
	(void)state;
	assert_int_equal(ask("bob", "sshd", ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "allowed user=\"bob\" service=\"sshd\" host=\"space:main/web\" "
				"why=\"a rule matches\" rule=1 at=\"rbac.conf:4\" through=role "
				"scope=\"space:main/web\" grant=17 generation=42");
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask("dev", "sshd", ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "gid=500");
	assert_int_equal(ask("ghost", "sshd", ""), PAM_SUCCESS);
}

static void what_is_missing_denies_and_is_told(void **state)
{
	(void)state;
	assert_int_equal(ask("carl", "sshd", ""), PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE, "denied user=\"carl\"");
	assert_told("no role here");
	assert_int_equal(ask("bob", "cron", ""), PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE, "no login rule names this service");
	assert_told("rbac: bob may not use cron on this host: no login rule");
	assert_int_equal(ask("barred", "sshd", ""), PAM_PERM_DENIED);
	assert_told("suspended");
	assert_int_equal(ask("late", "sshd", ""), PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE,
		      "why=\"the window is not open\" rule=1 at=\"rbac.conf:4\" through=role "
		      "scope=\"space:main/web\" grant=17");
	assert_told("has ended");
	assert_int_equal(ask("moved", "sshd", ""), PAM_PERM_DENIED);
	assert_told("uid differs");
	assert_int_equal(ask("bob", "from", ""), PAM_PERM_DENIED);
	assert_told("not from there");
	world.rhost = "::ffff:192.0.2.3";
	assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "rhost=\"::ffff:192.0.2.3\"");
}

/* The view was published later than the clock says: what had ended by then stays ended. */
static void a_clock_that_is_set_back_opens_nothing_again(void **state)
{
	const int64_t published = time(NULL) + 5000;
	(void)state;
	make_at("other.mdb", OURS, published, published);
	assert_int_equal(ask("bob", "sshd", ""), PAM_SUCCESS);
	assert_null(strstr(world.log, "clock"));
	world.path = "other.mdb";
	world.user = "late";
	assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
	assert_told("has ended");
	assert_logged(LOG_NOTICE, " clock=\"behind the view\"");
	make_at("other.mdb", OURS, published, published + 1);
	assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
	make("other.mdb", STRANGE);
}

static void the_message_has_no_part_in_the_result(void **state)
{
	(void)state;
	assert_int_equal(ask("carl", "sshd", "quiet"), PAM_PERM_DENIED);
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask_with(PAM_SILENT, ""), PAM_PERM_DENIED);
	assert_int_equal(world.messages, 0);
	world.conversation_fails = true;
	assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
	assert_int_equal(world.messages, 1);
	assert_int_equal(world.lines, 1);
	world.no_conversation = true;
	assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
	assert_int_equal(world.messages, 0);
	assert_int_equal(world.lines, 1);
}

/* A person is what passwd says: from the look-up on, its name and uid count. */
static void the_name_that_passwd_has_is_judged(void **state)
{
	static const char *const typed[] = { "BOB", "bob@realm", "Bob@realm" };
	(void)state;
	for (size_t i = 0; i < COUNT(typed); i++) {
		char line[80];
		assert_int_equal(ask(typed[i], "sshd", ""), PAM_SUCCESS);
		snprintf(line, sizeof(line), "allowed user=\"bob\" typed=\"%s\" service=\"sshd\"",
			 typed[i]);
		assert_logged(LOG_INFO, line);
		assert_int_equal(world.identified, 1);
	}
	static const char *const barred[] = { "barred", "BARRED", "barred@realm" };
	for (size_t i = 0; i < COUNT(barred); i++) {
		assert_int_equal(ask(barred[i], "sshd", "unknown=ignore"), PAM_PERM_DENIED);
		assert_told("suspended");
		assert_int_equal(ask(barred[i], "all", ""), PAM_PERM_DENIED);
	}
	/* Known, but nobody gave them anything: unknown is who was never recorded, however they
	 * write themselves. */
	assert_int_equal(ask("LATE", "sshd", "unknown=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("CARL", "sshd", "unknown=ignore"), PAM_IGNORE);
	/* exempt_user= is a name of passwd's too. */
	assert_int_equal(ask("RESCUE", "cron", "exempt_user=rescue"), PAM_SUCCESS);
	assert_int_equal(ask("rescue", "cron", "exempt_user=RESCUE"), PAM_PERM_DENIED);
	/* Whom passwd does not know is who they say. */
	assert_int_equal(ask("GHOST", "sshd", ""), PAM_PERM_DENIED);
	assert_int_equal(ask("ghost", "sshd", ""), PAM_SUCCESS);
	assert_null(strstr(world.log, "typed="));
}

static void a_second_name_of_an_account_holds_nothing(void **state)
{
	(void)state;
	assert_int_equal(ask("bobby", "sshd", ""), PAM_PERM_DENIED);
	assert_logged(
		LOG_NOTICE,
		"why=\"the uid is recorded under another name\" recorded=\"bob\" generation=42");
	assert_told("this name is a second one");
	assert_int_equal(ask("bobby", "sshd", "unknown=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("bobby", "all", ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "recorded=\"bob\"");
	assert_int_equal(ask("unbarred", "all", ""), PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE, "why=\"suspended\" recorded=\"barred\"");
}

static void unknown_users_can_be_left_to_others(void **state)
{
	(void)state;
	assert_int_equal(ask("carl", "sshd", "unknown=ignore"), PAM_IGNORE);
	assert_logged(LOG_INFO, "ignored user=\"carl\"");
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask("carl", "sshd", "unknown=ignore unknown=deny"), PAM_PERM_DENIED);
	assert_int_equal(ask("late", "sshd", "unknown=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("barred", "sshd", "unknown=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("carl", "cron", "unknown=ignore"), PAM_PERM_DENIED);
}

static int ask_lacking(int lacks, const char *user, const char *options)
{
	memset(&world, 0, sizeof(world));
	world.path = "view.mdb";
	world.user = user;
	world.service = "sshd";
	world.lacks = lacks;
	return ask_with(0, options);
}

/* A source that the C library could not load or ask says nothing of anybody; the limits are those
 * of who is judged. */
static void nobody_is_unknown_for_want_of_a_source(void **state)
{
	(void)state;
	assert_int_equal(ask_lacking(ENOMEM, "carl", "unknown=ignore onerr=ignore"),
			 PAM_AUTHINFO_UNAVAIL);
	assert_logged(
		LOG_ERR,
		"denied user=\"carl\" service=\"sshd\" why=\"group: out of memory (ENOMEM)\"");
	assert_told("users and groups can't be looked up now");
	assert_int_equal(ask_lacking(EMFILE, "nobody-here", "unknown=ignore onerr=ignore"),
			 PAM_AUTHINFO_UNAVAIL);
	assert_logged(LOG_ERR, "why=\"passwd: system error (EMFILE)\"");
	/* Where nothing is given, nothing has to be proven. */
	assert_int_equal(ask_lacking(ENOMEM, "carl", ""), PAM_PERM_DENIED);
	assert_int_equal(ask_lacking(ENOMEM, "bob", "unknown=ignore"), PAM_SUCCESS);
	assert_int_equal(ask_lacking(0, "carl", "unknown=ignore onerr=ignore"), PAM_IGNORE);
}

static void exemptions_by_option_hold_whatever_the_view(void **state)
{
	static const char *const paths[] = { "view.mdb", "no-view.mdb" };
	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		const char *options =
			"exempt_user=a,rescue,, exempt_group=nothing exempt_group=other,breakglass";
		ask("x", "sshd", "");
		world.path = paths[i];
		static const char *const pass[] = { "root", "toor", "rescue", "a", "glass" };
		for (size_t k = 0; k < COUNT(pass); k++) {
			world.user = pass[k];
			assert_int_equal(ask_with(0, options), PAM_SUCCESS);
			assert_non_null(strstr(world.log, "allowed"));
		}
		static const char *const stay[] = { "rescu", "rescue,", "carl", "exempt_user=a" };
		for (size_t k = 0; k < COUNT(stay); k++) {
			world.user = stay[k];
			assert_int_not_equal(ask_with(0, options), PAM_SUCCESS);
		}
		world.user = "rescue";
		world.no_directory = true;
		assert_int_equal(ask_with(0, options), PAM_SUCCESS);
		assert_true(world.looked == 0 && world.grouped == 0);
		assert_logged(LOG_INFO, "exempt_user, as typed: passwd cannot be read");
		world.no_directory = false;
		assert_int_equal(ask_with(0, options), PAM_SUCCESS);
		assert_true(world.looked == 0 && world.grouped == 0);
		assert_logged(LOG_INFO, "why=\"exempt_user\"");
	}
	assert_int_equal(ask("safe", "sshd", ""), PAM_SUCCESS);
	assert_logged(LOG_INFO, "exempt user (rbac.conf)");
}

static void a_group_of_ours_exempts_nobody(void **state)
{
	(void)state;
	assert_int_equal(ask("ours", "sshd", "exempt_group=role"), PAM_PERM_DENIED);
	world.path = "no-view.mdb";
	assert_int_equal(ask_with(0, "exempt_group=role"), PAM_AUTHINFO_UNAVAIL);
	assert_int_equal(ask("strange", "sshd", "exempt_group=strange-role"), PAM_SUCCESS);
	world.path = "other.mdb";
	assert_int_equal(ask_with(0, "exempt_group=strange-role"), PAM_PERM_DENIED);
	/* Whoever has taken all memory does not get the default range for a view that has another.
	 */
	world.fails = RBAC_NOMEM;
	assert_int_equal(ask_with(0, "exempt_group=strange-role"), PAM_AUTHINFO_UNAVAIL);
	world.fails = RBAC_SYSTEM;
	assert_int_equal(ask_with(0, "exempt_group=strange-role onerr=ignore"),
			 PAM_AUTHINFO_UNAVAIL);
}

static void without_a_view_nobody_is_let_in(void **state)
{
	(void)state;
	ask("bob", "sshd", "");
	world.path = "no-view.mdb";
	assert_int_equal(ask_with(0, ""), PAM_AUTHINFO_UNAVAIL);
	assert_logged(LOG_ERR,
		      "denied user=\"bob\" service=\"sshd\" why=\"view: there is none (ENOENT)\"");
	assert_told("the roles can't be read now");
	assert_int_equal(ask_with(0, "onerr=ignore"), PAM_IGNORE);
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask_with(0, "onerr=ignore onerr=deny"), PAM_AUTHINFO_UNAVAIL);
}

/* What the judged user may have brought about decides nothing: no memory, no descriptor, a
 * directory that fails. */
static void onerr_ignore_passes_over_the_view_alone(void **state)
{
	static const int ignored[] = { RBAC_ABSENT, RBAC_UNTRUSTED, RBAC_DAMAGED, RBAC_NEWER };
	static const struct {
		int err, cause;
		const char *line;
	} heeded[] = {
		{ RBAC_NOMEM, ENOMEM, "why=\"view: out of memory (ENOMEM)\"" },
		{ RBAC_SYSTEM, EMFILE, "why=\"view: system error (EMFILE)\"" },
		{ RBAC_SYSTEM, EACCES, "(EACCES)" },
		{ RBAC_SYSTEM, EIO, "(EIO)" },
		{ RBAC_SYSTEM, 12345, "(errno 12345)" },
		{ RBAC_SYSTEM, 0, "why=\"view: system error\"" },
		{ RBAC_INVALID, 0, "invalid" },
	};
	(void)state;
	ask("bob", "sshd", "");
	for (size_t i = 0; i < COUNT(ignored); i++) {
		world.fails = ignored[i];
		assert_int_equal(ask_with(0, "onerr=ignore"), PAM_IGNORE);
		assert_logged(LOG_ERR, "ignored user=\"bob\"");
		assert_int_equal(ask_with(0, ""), PAM_AUTHINFO_UNAVAIL);
	}
	for (size_t i = 0; i < COUNT(heeded); i++) {
		world.fails = heeded[i].err;
		world.cause = heeded[i].cause;
		assert_int_equal(ask_with(0, "onerr=ignore unknown=ignore unlisted=ignore"),
				 PAM_AUTHINFO_UNAVAIL);
		assert_logged(LOG_ERR, heeded[i].line);
		assert_told("the roles can't be read now (ask those who run it: rbacctl status)");
	}
	ask("bob", "sshd", "");
	world.no_directory = true;
	assert_int_equal(ask_with(0, "onerr=ignore unknown=ignore"), PAM_AUTHINFO_UNAVAIL);
	assert_logged(LOG_ERR,
		      "denied user=\"bob\" service=\"sshd\" why=\"passwd: system error (EMFILE)\"");
	assert_told("users and groups can't be looked up now");
	world.no_directory = false;
	world.no_groups = true;
	assert_int_equal(ask_with(0, "onerr=ignore unknown=ignore"), PAM_AUTHINFO_UNAVAIL);
	assert_logged(LOG_ERR, "why=\"group: out of memory (ENOMEM)\"");
}

static void a_service_that_no_rule_names_can_be_left_to_others(void **state)
{
	(void)state;
	assert_int_equal(ask("bob", "cron", "unlisted=ignore"), PAM_IGNORE);
	assert_logged(LOG_INFO, "ignored user=\"bob\" service=\"cron\"");
	assert_int_equal(world.messages, 0);
	assert_int_equal(ask("bob", "cron", "unlisted=ignore unlisted=deny"), PAM_PERM_DENIED);
	assert_int_equal(ask("carl", "cron", "unlisted=ignore"), PAM_IGNORE);
	assert_int_equal(ask("carl", "sshd", "unlisted=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("barred", "cron", "unlisted=ignore"), PAM_PERM_DENIED);
	assert_int_equal(ask("bob", "from", "unlisted=ignore"), PAM_PERM_DENIED);
}

static void su_and_sudo_judge_who_invokes_them(void **state)
{
	static const char *const services[] = { "su", "su-l", "sudo", "sudo-i" };
	(void)state;
	for (size_t i = 0; i < COUNT(services); i++) {
		assert_int_equal(ask("root", services[i], ""), PAM_PERM_DENIED);
		assert_logged(LOG_ERR, "PAM_RUSER");
		world.ruser = "carl";
		assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
		assert_logged(LOG_NOTICE, "user=\"carl\"");
		world.by_root = true;
		assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
		world.ruser = "root";
		assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
		world.by_root = false;
		assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
		world.ruser = "bob";
		assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
		world.ruser = "BOB";
		assert_int_equal(ask_with(0, ""), PAM_SUCCESS);
		world.user = "bob";
		world.ruser = "carl";
		assert_int_equal(ask_with(0, ""), PAM_PERM_DENIED);
		/* Suspended, and on the way to root: by sudo's targetpw, root is who logs in. */
		world.user = "root";
		world.ruser = "barred@realm";
		assert_int_equal(ask_with(0, "unknown=ignore"), PAM_PERM_DENIED);
		assert_logged(LOG_NOTICE, "why=\"suspended\"");
		/* The target's exemption is not the invoker's. */
		world.user = "rescue";
		world.ruser = "carl";
		assert_int_equal(ask_with(0, "exempt_user=rescue"), PAM_PERM_DENIED);
		world.ruser = "rescue";
		assert_int_equal(ask_with(0, "exempt_user=rescue"), PAM_SUCCESS);
	}
}

static void a_misspelt_option_opens_nothing(void **state)
{
	static const char *const options[] = {
		"exempt_user",  "exempt-user=carl", "exempt_users=carl",
		"onerr=ignroe", "unknown=ignore,",  "UNKNOWN=ignore",
		"permit",       "exempt_user=",     "exempt_group=,,",
		"unlisted",     "unlisted=",        "onerr=ignore ",
		"Debug"
	};
	(void)state;
	for (size_t i = 0; i < COUNT(options); i++) {
		assert_int_equal(ask("carl", "sshd", options[i]), PAM_PERM_DENIED);
		assert_int_equal(world.lines, strcmp(options[i], "onerr=ignore ")
						      ? 2
						      : 1); /* the blank ends a word here */
	}
	assert_int_equal(ask("bob", "sshd", "permit allow exempt_users=x"), PAM_SUCCESS);
	assert_int_equal(world.lines, 4); /* each of them, at each use */
	assert_int_equal(ask("bob", "sshd", "exempt_group=nothing,breakglass,none"), PAM_SUCCESS);
	assert_int_equal(world.lines, 3); /* groups that do not exist */
	assert_int_equal(ask("glass", "sshd", "exempt_group=breakglass,none"), PAM_SUCCESS);
	assert_int_equal(world.lines, 2);
	assert_int_equal(ask("ours", "sshd", "exempt_group=role"), PAM_PERM_DENIED);
	assert_int_equal(world.lines, 2);
}

static void nobody_writes_our_log_for_us(void **state)
{
	char host[3000];
	(void)state;
	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	assert_int_equal(ask("eve\" service=\"x\nallowed \xc3\xa9\x7f\\", "sshd", ""),
			 PAM_PERM_DENIED);
	assert_logged(LOG_NOTICE,
		      "user=\"eve\\x22 service=\\x22x\\x0aallowed \\xc3\\xa9\\x7f\\x5c\"");
	assert_null(strchr(world.log, '\n'));
	assert_null(strchr(world.said, '\n'));
	world.user = host;
	world.rhost = host;
	assert_int_equal(ask_with(0, "debug"), PAM_PERM_DENIED);
	assert_non_null(strstr(world.log, "hhh...\""));
	memset(host, 0x1b, sizeof(host) - 1);
	world.service = host;
	assert_int_equal(ask_with(0, "debug"), PAM_PERM_DENIED);
	assert_true(strlen(world.log) < 1024);
	assert_non_null(strstr(world.log, "\\x1b...\" host=\"space:main/web\""));
	assert_non_null(strstr(world.log, "generation=42"));
	assert_non_null(strstr(world.said, "no login rule names this service"));
	assert_null(strstr(world.said, "rbacctl")); /* half a name would be another's */
	assert_int_equal(ask(NULL, "sshd", ""), PAM_PERM_DENIED);
	assert_int_equal(ask("", "sshd", ""), PAM_PERM_DENIED);
	assert_int_equal(ask("bob", NULL, ""), PAM_PERM_DENIED);
}

/* The command of the last message, as sh reads it: its words, each with "|" behind it. */
static void words_of_the_command(const char *shell, char *out, size_t size)
{
	char script[4096], line[4400];
	const char *command = strstr(world.said, "(ask those who run it: ");
	assert_non_null(command);
	command += strlen("(ask those who run it: ");
	assert_int_equal(world.said[strlen(world.said) - 1], ')');
	snprintf(script, sizeof script, "printf '%%s|' %.*s", (int)strlen(command) - 1, command);
	FILE *f = fopen("script", "w");
	assert_true(f && fputs(script, f) >= 0 && fclose(f) == 0);
	snprintf(line, sizeof line, "%s script", shell);
	f = popen(line, "r");
	assert_non_null(f);
	size_t len = fread(out, 1, size - 1, f);
	out[len] = '\0';
	assert_int_equal(pclose(f), 0);
	assert_int_equal(remove("script"), 0);
}

static void what_it_suggests_can_be_pasted(void **state)
{
	static const char *const users[] = { "ghost", "x$(reboot)", "a b",  "it's", "CORP\\eve",
					     "\"",    "`id`",       "a;id", "*",    "~root",
					     "!1",    "\xc3\xa9ve", "a\nb" };
	char out[2048], want[600];
	(void)state;
	for (size_t i = 0; i < COUNT(users); i++) {
		assert_int_equal(ask(users[i], "nowhere", ""), PAM_PERM_DENIED);
		words_of_the_command("bash", out, sizeof out);
		snprintf(want, sizeof want, "rbacctl|explain|%s|--service|nowhere|", users[i]);
		assert_string_equal(out, want);
		words_of_the_command(
			"sh", out,
			sizeof out); /* which may not know $'...': runs nothing all the same */
		assert_non_null(strstr(out, "|--service|nowhere|"));
	}
	assert_int_equal(ask("-rf", "no where", ""), PAM_PERM_DENIED);
	words_of_the_command("sh", out, sizeof out);
	assert_string_equal(out, "rbacctl|explain|--service|no where|--|-rf|");
}

/* Names of the greatest length fit, however much of them is quoted, or there is no command. */
static void a_command_is_whole_or_left_out(void **state)
{
	char user[256], out[2048];
	(void)state;
	memset(user, '\'', 255);
	user[255] = '\0';
	assert_int_equal(ask(user, "nowhere", ""), PAM_PERM_DENIED);
	words_of_the_command("sh", out, sizeof out);
	assert_non_null(strstr(out, user));
	for (size_t i = 0; i < 255; i++)
		user[i] = i % 2 ? 'a' : '\001';
	assert_int_equal(ask(user, user, ""), PAM_PERM_DENIED);
	assert_null(strstr(world.said, "(ask"));
	assert_true(strlen(world.said) > 0 && world.said[strlen(world.said) - 1] != '(');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_lets_in),
		cmocka_unit_test(what_is_missing_denies_and_is_told),
		cmocka_unit_test(a_clock_that_is_set_back_opens_nothing_again),
		cmocka_unit_test(the_message_has_no_part_in_the_result),
		cmocka_unit_test(the_name_that_passwd_has_is_judged),
		cmocka_unit_test(a_second_name_of_an_account_holds_nothing),
		cmocka_unit_test(unknown_users_can_be_left_to_others),
		cmocka_unit_test(nobody_is_unknown_for_want_of_a_source),
		cmocka_unit_test(exemptions_by_option_hold_whatever_the_view),
		cmocka_unit_test(a_group_of_ours_exempts_nobody),
		cmocka_unit_test(without_a_view_nobody_is_let_in),
		cmocka_unit_test(onerr_ignore_passes_over_the_view_alone),
		cmocka_unit_test(a_service_that_no_rule_names_can_be_left_to_others),
		cmocka_unit_test(su_and_sudo_judge_who_invokes_them),
		cmocka_unit_test(a_misspelt_option_opens_nothing),
		cmocka_unit_test(nobody_writes_our_log_for_us),
		cmocka_unit_test(what_it_suggests_can_be_pasted),
		cmocka_unit_test(a_command_is_whole_or_left_out),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
