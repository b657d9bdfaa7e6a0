/* Scopes of assignments.d: a scope that came from a file is there exactly as long as a file names
 * it. */
#include "rbacctl/change/apply/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/command.h"

/* ---- in ---- */

static int put_scope(struct change *c, const struct policy_file_scope *f,
		     const struct copied_scope *old, struct watch *watch)
{
	char source[400], parent[RBAC_SCOPE_MAX + 1];
	struct store_scope above;
	apply_source(f->pos, source, sizeof source);
	const char *owner = f->owner ? f->owner
			    : old    ? old->owner
				     : ""; /* an owner who got it by transfer stays */
	const char *plan = f->plan ? f->plan : old ? old->plan : "";
	if (old && change_by_hand(old->source))
		buf_printf(&c->notes, "scope %s was made by hand and is now %s's\n", f->scope,
			   source);
	int err = policy_scope_parent(c->p, f->scope, parent);
	if (!err && store_scope_get(&c->t, parent, &above))
		return change_fail(
			c, RBAC_INVALID,
			"%s: scope %s lies in %s, which does not exist: add it to scopes too, "
			"or make it first: %s",
			source, f->scope, parent, COMMAND("rbacctl scope create %s", parent));
	if (owner[0]) {
		struct person p;
		err = change_passwd_says(c, owner, &p) ? RBAC_OK : change_record_user(c, &p, true);
		if (err)
			return err;
	}
	if (old && strcmp(old->owner, owner) == 0 && strcmp(old->plan, plan) == 0 &&
	    strcmp(old->source, source) == 0)
		return RBAC_OK;
	int kind = policy_scope_kind(c->p, f->scope);
	if (old && strcmp(old->owner, owner) != 0) {
		err = kind >= 0 && c->p->kinds[kind].owner_role >= 0
			      ? change_watch(c, watch, c->p->kinds[kind].owner_role, f->scope)
			      : RBAC_OK;
		if (err)
			return err;
		buf_printf(&c->done, "scope %s owner %s -> %s (%s)\n", f->scope,
			   old->owner[0] ? old->owner : "(none)", owner, source);
	}
	if (old && strcmp(old->plan, plan) != 0)
		buf_printf(&c->done, "scope %s plan %s -> %s (%s)\n", f->scope,
			   old->plan[0] ? old->plan : "(default)", plan, source);
	if (!old)
		buf_printf(&c->done, "scope +%s%s%s (%s)\n", f->scope, owner[0] ? " owner " : "",
			   owner, source);
	err = store_scope_put(&c->t, f->scope,
			      &(struct store_scope){ .owner = owner,
						     .plan = plan,
						     .source = source,
						     .change = old ? old->change : c->change });
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int copy_order(const void *a, const void *b)
{
	return strcmp(((const struct copied_scope *)a)->scope,
		      ((const struct copied_scope *)b)->scope);
}

struct placed {
	const struct policy_file_scope *f;
	unsigned depth;
	size_t i;
};

/* Parents before children, whatever their order in the files. */
static int depth_order(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	return x->depth != y->depth ? (x->depth < y->depth ? -1 : 1)
				    : (x->i > y->i) - (x->i < y->i);
}

int apply_put_scopes(struct change *c, const struct copies *k, struct watch *watch)
{
	struct placed *v = calloc(c->p->n_scopes + 1, sizeof *v);
	int err = v ? RBAC_OK : change_fail(c, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < c->p->n_scopes && !err; i++) {
		const struct policy_file_scope *f = &c->p->scopes[i];
		v[i] = (struct placed){ f, rbac_name_scope_depth(f->scope, strlen(f->scope)), i };
	}
	if (!err)
		qsort(v, c->p->n_scopes, sizeof *v, depth_order);
	for (size_t i = 0; i < c->p->n_scopes && !err; i++) {
		/* Copies come in the order of the store, which is that of their names. */
		struct copied_scope key = { .scope = (char *)v[i].f->scope };
		const struct copied_scope *old = k->n_scopes ? bsearch(&key, k->scopes, k->n_scopes,
								       sizeof key, copy_order)
							     : NULL;
		err = put_scope(c, v[i].f, old, watch);
	}
	free(v);
	return err;
}

/* ---- out ---- */

/* A scope that no file names any more, and how many scopes lie below it now. */
struct gone {
	const struct copied_scope *s;
	size_t below;
};
struct out {
	struct change *c;
	struct gone *v;
	size_t n;
};

static int gone_order(const void *a, const void *b)
{
	return copy_order(((const struct gone *)a)->s, ((const struct gone *)b)->s);
}

static int text_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Add D to the number below each of those that SCOPE lies in. */
static void count_above(const struct out *o, const char *scope, size_t d)
{
	const struct policy *p = o->c->p;
	char above[RBAC_SCOPE_MAX + 1];
	int kind = policy_scope_kind(p, scope);
	for (int up = kind < 0 ? -1 : p->kinds[kind].parent; up >= 0; up = p->kinds[up].parent) {
		struct copied_scope copy = { .scope = above };
		struct gone key = { .s = &copy };
		struct gone *found = policy_scope_ancestor(p, scope, up, above)
					     ? NULL
					     : bsearch(&key, o->v, o->n, sizeof key, gone_order);
		if (found)
			found->below += d;
	}
}

static int on_there(void *ctx, const char *scope, const struct store_scope *s)
{
	(void)s;
	count_above(ctx, scope, 1);
	return RBAC_OK;
}

struct below {
	struct change *c;
	const char *scope;
	char found[RBAC_SCOPE_MAX + 1];
};

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct below *b = ctx;
	(void)s;
	if (strcmp(scope, b->scope) != 0 && policy_scope_within(b->c->p, scope, b->scope))
		snprintf(b->found, sizeof b->found, "%s", scope);
	return RBAC_OK;
}

static int on_held(void *ctx, const struct store_assignment *a)
{
	struct below *b = ctx;
	snprintf(b->found, sizeof b->found, "%.200s (%.60s)", a->subject, a->role);
	return RBAC_OK;
}

static int remove_scope(const struct out *o, const struct gone *g)
{
	struct change *c = o->c;
	const struct copied_scope *s = g->s;
	struct below b = { .c = c, .scope = s->scope };
	int err = g->below ? store_scopes_all(&c->t, on_scope, &b)
			   : store_assignments_at(&c->t, s->scope, NULL, on_held, &b);
	if (!err && b.found[0])
		return change_fail(c, RBAC_REFUSED,
				   "refused: scope %s is gone from %s, and %s is still on it: "
				   "remove that first, or put the scope back",
				   s->scope, s->source, b.found);
	if (!err)
		err = store_scope_del(&c->t, s->scope);
	if (err)
		return change_store_fail(c, err);
	count_above(o, s->scope, (size_t)-1);
	buf_printf(&c->done, "scope -%s (%s)\n", s->scope, s->source);
	return RBAC_OK;
}

/* The deepest first: names say nothing of depth, "zone:a" lies above "area:a/b". */
static int deepest_first(const void *a, const void *b)
{
	const char *x = (*(const struct gone *const *)a)->s->scope,
		   *y = (*(const struct gone *const *)b)->s->scope;
	unsigned i = rbac_name_scope_depth(x, strlen(x)), j = rbac_name_scope_depth(y, strlen(y));
	return i != j ? (i > j ? -1 : 1) : strcmp(x, y);
}

/* Those of K that came from a file and that no file names now, in the order of their names. False:
 * out of memory. */
static bool find_gone(struct out *o, const struct copies *k)
{
	const struct policy *p = o->c->p;
	const char **named = calloc(p->n_scopes + 1, sizeof *named);
	o->v = calloc(k->n_scopes + 1, sizeof *o->v);
	for (size_t i = 0; named && i < p->n_scopes; i++)
		named[i] = p->scopes[i].scope;
	if (named)
		qsort(named, p->n_scopes, sizeof *named, text_order);
	for (size_t i = 0; named && o->v && i < k->n_scopes; i++)
		if (!change_by_hand(k->scopes[i].source) &&
		    !bsearch(&k->scopes[i].scope, named, p->n_scopes, sizeof *named, text_order))
			o->v[o->n++].s = &k->scopes[i];
	free(named);
	return named && o->v;
}

int apply_remove_scopes(struct change *c, const struct copies *k)
{
	struct out o = { .c = c };
	const struct gone **order = NULL;
	int err = find_gone(&o, k) ? RBAC_OK : change_fail(c, RBAC_NOMEM, "out of memory");
	if (!err && o.n) {
		order = calloc(o.n, sizeof *order);
		err = order ? store_scopes_all(&c->t, on_there, &o)
			    : change_fail(c, RBAC_NOMEM, "out of memory");
	}
	for (size_t i = 0; order && i < o.n; i++)
		order[i] = &o.v[i];
	if (!err && o.n)
		qsort(order, o.n, sizeof *order, deepest_first);
	for (size_t i = 0; i < o.n && !err; i++)
		err = remove_scope(&o, order[i]);
	free(order);
	free(o.v);
	return err ? change_store_fail(c, err) : RBAC_OK;
}
