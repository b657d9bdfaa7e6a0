/*
 * model.h - a policy that has been read and checked: what everything else in rbacctl works on.
 *
 * A policy is immutable once loaded, but for the names of users (rbacctl/host/canonical.h), and
 * owns all it points to (one arena). Names are unique within their table. Indexes are positions in
 * the tables, in loading order; -1 stands for none. Derived data (closures) is complete.
 */
#ifndef RBACCTL_MODEL_MODEL_H
#define RBACCTL_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"
#include "rbacctl/model/problem.h"
#include "rbacctl/model/set.h"

/*
 * Limits, each in rbac.conf(5) and with a test on both sides. Roles and keys: what
 * each role comes to is kept as a set of roles and one of keys (set.h), at worst 84 MB where each
 * of 16,384 roles comes to all of 16,384 keys. A kind's names take a component each of the 380
 * bytes of a scope's name.
 */
enum {
	POLICY_KINDS_MAX = 64,
	POLICY_DEPTH_MAX = 16,
	POLICY_ROLES_MAX = POLICY_SET_MAX,
	POLICY_KEYS_MAX = POLICY_SET_MAX,
	POLICY_PLANS_MAX = 4096
};

#define POLICY_GID_MIN 2010000000u /* default range, design.md */
#define POLICY_GID_MAX 2139999999u

struct policy_strs {
	const char **v;
	size_t n;
	struct policy_pos pos;
};
struct policy_ints {
	int *v;
	size_t n;
};

/* One entry of a `by` list. */
enum policy_by_what { BY_OWNER, BY_OWNER_OF, BY_ROLE, BY_KEY, BY_ANYONE };
struct policy_by {
	enum policy_by_what what;
	int ref;
}; /* BY_OWNER_OF: kind; BY_ROLE: role; BY_KEY: key */
struct policy_bys {
	struct policy_by *v;
	size_t n;
	bool given; /* the setting stands in the file; not given: n is 0 */
	struct policy_pos pos;
};

struct policy_kind {
	const char *name, *renamed_from; /* renamed_from: NULL when absent */
	struct policy_pos pos;
	int parent;     /* kind, -1: a root kind */
	unsigned depth; /* components in the name of a scope of this kind, 1.. */
	struct policy_bys create_by, delete_by, transfer_by, plan_by;
	int owner_role; /* -1: this kind has no owners */
	struct policy_pos owner_pos;
	const char *per_user; /* template for the scope made at `user add`, "%{user}"; NULL: none */
	const char *plan;     /* default plan's name; NULL: none */
	/* derived */
	struct policy_set counts, keys; /* roles that can count at a scope of this kind, held there
					   or above; their keys */
};

struct policy_key {
	const char *name, *title, *renamed_from;
	struct policy_pos pos;
}; /* title: the name when absent */
struct policy_keychain {
	const char *name;
	struct policy_ints keys;
	struct policy_pos pos;
};

/* A place in an exclusive set: the set, and the position in its list of roles. */
struct policy_member {
	int set, at;
};

enum policy_max { POLICY_MAX_NONE, POLICY_MAX_NUMBER, POLICY_MAX_PLAN };

struct policy_role {
	const char *name, *title, *purpose,
		*renamed_from; /* title: the name, purpose: "", renamed_from: NULL when absent */
	struct policy_pos pos;
	int kind;
	struct policy_ints keychains, includes; /* direct */
	bool cascade;                           /* default true */
	bool bootstrap;
	struct policy_bys assign_by,
		remove_by; /* remove_by is a copy of assign_by when absent (given stays false) */
	struct policy_pos min_pos, max_pos, gid_pos;
	unsigned min; /* 0: none */
	enum policy_max max_is;
	unsigned max;         /* POLICY_MAX_NUMBER */
	const char *max_plan; /* POLICY_MAX_PLAN: the limit's name in the plans */
	uint32_t gid;         /* `gid =`, 0: computed */
	/* roles on request */
	struct policy_bys request_by; /* who may ask for themselves */
	struct policy_bys approve_by; /* a copy of assign_by when absent (given stays false) */
	unsigned approvals;           /* how many different people; default 1 */
	bool approval_required;
	struct policy_pos approvals_pos, approval_pos;
	int64_t pending_for; /* seconds that a request waits; default 24h */
	const char *pending_for_text;
	/* reviews (review.h) */
	int64_t review_every;        /* seconds; 0: never */
	struct policy_bys review_by; /* a copy of remove_by when absent (given stays false) */
	bool unreviewed_ends;        /* a grant ends with the grace */
	int64_t review_grace;        /* seconds; default 14d */
	const char *review_every_text, *review_grace_text; /* NULL of _every: never */
	struct policy_pos review_pos, unreviewed_pos;
	/* what every assignment is asked for */
	int64_t max_for;          /* seconds at a stretch; 0: no limit. Implies END_REQUIRED */
	const char *max_for_text; /* as it was written; NULL: none */
	bool end_required, reason_required;
	bool end_sessions; /* what needs a grant is ended when the grant ends */
	/* in a fleet */
	bool local;                 /* a member may give it itself, with an end */
	int64_t max_stale;          /* seconds after the authority's last word that a member's
				       assignments count; 0: without end */
	const char *max_stale_text; /* as it was written; NULL: none */
	struct policy_pos max_for_pos, end_pos, reason_pos; /* END_POS: of max_for where that asks
							       for the end */
	/* derived */
	struct policy_set counts; /* roles that count where this one does, itself included */
	struct policy_set keys;   /* keys of all of those */
	bool administers;         /* one of those is marked bootstrap */
	struct policy_member *members;
	size_t n_members; /* places in exclusive sets of all of those, by set and position */
};

struct policy_limit {
	const char *name;
	unsigned number;
	struct policy_pos pos;
};
struct policy_plan {
	const char *name;
	struct policy_limit *limits;
	size_t n;
	struct policy_pos pos;
};
struct policy_exclusive {
	const char *name;
	struct policy_ints roles;
	unsigned at_most;
	struct policy_pos pos;
};

struct policy_from {
	uint8_t type, prefix;
	uint8_t len;
	uint8_t bytes[253];
}; /* RBAC_FROM_*, see wire.h */
struct policy_hours {
	uint8_t days;
	uint16_t start, end;
};

/* One condition of a login rule: any of its entries holds. No entry: the rule does not ask. */
struct policy_condition {
	struct policy_strs texts; /* as they are written */
	uint8_t *entries;         /* as in the view's record (wire.h): SIZE bytes for all TEXTS */
	size_t size;
};

struct policy_login {
	unsigned number; /* 1.. in the order of rbac.conf */
	struct policy_pos pos;
	struct policy_strs services, users, groups;
	struct policy_ints keys, roles;
	bool anyone;
	struct policy_condition conditions[RBAC_CONDITIONS];
	/* derived: what is in roles and keys */
	struct policy_set role_set, key_set;
};

/* A service that a rule names, and the rules that do, by position. */
struct policy_service {
	const char *name;
	int *rules;
	size_t n;
};

struct policy_extra {
	int role;
	struct policy_strs unix_groups;
	struct policy_pos pos;
};

/* assignments.d */
struct policy_file_scope {
	const char *scope, *owner, *plan;
	struct policy_pos pos;
}; /* owner, plan: NULL when absent */
struct policy_file_assignment {
	const char *subject; /* "bob" or "%devs" */
	int role;
	const char *scope;   /* NULL: the host's scope (only where the host has exactly one) */
	int64_t from, until; /* RBAC_TIME_MIN, RBAC_TIME_MAX when absent */
	const char *reason;  /* "" when absent */
	struct policy_pos pos;
};

struct policy {
	struct policy_kind *kinds;
	size_t n_kinds;
	struct policy_key *keys;
	size_t n_keys;
	struct policy_keychain *keychains;
	size_t n_keychains;
	struct policy_role *roles;
	size_t n_roles;
	struct policy_plan *plans;
	size_t n_plans;
	bool limits_length; /* derived: a role has max_for */
	struct policy_exclusive *exclusives;
	size_t n_exclusives;
	struct policy_bys add_by, suspend_by,
		forget_by; /* users = { ... }; resume needs suspend_by, rename forget_by */

	/* rbac.conf */
	bool host_any;
	struct policy_strs hosts; /* host scopes; none when host_any */
	struct policy_login *logins;
	size_t n_logins;
	struct policy_service *services; /* derived; in the order in which rules first name them */
	size_t n_services;
	struct policy_strs exempt_users, exempt_groups;
	const char *group_template; /* "%{role}" when absent */
	struct policy_pos group_pos;
	uint32_t gid_min, gid_max;
	bool members, enumerate; /* default true, true */
	struct policy_extra *extras;
	size_t n_extras;
	bool uids_of_fleet;         /* uids = "fleet": a member records the UIDs of the authority */
	bool serve_system_accounts; /* serve = { system_accounts = true; } */
	struct policy_notify {
		const char *exec; /* NULL: none */
		const char *user; /* as whom EXEC runs, and the program that mails; "nobody" */
		bool mail, write;
		struct policy_strs breakglass;
	} notify;
	const char *zone;           /* NULL: /etc/localtime */
	struct policy_pos zone_pos; /* where ZONE is given */

	/* assignments.d */
	struct policy_file_scope *scopes;
	size_t n_scopes;
	struct policy_file_assignment *assignments;
	size_t n_assignments;

	struct policy_private *own; /* private.h: memory, names by hash */
};

void policy_free(struct policy *p);

/* A copy of TEXT that lives as long as P; NULL: out of memory. */
const char *policy_keep(struct policy *p, const char *text);

/* Positions in the tables by name, byte for byte; -1: none. */
int policy_kind_find(const struct policy *p, const char *name, size_t len);
int policy_key_find(const struct policy *p, const char *name);
int policy_keychain_find(const struct policy *p, const char *name);
int policy_role_find(const struct policy *p, const char *name);
const struct policy_plan *policy_plan_find(const struct policy *p, const char *name);

/* Nearest known name to WORD, for "did you mean"; NULL: nothing near. */
const char *policy_role_nearest(const struct policy *p, const char *word);
const char *policy_key_nearest(const struct policy *p, const char *word);

/* Does role R, where it counts, bring role WITH / key K? */
static inline bool policy_role_counts(const struct policy *p, int r, int with)
{
	return policy_set_has(&p->roles[r].counts, with);
}
static inline bool policy_role_has_key(const struct policy *p, int r, int k)
{
	return policy_set_has(&p->roles[r].keys, k);
}

/* Can ROLE count, and can KEY be held, at a scope of KIND at all: by a role that is assigned there,
 * or above and cascades? */
static inline bool policy_can_count(const struct policy *p, int role, int kind)
{
	return policy_set_has(&p->kinds[kind].counts, role);
}
static inline bool policy_key_can_count(const struct policy *p, int key, int kind)
{
	return policy_set_has(&p->kinds[kind].keys, key);
}

/* ---- scopes by name: KIND:A/B/C, where the kind's ancestors are its prefixes ---- */

/* The kind of SCOPE, when its name is well-formed and has as many components as the kind is deep;
 * else -1. */
int policy_scope_kind(const struct policy *p, const char *scope);

/* Write the parent of SCOPE into OUT (RBAC_SCOPE_MAX + 1 bytes; may be SCOPE). RBAC_OK;
 * RBAC_NOTFOUND: a root; RBAC_INVALID: not a scope. */
int policy_scope_parent(const struct policy *p, const char *scope, char *out);

/* The ancestor of SCOPE (itself included) that is of KIND. RBAC_OK, RBAC_NOTFOUND, RBAC_INVALID. */
int policy_scope_ancestor(const struct policy *p, const char *scope, int kind, char *out);

/* Is SCOPE the same as, or below, TOP? */
bool policy_scope_within(const struct policy *p, const char *scope, const char *top);

/* ---- times and hours as text (RFC 3339; "Mon-Fri 08:00-18:00") ---- */

/*
 * An RFC 3339 date-time with seconds and an offset ("2026-01-01T00:00:00Z", "+02:00"; a space for
 * the T), or a date alone (midnight UTC). Fractions of a second are refused. RBAC_OK or
 * RBAC_INVALID.
 */
int policy_time_parse(const char *text, int64_t *out);

/* "2026-01-01T00:00:00Z" into OUT (at least 32 bytes). */
void policy_time_print(int64_t t, char *out);

/* "90s", "30m", "8h", "7d", "2w", also joined ("1h30m"): seconds, 1 second to 100 years. RBAC_OK or
 * RBAC_INVALID. */
int policy_duration_parse(const char *text, int64_t *seconds);

/* The shortest of those for SECONDS, into OUT (at least 32 bytes). */
void policy_duration_print(int64_t seconds, char *out);

int policy_hours_parse(const char *text,
		       struct policy_hours *out); /* RBAC_OK or RBAC_INVALID; text is not kept */
int policy_from_parse(const char *text,
		      struct policy_from *out); /* likewise: address, CIDR, host name, .domain */

/* ---- the conditions of a login rule: one row each ---- */

enum { POLICY_CONDITION_ENTRY_MAX = 256 };

struct policy_condition_kind {
	int setting;          /* L_*, grammar.h */
	const char *not_one;  /* "is no remote host": said where FOREIGN has an answer */
	const char *always;   /* "everywhere": how it is when the setting is left out */
	const char *expected; /* what an entry looks like: the end of "... is not" */
	const char *within;   /* "from": the word before the entries */
	/* What to write instead of TEXT, a word that access.conf(5) has or its like; NULL: nothing,
	 * or it is no such word. NULL itself: there is none. */
	const char *(*foreign)(const char *text);
	/* TEXT as an entry of the record (wire.h). Its size; 0: TEXT is not one. */
	size_t (*encode)(const char *text, uint8_t entry[POLICY_CONDITION_ENTRY_MAX]);
};
extern const struct policy_condition_kind *const policy_conditions; /* by enum rbac_condition */

/* Does `from` of rule L have the name of a host or of a domain? */
bool policy_login_names_hosts(const struct policy_login *l);

#endif
