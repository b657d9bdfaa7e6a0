#include "rbacctl/access/remedy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/rules.h"
#include "rbacctl/access/who.h"
#include "rbacctl/command.h"
#include "rbacctl/model/rules.h"

static unsigned key_count(const struct policy *p, int role)
{
	const struct policy_set *keys = &p->roles[role].keys;
	unsigned n = 0;
	for (int k = policy_set_next(keys, -1); k >= 0; k = policy_set_next(keys, k))
		n++;
	return n;
}

/* A role that would let in if it were held at SCOPE. */
struct remedy {
	int role;
	unsigned keys, depth;
	bool admin;
	size_t order;
	char *scope;
};
struct remedies {
	struct remedy *v;
	size_t n, cap;
};

/* Fewest keys first; then a role that is not for administrators, then the lowest scope. */
static int remedy_order(const void *a, const void *b)
{
	const struct remedy *x = a, *y = b;

	if (x->keys != y->keys)
		return x->keys < y->keys ? -1 : 1;
	if (x->admin != y->admin)
		return x->admin ? 1 : -1;
	if (x->depth != y->depth)
		return x->depth > y->depth ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* ROLE would let in if held at the ancestor of HOST that is of its kind. False: out of memory. */
static bool consider(const struct question *q, int role, unsigned keys, const char *host,
		     struct remedies *all)
{
	const struct policy *p = q->snap->p;
	const struct policy_role *r = &p->roles[role];
	char scope[RBAC_SCOPE_MAX + 1];

	if (policy_scope_ancestor(p, host, r->kind, scope) || snapshot_scope(q->snap, scope, NULL))
		return true;
	if (!r->cascade && strcmp(scope, host) != 0)
		return true;
	char *copy = buf_room(&all->v, all->n, &all->cap, sizeof(*all->v)) ? strdup(scope) : NULL;
	if (!copy)
		return false;
	all->v[all->n] = (struct remedy){ role,         keys,   p->kinds[r->kind].depth,
					  r->bootstrap, all->n, copy };
	all->n++;
	return true;
}

/* A host in any scope: the first scope of each kind will do. NULL: there is none. */
struct firsts {
	const struct policy *p;
	char *scope[POLICY_KINDS_MAX];
	size_t left;
};

static int on_scope(void *ctx, const char *scope, const struct rbac_scope_rec *rec)
{
	struct firsts *f = ctx;
	int kind = policy_scope_kind(f->p, scope);

	(void)rec;
	if (kind < 0 || f->scope[kind])
		return RBAC_OK;
	f->scope[kind] = strdup(scope);
	return f->scope[kind] && --f->left > 0 ? RBAC_OK
					       : RBAC_CONFLICT; /* all found: no further */
}

static bool any_rule_takes(const struct question *q, int role)
{
	const struct policy *p = q->snap->p;
	const struct policy_service *s = policy_service_find(p, q->service);

	for (size_t i = 0; s && i < s->n; i++)
		if (policy_rule_takes(p, &p->logins[s->rules[i]], role))
			return true;
	return false;
}

/* Every role that would let in, at every scope where it could be held. False: out of memory. */
static bool gather(const struct question *q, struct remedies *all)
{
	const struct policy *p = q->snap->p;
	struct firsts first = { .p = p, .left = p->n_kinds };
	bool done = true;

	if (p->host_any)
		(void)snapshot_scopes(q->snap, on_scope, &first);
	for (size_t r = 0; r < p->n_roles && done; r++) {
		const char *at = first.scope[p->roles[r].kind];
		if (!any_rule_takes(q, (int)r))
			continue;
		unsigned keys = key_count(p, (int)r);
		if (at)
			done = consider(q, (int)r, keys, at, all);
		for (size_t h = 0; h < p->hosts.n && done; h++)
			done = consider(q, (int)r, keys, p->hosts.v[h], all);
	}
	for (size_t k = 0; k < p->n_kinds; k++)
		free(first.scope[k]);
	if (all->n)
		qsort(all->v, all->n, sizeof(*all->v), remedy_order);
	return done;
}

/*
 * Would giving it break an exclusive set? H: what the user holds, as it is afterwards. A role in no
 * set breaks none unless one is broken already, which BROKEN says.
 */
static bool forbidden(const struct question *q, const struct remedy *x, struct holdings *h,
		      bool broken)
{
	const struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };
	struct rules_clash clash;

	if (broken || q->snap->p->roles[x->role].n_members == 0)
		return broken;
	if (holdings_add(h, 0, x->role, x->scope, always, false, NULL))
		return true;
	bool bad = rules_exclusive(q->snap->p, h, false, q->t, &clash) != RBAC_OK;
	free(h->v[--h->n].scope);
	return bad;
}

/* The first of ALL, which are in order, that may be given; NULL: none of those tried. */
static const struct remedy *smallest(const struct question *q, const struct remedies *all)
{
	const struct remedy *best = NULL;
	struct holdings h;
	struct rules_clash clash;
	size_t tried = 0;

	struct source source = snapshot_source(q->snap);

	if (source_holdings(&source, q->user, &h) == RBAC_OK) {
		bool broken = rules_exclusive(q->snap->p, &h, false, q->t, &clash) != RBAC_OK;
		for (size_t i = 0; i < all->n && !best; i++) {
			bool member = q->snap->p->roles[all->v[i].role].n_members > 0;
			if (member && tried++ >= MEND_EXCLUSIVE_TRIES)
				continue;
			if (!forbidden(q, &all->v[i], &h, broken))
				best = &all->v[i];
		}
	}
	holdings_free(&h);
	return best;
}

/* AT: the scopes that it is judged at; ROLE: that is given, -1: none. */
static void line(const struct question *q, const char *command, const struct policy_bys *bys,
		 int role, const struct who_scopes *at, struct buf *out)
{
	/* A member records uids itself. */
	const char *where = strstr(command, " user rebind ") ? "" : invocation_where(q->a);
	struct buf may = { 0 };
	struct who who;
	struct source source = snapshot_source(q->snap);
	if (who_may(&(struct who_question){ &source, bys, at, role, q->t }, &who) == RBAC_OK)
		who_short_text(&who, &may);
	buf_printf(out, "  mend   %s%s      (%s may)\n", where, command,
		   may.len ? buf_text(&may) : "root");
	buf_free(&may);
}

/* An act on the user. */
static void user_line(const struct question *q, const char *command, const struct policy_bys *bys,
		      struct buf *out)
{
	struct who_scopes roots = { 0 };
	struct source source = snapshot_source(q->snap);
	if (who_roots_of_user(&source, q->user, q->t, &roots) == RBAC_OK)
		line(q, command, bys, -1, &roots, out);
	who_scopes_free(&roots);
}

static void remedy_role(const struct question *q, struct buf *out)
{
	const struct policy *p = q->snap->p;
	struct remedies all = { 0 };
	const struct remedy *best = gather(q, &all) ? smallest(q, &all) : NULL;

	if (best) {
		/* Another window of the same role that has not begun yet does no harm. */
		struct who_scopes at = { (char *[]){ best->scope }, 1, 1 };
		line(q,
		     COMMAND("rbacctl assign %s %s --scope %s", q->user, p->roles[best->role].name,
			     best->scope),
		     &p->roles[best->role].assign_by, best->role, &at, out);
	} else {
		buf_printf(out,
			   "  mend   %sadd a login rule to rbac.conf that accepts what %s holds, "
			   "then %s      (root may)\n",
			   invocation_where(q->a), q->user, COMMAND("rbacctl apply"));
	}
	for (size_t i = 0; i < all.n; i++)
		free(all.v[i].scope);
	free(all.v);
}

void remedy_text(const struct question *q, const struct rbac_verdict *v, struct buf *out)
{
	/* To give something to a second name would be refused: one uid is one person. */
	if (*q->first && v->why != RBAC_WHY_NO_SERVICE && v->why != RBAC_WHY_OUTSIDE) {
		if (q->h->recorded) { /* two recorded names do not become one by a rename */
			buf_printf(out, "  what the second name holds is to go:\n");
			user_line(q, COMMAND("rbacctl user forget %s", q->user),
				  &q->snap->p->forget_by, out);
			return;
		}
		buf_printf(out, "  %s is called %s now:\n", q->first, q->user);
		user_line(q, COMMAND("rbacctl user rename %s %s", q->first, q->user),
			  &q->snap->p->forget_by, out);
		return;
	}
	switch (v->why) {
	case RBAC_WHY_SUSPENDED:
		user_line(q, COMMAND("rbacctl user resume %s", q->user), &q->snap->p->suspend_by,
			  out);
		break;
	case RBAC_WHY_NO_SERVICE:
		buf_printf(out,
			   "  mend   %sname %s in the services of a login rule in rbac.conf, "
			   "then %s      (root may)\n",
			   invocation_where(q->a), q->service, COMMAND("rbacctl apply"));
		break;
	case RBAC_WHY_UID:
		buf_printf(out, "  the same person, whose uid has changed:\n");
		user_line(q, COMMAND("rbacctl user rebind %s", q->user), &q->snap->p->forget_by,
			  out);
		buf_printf(out, "  another person, who is to get nothing of it:\n");
		user_line(q, COMMAND("rbacctl user forget %s", q->user), &q->snap->p->forget_by,
			  out);
		break;
	case RBAC_WHY_SECOND:
		buf_printf(out,
			   "  mend   log in as %.*s, or give %s a uid of its own "
			   "in passwd      (root may)\n",
			   (int)v->recorded.len, (const char *)v->recorded.p, q->user);
		break;
	case RBAC_WHY_OUTSIDE:
		buf_printf(out,
			   "  mend   wait for the hours, come from an address that it accepts, "
			   "or change the rule in rbac.conf      (root may)\n");
		break;
	default:
		remedy_role(q, out);
	}
}
