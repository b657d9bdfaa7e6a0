#include "tests/policy/world.h"

#include <stdio.h>
#include <string.h>

#include "tests/policy/passwd.h"
#include "tests/policy/plain.h"

const char *const w_froms[W_FROMS] = { "192.0.2.1", "192.0.2.0/24", "gate.example.org",
				       ".example.org" };
const char *const w_rhosts[W_RHOSTS] = {
	NULL, "192.0.2.1", "192.0.2.9", "gate.example.org", "a.example.org", "198.51.100.1"
};

uint64_t w_seed;

uint64_t w_random(void)
{
	uint64_t z = w_seed += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

int w_below(int n)
{
	return n > 0 ? (int)(w_random() % (uint64_t)n) : 0;
}

bool w_one_in(int n)
{
	return w_below(n) == 0;
}

/* Mostly on the grid, where windows begin and end; else one second beside it. */
int64_t w_instant(void)
{
	return W_START + (int64_t)w_below(W_STEPS) * W_STEP + (w_one_in(4) ? w_below(3) - 1 : 0);
}

/* Each of N bits with a chance of one in CHANCE. */
static unsigned some(int n, int chance)
{
	unsigned bits = 0;
	for (int i = 0; i < n; i++)
		bits |= w_one_in(chance) ? 1u << i : 0;
	return bits;
}

/* ---- the policy ---- */

static void make_bys(const struct world *w, struct w_bys *b, int kind)
{
	*b = (struct w_bys){ .given = !w_one_in(4) };
	for (int want = b->given ? w_below(W_BYS + 1) : 0; want > 0; want--) {
		enum w_by what = (enum w_by)w_below(5);
		int ref = what == W_ROLE  ? w_below(w->n_roles)
			  : what == W_KEY ? w_below(w->n_keys)
					  : -1;
		int owned = kind;
		if (what == W_ANYONE && !w_one_in(3))
			continue;
		for (int up = w_below(3); what == W_OWNER_OF && owned >= 0 && up > 0; up--)
			owned = w->kinds[owned].parent >= 0 ? w->kinds[owned].parent : owned;
		if (what <= W_OWNER_OF && (owned < 0 || w->kinds[owned].owner_role < 0))
			continue;
		ref = what == W_OWNER_OF ? owned : ref;
		bool twice = false;
		for (int i = 0; i < b->n; i++)
			twice |= b->v[i].what == what && b->v[i].ref == ref;
		if (!twice) {
			b->v[b->n].what = what;
			b->v[b->n++].ref = ref;
		}
	}
}

static void make_roles(struct world *w)
{
	for (int i = 0; i < w->n_roles; i++) {
		w->roles[i].kind = w_below(w->n_kinds);
		w->roles[i].chains = some(w->n_chains, 3);
		w->roles[i].includes = some(w->n_roles, 4) &
				       ~((2u << i) - 1); /* later ones only: no circle */
		w->roles[i].cascade = !w_one_in(4);
		w->roles[i].max = w_one_in(3) ? 1 + w_below(3) : 0;
		w->roles[i].max_plan = w->roles[i].max == 0 && w_one_in(3);
		w->extra[i] = some(W_GROUPS, 6);
	}
}

static void make_kinds(struct world *w)
{
	for (int i = 0; i < w->n_kinds; i++) {
		w->kinds[i].parent = i == 0 || w_one_in(4) ? -1 : w_below(i);
		w->kinds[i].owner_role = -1;
		w->kinds[i].plan = w_one_in(3) ? w_below(W_PLANS) : -1;
	}
}

static void make_owners(struct world *w)
{
	for (int i = 0; i < w->n_kinds; i++) {
		int r = w_below(w->n_roles);
		if (w->roles[r].kind == i && !w_one_in(3))
			w->kinds[i].owner_role = r;
	}
	for (int i = 0; i < w->n_kinds; i++) {
		if (w->kinds[i].parent >= 0)
			make_bys(w, &w->kinds[i].create, w->kinds[i].parent);
		make_bys(w, &w->kinds[i].del, i);
		if (w->kinds[i].owner_role >= 0)
			make_bys(w, &w->kinds[i].transfer, i);
	}
	for (int i = 0; i < w->n_roles; i++) {
		make_bys(w, &w->roles[i].assign, w->roles[i].kind);
		make_bys(w, &w->roles[i].remove, w->roles[i].kind);
	}
}

static void make_sets(struct world *w)
{
	for (int want = w_below(W_SETS + 1); want > 0; want--) {
		unsigned roles = some(w->n_roles, 2);
		int n = __builtin_popcount(roles);
		if (n < 2)
			continue;
		int at_most = 1 + w_below(n - 1 < 2 ? n - 1 : 2);
		bool sound = true;
		for (int r = 0; r < w->n_roles; r++) {
			int members = 0;
			for (int m = 0; m < w->n_roles; m++)
				members += (roles >> m & 1) && plain_includes(w, r, m);
			sound &= members <= at_most;
		}
		if (!sound)
			continue;
		w->sets[w->n_sets].roles = roles;
		w->sets[w->n_sets++].at_most = at_most;
	}
}

static void make_rules(struct world *w)
{
	w->n_rules = w_below(W_RULES + 1);
	for (int i = 0; i < w->n_rules; i++) {
		w->rules[i].services = some(W_SERVICES, 2) | 1u << w_below(W_SERVICES);
		w->rules[i].keys = some(w->n_keys, 4);
		w->rules[i].roles = some(w->n_roles, 5);
		w->rules[i].users = some(W_USERS, 10);
		w->rules[i].groups = some(W_GROUPS, 8);
		w->rules[i].anyone = w_one_in(10);
		w->rules[i].froms = w_one_in(4) ? some(W_FROMS, 2) : 0;
		w->rules[i].n_hours = w_one_in(3) ? 1 + w_below(2) : 0;
		for (int h = 0; h < w->rules[i].n_hours; h++) {
			w->rules[i].hours[h].days = some(7, 2) | 1u << w_below(7);
			w->rules[i].hours[h].start = w_below(48) * 30;
			w->rules[i].hours[h].end =
				(w->rules[i].hours[h].start + 30 * (1 + w_below(46))) % 1440;
		}
	}
	w->exempt_users = some(W_USERS, 20);
	w->exempt_groups = some(W_GROUPS, 20);
}

/* ---- the store ---- */

static void make_scopes(struct world *w)
{
	while (w->n_scopes < W_SCOPES - w_below(3)) {
		int i = w->n_scopes, kind = w_below(w->n_kinds), up = w->kinds[kind].parent,
		    parent = -1;
		for (int s = 0; s < i; s++)
			if (up >= 0 && w->scopes[s].kind == up && (parent < 0 || w_one_in(2)))
				parent = s;
		if (up >= 0 && parent < 0)
			kind = 0; /* a root kind, always */
		w->scopes[i].kind = kind;
		w->scopes[i].parent = parent;
		w->scopes[i].owner = w->kinds[kind].owner_role >= 0 && !w_one_in(5)
					     ? w_below(W_USERS)
					     : -1;
		w->scopes[i].plan = w_one_in(4) ? w_below(W_PLANS) : -1;
		const char *above = parent >= 0 ? strchr(w->scopes[parent].name, ':') + 1 : "";
		snprintf(w->scopes[i].name, sizeof w->scopes[i].name, "k%d:%.60s%ss%d", kind, above,
			 parent >= 0 ? "/" : "", i);
		w->n_scopes++;
	}
	w->host_any = w_one_in(4);
	w->hosts = some(w->n_scopes, 4) | 1u << w_below(w->n_scopes);
	w->name_has_scope = !w->host_any && w_one_in(3);
}

static void make_users(struct world *w)
{
	w->group_here = some(W_GROUPS, 10) ^ ((1u << W_GROUPS) - 1);
	for (int g = 0; g < W_GROUPS; g++)
		w->group_gid[g] = g == W_GROUPS - 1 && w_one_in(4) ? 0 : W_GID + g;
	for (int u = 0; u < W_USERS; u++) {
		w->users[u].recorded = !w_one_in(4);
		w->users[u].suspended = w_one_in(8);
		w->users[u].in_passwd = !w_one_in(8);
		w->users[u].uid = 1001 + u;
		w->users[u].uid_recorded = w_one_in(8)   ? W_NO_UID
					   : w_one_in(8) ? 2001 + u
							 : 1001 + u;
		w->users[u].primary = w_one_in(3) ? w_below(W_GROUPS) : -1;
		w->users[u].groups = some(W_GROUPS, 3);
	}
	for (int s = 0; s < w->n_scopes; s++)
		if (w->scopes[s].owner >= 0)
			w->users[w->scopes[s].owner].recorded = true;
}

static void make_assignments(struct world *w)
{
	for (int want = w_below(W_ASSIGN + 1); want > 0; want--) {
		int i = w->n_assign, role = w_below(w->n_roles), scope = w_below(w->n_scopes);
		if (w->scopes[scope].kind != w->roles[role].kind)
			continue;
		w->assign[i].user = w_one_in(4) ? -1 : w_below(W_USERS);
		w->assign[i].group = w_below(W_GROUPS);
		w->assign[i].role = role;
		w->assign[i].scope = scope;
		w->assign[i].from = w_one_in(2) ? INT64_MIN
						: W_START + (int64_t)w_below(W_STEPS) * W_STEP;
		w->assign[i].until = w_one_in(2) ? INT64_MAX
						 : W_START + (int64_t)w_below(W_STEPS) * W_STEP;
		if (w->assign[i].until <= w->assign[i].from)
			continue;
		if (w->assign[i].user >= 0)
			w->users[w->assign[i].user].recorded = true;
		w->n_assign++;
	}
}

void world_make(struct world *w)
{
	*w = (struct world){ .n_kinds = 1 + w_below(W_KINDS),
			     .n_keys = 1 + w_below(W_KEYS),
			     .n_chains = 1 + w_below(W_CHAINS),
			     .n_roles = 1 + w_below(W_ROLES) };
	for (int i = 0; i < w->n_chains; i++)
		w->chains[i] = some(w->n_keys, 2);
	for (int i = 0; i < W_PLANS; i++)
		w->plan_limit[i] = w_below(4);
	make_kinds(w);
	make_roles(w);
	make_owners(w);
	make_sets(w);
	make_rules(w);
	make_scopes(w);
	make_users(w);
	make_assignments(w);
	w->zone_at = w_instant();
	w->zone_before = (w_below(27) - 13) * 3600;
	w->zone_after = w->zone_before + (w_below(3) - 1) * 3600;
}

/* ---- into passwd and the store ---- */

void world_passwd(const struct world *w)
{
	char name[16];
	passwd_reset();
	for (int g = 0; g < W_GROUPS; g++)
		if (w->group_here >> g & 1) {
			snprintf(name, sizeof name, "g%d", g);
			passwd_group(name, (gid_t)w->group_gid[g]);
		}
	for (int u = 0; u < W_USERS; u++) {
		if (!w->users[u].in_passwd)
			continue;
		snprintf(name, sizeof name, "u%d", u);
		passwd_user(name, (uid_t)w->users[u].uid,
			    w->users[u].primary < 0 ? 100
						    : (gid_t)w->group_gid[w->users[u].primary]);
		for (int g = 0; g < W_GROUPS; g++)
			if (w->users[u].groups >> g & 1)
				passwd_member(name, (gid_t)w->group_gid[g]);
	}
}

int world_store(const struct world *w, struct store_txn *t)
{
	char name[16], role[16], plan[16];
	int err = RBAC_OK;
	for (int u = 0; u < W_USERS && !err; u++) {
		snprintf(name, sizeof name, "u%d", u);
		struct store_user rec = { .uid = w->users[u].uid_recorded < 0
							 ? RBAC_NO_UID
							 : (uint32_t)w->users[u].uid_recorded,
					  .flags = w->users[u].suspended ? STORE_USER_SUSPENDED : 0,
					  .change = 1 };
		err = w->users[u].recorded ? store_user_put(t, name, &rec) : RBAC_OK;
	}
	for (int s = 0; s < w->n_scopes && !err; s++) {
		snprintf(name, sizeof name, "u%d", w->scopes[s].owner);
		snprintf(plan, sizeof plan, "plan%d", w->scopes[s].plan);
		err = store_scope_put(
			t, w->scopes[s].name,
			&(struct store_scope){ .owner = w->scopes[s].owner < 0 ? "" : name,
					       .plan = w->scopes[s].plan < 0 ? "" : plan,
					       .source = "command",
					       .change = 1 });
	}
	for (int i = 0; i < w->n_assign && !err; i++) {
		snprintf(name, sizeof name, w->assign[i].user < 0 ? "%%g%d" : "u%d",
			 w->assign[i].user < 0 ? w->assign[i].group : w->assign[i].user);
		snprintf(role, sizeof role, "r%d", w->assign[i].role);
		struct store_assignment a = { .id = (uint64_t)i + 1,
					      .change = 1,
					      .when = W_START,
					      .from = w->assign[i].from,
					      .until = w->assign[i].until,
					      .subject = name,
					      .role = role,
					      .scope = w->scopes[w->assign[i].scope].name,
					      .by = "root",
					      .reason = "",
					      .source = "command" };
		err = store_assignment_put(t, &a);
	}
	return err;
}
