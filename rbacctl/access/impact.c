#include "rbacctl/access/impact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/accounts.h"
#include "rbacctl/access/effective_access.h"
#include "rbacctl/lookup.h"
#include "rbacctl/access/members.h"
#include "rbacctl/complain.h"
#include "rbacctl/model/rules.h"

enum { NAMES = 8 };

/* What is gained or lost, "lose sshd", "gain group x": a verb of four letters first; by how many
 * users, and by members of which groups. */
struct tally {
	char what[RBAC_UNIX_GROUP_MAX + 40];
	size_t n;
	struct buf names, groups;
};

struct effects {
	const struct snapshot *old, *new;
	const char *me;
	int64_t now;
	struct tally *v;
	size_t n, cap;
	struct lookup at;                        /* numbers in V */
	struct buf admins_old, admins_new, mine; /* MINE: the services that ME loses */
};

static bool is_tally(const void *ctx, uint32_t number, const void *key)
{
	return strcmp(((const struct effects *)ctx)->v[number].what, key) == 0;
}

static struct tally *find(struct effects *e, const char *what)
{
	uint64_t hash = lookup_hash_text(LOOKUP_SEED, what);
	uint32_t there = lookup_find(&e->at, hash, is_tally, e, what);
	if (there != LOOKUP_NONE)
		return &e->v[there];
	if (!buf_room(&e->v, e->n, &e->cap, sizeof *e->v) ||
	    lookup_add(&e->at, hash, (uint32_t)e->n))
		return NULL;
	e->v[e->n] = (struct tally){ .n = 0 };
	snprintf(e->v[e->n].what, sizeof e->v[e->n].what, "%s", what);
	return &e->v[e->n++];
}

static void append(struct buf *list, const char *name)
{
	buf_printf(list, "%s%s", list->len ? ", " : "", name);
}

/* WHO: a user, or a group's members ("%staff"). */
static int count(struct effects *e, const char *verb, const char *what, const char *who)
{
	char text[RBAC_UNIX_GROUP_MAX + 40];
	snprintf(text, sizeof text, "%s %s", verb, what);
	struct tally *t = find(e, text);
	if (!t)
		return RBAC_NOMEM;
	if (who[0] == '%')
		append(&t->groups, who);
	else if (t->n++ < NAMES)
		append(&t->names, who);
	return RBAC_OK;
}

/* What is in A and not in B. */
static int compare(struct effects *e, const char *who, const struct effective_access *a,
		   const struct effective_access *b, const char *verb)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < a->n_services && !err; i++) {
		if (effective_service(b, a->services[i].name))
			continue;
		err = count(e, verb, a->services[i].name, who);
		if (e->me && strcmp(who, e->me) == 0 && strcmp(verb, "lose") == 0)
			append(&e->mine, a->services[i].name);
	}
	for (size_t i = 0; i < a->n_groups && !err; i++) {
		char what[RBAC_UNIX_GROUP_MAX + 20];
		snprintf(what, sizeof what, "group %s", a->groups[i].name);
		err = effective_access_has_group(b, a->groups[i].name) ? RBAC_OK
								       : count(e, verb, what, who);
	}
	return err;
}

static int compare_both(struct effects *e, const char *who, const struct effective_access *before,
			const struct effective_access *after)
{
	int err = compare(e, who, before, after, "lose");
	return err ? err : compare(e, who, after, before, "gain");
}

static int on_user(void *ctx, const char *user)
{
	struct effects *e = ctx;
	struct effective_access before, after = { 0 };
	int err = effective_access_of(e->old, user, e->now, &before);
	if (!err)
		err = effective_access_of(e->new, user, e->now, &after);
	if (!err)
		err = compare_both(e, user, &before, &after);
	if (!err && effective_access_is_admin(e->old, user, e->now))
		append(&e->admins_old, user);
	if (!err && effective_access_is_admin(e->new, user, e->now))
		append(&e->admins_new, user);
	effective_access_free(&before);
	effective_access_free(&after);
	return err;
}

/* Users that only the new view has. */
static int on_new_user(void *ctx, const char *user)
{
	const struct effects *e = ctx;
	return snapshot_has_user(e->old, user) ? RBAC_OK : on_user(ctx, user);
}

/* Whoever is in a group whose members this host cannot list. */
static int on_group(struct effects *e, const struct members_group *g)
{
	struct effective_access before, after = { 0 };
	int err = effective_access_of_members(e->old, g->name, g->gid, e->now, &before);
	if (!err)
		err = effective_access_of_members(e->new, g->name, g->gid, e->now, &after);
	if (!err)
		err = compare_both(e, g->name, &before, &after);
	if (!err && effective_access_are_admins(e->old, g->gid, e->now))
		append(&e->admins_old, g->name);
	if (!err && effective_access_are_admins(e->new, g->gid, e->now))
		append(&e->admins_new, g->name);
	effective_access_free(&before);
	effective_access_free(&after);
	return err;
}

static int on_members(struct effects *e)
{
	struct members m;
	int err = members_gather(e->old, e->new, &m);
	for (size_t i = 0; i < m.n && !err; i++)
		err = on_user(e, m.names[i]);
	for (size_t i = 0; i < m.n_open && !err; i++)
		err = on_group(e, &m.open[i]);
	members_free(&m);
	return err;
}

/* ---- what is said ---- */

static void add_tally(const struct tally *t, struct buf *out)
{
	const char *group = buf_text(&t->groups);
	if (t->n)
		buf_printf(out, "effect: %zu %s%.4s%s%s (%s%s)", t->n,
			   t->n == 1 ? "user " : "users ", t->what, t->n == 1 ? "s" : "",
			   t->what + 4, buf_text(&t->names), t->n > NAMES ? ", ..." : "");
	if (t->n && *group)
		buf_printf(out, " and the members of %s\n", group);
	else if (t->n)
		buf_printf(out, "\n");
	else
		buf_printf(out, "effect: the members of %s %s\n", group, t->what);
}

/* The rule of P that lets anyone in by SERVICE; NULL: none. */
static const struct policy_login *anyone(const struct policy *p, const char *service)
{
	const struct policy_service *s = policy_service_find(p, service);
	for (size_t i = 0; s && i < s->n; i++)
		if (p->logins[s->rules[i]].anyone)
			return &p->logins[s->rules[i]];
	return NULL;
}

/* Whom no list has: every account of the host, where a rule for anyone comes or goes. Returns how
 * many lines. */
static size_t add_anyone(const struct policy *of, const struct policy *other, const char *verb,
			 struct buf *out)
{
	size_t said = 0;
	for (size_t i = 0; i < of->n_services; i++) {
		const char *service = of->services[i].name;
		const struct policy_login *rule = anyone(of, service);
		if (rule && !anyone(other, service) && ++said)
			buf_printf(out, "effect: everybody else %s %s (%s:%u, anyone)\n", verb,
				   service, rule->pos.file, rule->pos.line);
	}
	return said;
}

static void add_effects(const struct effects *e, struct buf *out)
{
	bool groups = false;
	for (size_t i = 0; i < e->n; i++) {
		add_tally(&e->v[i], out);
		groups |= e->v[i].groups.len > 0;
	}
	size_t lines = e->n + add_anyone(e->old->p, e->new->p, "loses", out) +
		       add_anyone(e->new->p, e->old->p, "gains", out);
	if (lines == 0)
		buf_printf(out, "effect: nobody gains or loses a login or a group here\n");
	if (groups)
		buf_printf(out, "  a group that is not in /etc/group may have more members than it "
				"lists\n");
	if (strcmp(buf_text(&e->admins_old), buf_text(&e->admins_new)) == 0)
		buf_printf(out, "administrators unchanged (%s)\n",
			   e->admins_new.len ? buf_text(&e->admins_new) : "none");
	else
		buf_printf(out, "administrators %s -> %s\n",
			   e->admins_old.len ? buf_text(&e->admins_old) : "none",
			   e->admins_new.len ? buf_text(&e->admins_new) : "NONE");
	if (e->mine.len)
		buf_printf(out,
			   "you: %s LOSES %s; keep a root shell open until you can log in again\n",
			   e->me, buf_text(&e->mine));
}

static void forget(struct effects *e)
{
	for (size_t i = 0; i < e->n; i++) {
		buf_free(&e->v[i].names);
		buf_free(&e->v[i].groups);
	}
	free(e->v);
	lookup_free(&e->at);
	buf_free(&e->admins_old);
	buf_free(&e->admins_new);
	buf_free(&e->mine);
}

int impact_text(const struct snapshot *before, const struct snapshot *after, const char *me,
		int64_t now, struct buf *out)
{
	struct accounts accounts = { 0 };
	struct snapshot a = *before, b = *after; /* they borrow; the accounts are theirs */
	struct effects e = { .old = &a, .new = &b, .me = me, .now = now };
	int err = members_accounts(&a, &b, &accounts);
	if (!err)
		err = snapshot_users(&a, on_user, &e);
	if (!err)
		err = snapshot_users(&b, on_new_user, &e);
	if (!err)
		err = on_members(&e);
	if (!err)
		add_effects(&e, out);
	forget(&e);
	accounts_free(&accounts);
	return err;
}
