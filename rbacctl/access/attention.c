#include "rbacctl/access/attention.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/members.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/command.h"
#include "rbacctl/host/people/doubles.h"
#include "rbacctl/host/people/person.h"
#include "rbacctl/human_time.h"
#include "rbacctl/lookup.h"

enum { SOON = 7 * 86400, SHOWN = 10 };

struct gathering {
	const struct snapshot *snap;
	int64_t now;
	attention_fn *fn;
	void *ctx;
	struct buf admins;
	size_t n_admins, n_soon, n_warn, n_note;
	struct doubles doubles;
};

static void say(const struct gathering *r, const char *what, const char *text)
{
	r->fn(r->ctx, what, text);
}

/* The same notes as in doctor: they do not change the exit status. */
static void tell(struct gathering *r, bool note, const char *text)
{
	size_t *n = note ? &r->n_note : &r->n_warn;

	if ((*n)++ < SHOWN)
		say(r, note ? "note" : "warn", text);
}

/* ---- users: administrators, what ends soon, what looks wrong ---- */

static void soon(struct gathering *r, const char *user, const struct held *e)
{
	char rel[64], text[1200];
	if (e->window.until <= r->now || e->window.until > r->now + SOON || r->n_soon++ >= SHOWN)
		return;
	human_relative(e->window.until, r->now, rel, sizeof rel);
	snprintf(text, sizeof text, "%s %s at %s ends %s", user, r->snap->p->roles[e->role].name,
		 e->scope, rel);
	say(r, "soon", text);
}

/* A name without a recorded uid: the first account with this name gets its roles. */
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
			 "a new user with this name gets its roles        (%s)",
			 user, COMMAND("rbacctl user forget %s", user));
}

/* Is the record of USER as passwd has it? And is USER an administrator? */
static int judge_user(struct gathering *r, const char *user, const struct holdings *h)
{
	char text[RBAC_USER_MAX + 2 * COMMAND_MAX], first[RBAC_USER_MAX + 1] = "";
	struct person p;
	struct source source = snapshot_source(r->snap);
	bool there = person_find(user, &p) == RBAC_OK && p.state == PERSON_KNOWN && !p.differs;
	int err = doubles_add(&r->doubles, user, h->uid);
	text[0] = 0;
	if (!err && p.state == PERSON_UNASKED)
		snprintf(text, sizeof text, "%s: passwd does not answer for the name now", user);
	else if (!err && !p.differs && h->uid == RBAC_NO_UID &&
		 source_first_name(&source, &p, first) == RBAC_OK && !first[0])
		say_unbound(user, &p, text, sizeof text);
	else if (!err && !p.differs && !there && h->uid != RBAC_NO_UID)
		snprintf(text, sizeof text, "%s: no such user in passwd        (%s)", user,
			 COMMAND("rbacctl user forget %s", user));
	else if (!err && there && p.uid != h->uid && h->uid != RBAC_NO_UID)
		snprintf(text, sizeof text,
			 "%s: uid %u now, %u when recorded: its roles do not count        (%s: "
			 "the same person; %s: another)",
			 user, p.uid, h->uid, COMMAND("rbacctl user rebind %s", user),
			 COMMAND("rbacctl user forget %s", user));
	if (text[0]) /* another uid: the roles do not count */
		tell(r, !there || h->uid == RBAC_NO_UID || p.uid == h->uid, text);
	if (!err && there && !text[0] && !h->suspended &&
	    effective_access_is_admin(r->snap, user, r->now) && r->n_admins++ < SHOWN)
		buf_printf(&r->admins, "%s%s", r->admins.len ? ", " : "", user);
	return err;
}

static int on_subject(void *ctx, const char *subject, struct holdings *h)
{
	struct gathering *r = ctx;

	for (size_t i = 0; i < h->n; i++)
		soon(r, subject, &h->v[i]);
	return subject[0] == '%' ? RBAC_OK : judge_user(r, subject, h);
}

/* ---- minima that will be undercut when windows end ---- */

/* A role at a scope: how many persons hold it now, and how many without an end. */
struct held_role {
	int role;
	char *scope;
	size_t now, lasting;
};
struct held_roles {
	struct gathering *r;
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
	char first[RBAC_USER_MAX + 1] = "";
	struct source source = snapshot_source(t->r->snap);
	int err = source_holdings(&source, user, &h);
	/* As for a change: a user without an account, or with another uid, does not count, and of
	 * several names of one person only the first does. */
	bool gone = person_find(user, &p) || p.state == PERSON_ABSENT || p.differs ||
		    (p.state == PERSON_KNOWN && h.uid != RBAC_NO_UID && h.uid != p.uid);
	if (!err)
		err = source_first_name(&source, &p, first);
	gone |= h.second || first[0];
	if (!err && h.n)
		qsort(h.v, h.n, sizeof *h.v, held_order);
	for (size_t i = 0, next; i < h.n && !err; i = next) {
		const struct held *e = &h.v[i];
		bool open = false, lasting = false;
		for (next = i; next < h.n && held_order(&h.v[next], e) == 0; next++) {
			bool now = !h.suspended && !gone &&
				   rbac_window_open(h.v[next].window, t->r->now);
			open |= now;
			lasting |= now && h.v[next].window.until == RBAC_TIME_MAX;
		}
		if (t->r->snap->p->roles[e->role].min)
			err = tally(t, e->role, e->scope, open, lasting);
	}
	holdings_free(&h);
	return err;
}

static int minima(struct gathering *r)
{
	struct held_roles t = { .r = r };
	char text[1200];
	int err = snapshot_users(r->snap, on_minimum, &t);
	for (size_t i = 0; i < t.n; i++) {
		const struct held_role *x = &t.v[i];
		const struct policy_role *role = &r->snap->p->roles[x->role];
		if (x->lasting >= role->min || r->n_warn++ >= SHOWN)
			continue;
		snprintf(text, sizeof text,
			 "%s at %s: %zu hold it, %zu of them without end, and min is %u (%s:%u): "
			 "assign it to someone without --until",
			 role->name, x->scope, x->now, x->lasting, role->min, role->min_pos.file,
			 role->min_pos.line);
		say(r, "warn", text);
	}
	for (size_t i = 0; i < t.n; i++)
		free(t.v[i].scope);
	free(t.v);
	lookup_free(&t.at);
	return err;
}

/* Administrators only through Unix groups; if this host cannot list the members, the group is
 * named.
 */
static int unrecorded_admins(struct gathering *r)
{
	struct members m;
	int err = members_gather(r->snap, NULL, &m);
	for (size_t i = 0; i < m.n && !err; i++)
		if (effective_access_is_admin(r->snap, m.names[i], r->now) && r->n_admins++ < SHOWN)
			buf_printf(&r->admins, "%s%s", r->admins.len ? ", " : "", m.names[i]);
	for (size_t i = 0; i < m.n_open && !err; i++)
		if (effective_access_are_admins(r->snap, m.open[i].gid, r->now) &&
		    r->n_admins++ < SHOWN)
			buf_printf(&r->admins, "%sthe members of %s", r->admins.len ? ", " : "",
				   m.open[i].name);
	members_free(&m);
	return err;
}

static void on_double(void *ctx, const char *text, bool both)
{
	struct gathering *r = ctx;
	tell(r, !both, text);
}

static int two_names(struct gathering *r)
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

static int people(struct gathering *r)
{
	char text[1500];
	struct source source = snapshot_source(r->snap);
	int err = source_subjects(&source, on_subject, r);
	if (!err)
		err = two_names(r);
	if (!err)
		err = unrecorded_admins(r);
	snprintf(text, sizeof text, "%zu can act: %s%s", r->n_admins,
		 r->n_admins ? buf_text(&r->admins) : "nobody; root assigns with --as root",
		 r->n_admins > SHOWN ? ", ..." : "");
	say(r, "admins", text);
	return err ? err : minima(r);
}

/* How many of the N lines about WHAT were left out. */
static void more(const struct gathering *r, const char *what, size_t n)
{
	char text[80];
	if (n <= SHOWN)
		return;
	snprintf(text, sizeof text, "and %zu more like these", n - SHOWN);
	say(r, what, text);
}

int attention_people(const struct snapshot *snap, int64_t now, attention_fn *fn, void *ctx)
{
	struct gathering r = { .snap = snap, .now = now, .fn = fn, .ctx = ctx };
	int err = people(&r);
	more(&r, "soon", r.n_soon);
	more(&r, "warn", r.n_warn);
	more(&r, "note", r.n_note);
	buf_free(&r.admins);
	doubles_free(&r.doubles);
	return err;
}
