/* The rows of one scope become what its sheet says. Rows of any other origin stay. */
#include "rbacctl/change/take/steps.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

/* ---- max_stale ---- */

/* The shortest of P; 0: no role has it. */
static int64_t shortest_stale(const struct policy *p)
{
	int64_t least = 0;

	for (size_t i = 0; p && i < p->n_roles; i++)
		if (p->roles[i].max_stale && (!least || p->roles[i].max_stale < least))
			least = p->roles[i].max_stale;
	return least;
}

/* The ends move when a quarter of the time is over, not with each word of the authority: each time
 * is a change of this host's store. */
void take_basis(struct take *k)
{
	int64_t least = shortest_stale(k->c->p);
	bool new_policy = k->c->old && (least || shortest_stale(k->c->old));

	if (!least && !new_policy)
		return;
	k->again = new_policy || k->fleet_issued - k->basis >= least / 4;
	if (k->again)
		k->basis = k->fleet_issued;
}

/* When the assignment of a sheet ends here. */
static int64_t end_here(const struct take *k, const struct fleet_record *r)
{
	int role = policy_role_find(k->c->p, r->role);
	int64_t stale = role >= 0 ? k->c->p->roles[role].max_stale : 0;

	return stale && k->basis + stale < r->until ? k->basis + stale : r->until;
}

/* ---- rows ---- */

/* The assignments of the sheet, by id; they borrow what arrived. */
struct incoming {
	struct take *k;
	const char *scope;
	struct coming {
		struct fleet_record r;
		bool same; /* the store has it, just so */
	} * v;
	size_t n, cap;
	bool gone_scope; /* what this host has given itself there goes too */
	/* Ids of rows that go. */
	uint64_t *gone;
	size_t n_gone, cap_gone;
};

static int on_record(void *ctx, const struct fleet_record *rec)
{
	struct incoming *x = ctx;

	if (rec->type == FLEET_UID)
		return take_uid(x->k, rec);
	if (rec->type != FLEET_ASSIGNMENT)
		return RBAC_OK;
	if (!buf_room(&x->v, x->n, &x->cap, sizeof(*x->v)))
		return RBAC_NOMEM;
	struct coming *new = &x->v[x->n];
	*new = (struct coming){ .r = *rec };
	new->r.until = end_here(x->k, rec);
	x->n += new->r.until > rec->from; /* it begins when it would be over: not yet */
	return RBAC_OK;
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = ((const struct coming *)a)->r.id, y = ((const struct coming *)b)->r.id;

	return x < y ? -1 : x > y;
}

static struct coming *find(const struct incoming *x, uint64_t id)
{
	struct coming key = { .r.id = id };

	return x->n ? bsearch(&key, x->v, x->n, sizeof(*x->v), by_id) : NULL;
}

static bool same_row(const struct fleet_record *r, const struct store_assignment *a)
{
	return r->change == a->change && r->when == a->when && r->from == a->from &&
	       r->until == a->until && strcmp(r->name, a->subject) == 0 &&
	       strcmp(r->role, a->role) == 0 && strcmp(r->by, a->by) == 0 &&
	       strcmp(r->reason, a->reason) == 0 && r->request == a->request &&
	       r->review_from == a->review_from && r->reviewed == a->reviewed &&
	       strcmp(r->reviewed_by, a->reviewed_by) == 0;
}

/* A row of the store at this scope: it stays, or goes. */
static int on_row(void *ctx, const struct store_assignment *a)
{
	struct incoming *x = ctx;
	struct coming *new = find(x, a->id);

	if (!take_is_fleets(a->source) && !x->gone_scope)
		return RBAC_OK;
	if (new &&same_row(&new->r, a)) {
		new->same = true;
		return RBAC_OK;
	}
	if (!buf_room(&x->gone, x->n_gone, &x->cap_gone, sizeof(*x->gone)))
		return RBAC_NOMEM;
	x->gone[x->n_gone++] = a->id;
	buf_printf(&x->k->c->done, "%s -%s at %s id %llu (fleet)\n", a->subject, a->role, a->scope,
		   (unsigned long long)a->id);
	return RBAC_OK;
}

static int put_row(struct incoming *x, const struct fleet_record *r)
{
	struct store_txn *t = &x->k->c->t;
	struct store_assignment old, new = { .id = r->id,
					     .change = r->change,
					     .when = r->when,
					     .from = r->from,
					     .until = r->until,
					     .subject = r->name,
					     .role = r->role,
					     .scope = x->scope,
					     .by = r->by,
					     .reason = r->reason,
					     .request = r->request,
					     .review_from = r->review_from,
					     .reviewed = r->reviewed,
					     .reviewed_by = r->reviewed_by,
					     .source = STORE_SOURCE_FLEET };
	int err = store_assignment_get(t, r->id, &old);

	if (!err && !take_is_fleets(old.source)) {
		take_note(x->k,
			  "left out: %s %s at %s: its number, %llu, is one of this host's own",
			  r->name, r->role, x->scope, (unsigned long long)r->id);
		return RBAC_OK;
	}
	if (!err) /* of a scope that had another name */
		err = store_assignment_del(t, r->id);
	if (!err || err == RBAC_NOTFOUND)
		err = store_assignment_put(t, &new);
	if (!err)
		buf_printf(&x->k->c->done, "%s +%s at %s id %llu (fleet)\n", r->name, r->role,
			   x->scope, (unsigned long long)r->id);
	return err;
}

static int put_rows(struct incoming *x)
{
	struct store_txn *t = &x->k->c->t;
	int err = store_assignments_at(t, x->scope, NULL, on_row, x);

	x->k->rows |= x->n_gone > 0;
	for (size_t i = 0; i < x->n_gone && !err; i++)
		err = store_assignment_del(t, x->gone[i]);
	for (size_t i = 0; i < x->n && !err; i++)
		if (!x->v[i].same) {
			x->k->rows = true;
			err = put_row(x, &x->v[i].r);
		}
	return err;
}

/* The scope's own row. H NULL, or a scope that is gone: none. */
static int put_scope(struct take *k, const char *name, const struct fleet_head *h)
{
	struct store_scope old, new;
	int err = store_scope_get(&k->c->t, name, &old);

	if (err && err != RBAC_NOTFOUND)
		return err;
	bool was = !err, is = h && h->exists;
	if (was && !take_is_fleets(old.source))
		return RBAC_OK;
	if (!was && !is)
		return RBAC_OK;
	if (was && is && old.change == h->created && strcmp(old.owner, h->owner) == 0 &&
	    strcmp(old.plan, h->plan) == 0)
		return RBAC_OK;
	k->rows = true;
	if (!is) {
		buf_printf(&k->c->done, "scope -%s (fleet)\n", name);
		return store_scope_del(&k->c->t, name);
	}
	new = (struct store_scope){ .owner = h->owner,
				    .plan = h->plan,
				    .source = STORE_SOURCE_FLEET,
				    .change = h->created };
	buf_printf(&k->c->done, "scope %s%s%s%s (fleet)\n", was ? "" : "+", name,
		   *h->owner ? " owner " : "", h->owner);
	return store_scope_put(&k->c->t, name, &new);
}

int take_scope(struct take *k, const char *name, const struct fleet_judgement *j)
{
	struct incoming x = { .k = k, .scope = name };
	int err = j ? fleet_judgement_each(j, on_record, &x) : RBAC_OK;

	if (x.n)
		qsort(x.v, x.n, sizeof(*x.v), by_id);
	bool gone = !j || !j->head.exists;
	x.gone_scope = gone;
	if (!err && !gone)
		err = put_scope(k, name, &j->head);
	if (!err)
		err = put_rows(&x);
	if (!err && gone)
		err = put_scope(k, name, NULL);
	free(x.v);
	free(x.gone);
	return err ? change_store_fail(k->c, err) : RBAC_OK;
}
