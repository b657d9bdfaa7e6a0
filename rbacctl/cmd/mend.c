#include "rbacctl/cmd/mend.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/cmd/query.h"
#include "rbacctl/command.h"

static bool rule_takes(const struct policy *p, const struct policy_login *rule, int role)
{
	for (size_t i = 0; i < rule->keys.n; i++)
		if (policy_role_has_key(p, role, rule->keys.v[i]))
			return true;
	for (size_t i = 0; i < rule->roles.n; i++)
		if (policy_role_counts(p, role, rule->roles.v[i]))
			return true;
	return false;
}

static unsigned key_count(const struct policy *p, int role)
{
	unsigned n = 0;
	for (size_t k = 0; k < p->n_keys; k++)
		n += policy_role_has_key(p, role, (int)k);
	return n;
}

/* Would giving ROLE at SCOPE break an exclusive set? */
static bool forbidden(const struct question *q, int role, const char *scope)
{
	struct holdings h = { 0 };
	struct rules_clash clash;
	bool bad = holdings_from_view(&h, &q->l->v, q->l->p, q->user) ||
		   holdings_add(&h, 0, role, scope, (struct rbac_window){ RBAC_TIME_MIN, RBAC_TIME_MAX }, false, NULL);
	bad = bad || rules_exclusive(q->l->p, &h, false, q->t, &clash) != RBAC_OK;
	holdings_free(&h);
	return bad;
}

/* Fewest keys first; then a role that is not for administrators, then the lowest scope. */
struct best { int role; char scope[RBAC_SCOPE_MAX + 1]; unsigned keys, depth; bool admin; };

static bool is_better(const struct best *a, const struct best *b)
{
	if (b->role < 0 || a->keys != b->keys)
		return b->role < 0 || a->keys < b->keys;
	return a->admin != b->admin ? b->admin : a->depth > b->depth;
}

/* ROLE would let in if held at the ancestor of HOST that is of its kind. */
static void consider(const struct question *q, int role, const char *host, struct best *best)
{
	const struct policy *p = q->l->p;
	char scope[RBAC_SCOPE_MAX + 1];
	if (policy_scope_ancestor(p, host, p->roles[role].kind, scope) || look_scope(q->l, scope, NULL))
		return;
	if (!p->roles[role].cascade && strcmp(scope, host) != 0)
		return;
	struct best new = { .role = role, .keys = key_count(p, role), .depth = p->kinds[p->roles[role].kind].depth, .admin = p->roles[role].bootstrap };
	if (!is_better(&new, best) || forbidden(q, role, scope))
		return;
	strcpy(new.scope, scope);
	*best = new;
}

/* A host in any scope: the first scope of the role's kind will do. */
struct first { const struct question *q; int kind; char scope[RBAC_SCOPE_MAX + 1]; };

static int on_scope(void *ctx, const char *scope, const struct rbac_scope_rec *rec)
{
	struct first *f = ctx;
	(void)rec;
	if (policy_scope_kind(f->q->l->p, scope) != f->kind)
		return RBAC_OK;
	snprintf(f->scope, sizeof f->scope, "%s", scope);
	return RBAC_CONFLICT;   /* found: no further */
}

static void consider_anywhere(const struct question *q, int role, struct best *best)
{
	struct first f = { .q = q, .kind = q->l->p->roles[role].kind };
	if (look_scopes(q->l, on_scope, &f) == RBAC_CONFLICT)
		consider(q, role, f.scope, best);
}

static struct best smallest(const struct question *q)
{
	const struct policy *p = q->l->p;
	struct best best = { .role = -1, .keys = UINT_MAX };
	for (size_t i = 0; i < p->n_logins; i++) {
		const struct policy_login *rule = &p->logins[i];
		bool named = false;
		for (size_t j = 0; j < rule->services.n; j++)
			named |= strcmp(rule->services.v[j], q->service) == 0;
		for (size_t r = 0; named && p->host_any && r < p->n_roles; r++)
			if (rule_takes(p, rule, (int)r))
				consider_anywhere(q, (int)r, &best);
		for (size_t r = 0; named && r < p->n_roles; r++)
			for (size_t h = 0; rule_takes(p, rule, (int)r) && h < p->hosts.n; h++)
				consider(q, (int)r, p->hosts.v[h], &best);
	}
	return best;
}

/* AT: the scopes that it is judged at; ROLE: that is given, -1: none. */
static void line(const struct question *q, const char *command, const struct policy_bys *bys, int role, const struct who_scopes *at)
{
	struct buf may = { 0 };
	struct who who;
	if (query_who_may(q->l, &(struct who_question){ q->l->p, bys, at, role, q->t }, &who) == RBAC_OK)
		who_short_text(&who, &may);
	printf("  mend   %s      (%s may)\n", command, may.len ? buf_text(&may) : "root");
	buf_free(&may);
}

/* An act on the user. */
static void user_line(const struct question *q, const char *command, const struct policy_bys *bys)
{
	struct who_scopes roots = { 0 };
	if (query_roots(q->l, q->user, q->t, &roots) == RBAC_OK)
		line(q, command, bys, -1, &roots);
	who_scopes_free(&roots);
}

static void mend_role(const struct question *q)
{
	const struct policy *p = q->l->p;
	struct best best = smallest(q);
	if (best.role < 0) {
		printf("  mend   add a login rule to rbac.conf that accepts what %s holds, then %s      (root may)\n", q->user, COMMAND("rbacctl apply"));
		return;
	}
	/* Another window of the same role that has not begun yet does no harm. */
	struct who_scopes at = { (char *[]){ best.scope }, 1, 1 };
	line(q, COMMAND("rbacctl assign %s %s --scope %s", q->user, p->roles[best.role].name, best.scope), &p->roles[best.role].assign_by, best.role, &at);
}

void mend_print(const struct question *q, const struct rbac_verdict *v)
{
	/* To give something to a second name would be refused: one uid is one person. */
	if (*q->first && v->why != RBAC_WHY_NO_SERVICE && v->why != RBAC_WHY_OUTSIDE) {
		printf("  %s is called %s now:\n", q->first, q->user);
		user_line(q, COMMAND("rbacctl user rename %s %s", q->first, q->user), &q->l->p->forget_by);
		return;
	}
	switch (v->why) {
	case RBAC_WHY_SUSPENDED:
		user_line(q, COMMAND("rbacctl user resume %s", q->user), &q->l->p->suspend_by);
		break;
	case RBAC_WHY_NO_SERVICE:
		printf("  mend   name %s in the services of a login rule in rbac.conf, then %s      (root may)\n", q->service, COMMAND("rbacctl apply"));
		break;
	case RBAC_WHY_UID:
		printf("  the same person, whose uid has changed:\n");
		user_line(q, COMMAND("rbacctl user rebind %s", q->user), &q->l->p->forget_by);
		printf("  another person, who is to get nothing of it:\n");
		user_line(q, COMMAND("rbacctl user forget %s", q->user), &q->l->p->forget_by);
		break;
	case RBAC_WHY_SECOND:
		printf("  mend   log in as %.*s, or give %s a uid of its own in passwd      (root may)\n", (int)v->recorded.len,
		       (const char *)v->recorded.p, q->user);
		break;
	case RBAC_WHY_OUTSIDE:
		printf("  mend   wait for the hours, come from an address that it accepts, or change the rule in rbac.conf      (root may)\n");
		break;
	default:
		mend_role(q);
	}
}
