/*
 * Random worlds (world.h), compiled to views and asked: what the project says must be what the
 *plain evaluator (plain.h) says.
 *
 *	RBAC_RANDOM_SEED=N     the first world; printed
 *	RBAC_RANDOM_COUNT=N    how many; 2,500 when not given
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/decide.h"
#include "rbacctl/config/load.h"
#include "rbacctl/view/compile.h"
#include "rbacctl/view/gather.h"
#include "tests/policy/random.h"

enum { COUNT = 2500, SHOWN = 10 };

void random_differ(struct trial *x, const char *fmt, ...)
{
	va_list ap;
	if (x->wrong++ >= SHOWN)
		return;
	printf("RBAC_RANDOM_SEED=%llu RBAC_RANDOM_COUNT=1: ", (unsigned long long)x->seed);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

const char *random_user(int u)
{
	static char name[16];
	snprintf(name, sizeof name, "u%d", u);
	return name;
}

/* ---- logins ---- */

static const enum rbac_why why_of[] = {
	[PLAIN_RULE] = RBAC_WHY_RULE,
	[PLAIN_EXEMPT_USER] = RBAC_WHY_EXEMPT_USER,
	[PLAIN_EXEMPT_GROUP] = RBAC_WHY_EXEMPT_GROUP,
	[PLAIN_SUSPENDED] = RBAC_WHY_SUSPENDED,
	[PLAIN_NO_SERVICE] = RBAC_WHY_NO_SERVICE,
	[PLAIN_OUTSIDE] = RBAC_WHY_OUTSIDE,
	[PLAIN_UID] = RBAC_WHY_UID,
	[PLAIN_UNKNOWN] = RBAC_WHY_UNKNOWN,
	[PLAIN_MISSING] = RBAC_WHY_MISSING,
};

static void ask_login(struct trial *x, int u, int service, bool with_brought)
{
	char svc[16];
	int rhost = w_below(W_RHOSTS);
	int64_t t = w_instant();
	struct gids g;
	struct rbac_verdict got;
	unsigned groups = plain_unix_groups(&x->w, u);
	snprintf(svc, sizeof svc, "svc%d", service);
	if (with_brought) {
		g = lab_gids(&x->v, random_user(u), t);
		groups |= plain_brought(&x->w, u, t);
	} else {
		gids_of_user(random_user(u), &g);
	}
	uint32_t uid = lab_uid(random_user(u));
	const struct rbac_request rq = { random_user(u),    uid, svc, w_rhosts[rhost], g.v, g.n, t,
					 uid == RBAC_NO_UID };
	int err = rbac_decide(&x->v, &rq, &got);
	struct plain_verdict want = plain_login(&x->w, u, service, rhost, t, groups);
	bool rule_counts = want.why == PLAIN_RULE || want.why == PLAIN_OUTSIDE;
	x->asked++;
	if (err || got.allow != want.allow || got.why != why_of[want.why] ||
	    (rule_counts && got.rule != want.rule))
		random_differ(x,
			      "u%d to %s from %s at %lld: %s why %d rule %u, plainly %s why "
			      "%d rule %d (error %d)",
			      u, svc, rq.rhost ? rq.rhost : "-", (long long)t,
			      got.allow ? "allowed" : "denied", got.why, got.rule,
			      want.allow ? "allowed" : "denied", want.why, want.rule, err);
	gids_free(&g);
}

/* ---- groups ---- */

static bool gid_name(struct trial *x, uint32_t gid, char *out, size_t size)
{
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_bytes rec;
	struct rbac_group g;
	rbac_number_key(key, gid);
	if (rbac_view_get(&x->v, RBAC_REC_GID, key, sizeof key, &rec) || rbac_group_decode(rec, &g))
		return false;
	snprintf(out, size, "%s", (const char *)g.name);
	return true;
}

static void group_name(const struct trial *x, int role, int host, char *out, size_t size)
{
	const char *scope = x->w.name_has_scope ? x->w.scopes[host].name : "",
		   *last = strpbrk(scope, ":/");
	while (last && strpbrk(last + 1, ":/"))
		last = strpbrk(last + 1, ":/");
	snprintf(out, size, "%s%sr%d", last ? last + 1 : "", last ? "-" : "", role);
}

/* Calls FN for every group of a role that this host may have, by name; a host scope is -1 where the
 * name does not tell it. */
typedef void group_fn(struct trial *x, const char *name, int role, int host, void *ctx);

static void each_group(struct trial *x, group_fn *fn, void *ctx)
{
	char name[64];
	for (int r = 0; r < x->w.n_roles; r++)
		for (int s = x->w.name_has_scope ? 0 : -1;
		     s < (x->w.name_has_scope ? x->w.n_scopes : 0); s++) {
			if (s >= 0 && !(x->w.hosts >> s & 1))
				continue;
			group_name(x, r, s, name, sizeof name);
			fn(x, name, r, s, ctx);
		}
}

struct named {
	char names[64][40];
	int n, user;
	int64_t t;
	const char *of;
};

static bool has_name(const struct named *l, const char *name)
{
	for (int i = 0; i < l->n; i++)
		if (strcmp(l->names[i], name) == 0)
			return true;
	return false;
}

static void check_in_group(struct trial *x, const char *name, int role, int host, void *ctx)
{
	struct named *l = ctx;
	bool want = plain_in_group(&x->w, l->user, role, host, l->t);
	x->asked++;
	if (has_name(l, name) != want)
		random_differ(x, "u%d at %lld: %s group %s", l->user, (long long)l->t,
			      want ? "lacks" : "has", name);
}

static void ask_groups(struct trial *x, int u)
{
	struct named l = { .user = u, .t = w_instant() };
	struct gids raw, all = lab_gids(&x->v, random_user(u), l.t);
	unsigned mine = plain_unix_groups(&x->w, u), want = plain_brought(&x->w, u, l.t) | mine;
	unsigned got = mine;
	gids_of_user(random_user(u), &raw);
	for (size_t i = raw.n; i < all.n && l.n < 64; i++) {
		if (all.v[i] >= W_GID && all.v[i] < W_GID + W_GROUPS)
			got |= 1u << (all.v[i] - W_GID);
		else if (!gid_name(x, all.v[i], l.names[l.n], sizeof l.names[0]))
			random_differ(x, "u%d: gid %u has no name", u, all.v[i]);
		else
			l.n++;
	}
	x->asked++;
	if (got != want)
		random_differ(x, "u%d at %lld: Unix groups %x, plainly %x", u, (long long)l.t, got,
			      want);
	each_group(x, check_in_group, &l);
	gids_free(&raw);
	gids_free(&all);
}

/* ---- members ---- */

/* Everyone whom the record of the group NAME lists at T, as bits. False: there is no such group. */
static bool members(struct trial *x, const char *name, int64_t t, unsigned *out)
{
	struct rbac_bytes rec;
	struct rbac_group g;
	struct rbac_window win;
	const uint8_t *who;
	uint8_t len;
	size_t at = 0;
	*out = 0;
	if (rbac_view_get(&x->v, RBAC_REC_GROUP, name, strlen(name), &rec) ||
	    rbac_group_decode(rec, &g))
		return false;
	who = g.always;
	for (uint32_t i = 0; i < g.n_always; who += g.always_lens[i] + 1, i++)
		*out |= 1u << (who[1] - '0');
	while (rbac_group_windowed(&g, &at, &win, &who, &len) == RBAC_OK)
		if (rbac_window_open(win, t))
			*out |= 1u << (who[1] - '0');
	return true;
}

static void check_members(struct trial *x, const char *name, int role, int host, void *ctx)
{
	int64_t t = w_instant();
	unsigned got, want = 0;
	(void)ctx;
	for (int u = 0; u < W_USERS; u++)
		want |= plain_in_group(&x->w, u, role, host, t) ? 1u << u : 0;
	x->asked++;
	bool there = members(x, name, t, &got);
	if ((!there && want) || got != want)
		random_differ(x, "members of %s at %lld: %x, plainly %x", name, (long long)t, got,
			      want);
}

static void ask_members(struct trial *x)
{
	each_group(x, check_members, NULL);
	for (int g = 0; g < W_GROUPS; g++) {
		char name[16];
		int64_t t = w_instant();
		unsigned got, want = 0;
		snprintf(name, sizeof name, "g%d", g);
		for (int u = 0; u < W_USERS; u++)
			want |= plain_extra_member(&x->w, u, g, t) ? 1u << u : 0;
		x->asked++;
		if ((!members(x, name, t, &got) && want) || got != want)
			random_differ(x, "members of %s at %lld: %x, plainly %x", name,
				      (long long)t, got, want);
	}
}

/* ---- a world ---- */

static void ask(struct trial *x)
{
	for (int u = 0; u < W_USERS; u++) {
		for (int service = 0; service < W_SERVICES; service++)
			for (int i = 0; i < 4; i++)
				ask_login(x, u, service, i & 1);
		for (int i = 0; i < 3; i++)
			ask_groups(x, u);
		random_ask_holdings(x, u);
		random_ask_exclusive(x, u, -1);
	}
	for (int g = 0; g < W_GROUPS; g++)
		random_ask_exclusive(x, -1, g);
	ask_members(x);
	random_ask_limits(x);
}

/* The view of the world, compiled and opened. */
static int view(struct trial *x, const char *path)
{
	struct problems problems = { 0 };
	struct role_groups groups = { 0 };
	struct facts facts = { 0 };
	char why[512] = "";
	int err = policy_load(&x->sources, &x->p, &problems);
	if (!err)
		err = role_groups_make(x->p, &groups, &problems);
	for (size_t i = 0; i < problems.n && err; i++)
		printf("%s:%u: %s\n", problems.v[i].file, problems.v[i].line, problems.v[i].text);
	if (!err)
		err = gather_facts(x->p, &x->t, W_START, NULL, &facts);
	struct zone_offset zone[] = { { INT64_MIN, x->w.zone_before },
				      { x->w.zone_at, x->w.zone_after } };
	struct facts of_host = facts;
	of_host.zone = zone;
	of_host.n_zone = 2;
	struct compile job = { &x->t, x->p, &x->sources, &of_host, &groups, W_START };
	if (!err)
		err = compile_view(&job, path, why, sizeof why);
	if (!err)
		err = rbac_view_open(path, RBAC_TRUST_SELF, &x->v);
	if (err)
		random_differ(x, "no view: %s: %s", rbac_error_text(err), why);
	facts_free(&facts);
	role_groups_free(&groups);
	problems_free(&problems);
	return err;
}

static void show(const struct trial *x)
{
	for (size_t i = 0; i < x->sources.n; i++)
		printf("--- %s\n%s", x->sources.v[i].name, x->sources.v[i].text);
	for (int u = 0; u < W_USERS; u++)
		printf("u%d%s%s%s uid %d recorded %d primary %d groups %x\n", u,
		       x->w.users[u].recorded ? " recorded" : "",
		       x->w.users[u].suspended ? " suspended" : "",
		       x->w.users[u].in_passwd ? "" : " not-in-passwd", x->w.users[u].uid,
		       x->w.users[u].uid_recorded, x->w.users[u].primary, x->w.users[u].groups);
	for (int s = 0; s < x->w.n_scopes; s++)
		printf("%s owner %d plan %d\n", x->w.scopes[s].name, x->w.scopes[s].owner,
		       x->w.scopes[s].plan);
	for (int i = 0; i < x->w.n_assign; i++)
		printf("%d %s%d r%d at %s from %lld until %lld\n", i + 1,
		       x->w.assign[i].user < 0 ? "%g" : "u",
		       x->w.assign[i].user < 0 ? x->w.assign[i].group : x->w.assign[i].user,
		       x->w.assign[i].role, x->w.scopes[x->w.assign[i].scope].name,
		       (long long)x->w.assign[i].from, (long long)x->w.assign[i].until);
	printf("Unix groups here %x, gids", x->w.group_here);
	for (int g = 0; g < W_GROUPS; g++)
		printf(" %d", x->w.group_gid[g]);
	printf("\n\n");
}

static void run_world(struct trial *x, const char *path)
{
	unsigned long before = x->wrong;
	w_seed = x->seed;
	world_make(&x->w);
	world_passwd(&x->w);
	world_text(&x->w, &x->sources);
	x->p = NULL;
	int err = store_begin(x->store, &x->t);
	if (!err)
		err = world_store(&x->w, &x->t);
	if (err)
		random_differ(x, "the store: %s", store_why(x->store));
	if (!err)
		err = view(x, path);
	if (!err) {
		ask(x);
		rbac_view_release(&x->v);
	}
	store_abort(&x->t);
	unlink(path);
	if (x->wrong > before && before < SHOWN)
		show(x);
	policy_free(x->p);
	policy_sources_free(&x->sources);
}

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

int main(void)
{
	static struct trial x;
	char path[200];
	uint64_t first = number("RBAC_RANDOM_SEED", (uint64_t)time(NULL) << 20),
		 count = number("RBAC_RANDOM_COUNT", COUNT);
	if (!lab_open(&x.lab))
		return 1;
	snprintf(path, sizeof path, "%s/random.mdb", x.lab.state);
	if (store_open(x.lab.a.store, STORE_CREATE, &x.store)) {
		printf("%s\n", store_why(x.store));
		return 1;
	}
	for (uint64_t i = 0; i < count && x.wrong < 10 * SHOWN; i++) {
		x.seed = first + i;
		run_world(&x, path);
	}
	printf("random policies: %llu from seed %llu, %lu questions, %lu answers differ\n",
	       (unsigned long long)count, (unsigned long long)first, x.asked, x.wrong);
	store_close(x.store);
	lab_close(&x.lab);
	return x.wrong != 0;
}
