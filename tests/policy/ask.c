/* Requests: logins, groups, keys and roles, from the published view. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/decide.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/host/people/person.h"
#include "tests/policy/run.h"

static const char *const why_words[] = {
	[RBAC_WHY_RULE] = "rule",
	[RBAC_WHY_EXEMPT_USER] = "exempt-user",
	[RBAC_WHY_EXEMPT_GROUP] = "exempt-group",
	[RBAC_WHY_SUSPENDED] = "suspended",
	[RBAC_WHY_NO_SERVICE] = "no-service",
	[RBAC_WHY_OUTSIDE] = "outside",
	[RBAC_WHY_UID] = "uid",
	[RBAC_WHY_SECOND] = "second",
	[RBAC_WHY_UNKNOWN] = "unknown",
	[RBAC_WHY_MISSING] = "missing",
};
static const char *const how_words[] = {
	[RBAC_HOW_NONE] = "none",   [RBAC_HOW_ANYONE] = "anyone", [RBAC_HOW_USER] = "user",
	[RBAC_HOW_GROUP] = "group", [RBAC_HOW_ROLE] = "role",
};

static int64_t at(struct run *r, int first)
{
	int64_t t = r->lab.now;
	const char *text = run_option(r, first, "at");
	if (text && !run_time(r, text, &t))
		run_wrong(r, "at=: no time");
	return t;
}

/* What pam_rbac asks; *GID_NAME is no part of it. */
static int decide(struct run *r, const char *typed, const char *service, int first,
		  struct rbac_verdict *out, char *said, size_t size)
{
	struct rbac_view v;
	struct person p;
	int64_t t = at(r, first);
	person_find(typed, &p);
	const char *user = p.name;
	int err = rbac_view_open(r->lab.a.view, RBAC_TRUST_SELF, &v);
	if (err)
		return err;
	struct gids g = lab_gids(&v, user, t);
	uint32_t uid = lab_uid(user);
	const struct rbac_request rq = { user, uid, service, run_option(r, first, "from"),
					 g.v,  g.n, t,       uid == RBAC_NO_UID };
	err = rbac_decide(&v, &rq, out);
	snprintf(said, size, " %s rule=%u why=%s how=%s file=%.*s line=%u%s%s%s%s gid=%u ",
		 out->allow ? "allow" : "deny", out->rule, why_words[out->why], how_words[out->how],
		 (int)out->file.len, (const char *)out->file.p, out->line,
		 out->window_closed ? " closed" : "",
		 out->failed & 1 << RBAC_CONDITION_FROM ? " from" : "",
		 out->failed & 1 << RBAC_CONDITION_HOURS ? " hours" : "",
		 out->via_group ? " via-group" : "", out->gid);
	gids_free(&g);
	rbac_view_release(&v);
	return err;
}

/* Every word behind the = is one of those of the verdict. */
void run_login(struct run *r)
{
	struct rbac_verdict verdict;
	char said[512], word[128];
	int eq = 3;
	while (eq < r->n && strcmp(r->w[eq], "=") != 0)
		eq++;
	if (eq + 1 >= r->n) {
		run_wrong(r, "login USER SERVICE [from=H] [at=T] = allow|deny "
			     "[rule=N] [why=W] [how=W] ...");
		return;
	}
	int err = decide(r, r->w[1], r->w[2], 3, &verdict, said, sizeof said);
	bool ok = !err;
	for (int i = eq + 1; i < r->n && ok; i++) {
		snprintf(word, sizeof word, " %s ", r->w[i]);
		ok = strstr(said, word) != NULL;
	}
	run_case(r, ok, "%s to %s: expected %s%s%s: %s:%s", r->w[1], r->w[2], r->w[eq + 1],
		 eq + 2 < r->n ? " " : "", eq + 2 < r->n ? r->w[eq + 2] : "", rbac_error_text(err),
		 said);
}

static bool marks(struct run *r)
{
	if (r->n > 2 && strlen(r->w[1]) == (size_t)r->n_actors)
		return true;
	run_wrong(r, "one mark for each of the actors");
	return false;
}

void run_logins(struct run *r)
{
	struct rbac_verdict verdict;
	char said[512];
	for (int i = 0; marks(r) && i < r->n_actors; i++) {
		bool yes = r->w[1][i] == 'x';
		int err = decide(r, r->actors[i], r->w[2], 3, &verdict, said, sizeof said);
		run_case(r, !err && verdict.allow == yes, "%s to %s: expected %s:%s", r->actors[i],
			 r->w[2], yes ? "allow" : "deny", said);
	}
}

/* ---- groups ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of what the view brings, in order: of our groups and of the extra ones. */
static void brought(const struct rbac_view *v, const struct gids *have, const struct gids *all,
		    char *out, size_t size)
{
	char *names[64] = { 0 };
	size_t n = 0;
	for (size_t i = have->n; i < all->n && n < 64; i++) {
		uint8_t key[RBAC_NUMBER_KEY];
		struct rbac_bytes rec;
		struct rbac_group g;
		rbac_number_key(key, all->v[i]);
		bool known = rbac_view_get(v, RBAC_REC_GID, key, sizeof key, &rec) == RBAC_OK &&
			     rbac_group_decode(rec, &g) == RBAC_OK;
		names[n++] = strdup(known ? (const char *)g.name : "?");
	}
	qsort(names, n, sizeof *names, by_name);
	out[0] = 0;
	for (size_t i = 0; i < n; i++) {
		snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? " " : "", names[i]);
		free(names[i]);
	}
}

/* groups USER [at=T] = NAME...: all those that the view brings, in order of their names */
void run_groups(struct run *r)
{
	struct rbac_view v;
	char said[1024] = "", expected[1024] = "";
	int eq = 2;
	int64_t t = at(r, 2);
	while (eq < r->n && strcmp(r->w[eq], "=") != 0)
		eq++;
	if (eq == r->n) {
		run_wrong(r, "groups USER [at=T] = NAME...");
		return;
	}
	int err = rbac_view_open(r->lab.a.view, RBAC_TRUST_SELF, &v);
	if (!err) {
		struct gids have, all = lab_gids(&v, r->w[1], t);
		gids_of_user(r->w[1], &have);
		brought(&v, &have, &all, said, sizeof said);
		gids_free(&have);
		gids_free(&all);
		rbac_view_release(&v);
	}
	for (int i = eq + 1; i < r->n; i++)
		snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s%s",
			 i > eq + 1 ? " " : "", r->w[i]);
	run_case(r, !err && strcmp(said, expected) == 0, "groups of %s: expected \"%s\": %s \"%s\"",
		 r->w[1], expected, rbac_error_text(err), said);
}

/* ---- keys and roles ---- */

static void holds(struct run *r, bool key)
{
	struct snapshot l;
	if (!marks(r) || r->n < 4) {
		run_wrong(r, "key|role MARKS NAME SCOPE [at=T]");
		return;
	}
	int64_t t = at(r, 4);
	int err = snapshot_open(&l, r->lab.a.view);
	int what = err ? -1 : key ? policy_key_find(l.p, r->w[2]) : policy_role_find(l.p, r->w[2]);
	if (what < 0 || policy_scope_kind(l.p, r->w[3]) < 0)
		run_wrong(r, "no such key, role or scope");
	for (int i = 0; what >= 0 && i < r->n_actors; i++) {
		struct holdings h;
		bool yes = r->w[1][i] == 'x';
		struct person p;
		person_find(r->actors[i], &p);
		struct source source = snapshot_source(&l);
		err = source_effective(&source, p.name, &h);
		const struct held *e = key ? holdings_key_at(l.p, &h, what, r->w[3], t)
					   : holdings_role_at(l.p, &h, what, r->w[3], t);
		run_case(r, !err && !!e == yes, "%s %s at %s: expected %s", r->actors[i], r->w[2],
			 r->w[3], yes ? "yes" : "no");
		holdings_free(&h);
	}
	snapshot_close(&l);
}

void run_key(struct run *r)
{
	holds(r, true);
}

void run_role(struct run *r)
{
	holds(r, false);
}
