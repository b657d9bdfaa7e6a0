/*
 * world.h - a random policy with its scopes, users and assignments, small enough that everything in
 * it meets.
 *
 * Plain numbers into plain arrays; nothing of the project is used to make it or to judge it
 * (plain.c). world_text() and world_store() hand it to the project.
 */
#ifndef TESTS_POLICY_WORLD_H
#define TESTS_POLICY_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "rbacctl/buf.h"
#include "rbacctl/config/source.h"
#include "rbacctl/store/store.h"

enum {
	W_KINDS = 5,
	W_KEYS = 6,
	W_CHAINS = 4,
	W_ROLES = 8,
	W_SCOPES = 9,
	W_USERS = 6,
	W_GROUPS = 4,
	W_ASSIGN = 14,
	W_SETS = 2,
	W_RULES = 4,
	W_SERVICES = 3,
	W_FROMS = 4,
	W_RHOSTS = 6,
	W_BYS = 4,
	W_PLANS = 2,
	W_GID = 5000, /* of group 0; then on */
	W_NO_UID = -1,
};

#define W_START INT64_C(1767571200) /* 2026-01-05T00:00:00Z, a Monday */
#define W_STEP 1800 /* all instants are this many seconds apart, and one second beside */
#define W_STEPS 400

enum w_by { W_OWNER, W_OWNER_OF, W_ROLE, W_KEY, W_ANYONE };
struct w_bys {
	bool given;
	int n;
	struct {
		enum w_by what;
		int ref;
	} v[W_BYS];
};

struct world {
	int n_kinds;
	struct {
		int parent, owner_role, plan;
		struct w_bys create, del, transfer;
	} kinds[W_KINDS]; /* plan -1: none */
	int n_keys, n_chains;
	unsigned chains[W_CHAINS]; /* bits: keys */
	int n_roles;
	struct {
		int kind;
		unsigned chains, includes;
		bool cascade;
		int max, max_plan;
		struct w_bys assign, remove;
	} roles[W_ROLES];
	int plan_limit[W_PLANS]; /* of the limit "lim"; 0: none */
	int n_sets;
	struct {
		unsigned roles;
		int at_most;
	} sets[W_SETS];
	int n_scopes;
	struct {
		int kind, parent, owner, plan;
		char name[80];
	} scopes[W_SCOPES];
	bool host_any;
	unsigned hosts;                      /* bits: scopes */
	bool name_has_scope;                 /* groups are named %{scope}-%{role} */
	unsigned group_here, extra[W_ROLES]; /* bits: Unix groups that exist; that a role brings */
	int group_gid[W_GROUPS];             /* 0 for one that is root's */
	int n_rules;
	struct {
		unsigned services, keys, roles, users, groups, froms;
		bool anyone;
		int n_hours;
		struct {
			unsigned days;
			int start, end;
		} hours[2];
	} rules[W_RULES];
	unsigned exempt_users, exempt_groups;
	struct {
		bool recorded, suspended, in_passwd;
		int uid_recorded, uid; /* W_NO_UID: none */
		int primary;           /* Unix group; -1: another one */
		unsigned groups;
	} users[W_USERS];
	int n_assign;
	struct {
		int user, group, role, scope;
		int64_t from, until;
	} assign[W_ASSIGN]; /* user -1: a %group */
	int64_t zone_at;
	int zone_before, zone_after; /* seconds east of UTC, before and from that instant on */
};

extern const char *const w_froms[W_FROMS];
extern const char *const w_rhosts[W_RHOSTS]; /* the first is NULL: none */

/* The generator: SplitMix64. */
extern uint64_t w_seed;
uint64_t w_random(void);
int w_below(int n);
bool w_one_in(int n);
int64_t w_instant(void);

void world_make(struct world *w);

/* As configuration files. */
void world_text(const struct world *w, struct policy_sources *out);

/* Into the fake passwd, and into the store that T sees. */
void world_passwd(const struct world *w);
int world_store(const struct world *w, struct store_txn *t);

#endif
