#include "rbacctl/host/pam/modules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/host/file_has.h"
#include "rbacctl/host/pam/text.h"

#define BIT(ret) (UINT32_C(1) << (ret))

/* The result of a condition for an ordinary user. */
enum truth { NO, YES, UNSURE };

bool pam_module_is_ours(const char *module)
{
	const char *slash = module ? strrchr(module, '/') : NULL;
	return module && strcmp(slash ? slash + 1 : module, "pam_rbac.so") == 0;
}

bool pam_entry_has(const struct pam_entry *e, const char *option)
{
	for (int i = 0; i < e->argc; i++)
		if (strcmp(e->argv[i], option) == 0)
			return true;
	return false;
}

/* ---- files ---- */

bool pam_module_path(const struct pam_folders *f, const char *module, char *path, size_t size)
{
	/* libpam puts nothing in the place of $ISA on the distributions of today. */
	if (strncmp(module, "$ISA/", 5) == 0)
		module += 5;
	if (*module == '/')
		snprintf(path, size, "%s", module);
	else if (f->modules)
		snprintf(path, size, "%s/%s", f->modules, module);
	return *module == '/' || f->modules;
}

/* It is an ELF file of 32 or 64 bits. */
static bool is_library(FILE *file)
{
	char head[5];

	rewind(file);
	return fread(head, 1, sizeof head, file) == sizeof head &&
	       memcmp(head, "\177ELF", 4) == 0 && (head[4] == 1 || head[4] == 2);
}

enum pam_module_state pam_module_state(const struct pam_folders *f, const char *module)
{
	char path[4200];

	if (!pam_module_path(f, module, path, sizeof path))
		return PAM_MODULE_THERE;
	FILE *file = fopen(path, "re");
	if (!file)
		return errno == EACCES ? PAM_MODULE_THERE : PAM_MODULE_ABSENT;
	/* The name of the stage's function is among its symbols. */
	enum pam_module_state state = file_has(file, "pam_sm_acct_mgmt") ? PAM_MODULE_THERE
									 : PAM_MODULE_NO_STAGE;
	/* Only ours reads the view. */
	if (state == PAM_MODULE_THERE && pam_module_is_ours(module) && is_library(file) &&
	    !file_has(file, "view.mdb"))
		state = PAM_MODULE_FOREIGN;
	fclose(file);
	return state;
}

/* ---- whose process asks ---- */

/* Does the program that asks as this service run as root, for whoever comes? A setuid program asks
 * with the uid of the user who called it. */
static bool asker_is_root(const struct pam_asked *q)
{
	static const char *const daemons[] = { "sshd",    "login",        "remote",  "cron",
					       "crond",   "atd",          "rsh",     "vsftpd",
					       "dovecot", "gdm-password", "lightdm", "sddm",
					       "cockpit", "xrdp-sesman" };

	for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++)
		if (strcmp(q->service, daemons[i]) == 0)
			return true;
	return q->who == PAM_ROOT;
}

/* ---- pam_succeed_if ---- */

static bool is_one_of(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; *p; p += strcspn(p, ":"), p += *p == ':')
		if (strcspn(p, ":") == len && strncmp(p, word, len) == 0)
			return true;
	return false;
}

static enum truth number(const char *op, const char *right, bool root)
{
	static const struct {
		const char *words[3];
		bool less, equal, more;
	} ops[] = {
		{ { "lt", "<", "<" }, true, false, false },
		{ { "le", "<=", "<=" }, true, true, false },
		{ { "eq", "=", "==" }, false, true, false },
		{ { "ge", ">=", ">=" }, false, true, true },
		{ { "gt", ">", ">" }, false, false, true },
		{ { "ne", "!=", "<>" }, true, false, true },
	};
	char *end;
	long limit = strtol(right, &end, 10);

	if (*end || end == right)
		return UNSURE;
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		for (size_t j = 0; j < 3; j++) {
			if (strcmp(ops[i].words[j], op) != 0)
				continue;
			/* A person's uid is 1000 or more, and no certain one. */
			if (root)
				return limit > 0    ? ops[i].less
				       : limit == 0 ? ops[i].equal
						    : ops[i].more;
			return limit <= 1000 ? (limit == 1000 && ops[i].equal != ops[i].more
							? UNSURE
							: ops[i].more)
					     : (ops[i].less == ops[i].more ? ops[i].less : UNSURE);
		}
	return UNSURE;
}

static enum truth condition(const struct pam_asked *q, const char *left, const char *op,
			    const char *right, bool root)
{
	bool is = strcmp(op, "=") == 0 || strcmp(op, "==") == 0 || strcmp(op, "eq") == 0;
	bool in = strcmp(op, "in") == 0;

	if (strcmp(left, "uid") == 0)
		return number(op, right, root);
	if (strcmp(left, "service") == 0 && (is || in))
		return is ? strcmp(right, q->service) == 0 : is_one_of(right, q->service);
	if (strcmp(left, "service") == 0 && (strcmp(op, "!=") == 0 || strcmp(op, "notin") == 0))
		return *op == '!' ? strcmp(right, q->service) != 0 : !is_one_of(right, q->service);
	if (strcmp(left, "user") == 0 && (is || in) && root)
		return is ? strcmp(right, "root") == 0 : is_one_of(right, "root");
	return UNSURE;
}

static enum truth succeed_if(const struct pam_asked *q, const struct pam_entry *e)
{
	enum truth all = YES;
	bool root = pam_entry_has(e, "use_uid") ? asker_is_root(q) : q->who == PAM_ROOT;

	for (int i = 0; i < e->argc;) {
		const char *word = e->argv[i];
		if (strncmp(word, "quiet", 5) == 0 || strcmp(word, "debug") == 0 ||
		    strcmp(word, "use_uid") == 0 || strcmp(word, "audit") == 0) {
			i++;
			continue;
		}
		if (i + 2 >= e->argc)
			return NO;
		enum truth one = condition(q, word, e->argv[i + 1], e->argv[i + 2], root);
		if (one == NO)
			return NO;
		if (one == UNSURE)
			all = UNSURE;
		i += 3;
	}
	return all;
}

/* ---- all modules ---- */

/*
 * What a module answers that picks users by a list or a condition of the administrator's. Whoever
 * has no role is not picked where being picked would end the stack or jump; for others both is
 * possible.
 */
static uint32_t picks(const struct pam_asked *q, const struct pam_entry *e, int no)
{
	uint32_t both = BIT(PAM_R_SUCCESS) | BIT(no), stays = 0;

	if (q->who != PAM_ROLELESS)
		return both;
	for (int ret = 0; ret < PAM_RETURNS; ret++)
		if ((both & BIT(ret)) && e->actions[ret] != PAM_ACT_DONE && e->actions[ret] <= 0)
			stays |= BIT(ret);
	return stays ? stays : both;
}

static uint32_t ours(const struct pam_asked *q, const struct pam_entry *e)
{
	if (q->who == PAM_ROOT || q->who == PAM_EXEMPT)
		return BIT(PAM_R_SUCCESS);
	if (!q->ruled)
		return BIT(pam_entry_has(e, "unlisted=ignore") ? PAM_R_IGNORE : PAM_R_PERM_DENIED);
	return BIT(q->who == PAM_HOLDER ? PAM_R_SUCCESS : PAM_R_PERM_DENIED);
}

static uint32_t debug_module(const struct pam_entry *e)
{
	for (int i = 0; i < e->argc; i++) {
		if (strncmp(e->argv[i], "acct=", 5) != 0)
			continue;
		int ret = pam_return_of(e->argv[i] + 5);
		return BIT(ret >= 0 ? ret : PAM_R_SUCCESS);
	}
	return BIT(PAM_R_SUCCESS);
}

/* Modules that always answer so. */
static const struct {
	const char *name;
	uint32_t answers;
} plain[] = {
	{ "pam_permit.so", BIT(PAM_R_SUCCESS) },
	{ "pam_deny.so", BIT(PAM_R_AUTH_ERR) },
	{ "pam_warn.so", BIT(PAM_R_IGNORE) },
	{ "pam_echo.so", BIT(PAM_R_IGNORE) },
	{ "pam_localuser.so", BIT(PAM_R_SUCCESS) | BIT(PAM_R_PERM_DENIED) },
	{ "pam_sepermit.so", BIT(PAM_R_SUCCESS) | BIT(PAM_R_IGNORE) },
};

/* Modules that pick users. */
static const struct {
	const char *name;
	int no;
} picking[] = {
	{ "pam_access.so", PAM_R_PERM_DENIED },      { "pam_listfile.so", PAM_R_AUTH_ERR },
	{ "pam_time.so", PAM_R_PERM_DENIED },        { "pam_wheel.so", PAM_R_PERM_DENIED },
	{ "pam_exec.so", 4 /* system_err */ },       { "pam_script.so", PAM_R_AUTH_ERR },
	{ "pam_userdb.so", PAM_R_USER_UNKNOWN },     { "pam_slurm.so", PAM_R_PERM_DENIED },
	{ "pam_slurm_adopt.so", PAM_R_PERM_DENIED },
};

/* Modules that know a part of the users, and their passwords. */
static const char *const sources[] = { "pam_sss.so",     "pam_ldap.so", "pam_krb5.so",
				       "pam_winbind.so", "pam_nis.so",  "pam_extrausers.so" };

static uint32_t answers_by_name(const struct pam_asked *q, const struct pam_entry *e,
				const char *name)
{
	const uint32_t expired = q->expired ? BIT(PAM_R_NEW_AUTHTOK_REQD) : 0;

	if (strcmp(name, "pam_unix.so") == 0)
		return BIT(PAM_R_SUCCESS) | expired;
	if (strcmp(name, "pam_debug.so") == 0)
		return debug_module(e);
	if (strcmp(name, "pam_nologin.so") == 0)
		return BIT(pam_entry_has(e, "successok") ? PAM_R_SUCCESS : PAM_R_IGNORE);
	if (strcmp(name, "pam_rootok.so") == 0)
		return BIT(asker_is_root(q) ? PAM_R_SUCCESS : PAM_R_AUTH_ERR);
	if (strcmp(name, "pam_usertype.so") == 0)
		return BIT(pam_entry_has(e, "issystem") == (q->who == PAM_ROOT) ? PAM_R_SUCCESS
										: PAM_R_AUTH_ERR);
	if (strcmp(name, "pam_succeed_if.so") == 0) {
		enum truth it = succeed_if(q, e);
		return it == UNSURE ? picks(q, e, PAM_R_AUTH_ERR)
				    : BIT(it == YES ? PAM_R_SUCCESS : PAM_R_AUTH_ERR);
	}
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (strcmp(name, plain[i].name) == 0)
			return plain[i].answers;
	for (size_t i = 0; i < sizeof picking / sizeof *picking; i++)
		if (strcmp(name, picking[i].name) == 0)
			return picks(q, e, picking[i].no);
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (strcmp(name, sources[i]) == 0)
			return BIT(PAM_R_SUCCESS) | BIT(PAM_R_USER_UNKNOWN) | expired;
	return BIT(PAM_R_SUCCESS);
}

bool pam_is_predictable(const struct pam_entry *e)
{
	static const char *const known[] = { "pam_rbac.so",     "pam_unix.so",     "pam_permit.so",
					     "pam_deny.so",     "pam_nologin.so",  "pam_warn.so",
					     "pam_echo.so",     "pam_debug.so",    "pam_rootok.so",
					     "pam_usertype.so", "pam_localuser.so" };
	const char *slash = e->module ? strrchr(e->module, '/') : NULL;

	if (e->what != PAM_RUNS || !e->module)
		return true;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(slash ? slash + 1 : e->module, known[i]) == 0)
			return true;
	return false;
}

uint32_t pam_answers(const struct pam_asked *q, const struct pam_entry *e)
{
	if (e->what == PAM_MUST_FAIL)
		return BIT(PAM_R_PERM_DENIED);
	enum pam_module_state state = pam_module_state(q->f, e->module);
	if (state == PAM_MODULE_FOREIGN)
		return BIT(PAM_R_SUCCESS);
	if (state != PAM_MODULE_THERE)
		return BIT(PAM_R_MODULE_UNKNOWN);
	const char *slash = strrchr(e->module, '/');
	return pam_module_is_ours(e->module) ? ours(q, e)
					     : answers_by_name(q, e, slash ? slash + 1 : e->module);
}
