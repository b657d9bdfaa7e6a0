#include "rbacctl/config/grammar.h"

static const struct load_known host[H_COUNT] = {
	[H_VERSION] = { "version", LOAD_INT }, [H_HOST] = { "host", LOAD_STRINGS_OR_STRING },
	[H_LOGIN] = { "login", LOAD_GROUPS },  [H_EXEMPT] = { "exempt", LOAD_GROUP },
	[H_GROUPS] = { "groups", LOAD_GROUP }, [H_ZONE] = { "zone", LOAD_STRING },
};

static const struct load_known login[L_COUNT] = {
	[L_SERVICES] = { "services", LOAD_STRINGS }, [L_KEYS] = { "keys", LOAD_STRINGS },
	[L_ROLES] = { "roles", LOAD_STRINGS },       [L_USERS] = { "users", LOAD_STRINGS },
	[L_GROUPS] = { "groups", LOAD_STRINGS },     [L_ANYONE] = { "anyone", LOAD_BOOL },
	[L_FROM] = { "from", LOAD_STRINGS },         [L_HOURS] = { "hours", LOAD_STRINGS },
};

static const struct load_known exempt[E_COUNT] = {
	[E_USERS] = { "users", LOAD_STRINGS }, [E_GROUPS] = { "groups", LOAD_STRINGS }
};

static const struct load_known groups[G_COUNT] = {
	[G_NAME] = { "name", LOAD_STRING },         [G_GID_MIN] = { "gid_min", LOAD_INT },
	[G_GID_MAX] = { "gid_max", LOAD_INT },      [G_MEMBERS] = { "members", LOAD_BOOL },
	[G_ENUMERATE] = { "enumerate", LOAD_BOOL }, [G_EXTRA] = { "extra", LOAD_GROUPS },
};

static const struct load_known extra[X_COUNT] = {
	[X_ROLE] = { "role", LOAD_STRING }, [X_UNIX_GROUPS] = { "unix_groups", LOAD_STRINGS }
};

static const struct load_known policy[P_COUNT] = {
	[P_VERSION] = { "version", LOAD_INT },       [P_KINDS] = { "kinds", LOAD_GROUP },
	[P_USERS] = { "users", LOAD_GROUP },         [P_KEYS] = { "keys", LOAD_GROUPS },
	[P_KEYCHAINS] = { "keychains", LOAD_GROUP }, [P_ROLES] = { "roles", LOAD_GROUP },
	[P_PLANS] = { "plans", LOAD_GROUP },         [P_EXCLUSIVE] = { "exclusive", LOAD_GROUPS },
};

static const struct load_known kind[K_COUNT] = {
	[K_PARENT] = { "parent", LOAD_STRING },
	[K_CREATE_BY] = { "create_by", LOAD_STRINGS },
	[K_DELETE_BY] = { "delete_by", LOAD_STRINGS },
	[K_TRANSFER_BY] = { "transfer_by", LOAD_STRINGS },
	[K_PLAN_BY] = { "plan_by", LOAD_STRINGS },
	[K_OWNER] = { "owner", LOAD_STRING },
	[K_PER_USER] = { "per_user", LOAD_STRING },
	[K_PLAN] = { "plan", LOAD_STRING },
	[K_RENAMED] = { "renamed_from", LOAD_STRING },
};

static const struct load_known users[U_COUNT] = {
	[U_ADD_BY] = { "add_by", LOAD_STRINGS },
	[U_SUSPEND_BY] = { "suspend_by", LOAD_STRINGS },
	[U_FORGET_BY] = { "forget_by", LOAD_STRINGS },
};

static const struct load_known key[KEY_COUNT] = {
	[KEY_NAME] = { "name", LOAD_STRING },
	[KEY_TITLE] = { "title", LOAD_STRING },
	[KEY_RENAMED] = { "renamed_from", LOAD_STRING },
};

static const struct load_known role[R_COUNT] = {
	[R_KIND] = { "kind", LOAD_STRING },
	[R_TITLE] = { "title", LOAD_STRING },
	[R_PURPOSE] = { "purpose", LOAD_STRING },
	[R_KEYCHAINS] = { "keychains", LOAD_STRINGS },
	[R_INCLUDES] = { "includes", LOAD_STRINGS },
	[R_ASSIGN_BY] = { "assign_by", LOAD_STRINGS },
	[R_REMOVE_BY] = { "remove_by", LOAD_STRINGS },
	[R_BOOTSTRAP] = { "bootstrap", LOAD_BOOL },
	[R_CASCADE] = { "cascade", LOAD_BOOL },
	[R_MIN] = { "min", LOAD_INT },
	[R_MAX] = { "max", LOAD_STRING_OR_INT },
	[R_GID] = { "gid", LOAD_INT },
	[R_RENAMED] = { "renamed_from", LOAD_STRING },
};

static const struct load_known exclusive[XC_COUNT] = {
	[XC_NAME] = { "name", LOAD_STRING },
	[XC_ROLES] = { "roles", LOAD_STRINGS },
	[XC_AT_MOST] = { "at_most", LOAD_INT },
};

static const struct load_known files[F_COUNT] = {
	[F_VERSION] = { "version", LOAD_INT },
	[F_SCOPES] = { "scopes", LOAD_GROUPS },
	[F_ASSIGNMENTS] = { "assignments", LOAD_GROUPS },
};

static const struct load_known scope[S_COUNT] = {
	[S_SCOPE] = { "scope", LOAD_STRING },
	[S_OWNER] = { "owner", LOAD_STRING },
	[S_PLAN] = { "plan", LOAD_STRING },
};

static const struct load_known assignment[A_COUNT] = {
	[A_USER] = { "user", LOAD_STRING },     [A_GROUP] = { "group", LOAD_STRING },
	[A_ROLE] = { "role", LOAD_STRING },     [A_SCOPE] = { "scope", LOAD_STRING },
	[A_FROM] = { "from", LOAD_STRING },     [A_UNTIL] = { "until", LOAD_STRING },
	[A_REASON] = { "reason", LOAD_STRING },
};

const struct grammar_section policy_grammar[GRAMMAR_COUNT] = {
	[GRAMMAR_HOST] = { LOAD_RBAC, "", host, H_COUNT },
	[GRAMMAR_LOGIN] = { LOAD_RBAC, "login", login, L_COUNT },
	[GRAMMAR_EXEMPT] = { LOAD_RBAC, "exempt", exempt, E_COUNT },
	[GRAMMAR_GROUPS] = { LOAD_RBAC, "groups", groups, G_COUNT },
	[GRAMMAR_EXTRA] = { LOAD_RBAC, "groups.extra", extra, X_COUNT },
	[GRAMMAR_POLICY] = { LOAD_POLICY, "", policy, P_COUNT },
	[GRAMMAR_KIND] = { LOAD_POLICY, "kinds", kind, K_COUNT },
	[GRAMMAR_USERS] = { LOAD_POLICY, "users", users, U_COUNT },
	[GRAMMAR_KEY] = { LOAD_POLICY, "keys", key, KEY_COUNT },
	[GRAMMAR_ROLE] = { LOAD_POLICY, "roles", role, R_COUNT },
	[GRAMMAR_EXCLUSIVE] = { LOAD_POLICY, "exclusive", exclusive, XC_COUNT },
	[GRAMMAR_FILES] = { LOAD_ASSIGNMENTS, "", files, F_COUNT },
	[GRAMMAR_SCOPE] = { LOAD_ASSIGNMENTS, "scopes", scope, S_COUNT },
	[GRAMMAR_ASSIGNMENT] = { LOAD_ASSIGNMENTS, "assignments", assignment, A_COUNT },
};
