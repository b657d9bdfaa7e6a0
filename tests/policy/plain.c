#include "tests/policy/plain.h"

/* ---- policy ---- */

bool plain_includes(const struct world *w, int role, int what)
{
	if (role == what)
		return true;
	for (int r = 0; r < w->n_roles; r++)
		if ((w->roles[role].includes >> r & 1) && plain_includes(w, r, what))
			return true;
	return false;
}

static bool brings_key(const struct world *w, int role, int key)
{
	for (int r = 0; r < w->n_roles; r++)
		for (int c = 0; c < w->n_chains; c++)
			if (plain_includes(w, role, r) && (w->roles[r].chains >> c & 1) &&
			    (w->chains[c] >> key & 1))
				return true;
	return false;
}

static bool is_below(const struct world *w, int scope, int top)
{
	return scope == top ||
	       (w->scopes[scope].parent >= 0 && is_below(w, w->scopes[scope].parent, top));
}

/* ---- who holds what ---- */

struct grant {
	int role, scope;
	int64_t from, until;
};

static bool is_open(struct grant g, int64_t t)
{
	return g.from <= t && t < g.until;
}

static bool counts_at(const struct world *w, struct grant g, int scope)
{
	return w->roles[g.role].cascade ? is_below(w, scope, g.scope) : scope == g.scope;
}

/* At a scope that the host is. */
static bool counts_here(const struct world *w, struct grant g, int host)
{
	if (w->host_any)
		return true;
	for (int s = 0; s < w->n_scopes; s++)
		if ((w->hosts >> s & 1) && (host < 0 || host == s) && counts_at(w, g, s))
			return true;
	return false;
}

static bool uid_differs(const struct world *w, int u)
{
	return w->users[u].recorded && w->users[u].in_passwd &&
	       w->users[u].uid_recorded != W_NO_UID && w->users[u].uid != w->users[u].uid_recorded;
}

static bool suspended(const struct world *w, int u)
{
	return w->users[u].recorded && w->users[u].suspended;
}

/* The I-th of all grants that there are: assignments, then ownerships. False: no more. *OF: the
 * user, or -1 and *GROUP. */
static bool grant_at(const struct world *w, int i, struct grant *g, int *of, int *group)
{
	*of = *group = -1;
	*g = (struct grant){ 0 };
	if (i < w->n_assign) {
		*g = (struct grant){ w->assign[i].role, w->assign[i].scope, w->assign[i].from,
				     w->assign[i].until };
		*of = w->assign[i].user;
		*group = *of < 0 ? w->assign[i].group : -1;
		return true;
	}
	int s = i - w->n_assign;
	if (s >= w->n_scopes)
		return false;
	int role = w->kinds[w->scopes[s].kind].owner_role;
	*g = (struct grant){ role, s, INT64_MIN, INT64_MAX };
	*of = role >= 0 ? w->scopes[s].owner : -1;
	return true;
}

/* Does a grant that belongs to OF or GROUP count for USER, who is in GROUPS? */
static bool is_theirs(const struct world *w, int user, unsigned groups, int of, int group)
{
	if (suspended(w, user))
		return false;
	if (group >= 0)
		return groups >> group & 1;
	return of == user && !uid_differs(w, user);
}

static unsigned countable(const struct world *w, unsigned groups)
{
	for (int g = 0; g < W_GROUPS; g++)
		if (!(w->group_here >> g & 1) || w->group_gid[g] == 0)
			groups &= ~(1u << g);
	return groups;
}

unsigned plain_unix_groups(const struct world *w, int user)
{
	unsigned groups = w->users[user].groups;
	if (!w->users[user].in_passwd)
		return 0;
	if (w->users[user].primary >= 0)
		groups |= 1u << w->users[user].primary;
	return countable(w, groups);
}

/* What USER, who is in GROUPS, is brought by roles that count here; and by what these groups are
 * assigned, and so on. */
static unsigned brought_to(const struct world *w, int user, unsigned groups, int64_t t)
{
	unsigned brought = 0, before;
	struct grant g;
	int of, group;
	do {
		before = brought;
		for (int i = 0; grant_at(w, i, &g, &of, &group); i++) {
			if (!is_theirs(w, user, groups | brought, of, group) || !is_open(g, t) ||
			    !counts_here(w, g, -1))
				continue;
			for (int r = 0; r < w->n_roles; r++)
				if (plain_includes(w, g.role, r))
					brought |= countable(w, w->extra[r]);
		}
	} while (brought != before);
	return brought;
}

unsigned plain_brought(const struct world *w, int user, int64_t t)
{
	return !w->users[user].in_passwd ? 0 : brought_to(w, user, plain_unix_groups(w, user), t);
}

bool plain_in_group(const struct world *w, int user, int role, int host, int64_t t)
{
	unsigned groups = plain_unix_groups(w, user) | plain_brought(w, user, t);
	struct grant g;
	int of, group;
	if (!w->users[user].in_passwd)
		return false;
	for (int i = 0; grant_at(w, i, &g, &of, &group); i++)
		if (is_theirs(w, user, groups, of, group) && is_open(g, t) &&
		    counts_here(w, g, host) && plain_includes(w, g.role, role))
			return true;
	return false;
}

bool plain_extra_member(const struct world *w, int user, int group, int64_t t)
{
	for (int r = 0; r < w->n_roles; r++)
		if ((countable(w, w->extra[r]) >> group & 1) && plain_in_group(w, user, r, -1, t))
			return true;
	return false;
}

bool plain_has_key(const struct world *w, int user, int key, int scope, int64_t t)
{
	unsigned groups = plain_unix_groups(w, user);
	struct grant g;
	int of, group;
	for (int i = 0; grant_at(w, i, &g, &of, &group); i++)
		if (is_theirs(w, user, groups, of, group) && is_open(g, t) &&
		    counts_at(w, g, scope) && brings_key(w, g.role, key))
			return true;
	return false;
}

bool plain_has_role(const struct world *w, int user, int role, int scope, int64_t t)
{
	unsigned groups = plain_unix_groups(w, user);
	struct grant g;
	int of, group;
	for (int i = 0; grant_at(w, i, &g, &of, &group); i++)
		if (is_theirs(w, user, groups, of, group) && is_open(g, t) &&
		    counts_at(w, g, scope) && plain_includes(w, g.role, role))
			return true;
	return false;
}

/* ---- logins ---- */

/* Which of w_froms match which of w_rhosts, by eye. */
static const bool from_matches[W_FROMS][W_RHOSTS] = {
	/*                      none   192.0.2.1 192.0.2.9 gate.example.org a.example.org
	   198.51.100.1 */
	/* 192.0.2.1        */ { false, true, false, false, false, false },
	/* 192.0.2.0/24     */ { false, true, true, false, false, false },
	/* gate.example.org */ { false, false, false, true, false, false },
	/* .example.org     */ { false, false, false, true, true, false },
};

static bool from_holds(const struct world *w, int rule, int rhost)
{
	for (int f = 0; f < W_FROMS; f++)
		if ((w->rules[rule].froms >> f & 1) && from_matches[f][rhost])
			return true;
	return w->rules[rule].froms == 0;
}

/* In seconds from a Monday's midnight, W_START, tried for every day on which it could have begun.
 */
static bool hours_hold(const struct world *w, int rule, int64_t t)
{
	int64_t local = t + (t < w->zone_at ? w->zone_before : w->zone_after) - W_START;
	for (int h = 0; h < w->rules[rule].n_hours; h++) {
		int64_t start = w->rules[rule].hours[h].start * 60,
			end = w->rules[rule].hours[h].end * 60;
		for (int64_t day = -3; day < 30; day++)
			if ((w->rules[rule].hours[h].days >> (day + 7) % 7 & 1) &&
			    day * 86400 + start <= local &&
			    local < day * 86400 + end + (end <= start ? 86400 : 0))
				return true;
	}
	return w->rules[rule].n_hours == 0;
}

static bool subject_holds(const struct world *w, int rule, int user, int64_t t, unsigned groups)
{
	unsigned all = groups | brought_to(w, user, groups, t);
	struct grant g;
	int of, group;
	bool anyone = w->users[user].in_passwd || w->users[user].recorded;
	if ((w->rules[rule].anyone && anyone) || (w->rules[rule].users >> user & 1) ||
	    (countable(w, w->rules[rule].groups) & groups))
		return true;
	for (int i = 0; grant_at(w, i, &g, &of, &group); i++) {
		if (!is_theirs(w, user, all, of, group) || !is_open(g, t) || !counts_here(w, g, -1))
			continue;
		for (int r = 0; r < w->n_roles; r++)
			if ((w->rules[rule].roles >> r & 1) && plain_includes(w, g.role, r))
				return true;
		for (int k = 0; k < w->n_keys; k++)
			if ((w->rules[rule].keys >> k & 1) && brings_key(w, g.role, k))
				return true;
	}
	return false;
}

static bool group_assignment_applies(const struct world *w, int user, int64_t t, unsigned groups)
{
	unsigned all = groups | brought_to(w, user, groups, t);
	struct grant g;
	int of, group;
	for (int i = 0; grant_at(w, i, &g, &of, &group); i++)
		if (group >= 0 && (all >> group & 1) && is_open(g, t))
			return true;
	return false;
}

struct plain_verdict plain_login(const struct world *w, int user, int service, int rhost, int64_t t,
				 unsigned groups)
{
	struct plain_verdict v = { false, PLAIN_NO_SERVICE, 0 };
	if (w->exempt_users >> user & 1)
		return (struct plain_verdict){ true, PLAIN_EXEMPT_USER, 0 };
	if (countable(w, w->exempt_groups) & groups)
		return (struct plain_verdict){ true, PLAIN_EXEMPT_GROUP, 0 };
	if (suspended(w, user))
		return (struct plain_verdict){ false, PLAIN_SUSPENDED, 0 };
	for (int i = 0; i < w->n_rules; i++) {
		if (!(w->rules[i].services >> service & 1))
			continue;
		v.why = v.why == PLAIN_NO_SERVICE ? PLAIN_MISSING : v.why;
		if (!subject_holds(w, i, user, t, groups))
			continue;
		if (from_holds(w, i, rhost) && hours_hold(w, i, t))
			return (struct plain_verdict){ true, PLAIN_RULE, i + 1 };
		if (v.why != PLAIN_OUTSIDE)
			v = (struct plain_verdict){ false, PLAIN_OUTSIDE, i + 1 };
	}
	if (v.why == PLAIN_MISSING && uid_differs(w, user))
		v.why = PLAIN_UID;
	else if (v.why == PLAIN_MISSING && !w->users[user].recorded &&
		 !group_assignment_applies(w, user, t, groups))
		v.why = PLAIN_UNKNOWN;
	return v;
}

/* ---- rules ---- */

bool plain_by(const struct world *w, const struct w_bys *bys, int user, int scope, int64_t t)
{
	bool acts = !suspended(w, user) && !uid_differs(w, user);
	for (int i = 0; i < bys->n; i++) {
		int at = scope;
		switch (bys->v[i].what) {
		case W_OWNER:
		case W_OWNER_OF:
			while (bys->v[i].what == W_OWNER_OF && at >= 0 &&
			       w->scopes[at].kind != bys->v[i].ref)
				at = w->scopes[at].parent;
			if (at >= 0 && acts && w->scopes[at].owner == user)
				return true;
			break;
		case W_ROLE:
			if (plain_has_role(w, user, bys->v[i].ref, scope, t))
				return true;
			break;
		case W_KEY:
			if (plain_has_key(w, user, bys->v[i].ref, scope, t))
				return true;
			break;
		case W_ANYONE:
			if (acts && w->users[user].recorded)
				return true;
			break;
		}
	}
	return false;
}

int plain_holders(const struct world *w, int role, int scope, int64_t t)
{
	struct grant g;
	int of, group, n = 0;
	for (int u = 0; u < W_USERS; u++) {
		bool holds = false;
		for (int i = 0; grant_at(w, i, &g, &of, &group); i++)
			holds |= of == u && g.role == role && g.scope == scope && is_open(g, t);
		n += holds && !suspended(w, u);
	}
	return n;
}

/* Of the instants from FROM up to UNTIL, those at which some window begins are enough. */
int plain_most(const struct world *w, int role, int scope, int64_t from, int64_t until)
{
	int most = plain_holders(w, role, scope, from);
	for (int i = 0; i < w->n_assign; i++) {
		int64_t t = w->assign[i].from;
		int n = t >= from && t < until ? plain_holders(w, role, scope, t) : 0;
		most = n > most ? n : most;
	}
	return most;
}

int plain_max(const struct world *w, int role, int scope)
{
	if (!w->roles[role].max_plan)
		return w->roles[role].max;
	for (int s = scope; s >= 0; s = w->scopes[s].parent) {
		if (w->scopes[s].plan >= 0)
			return w->plan_limit[w->scopes[s].plan];
		if (w->kinds[w->scopes[s].kind].plan >= 0)
			return w->plan_limit[w->kinds[w->scopes[s].kind].plan];
	}
	return 0;
}

/* How many of SET count for USER, or for the group alone, at SCOPE at T; suspended or not. */
static int together(const struct world *w, int set, int user, int group, int scope, int64_t t)
{
	struct grant g;
	int of, its, n = 0;
	for (int r = 0; r < w->n_roles; r++) {
		bool counts = false;
		for (int i = 0; grant_at(w, i, &g, &of, &its); i++)
			counts |= (user >= 0 ? of == user : its == group) && is_open(g, t) &&
				  counts_at(w, g, scope) && plain_includes(w, g.role, r);
		n += counts && (w->sets[set].roles >> r & 1);
	}
	return n;
}

bool plain_exclusive(const struct world *w, int user, int group, int64_t now)
{
	for (int set = 0; set < w->n_sets; set++)
		for (int s = 0; s < w->n_scopes; s++)
			for (int i = -1; i < w->n_assign; i++) {
				int64_t t = i >= 0 && w->assign[i].from > now ? w->assign[i].from
									      : now;
				if (together(w, set, user, group, s, t) > w->sets[set].at_most)
					return true;
			}
	return false;
}
