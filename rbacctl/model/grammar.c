#include "rbacctl/model/grammar.h"

static const struct setting_known host[H_COUNT] = {
	[H_VERSION] = { "version", SETTING_INT }, [H_HOST] = { "host", SETTING_STRINGS_OR_STRING },
	[H_LOGIN] = { "login", SETTING_GROUPS },  [H_EXEMPT] = { "exempt", SETTING_GROUP },
	[H_GROUPS] = { "groups", SETTING_GROUP }, [H_ZONE] = { "zone", SETTING_STRING },
	[H_SERVE] = { "serve", SETTING_GROUP },   [H_NOTIFY] = { "notify", SETTING_GROUP },
	[H_UIDS] = { "uids", SETTING_STRING },
};

static const struct setting_known serve[SV_COUNT] = {
	[SV_SYSTEM_ACCOUNTS] = { "system_accounts", SETTING_BOOL },
};

static const struct setting_known notify[N_COUNT] = {
	[N_EXEC] = { "exec", SETTING_STRING },
	[N_MAIL] = { "mail", SETTING_BOOL },
	[N_WRITE] = { "write", SETTING_BOOL },
	[N_USER] = { "user", SETTING_STRING },
	[N_BREAKGLASS] = { "breakglass", SETTING_STRINGS },
};

static const struct setting_known login[L_COUNT] = {
	[L_SERVICES] = { "services", SETTING_STRINGS }, [L_KEYS] = { "keys", SETTING_STRINGS },
	[L_ROLES] = { "roles", SETTING_STRINGS },       [L_USERS] = { "users", SETTING_STRINGS },
	[L_GROUPS] = { "groups", SETTING_STRINGS },     [L_ANYONE] = { "anyone", SETTING_BOOL },
	[L_FROM] = { "from", SETTING_STRINGS },         [L_HOURS] = { "hours", SETTING_STRINGS },
};

static const struct setting_known exempt[E_COUNT] = {
	[E_USERS] = { "users", SETTING_STRINGS }, [E_GROUPS] = { "groups", SETTING_STRINGS }
};

static const struct setting_known groups[G_COUNT] = {
	[G_NAME] = { "name", SETTING_STRING },         [G_GID_MIN] = { "gid_min", SETTING_INT },
	[G_GID_MAX] = { "gid_max", SETTING_INT },      [G_MEMBERS] = { "members", SETTING_BOOL },
	[G_ENUMERATE] = { "enumerate", SETTING_BOOL }, [G_EXTRA] = { "extra", SETTING_GROUPS },
};

static const struct setting_known extra[X_COUNT] = {
	[X_ROLE] = { "role", SETTING_STRING }, [X_UNIX_GROUPS] = { "unix_groups", SETTING_STRINGS }
};

static const struct setting_known policy[P_COUNT] = {
	[P_VERSION] = { "version", SETTING_INT },
	[P_KINDS] = { "kinds", SETTING_GROUP },
	[P_USERS] = { "users", SETTING_GROUP },
	[P_KEYS] = { "keys", SETTING_GROUPS },
	[P_KEYCHAINS] = { "keychains", SETTING_GROUP },
	[P_ROLES] = { "roles", SETTING_GROUP },
	[P_PLANS] = { "plans", SETTING_GROUP },
	[P_EXCLUSIVE] = { "exclusive", SETTING_GROUPS },
};

static const struct setting_known kind[K_COUNT] = {
	[K_PARENT] = { "parent", SETTING_STRING },
	[K_CREATE_BY] = { "create_by", SETTING_STRINGS },
	[K_DELETE_BY] = { "delete_by", SETTING_STRINGS },
	[K_TRANSFER_BY] = { "transfer_by", SETTING_STRINGS },
	[K_PLAN_BY] = { "plan_by", SETTING_STRINGS },
	[K_OWNER] = { "owner", SETTING_STRING },
	[K_PER_USER] = { "per_user", SETTING_STRING },
	[K_PLAN] = { "plan", SETTING_STRING },
	[K_RENAMED] = { "renamed_from", SETTING_STRING },
};

static const struct setting_known users[U_COUNT] = {
	[U_ADD_BY] = { "add_by", SETTING_STRINGS },
	[U_SUSPEND_BY] = { "suspend_by", SETTING_STRINGS },
	[U_FORGET_BY] = { "forget_by", SETTING_STRINGS },
};

static const struct setting_known key[KEY_COUNT] = {
	[KEY_NAME] = { "name", SETTING_STRING },
	[KEY_TITLE] = { "title", SETTING_STRING },
	[KEY_RENAMED] = { "renamed_from", SETTING_STRING },
};

static const struct setting_known role[R_COUNT] = {
	[R_KIND] = { "kind", SETTING_STRING },
	[R_TITLE] = { "title", SETTING_STRING },
	[R_PURPOSE] = { "purpose", SETTING_STRING },
	[R_KEYCHAINS] = { "keychains", SETTING_STRINGS },
	[R_INCLUDES] = { "includes", SETTING_STRINGS },
	[R_ASSIGN_BY] = { "assign_by", SETTING_STRINGS },
	[R_REMOVE_BY] = { "remove_by", SETTING_STRINGS },
	[R_REQUEST_BY] = { "request_by", SETTING_STRINGS },
	[R_APPROVE_BY] = { "approve_by", SETTING_STRINGS },
	[R_APPROVALS] = { "approvals", SETTING_INT },
	[R_APPROVAL] = { "approval", SETTING_STRING },
	[R_PENDING_FOR] = { "pending_for", SETTING_STRING },
	[R_END_SESSIONS] = { "end_sessions", SETTING_BOOL },
	[R_REVIEW_EVERY] = { "review_every", SETTING_STRING },
	[R_REVIEW_BY] = { "review_by", SETTING_STRINGS },
	[R_UNREVIEWED] = { "unreviewed", SETTING_STRING },
	[R_REVIEW_GRACE] = { "review_grace", SETTING_STRING },
	[R_BOOTSTRAP] = { "bootstrap", SETTING_BOOL },
	[R_CASCADE] = { "cascade", SETTING_BOOL },
	[R_MIN] = { "min", SETTING_INT },
	[R_MAX] = { "max", SETTING_STRING_OR_INT },
	[R_MAX_FOR] = { "max_for", SETTING_STRING },
	[R_END] = { "end", SETTING_STRING },
	[R_REASON] = { "reason", SETTING_STRING },
	[R_LOCAL] = { "local", SETTING_BOOL },
	[R_MAX_STALE] = { "max_stale", SETTING_STRING },
	[R_GID] = { "gid", SETTING_INT },
	[R_RENAMED] = { "renamed_from", SETTING_STRING },
};

static const struct setting_known exclusive[XC_COUNT] = {
	[XC_NAME] = { "name", SETTING_STRING },
	[XC_ROLES] = { "roles", SETTING_STRINGS },
	[XC_AT_MOST] = { "at_most", SETTING_INT },
};

static const struct setting_known files[F_COUNT] = {
	[F_VERSION] = { "version", SETTING_INT },
	[F_SCOPES] = { "scopes", SETTING_GROUPS },
	[F_ASSIGNMENTS] = { "assignments", SETTING_GROUPS },
};

static const struct setting_known scope[S_COUNT] = {
	[S_SCOPE] = { "scope", SETTING_STRING },
	[S_OWNER] = { "owner", SETTING_STRING },
	[S_PLAN] = { "plan", SETTING_STRING },
};

static const struct setting_known assignment[A_COUNT] = {
	[A_USER] = { "user", SETTING_STRING },     [A_GROUP] = { "group", SETTING_STRING },
	[A_ROLE] = { "role", SETTING_STRING },     [A_SCOPE] = { "scope", SETTING_STRING },
	[A_FROM] = { "from", SETTING_STRING },     [A_UNTIL] = { "until", SETTING_STRING },
	[A_REASON] = { "reason", SETTING_STRING },
};

const struct grammar_section policy_grammar[GRAMMAR_COUNT] = {
	[GRAMMAR_HOST] = { FILE_RBAC, "", host, H_COUNT },
	[GRAMMAR_LOGIN] = { FILE_RBAC, "login", login, L_COUNT },
	[GRAMMAR_EXEMPT] = { FILE_RBAC, "exempt", exempt, E_COUNT },
	[GRAMMAR_GROUPS] = { FILE_RBAC, "groups", groups, G_COUNT },
	[GRAMMAR_EXTRA] = { FILE_RBAC, "groups.extra", extra, X_COUNT },
	[GRAMMAR_SERVE] = { FILE_RBAC, "serve", serve, SV_COUNT },
	[GRAMMAR_NOTIFY] = { FILE_RBAC, "notify", notify, N_COUNT },
	[GRAMMAR_POLICY] = { FILE_POLICY, "", policy, P_COUNT },
	[GRAMMAR_KIND] = { FILE_POLICY, "kinds", kind, K_COUNT },
	[GRAMMAR_USERS] = { FILE_POLICY, "users", users, U_COUNT },
	[GRAMMAR_KEY] = { FILE_POLICY, "keys", key, KEY_COUNT },
	[GRAMMAR_ROLE] = { FILE_POLICY, "roles", role, R_COUNT },
	[GRAMMAR_EXCLUSIVE] = { FILE_POLICY, "exclusive", exclusive, XC_COUNT },
	[GRAMMAR_FILES] = { FILE_ASSIGNMENTS, "", files, F_COUNT },
	[GRAMMAR_SCOPE] = { FILE_ASSIGNMENTS, "scopes", scope, S_COUNT },
	[GRAMMAR_ASSIGNMENT] = { FILE_ASSIGNMENTS, "assignments", assignment, A_COUNT },
};
