/*
 * world.h - what the tests of the stages share. They call the module as libpam does.
 * This file replaces libpam, passwd and group; the view is a real one in a temporary folder. Each
 * test program includes it once.
 */
#ifndef TESTS_UNIT_PAM_WORLD_H
#define TESTS_UNIT_PAM_WORLD_H

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
#include "pam_rbac/identity.h"
#include "pam_rbac/view_path.h"
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
	int priority, lines, messages, style;
	const char *tty;
	char data[64]; /* pam_set_data(3) of systemd.runtime_max_sec */
	int data_fails;
} world;

/* ---- libpam ---- */

static inline int converse(int n, const struct pam_message **messages,
			   struct pam_response **answers, void *ctx)
{
	assert_int_equal(n, 1);
	assert_ptr_equal(ctx, &world);
	world.style = messages[0]->msg_style;
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
		 : type == PAM_TTY     ? world.tty
				       : world.ruser;
	return PAM_SUCCESS;
}

int pam_set_data(pam_handle_t *pamh, const char *name, void *data,
		 void (*cleanup)(pam_handle_t *pamh, void *data, int status))
{
	assert_string_equal(name, "systemd.runtime_max_sec");
	if (world.data_fails)
		return PAM_BUF_ERR;
	snprintf(world.data, sizeof(world.data), "%s", (const char *)data);
	cleanup(pamh, data, PAM_SUCCESS);
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

int rbac_view_path_acquire(struct rbac_view *v)
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
	{ "root", 0, 0 },
	{ "toor", 0, 0 },
	{ "bob", 1000, 100 },
	{ "carl", 1001, 100 },
	{ "dev", 1002, DEVS },
	{ "glass", 1003, GLASS },
	{ "ours", 1004, OURS + 1 },
	{ "strange", 1005, STRANGE },
	{ "rescue", 1006, 100 },
	{ "barred", 1007, 100 },
	{ "late", 1008, 100 },
	{ "moved", 1009, 100 },
	{ "safe", 1010, 100 },
	{ "bobby", 1000, DEVS },
	{ "unbarred", 1007, DEVS },
	{ "before", 1011, 2009999999 },
	{ "first", 1012, OURS },
	{ "last", 1013, 2139999999 },
	{ "behind", 1014, 2140000000 },
};

/* As passwd of a directory does, in any case and with a realm. */
static inline bool is_called(const char *typed, const char *name)
{
	size_t len = strcspn(typed, "@");
	return strncasecmp(typed, name, len) == 0 && name[len] == '\0' &&
	       (!typed[len] || strcmp(typed + len, "@realm") == 0);
}

int rbac_identity_find(const char *typed, struct rbac_identity *id)
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

int rbac_identity_groups(struct rbac_identity *id)
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

int rbac_identity_shortage(void)
{
	return world.lacks;
}

void rbac_identity_free(struct rbac_identity *id)
{
	free(id->name);
	free(id->groups);
	*id = (struct rbac_identity){ .uid = RBAC_NO_UID };
}

int rbac_identity_group_gid(const char *name, uint32_t *gid)
{
	static const struct {
		const char *name;
		uint32_t gid;
	} groups[] = { { "breakglass", GLASS },  { "role", OURS + 1 }, { "strange-role", STRANGE },
		       { "before", 2009999999 }, { "first", OURS },    { "last", 2139999999 },
		       { "behind", 2140000000 } };
	for (size_t i = 0; i < COUNT(groups); i++)
		if (strcmp(groups[i].name, name) == 0) {
			*gid = groups[i].gid;
			return RBAC_OK;
		}
	return RBAC_NOTFOUND;
}

bool rbac_identity_invoked_by_root(void)
{
	return world.by_root;
}

/* ---- the view ---- */

static inline void put_user(struct maker *m, const char *name, uint32_t uid, uint32_t flags,
			    struct rbac_window w)
{
	const struct encode_grant grant = { 17, 0, RBAC_GRANT_HERE, w, "space:main/web" };
	encode_subject(&m->buf, uid, flags, NULL, 0, &grant, 1);
	maker_put(m, RBAC_REC_USER, name);
}

/* LATE_UNTIL: when the window of "late" ends. */
static inline void make_at(const char *path, uint32_t gid_min, int64_t published,
			   int64_t late_until)
{
	static const uint8_t roles[] = { 1 }, inside[] = { RBAC_FROM_IPV4, 24, 4, 192, 0, 2, 0 };
	static const char *const hosts[] = { "space:main/web" }, *const safe[] = { "safe" };
	const struct encode_rule rule = {
		.number = 1, .line = 4, .file = "rbac.conf", .roles = roles, .n_role_bytes = 1
	};
	struct encode_rule from = rule;
	struct maker m;
	from.conditions[RBAC_CONDITION_FROM] = (struct rbac_list){ 1, { inside, sizeof(inside) } };
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

static inline void make(const char *path, uint32_t gid_min)
{
	make_at(path, gid_min, 0, 2);
}

static inline int setup(void **state)
{
	(void)state;
	maker_enter_folder();
	make("view.mdb", OURS);
	make("other.mdb", STRANGE);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	maker_leave_folder();
	return 0;
}

/* ---- asking ---- */

static inline int ask_with(int flags, const char *options)
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

static inline int ask(const char *user, const char *service, const char *options)
{
	memset(&world, 0, sizeof(world));
	world.path = "view.mdb";
	world.user = user;
	world.service = service;
	return ask_with(0, options);
}

static inline void assert_logged(int priority, const char *part)
{
	assert_int_equal(world.lines, 1);
	assert_int_equal(world.priority, priority);
	if (!strstr(world.log, part))
		fail_msg("no %s in: %s", part, world.log);
}

static inline void assert_told(const char *part)
{
	assert_int_equal(world.messages, 1);
	assert_int_equal(world.style, PAM_ERROR_MSG);
	assert_int_equal(world.logged_when_told,
			 1); /* the log comes first: whoever is told may never return */
	if (!strstr(world.said, part))
		fail_msg("no %s in: %s", part, world.said);
}

#endif
