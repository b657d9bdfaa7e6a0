/* Which roles have too few holders after the change: fewer than `min`, where they had enough, or
 * more, before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/access/impact_parts.h"

/* How many hold a role at a scope, directly, by an account that exists; "ROLE SCOPE" is its name.
 */
struct place {
	char *name;
	int role;      /* of the new policy */
	unsigned n[2]; /* before, after */
	size_t last;   /* the user who was counted last; two windows of one are one holder */
};

struct count {
	struct impact_work *w;
	struct place *v;
	size_t n, cap;
	struct lookup at;
	int side;    /* that is being counted: 0 before, 1 after */
	size_t user; /* a number for each user and side; from 1 on */
	const struct snapshot *snap;
	int *roles; /* of the new policy, those with a minimum */
	size_t n_roles;
	/* Where the snapshots have none: so many holders are asked for by name, then passwd is read
	 * once, if it can be. */
	struct accounts accounts;
	size_t asked;
	bool tried, has_read;
};

enum { ASK_AT_MOST = 16 };

static bool is_place(const void *ctx, uint32_t number, const void *key)
{
	return strcmp(((const struct count *)ctx)->v[number].name, key) == 0;
}

/* NULL: it does not count, or *ERR. */
static struct place *find(struct count *c, const char *role, const char *scope, bool add, int *err)
{
	char name[RBAC_SCOPE_MAX + 600];
	int in_new = policy_role_find(c->w->new->p, role);
	if (in_new < 0 || c->w->new->p->roles[in_new].min == 0)
		return NULL;
	snprintf(name, sizeof name, "%s %s", role, scope);
	uint64_t hash = lookup_hash_text(LOOKUP_SEED, name);
	uint32_t there = lookup_find(&c->at, hash, is_place, c, name);
	if (there != LOOKUP_NONE)
		return &c->v[there];
	if (!add)
		return NULL;
	char *own = strdup(name);
	if (!own || !buf_room(&c->v, c->n, &c->cap, sizeof *c->v) ||
	    lookup_add(&c->at, hash, (uint32_t)c->n)) {
		free(own);
		*err = RBAC_NOMEM;
		return NULL;
	}
	c->v[c->n] = (struct place){ .name = own, .role = in_new };
	return &c->v[c->n++];
}

static const struct accounts *accounts_of(struct count *c)
{
	if (c->snap->accounts || c->asked++ < ASK_AT_MOST)
		return c->snap->accounts;
	if (!c->tried)
		c->has_read = accounts_read(&c->accounts, NULL, 0) == RBAC_OK;
	c->tried = true;
	return c->has_read ? &c->accounts : NULL;
}

/* Does USER, with the holdings H, have an account, and no other name that the uid was recorded for
 * first? */
static int can_use(struct count *c, const char *user, const struct holdings *h, bool *yes)
{
	struct source source = snapshot_source(c->snap);
	struct person p = { .state = PERSON_KNOWN };
	char first[RBAC_USER_MAX + 1];
	p.uid = accounts_uid_of(accounts_of(c), user, &p.differs);
	snprintf(p.name, sizeof p.name, "%s", user);
	*yes = p.uid != RBAC_NO_UID && !p.differs && !h->second &&
	       (h->uid == RBAC_NO_UID || h->uid == p.uid);
	int err = *yes ? source_first_name(&source, &p, first) : RBAC_OK;
	*yes = *yes && !err && !first[0];
	return err;
}

/* Direct holders and owners, unsuspended, of whom the account exists (docs/design.md, "min"). */
static int count_user(void *ctx, const char *user)
{
	struct count *c = ctx;
	struct source source = snapshot_source(c->snap);
	struct holdings h;
	bool asked = false, lives = false;
	int err = source_recorded(&source, user, &h);
	c->user++;
	for (size_t i = 0; i < h.n && !err; i++) {
		const char *role = c->snap->p->roles[h.v[i].role].name;
		struct place *p = rbac_window_open(h.v[i].window, c->w->now)
					  ? find(c, role, h.v[i].scope, false, &err)
					  : NULL;
		if (p && !asked) {
			err = can_use(c, user, &h, &lives);
			asked = true;
		}
		if (p && lives && p->last != c->user) {
			p->n[c->side]++;
			p->last = c->user;
		}
	}
	holdings_free(&h);
	return err;
}

static int count_side(struct count *c, int side)
{
	c->side = side;
	c->snap = side ? c->w->new : c->w->old;
	return snapshot_users(c->snap, count_user, c);
}

/* The places where a subject held something, or does now. */
static int add_places(struct count *c, const struct snapshot *snap, const char *user)
{
	struct source source = snapshot_source(snap);
	struct holdings h;
	int err = source_holdings(&source, user, &h);
	for (size_t i = 0; i < h.n && !err; i++)
		find(c, snap->p->roles[h.v[i].role].name, h.v[i].scope, true, &err);
	holdings_free(&h);
	return err;
}

/* Each scope of the role's kind is a place, also where nobody holds it. */
static int on_scope(void *ctx, const char *scope, const struct rbac_scope_rec *rec)
{
	struct count *c = ctx;
	const struct policy *p = c->w->new->p;
	int kind = policy_scope_kind(p, scope), err = RBAC_OK;
	(void)rec;
	for (size_t i = 0; i < c->n_roles && !err; i++)
		if (p->roles[c->roles[i]].kind == kind)
			find(c, p->roles[c->roles[i]].name, scope, true, &err);
	return err;
}

static int tell(struct count *c)
{
	const struct policy *old = c->w->old->p, *new = c->w->new->p;
	int err = RBAC_OK;
	for (size_t i = 0; i < c->n && !err; i++) {
		const struct place *p = &c->v[i];
		const struct policy_role *r = &new->roles[p->role];
		char rule[80], what[RBAC_SCOPE_MAX + 604];
		int before = policy_role_find(old, r->name);
		bool was_short = before >= 0 && p->n[0] < old->roles[before].min;
		size_t word = strlen(r->name);
		if (p->n[1] >= r->min || (was_short && p->n[1] >= p->n[0]))
			continue;
		/* A scope that was deleted has no minimum. */
		if (snapshot_scope(c->w->new, p->name + word + 1, NULL) == RBAC_NOTFOUND)
			continue;
		snprintf(what, sizeof what, "%s at %s", r->name, p->name + word + 1);
		snprintf(rule, sizeof rule, "%s:%u", r->min_pos.file, r->min_pos.line);
		const struct impact_line l = { .kind = IMPACT_MINIMUM,
					       .what = what,
					       .rule = rule,
					       .number = p->n[1],
					       .limit = r->min,
					       .at = RBAC_TIME_MIN };
		err = impact_count(c->w->out, &l, NULL, "");
	}
	return err;
}

static int list_roles(struct count *c)
{
	const struct policy *p = c->w->new->p;
	c->roles = calloc(p->n_roles + 1, sizeof *c->roles);
	for (size_t r = 0; c->roles && r < p->n_roles; r++)
		if (p->roles[r].min)
			c->roles[c->n_roles++] = (int)r;
	return c->roles ? RBAC_OK : RBAC_NOMEM;
}

static int list_places(struct count *c, const char *const *subjects, size_t n)
{
	int err = RBAC_OK;
	if (!subjects)
		return snapshot_scopes(c->w->new, on_scope, c);
	for (size_t i = 0; i < n && !err; i++) {
		err = add_places(c, c->w->old, subjects[i]);
		if (!err)
			err = add_places(c, c->w->new, subjects[i]);
	}
	return err;
}

int impact_minimum(struct impact_work *w, const char *const *subjects, size_t n)
{
	struct count c = { .w = w };
	int err = list_roles(&c);
	if (!err && c.n_roles)
		err = list_places(&c, subjects, n);
	if (!err && c.n)
		err = count_side(&c, 0);
	if (!err && c.n)
		err = count_side(&c, 1);
	if (!err)
		err = tell(&c);
	for (size_t i = 0; i < c.n; i++)
		free(c.v[i].name);
	free(c.v);
	free(c.roles);
	lookup_free(&c.at);
	accounts_free(&c.accounts);
	return err;
}
