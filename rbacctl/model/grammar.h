/*
 * grammar.h - the table of all settings of the configuration, by file and section. The loader,
 * `diff`, the test of the manual and other tests use it. Names that the administrator chooses (of
 * roles, keychains, plans and their limits) are not settings.
 */
#ifndef RBACCTL_CONFIG_GRAMMAR_H
#define RBACCTL_CONFIG_GRAMMAR_H

#include <stddef.h>

enum setting_type {
	SETTING_STRING,
	SETTING_INT,
	SETTING_BOOL,
	SETTING_STRINGS,
	SETTING_STRINGS_OR_STRING,
	SETTING_STRING_OR_INT,
	SETTING_GROUP,
	SETTING_GROUPS,
};

struct setting_known {
	const char *name;
	enum setting_type type;
};

enum policy_file { FILE_RBAC, FILE_POLICY, FILE_ASSIGNMENTS };

struct grammar_section {
	enum policy_file where;
	const char *name; /* "" : the top of the file; "login", "groups.extra", "roles" (of each
			     role) */
	const struct setting_known *known;
	size_t n;
};

enum grammar_of {
	GRAMMAR_HOST,
	GRAMMAR_LOGIN,
	GRAMMAR_EXEMPT,
	GRAMMAR_GROUPS,
	GRAMMAR_EXTRA,
	GRAMMAR_SERVE,
	GRAMMAR_NOTIFY,
	GRAMMAR_POLICY,
	GRAMMAR_KIND,
	GRAMMAR_USERS,
	GRAMMAR_KEY,
	GRAMMAR_ROLE,
	GRAMMAR_EXCLUSIVE,
	GRAMMAR_FILES,
	GRAMMAR_SCOPE,
	GRAMMAR_ASSIGNMENT,
	GRAMMAR_COUNT
};

extern const struct grammar_section policy_grammar[GRAMMAR_COUNT];

/* The settings of each section, in the order of its table. */
enum { H_VERSION, H_HOST, H_LOGIN, H_EXEMPT, H_GROUPS, H_ZONE, H_SERVE, H_NOTIFY, H_UIDS, H_COUNT };
enum { L_SERVICES, L_KEYS, L_ROLES, L_USERS, L_GROUPS, L_ANYONE, L_FROM, L_HOURS, L_COUNT };
enum { E_USERS, E_GROUPS, E_COUNT };
enum { G_NAME, G_GID_MIN, G_GID_MAX, G_MEMBERS, G_ENUMERATE, G_EXTRA, G_COUNT };
enum { SV_SYSTEM_ACCOUNTS, SV_COUNT };
enum { N_EXEC, N_MAIL, N_WRITE, N_USER, N_BREAKGLASS, N_COUNT };
enum { X_ROLE, X_UNIX_GROUPS, X_COUNT };
enum { P_VERSION, P_KINDS, P_USERS, P_KEYS, P_KEYCHAINS, P_ROLES, P_PLANS, P_EXCLUSIVE, P_COUNT };
enum {
	K_PARENT,
	K_CREATE_BY,
	K_DELETE_BY,
	K_TRANSFER_BY,
	K_PLAN_BY,
	K_OWNER,
	K_PER_USER,
	K_PLAN,
	K_RENAMED,
	K_COUNT
};
enum { U_ADD_BY, U_SUSPEND_BY, U_FORGET_BY, U_COUNT };
enum { KEY_NAME, KEY_TITLE, KEY_RENAMED, KEY_COUNT };
enum {
	R_KIND,
	R_TITLE,
	R_PURPOSE,
	R_KEYCHAINS,
	R_INCLUDES,
	R_ASSIGN_BY,
	R_REMOVE_BY,
	R_REQUEST_BY,
	R_APPROVE_BY,
	R_APPROVALS,
	R_APPROVAL,
	R_PENDING_FOR,
	R_END_SESSIONS,
	R_REVIEW_EVERY,
	R_REVIEW_BY,
	R_UNREVIEWED,
	R_REVIEW_GRACE,
	R_BOOTSTRAP,
	R_CASCADE,
	R_MIN,
	R_MAX,
	R_MAX_FOR,
	R_END,
	R_REASON,
	R_LOCAL,
	R_MAX_STALE,
	R_GID,
	R_RENAMED,
	R_COUNT
};
enum { XC_NAME, XC_ROLES, XC_AT_MOST, XC_COUNT };
enum { F_VERSION, F_SCOPES, F_ASSIGNMENTS, F_COUNT };
enum { S_SCOPE, S_OWNER, S_PLAN, S_COUNT };
enum { A_USER, A_GROUP, A_ROLE, A_SCOPE, A_FROM, A_UNTIL, A_REASON, A_COUNT };

#endif
