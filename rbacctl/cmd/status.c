/* status: how things stand, and what needs attention. */
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/buf.h"
#include "rbacctl/host/check_host.h"
#include "rbacctl/change/records.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/lookup.h"
#include "rbacctl/command.h"
#include "rbacctl/host/doubles.h"
#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/members.h"
#include "rbacctl/host/person.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/host/group_clashes.h"
#include "rbacctl/table.h"
#include "rbacctl/human_time.h"
#include "rbacctl/model/services.h"

enum { SOON = 7 * 86400, SHOWN = 10 };

struct report {
	const struct invocation *a;
	const struct snapshot *l;
	struct table *t;
	struct buf admins;
	size_t n_admins, n_soon, n_warn;
	struct doubles doubles;
};

static void row(struct report *r, const char *what, const char *text)
{
	table_row(r->t, -1, (const char *[]){ what, text });
}

/* ---- users: administrators, what ends soon, what looks wrong ---- */

static void soon(struct report *r, const char *user, const struct held *e)
{
	char rel[64], text[1200];
	if (e->window.until <= r->a->now || e->window.until > r->a->now + SOON ||
	    r->n_soon++ >= SHOWN)
		return;
	human_relative(e->window.until, r->a->now, rel, sizeof rel);
	snprintf(text, sizeof text, "%s %s at %s ends %s", user, r->l->p->roles[e->role].name,
		 e->scope, rel);
	row(r, "soon", text);
}

/* A name without a uid: whoever gets it gets what it holds. */
static void say_unbound(const char *user, const struct person *p, char *text, size_t size)
{
	if (p->state == PERSON_KNOWN)
		snprintf(
			text, size,
			"%s: no uid is recorded yet, and passwd says %u now        (%s records it)",
			user, p->uid, COMMAND("rbacctl publish"));
	else
		snprintf(text, size,
			 "%s: no uid is recorded and passwd knows no such user: "
			 "whoever gets the name gets what it holds        (%s)",
			 user, COMMAND("rbacctl user forget %s", user));
}

static int on_user(void *ctx, const char *user)
{
	struct report *r = ctx;
	struct holdings h;
	char text[RBAC_USER_MAX + 2 * COMMAND_MAX], first[RBAC_USER_MAX + 1] = "";
	struct person p;
	struct source source = snapshot_source(r->l);
	int err = source_holdings(&source, user, &h);
	bool there = person_find(user, &p) == RBAC_OK && p.state == PERSON_KNOWN && !p.differs;
	for (size_t i = 0; i < h.n && !err; i++)
		soon(r, user, &h.v[i]);
	if (!err)
		err = doubles_add(&r->doubles, user, h.uid);
	text[0] = 0;
	if (!err && p.state == PERSON_UNASKED)
		snprintf(text, sizeof text, "%s: passwd does not answer for the name now", user);
	else if (!err && !p.differs && h.uid == RBAC_NO_UID &&
		 source_first_name(&source, &p, first) == RBAC_OK && !first[0])
		say_unbound(user, &p, text, sizeof text);
	else if (!err && !p.differs && !there && h.uid != RBAC_NO_UID)
		snprintf(text, sizeof text, "%s: no such user in passwd        (%s)", user,
			 COMMAND("rbacctl user forget %s", user));
	else if (!err && there && p.uid != h.uid && h.uid != RBAC_NO_UID)
		snprintf(text, sizeof text,
			 "%s: uid %u now, %u when recorded: counts for nothing        (%s: "
			 "the same person; %s: another)",
			 user, p.uid, h.uid, COMMAND("rbacctl user rebind %s", user),
			 COMMAND("rbacctl user forget %s", user));
	if (text[0] && r->n_warn++ < SHOWN)
		row(r, "warn", text);
	if (!err && there && !text[0] && !h.suspended &&
	    effective_access_is_admin(r->l, user, r->a->now) && r->n_admins++ < SHOWN)
		buf_printf(&r->admins, "%s%s", r->admins.len ? ", " : "", user);
	holdings_free(&h);
	return err;
}

/* ---- minima that will be undercut when windows end ---- */

/* A role at a scope that somebody holds: how many do now, and without end. */
struct held_role {
	int role;
	char *scope;
	size_t now, lasting;
};
struct held_roles {
	struct report *r;
	struct held_role *v;
	size_t n, cap;
	struct lookup at;
};

static bool is_held_role(const void *ctx, uint32_t number, const void *key)
{
	const struct held_role *x = &((const struct held_roles *)ctx)->v[number], *want = key;
	return x->role == want->role && strcmp(x->scope, want->scope) == 0;
}

static int tally(struct held_roles *t, int role, const char *scope, bool open, bool lasting)
{
	struct held_role new = { .role = role, .scope = (char *)scope };
	uint64_t hash = lookup_hash_text(lookup_hash(LOOKUP_SEED, &role, sizeof role), scope);
	uint32_t i = lookup_find(&t->at, hash, is_held_role, t, &new);
	if (i == LOOKUP_NONE) {
		i = (uint32_t)t->n;
		if (!buf_room(&t->v, t->n, &t->cap, sizeof *t->v) || !(new.scope = strdup(scope)))
			return RBAC_NOMEM;
		t->v[t->n++] = new;
		if (lookup_add(&t->at, hash, i))
			return RBAC_NOMEM;
	}
	t->v[i].now += open;
	t->v[i].lasting += lasting;
	return RBAC_OK;
}

/* By role and scope: what one user holds of one is one holder, owner and assigned as well or not.
 */
static int held_order(const void *a, const void *b)
{
	const struct held *x = a, *y = b;
	return x->role != y->role ? (x->role < y->role ? -1 : 1) : strcmp(x->scope, y->scope);
}

static int on_minimum(void *ctx, const char *user)
{
	struct held_roles *t = ctx;
	struct holdings h;
	struct person p;
	struct source source = snapshot_source(t->r->l);
	int err = source_holdings(&source, user, &h);
	/* As for a change: who has no account, or another uid, does not count. */
	bool gone = person_find(user, &p) || p.state == PERSON_ABSENT || p.differs ||
		    (p.state == PERSON_KNOWN && h.uid != RBAC_NO_UID && h.uid != p.uid);
	if (!err && h.n)
		qsort(h.v, h.n, sizeof *h.v, held_order);
	for (size_t i = 0, next; i < h.n && !err; i = next) {
		const struct held *e = &h.v[i];
		bool open = false, lasting = false;
		for (next = i; next < h.n && held_order(&h.v[next], e) == 0; next++) {
			bool now = !h.suspended && !gone &&
				   rbac_window_open(h.v[next].window, t->r->a->now);
			open |= now;
			lasting |= now && h.v[next].window.until == RBAC_TIME_MAX;
		}
		if (t->r->l->p->roles[e->role].min)
			err = tally(t, e->role, e->scope, open, lasting);
	}
	holdings_free(&h);
	return err;
}

static int minima(struct report *r)
{
	struct held_roles t = { .r = r };
	char text[1200];
	int err = snapshot_users(r->l, on_minimum, &t);
	for (size_t i = 0; i < t.n; i++) {
		const struct held_role *x = &t.v[i];
		const struct policy_role *role = &r->l->p->roles[x->role];
		if (x->lasting >= role->min || r->n_warn++ >= SHOWN)
			continue;
		snprintf(text, sizeof text,
			 "%s at %s: %zu hold it, %zu of them without end, and min is %u (%s:%u): "
			 "assign it to someone without --until",
			 role->name, x->scope, x->now, x->lasting, role->min, role->min_pos.file,
			 role->min_pos.line);
		row(r, "warn", text);
	}
	for (size_t i = 0; i < t.n; i++)
		free(t.v[i].scope);
	free(t.v);
	lookup_free(&t.at);
	return err;
}

/* ---- the rest ---- */

/* A stack that asks us about a service that no rule names denies everyone but root and the exempt.
 */
static void unruled_services(struct report *r)
{
	struct pam_names unruled;
	char text[800];
	if (check_unruled(r->l->p, &pam_here, &unruled) == RBAC_OK)
		for (size_t i = 0; i < unruled.n; i++) {
			snprintf(text, sizeof text,
				 "/etc/pam.d/%.300s names pam_rbac.so, and no login rule names "
				 "the service: everybody but root and the exempt is denied there",
				 unruled.v[i]);
			row(r, "warn", text);
		}
	pam_names_free(&unruled);
}

static void gate(struct report *r)
{
	size_t n;
	const char **services = policy_services(r->l->p, &n);
	struct buf on = { 0 };
	/* Whether a service asks us is the business of its PAM stack: look whether it names the
	 * module. */
	for (size_t i = 0; services && i < n; i++)
		buf_printf(&on, "%s%s: %s", i ? ", " : "", services[i],
			   pam_gate_of(&pam_here, services[i]) != PAM_OPEN ? "on" : "off");
	row(r, "gate", on.len ? buf_text(&on) : "no login rule names a service");
	unruled_services(r);
	buf_free(&on);
	free(services);
}

static void host(struct report *r)
{
	struct buf b = { 0 };
	buf_printf(&b, "%s", r->l->p->host_any ? "any scope" : "");
	for (size_t i = 0; i < r->l->p->hosts.n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", r->l->p->hosts.v[i]);
	row(r, "host", buf_text(&b));
	buf_free(&b);
}

static void break_glass(struct report *r)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < r->l->p->exempt_users.n; i++)
		buf_printf(&b, "%s%s", b.len ? ", " : "", r->l->p->exempt_users.v[i]);
	for (size_t i = 0; i < r->l->p->exempt_groups.n; i++) {
		const struct group *g = getgrnam(r->l->p->exempt_groups.v[i]);
		size_t n = 0;
		while (g && g->gr_mem[n])
			n++;
		buf_printf(&b, "%s%%%s (%s%.0zu%s)", b.len ? ", " : "", r->l->p->exempt_groups.v[i],
			   g ? "" : "no such group", g ? n : 0, g && n == 0 ? "0" : "");
	}
	row(r, "exempt",
	    b.len ? buf_text(&b) : "nobody: keep a root shell open when you change the gate");
	buf_free(&b);
}

static void files(struct report *r)
{
	struct policy_sources etc = { 0 };
	struct problems problems = { 0 };
	char text[600];
	if (policy_sources_read(r->a->etc, &etc, &problems))
		snprintf(text, sizeof text, "%.300s cannot be read (%s)", r->a->etc,
			 COMMAND("rbacctl check"));
	else {
		bool same = true;
		/* The view has the policy with its comments blanked; assignments.d is in the store
		 * alone. */
		for (size_t i = 0; i < etc.n && same; i++) {
			if (strncmp(etc.v[i].name, "assignments.d/", 14) == 0)
				continue;
			const struct policy_text *t = policy_sources_find(&r->l->sources,
									  etc.v[i].name);
			policy_text_blank_comments(etc.v[i].text, etc.v[i].len);
			same = t && t->len == etc.v[i].len &&
			       memcmp(t->text, etc.v[i].text, t->len) == 0;
		}
		for (size_t i = 0; i < r->l->sources.n && same; i++)
			same = policy_sources_find(&etc, r->l->sources.v[i].name) != NULL;
		snprintf(text, sizeof text,
			 same ? "%.300s is what is applied%s"
			      : "%.300s differs from what is applied (%s)",
			 r->a->etc, same ? "" : COMMAND("rbacctl diff"));
	}
	row(r, "files", text);
	problems_free(&problems);
	policy_sources_free(&etc);
}

static void on_other(void *ctx, int role, const char *text)
{
	(void)role;
	row(ctx, "warn", text);
}

static void view(struct report *r)
{
	char text[COMMAND_MAX + 200], rel[64], state[COMMAND_MAX + 80] = "";
	struct records_state now;
	struct buf why = { 0 };
	human_relative(r->l->v.meta.published, r->a->now, rel, sizeof rel);
	int err = records_state(r->a, &now, &why);
	if (!err && now.judged.standing == VIEW_SAME)
		snprintf(state, sizeof state, ", matches the store");
	else if (!err)
		snprintf(state, sizeof state, ", but the store is at %" PRIu64 " (%s)",
			 now.generation,
			 now.judged.standing == VIEW_BEHIND
				 ? COMMAND("rbacctl publish")
				 : COMMAND("rbacctl publish --accept-older-store --as root"));
	snprintf(text, sizeof text, "generation %" PRIu64 "%s, published %s",
		 r->l->v.meta.generation, state, rel);
	row(r, "view", text);
	/* It is root's to read; that root cannot read it is news. */
	if (err && geteuid() == 0)
		row(r, "warn", buf_text(&why));
	buf_free(&why);
}

/* Administrators by their Unix groups alone; a group whose members this host cannot list stands for
 * them. */
static int unrecorded_admins(struct report *r)
{
	struct members m;
	int err = members_gather(r->l, NULL, &m);
	for (size_t i = 0; i < m.n && !err; i++)
		if (effective_access_is_admin(r->l, m.names[i], r->a->now) && r->n_admins++ < SHOWN)
			buf_printf(&r->admins, "%s%s", r->admins.len ? ", " : "", m.names[i]);
	for (size_t i = 0; i < m.n_open && !err; i++)
		if (effective_access_are_admins(r->l, m.open[i].gid, r->a->now) &&
		    r->n_admins++ < SHOWN)
			buf_printf(&r->admins, "%sthe members of %s", r->admins.len ? ", " : "",
				   m.open[i].name);
	members_free(&m);
	return err;
}

static void on_double(void *ctx, const char *text, bool both)
{
	struct report *r = ctx;
	(void)both;
	if (r->n_warn++ < SHOWN)
		row(r, "warn", text);
}

static int two_names(struct report *r)
{
	struct facts passwd = { 0 };
	int err = facts_read_passwd(&passwd);
	if (!err)
		err = doubles_find(&r->doubles, &passwd, on_double, r);
	facts_free(&passwd);
	return err == RBAC_SYSTEM
		       ? RBAC_OK
		       : err; /* each name that passwd does not answer for has its own line */
}

static int people(struct report *r)
{
	char text[1500];
	int err = snapshot_users(r->l, on_user, r);
	if (!err)
		err = two_names(r);
	if (!err)
		err = unrecorded_admins(r);
	snprintf(text, sizeof text, "%zu can act: %s%s", r->n_admins,
		 r->n_admins ? buf_text(&r->admins) : "nobody; root assigns with --as root",
		 r->n_admins > SHOWN ? ", ..." : "");
	row(r, "admins", text);
	return err ? err : minima(r);
}

static const struct table_column columns[] = {
	{ "WHAT", "what", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT },
};

int cmd_status(struct invocation *a, const struct args *args)
{
	struct snapshot l;
	struct report r = { .a = a, .l = &l };
	(void)args;
	int err = snapshot_open(&l, a->view), bad = RBAC_OK;
	/* A policy that cannot be read has been told: what does not need it is told all the same.
	 */
	if (l.open) {
		r.t = table_new("status", a->json, columns, sizeof columns / sizeof *columns);
		if (l.p) {
			gate(&r);
			host(&r);
		}
		view(&r);
		files(&r);
		if (l.p) {
			break_glass(&r);
			if (group_clashes_of_policy(l.p, on_other, &r))
				row(&r, "warn",
				    "whether other sources have groups with the names "
				    "of roles cannot be told");
			bad = people(&r);
		}
		if (!bad)
			bad = table_print(r.t);
		table_free(r.t);
		buf_free(&r.admins);
		doubles_free(&r.doubles);
	}
	snapshot_close(&l);
	return cmd_done(exit_of(err ? err : bad));
}
