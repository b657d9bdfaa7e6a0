/*
 * model.h - a policy that was loaded and checked. All other code of rbacctl works on it.
 *
 * A policy does not change after it is loaded, except for the names of users
 * (rbacctl/host/people/canonical.h). It owns everything that it points to, in one arena. Names are
 * unique within their table. An index is a position in a table, in the order of loading; -1 means
 * none. Members that are marked "derived" are computed when the policy is loaded. Times are seconds
 * since 1970, lengths of time are seconds.
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
 * Limits. rbac.conf(5) has each of them, and a test tries each just below and above it. Each role
 * has a set of roles and a set of keys (set.h): these take 84 MB in the worst case, if each of
 * 16,384 roles includes all others and has 16,384 keys. The depth of kinds is limited because the
 * name of a scope has one part for each level, and at most 380 bytes.
 */
enum {
	POLICY_KINDS_MAX = 64,
	POLICY_DEPTH_MAX = 16,
	POLICY_ROLES_MAX = POLICY_SET_MAX,
	POLICY_KEYS_MAX = POLICY_SET_MAX,
	POLICY_PLANS_MAX = 4096
};

#define POLICY_GID_MIN 2010000000u /* default range: docs/design.md, "Group ids" */
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
	int ref; /* BY_OWNER_OF: a kind; BY_ROLE: a role; BY_KEY: a key; else not used */
};
struct policy_bys {
	struct policy_by *v;
	size_t n;
	bool given; /* the file has the setting; if not, N is 0 unless the member says otherwise */
	struct policy_pos pos;
};

struct policy_kind {
	const char *name, *renamed_from; /* renamed_from: NULL when absent */
	struct policy_pos pos;
	int parent;     /* a kind; -1: this is a root kind */
	unsigned depth; /* how many parts the name of a scope of this kind has, from 1 on */
	struct policy_bys create_by, delete_by, transfer_by, plan_by;
	int owner_role; /* -1: this kind has no owners */
	struct policy_pos owner_pos;
	const char *per_user; /* name of the scope that `user add` creates, "%{user}"; NULL: none */
	const char *plan;     /* default plan's name; NULL: none */
	/* derived */
	struct policy_set counts, keys; /* the roles that can count at a scope of this kind, held
					   there or above; the keys of these roles */
};

struct policy_key {
	const char *name, *renamed_from;
	const char *title; /* the name if the setting is absent */
	struct policy_pos pos;
};
struct policy_keychain {
	const char *name;
	struct policy_ints keys;
	struct policy_pos pos;
};

/* A role's place in an exclusive set: the set, and the position in its list of roles. */
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
		remove_by; /* a copy of assign_by if absent (GIVEN is then false) */
	struct policy_pos min_pos, max_pos, gid_pos;
	unsigned min; /* 0: none */
	enum policy_max max_is;
	unsigned max;         /* POLICY_MAX_NUMBER */
	const char *max_plan; /* POLICY_MAX_PLAN: the limit's name in the plans */
	uint32_t gid;         /* `gid =`, 0: computed */
	/* requests */
	struct policy_bys request_by; /* who may request the role for themselves */
	struct policy_bys approve_by; /* a copy of assign_by if absent (GIVEN is then false) */
	unsigned approvals;           /* how many different people must approve; default 1 */
	bool approval_required;
	struct policy_pos approvals_pos, approval_pos;
	int64_t pending_for; /* how long a request is pending; default 24h */
	const char *pending_for_text;
	/* reviews (review.h) */
	int64_t review_every;        /* 0: never */
	struct policy_bys review_by; /* a copy of remove_by if absent (GIVEN is then false) */
	bool unreviewed_ends;        /* unreviewed = "end" */
	int64_t review_grace;        /* default 14d */
	const char *review_every_text, *review_grace_text; /* the first is NULL if absent */
	struct policy_pos review_pos, unreviewed_pos;
	/* what every assignment needs */
	int64_t max_for;          /* the longest window; 0: no limit. Implies END_REQUIRED */
	const char *max_for_text; /* as written; NULL: absent */
	bool end_required, reason_required;
	bool end_sessions; /* when a grant ends, `due` ends the sessions that need it */
	/* in a fleet */
	bool local; /* can be assigned on a member, with an end */
	/* On a member an assignment ends this long after the authority signed the last state; 0: it
	 * does not. */
	int64_t max_stale;
	const char *max_stale_text; /* as written; NULL: absent */
	/* END_POS is the position of max_for if that setting requires the end. */
	struct policy_pos max_for_pos, end_pos, reason_pos;
	/* derived */
	struct policy_set counts; /* this role, and the roles that it includes at any depth */
	struct policy_set keys;   /* the keys of all roles in COUNTS */
	bool administers;         /* a role in COUNTS is marked bootstrap */
	struct policy_member *members;
	size_t n_members; /* the places of all roles in COUNTS in exclusive sets, sorted */
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

/* An entry of `from`, and of `hours`, in the form that common/wire.h describes. */
struct policy_from {
	uint8_t type, prefix; /* TYPE: RBAC_FROM_* */
	uint8_t len;
	uint8_t bytes[253];
};
struct policy_hours {
	uint8_t days;        /* bit 0: Monday */
	uint16_t start, end; /* minutes of the day */
};

/* One condition of a login rule. It holds if one of its entries matches, or if it has none. */
struct policy_condition {
	struct policy_strs texts; /* as written */
	uint8_t *entries;         /* encoded as in the view (common/wire.h): SIZE bytes in all */
	size_t size;
};

struct policy_login {
	unsigned number; /* from 1 on, in the order of the files */
	struct policy_pos pos;
	struct policy_strs services, users, groups;
	struct policy_ints keys, roles;
	bool anyone;
	struct policy_condition conditions[RBAC_CONDITIONS];
	/* derived: ROLES and KEYS as sets */
	struct policy_set role_set, key_set;
};

/* A service that a rule names, and the indexes of the rules that name it. */
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
	const char *scope, *owner, *plan; /* OWNER, PLAN: NULL if absent */
	struct policy_pos pos;
};
struct policy_file_assignment {
	const char *subject; /* "bob" or "%devs" */
	int role;
	const char *scope;   /* NULL: the host's scope, if it has exactly one */
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
		const char *user; /* the user that EXEC and sendmail run as; default "nobody" */
		bool mail, write;
		struct policy_strs breakglass;
	} notify;
	const char *zone;           /* NULL: /etc/localtime */
	struct policy_pos zone_pos; /* the position of the setting */

	/* assignments.d */
	struct policy_file_scope *scopes;
	size_t n_scopes;
	struct policy_file_assignment *assignments;
	size_t n_assignments;

	struct policy_private *own; /* private.h */
};

void policy_free(struct policy *p); /* P may be NULL */

/* A copy of TEXT in P's memory; NULL: there is no memory. */
const char *policy_keep(struct policy *p, const char *text);

/* The index of a name, compared byte for byte; -1 or NULL: there is none. */
int policy_kind_find(const struct policy *p, const char *name, size_t len);
int policy_key_find(const struct policy *p, const char *name);
int policy_keychain_find(const struct policy *p, const char *name);
int policy_role_find(const struct policy *p, const char *name);
const struct policy_plan *policy_plan_find(const struct policy *p, const char *name);

/* For "did you mean": the name that is most similar to WORD (problem_nearest()), or NULL. */
const char *policy_role_nearest(const struct policy *p, const char *word);
const char *policy_key_nearest(const struct policy *p, const char *word);

/* Is the role WITH equal to role R or included in it? Does role R have the key K? */
static inline bool policy_role_counts(const struct policy *p, int r, int with)
{
	return policy_set_has(&p->roles[r].counts, with);
}
static inline bool policy_role_has_key(const struct policy *p, int r, int k)
{
	return policy_set_has(&p->roles[r].keys, k);
}

/* Can ROLE, or KEY, count at a scope of KIND: through a role that can be assigned there, or can be
 * assigned above and cascades? */
static inline bool policy_can_count(const struct policy *p, int role, int kind)
{
	return policy_set_has(&p->kinds[kind].counts, role);
}
static inline bool policy_key_can_count(const struct policy *p, int key, int kind)
{
	return policy_set_has(&p->kinds[kind].keys, key);
}

/* ---- names of scopes: KIND:A/B/C, with one part for each level of the kind ---- */

/* The kind of SCOPE, or -1 if its name is not valid or has the wrong number of parts. */
int policy_scope_kind(const struct policy *p, const char *scope);

/* Write the scope above SCOPE into OUT (RBAC_SCOPE_MAX + 1 bytes; may be SCOPE). RBAC_OK;
 * RBAC_NOTFOUND if SCOPE is a root scope; RBAC_INVALID if it is not a scope. */
int policy_scope_parent(const struct policy *p, const char *scope, char *out);

/* Write the scope of KIND at or above SCOPE into OUT, as above. RBAC_OK, RBAC_NOTFOUND or
 * RBAC_INVALID. */
int policy_scope_ancestor(const struct policy *p, const char *scope, int kind, char *out);

/* Is SCOPE the same as, or below, TOP? */
bool policy_scope_within(const struct policy *p, const char *scope, const char *top);

/* ---- times and hours as text; the parsers return RBAC_OK or RBAC_INVALID ---- */

/*
 * Parse an RFC 3339 date-time with seconds and an offset ("2026-01-01T00:00:00Z", or "+02:00" for
 * the Z, or a space for the T), or a date, which is midnight UTC. Fractions of a second are
 * refused, and so is a time that is not in the years 0000 to 9999 of UTC.
 */
int policy_time_parse(const char *text, int64_t *out);

/* Can RFC 3339 write T, whose years are 0000 to 9999? Export and JSON write each time so. */
bool policy_time_is_writable(int64_t t);

/* Write T as "2026-01-01T00:00:00Z" into OUT (at least 32 bytes). */
void policy_time_print(int64_t t, char *out);

/* Parse "90s", "30m", "8h", "7d", "2w" or a sum ("1h30m"), from 1 second to 100 years. */
int policy_duration_parse(const char *text, int64_t *seconds);

/* Write SECONDS in the shortest such form into OUT (at least 32 bytes). */
void policy_duration_print(int64_t seconds, char *out);

/* Parse an entry of `hours`, such as "Mon-Fri 08:00-18:00". */
int policy_hours_parse(const char *text, struct policy_hours *out);
/* Parse an entry of `from`: an address, a network, a host name or .domain. */
int policy_from_parse(const char *text, struct policy_from *out);

/* ---- the kinds of conditions of a login rule; `from` and `hours` ---- */

enum { POLICY_CONDITION_ENTRY_MAX = 256 };

struct policy_condition_kind {
	int setting; /* L_*, grammar.h */
	/* Texts for messages. */
	const char *not_one;  /* "is no remote host": if FOREIGN returns a text */
	const char *always;   /* "everywhere": if the setting is left out */
	const char *expected; /* what an entry looks like: the end of "... is not" */
	const char *within;   /* "from": the word before the entries */
	/* If TEXT is a word of access.conf(5) or of a similar file: what to write instead. NULL if
	 * it is not. The member is NULL if the condition has no such words. */
	const char *(*foreign)(const char *text);
	/* Encode TEXT as an entry of the view's record (common/wire.h). Returns its size in bytes,
	 * or 0 if TEXT is not valid. */
	size_t (*encode)(const char *text, uint8_t entry[POLICY_CONDITION_ENTRY_MAX]);
};
extern const struct policy_condition_kind *const policy_conditions; /* by enum rbac_condition */

/* Does `from` of rule L have the name of a host or of a domain? */
bool policy_login_names_hosts(const struct policy_login *l);

#endif
