#include "rbacctl/change/due/prune.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/due/due.h"
#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/command.h"
#include "rbacctl/store/holdings.h"

struct windows {
	const struct policy *p;
	int64_t now;
	struct window {
		struct store_assignment a; /* its texts borrow the transaction */
		int64_t begins;            /* of what is still to come */
		bool by_hand;
		uint64_t by; /* the assignment that supersedes it; 0: none */
	} * v;
	size_t n, cap;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct windows *w = ctx;

	if (!buf_room(&w->v, w->n, &w->cap, sizeof(*w->v)))
		return RBAC_NOMEM;
	int role = policy_role_find(w->p, a->role);
	w->v[w->n] = (struct window){ .a = *a,
				      .begins = a->from > w->now ? a->from : w->now,
				      .by_hand = change_by_hand(a->source) };
	if (role >= 0) /* it may end for nobody reviews it */
		w->v[w->n].a.until = store_window(&w->p->roles[role], a).until;
	w->n++;
	return RBAC_OK;
}

static int same_place(const struct store_assignment *a, const struct store_assignment *b)
{
	int d = strcmp(a->subject, b->subject);

	d = d ? d : strcmp(a->role, b->role);
	return d ? d : strcmp(a->scope, b->scope);
}

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* Whatever supersedes another comes before it. */
static int order(const void *left, const void *right)
{
	const struct window *x = left, *y = right;
	int d = same_place(&x->a, &y->a);

	d = d ? d : compare(x->begins, y->begins);
	d = d ? d : compare(y->a.until, x->a.until);
	d = d ? d : compare(x->by_hand, y->by_hand);
	return d ? d : x->a.id < y->a.id ? -1 : x->a.id > y->a.id;
}

static bool ended(const struct windows *w, const struct window *x)
{
	return x->a.until <= w->now;
}

/* In the order of order(): the one before with the latest end covers what ends no later. */
static void find_superseded(struct windows *w)
{
	const struct window *last = NULL;

	for (size_t i = 0; i < w->n; i++) {
		struct window *x = &w->v[i];
		if (ended(w, x))
			continue;
		if (last && same_place(&last->a, &x->a) == 0 && last->a.until >= x->a.until)
			x->by = last->a.id;
		else
			last = x;
	}
}

static int by_id(const void *left, const void *right)
{
	const struct window *x = left, *y = right;

	return x->a.id < y->a.id ? -1 : x->a.id > y->a.id;
}

/* Keep those that are to go, by id, and say each. */
static void choose(struct change *c, struct windows *w, struct prune_count *out)
{
	size_t n = 0;

	qsort(w->v, w->n, sizeof(*w->v), by_id);
	for (size_t i = 0; i < w->n; i++) {
		const struct window *x = &w->v[i];
		bool over = ended(w, x);
		char end[32];
		out->of_files += over && !x->by_hand;
		if (!x->by_hand || (!over && !x->by))
			continue;
		buf_printf(&c->done, "%s -%s at %s id %" PRIu64, x->a.subject, x->a.role,
			   x->a.scope, x->a.id);
		policy_time_print(x->a.until, end);
		if (over)
			buf_printf(&c->done, " ended %s\n", end);
		else
			buf_printf(&c->done, " superseded by id %" PRIu64 "\n", x->by);
		out->ended += over;
		out->superseded += !over;
		w->v[n++] = *x;
	}
	w->n = n;
}

int change_prune(struct change *c, struct prune_count *out)
{
	struct windows w = { .p = c->p, .now = c->a->now };

	*out = (struct prune_count){ 0 };
	c->verb = "prune";
	if (!c->a->actor.root)
		return change_fail(c, RBAC_REFUSED, "refused: only root prunes: %s",
				   COMMAND("rbacctl prune --as root"));
	int err = store_assignments_all(&c->t, on_assignment, &w);
	if (!err && w.n) {
		qsort(w.v, w.n, sizeof(*w.v), order);
		find_superseded(&w);
		choose(c, &w, out);
	}
	c->nothing = !err && w.n == 0;
	if (!err && w.n)
		err = change_due_settle(c);
	for (size_t i = 0; i < w.n && !err; i++)
		err = store_assignment_del(&c->t, w.v[i].a.id);
	free(w.v);
	return err ? change_store_fail(c, err) : RBAC_OK;
}
