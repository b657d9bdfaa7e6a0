#include "rbacctl/change/undo/history.h"

#include <inttypes.h>

#include "rbacctl/change/undo/log_prune.h"
#include "rbacctl/change/undo/row_text.h"
#include "rbacctl/config/load.h"
#include "rbacctl/model/difference.h"
#include "rbacctl/store/baseline.h"
#include "rbacctl/store/help.h"

struct reading {
	struct store *s;
	struct store_txn t;
	uint64_t generation;
};

static int open_store(const char *store, struct reading *r)
{
	*r = (struct reading){ 0 };
	int err = store_open_to_read(store, &r->s, &r->t);
	return err ? err : store_generation(&r->t, &r->generation);
}

static int close_store(struct reading *r, int err, struct buf *why)
{
	if (err && !why->len)
		buf_printf(why, "%s%s", store_why(r->s), STORE_HELP(err));
	store_abort(&r->t);
	store_close(r->s);
	return err;
}

/* Is N a change that the journal leads to? */
static int check_number(struct reading *r, uint64_t n, struct buf *why)
{
	struct store_baseline b;
	int err = store_baseline_get(&r->t, &b);

	if (err)
		return err;
	if (n > r->generation)
		buf_printf(why, "there is no change %" PRIu64 ": the last one is %" PRIu64, n,
			   r->generation);
	else if (n < b.change) {
		buf_printf(why,
			   "the store does not know any more what it was at change %" PRIu64 ": ",
			   n);
		log_prune_text(&b, why);
	} else
		return RBAC_OK;
	return RBAC_INVALID;
}

/* ---- one line for each change ---- */

struct walk {
	struct reading *r;
	uint64_t to;
	history_fn *fn;
	void *ctx;
};

static int count_row(void *ctx, const struct store_row *row)
{
	struct history_change *x = ctx;

	x->given += row->table == T_ASSIGN && row->after.mv_data;
	x->taken += row->table == T_ASSIGN && row->before.mv_data;
	x->others += row->table == T_USER || row->table == T_SCOPE || row->table == T_GID;
	x->policy |= row->table == T_TEXT;
	return RBAC_OK;
}

static int on_change(void *ctx, const struct store_audit *a)
{
	struct walk *w = ctx;
	struct history_change x = { .audit = a };

	if (a->change > w->to)
		return RBAC_OK;
	int err = store_journal_each(&w->r->t, a->change, count_row, &x);
	x.journaled = !err;
	return err && err != RBAC_NOTFOUND ? err : w->fn(w->ctx, &x);
}

int history_each(const char *store, uint64_t from, uint64_t to, history_fn *fn, void *ctx,
		 struct buf *why)
{
	struct reading r;
	struct walk w = { .r = &r, .to = to, .fn = fn, .ctx = ctx };
	int err = open_store(store, &r);

	if (!err)
		err = store_audit_each(&r.t, from, on_change, &w);
	return close_store(&r, err, why);
}

/* ---- between two changes ---- */

/* The number of the change whose texts were applied at change N. */
static int applied_at(struct store_txn *t, uint64_t n, uint64_t generation, uint64_t *applied)
{
	struct store_rows rows;
	int err = store_number_get(t, "applied", applied);

	if (!err)
		err = store_rows_between(t, n, generation, &rows);
	else
		rows = (struct store_rows){ 0 };
	for (size_t i = 0; i < rows.n && !err; i++) {
		const struct store_row *row = &rows.v[i];
		if (row->table == T_META && row->key.mv_size == 7 && row->before.mv_size == 8)
			*applied = store_from_be64(row->before.mv_data);
	}
	store_rows_free(&rows);
	return err;
}

static int policy_at(struct reading *r, uint64_t n, struct policy_sources *s, struct policy **p)
{
	struct problems problems = { 0 };
	uint64_t applied;
	int err = applied_at(&r->t, n, r->generation, &applied);

	*p = NULL;
	*s = (struct policy_sources){ 0 };
	if (!err)
		err = store_texts_get(&r->t, applied, s);
	if (!err)
		err = policy_load(s, p, &problems);
	problems_free(&problems);
	return err;
}

static int compare_policies(struct reading *r, uint64_t from, uint64_t to, struct buf *lines)
{
	struct policy_sources a = { 0 }, b = { 0 };
	struct policy *old = NULL, *new = NULL;
	int err = from == 0 ? RBAC_NOTFOUND : policy_at(r, from, &a, &old);

	if (!err)
		err = policy_at(r, to, &b, &new);
	if (!err)
		difference_policies(old, new, lines);
	policy_free(old);
	policy_free(new);
	policy_sources_free(&a);
	policy_sources_free(&b);
	/* The first policy has none before it; one that this rbacctl cannot read is not compared.
	 */
	return err == RBAC_NOTFOUND || err == RBAC_INVALID ? RBAC_OK : err;
}

int history_between(const char *store, uint64_t from, uint64_t to, struct buf *lines,
		    struct buf *why)
{
	struct reading r;
	struct store_rows rows = { 0 };
	int err = open_store(store, &r);

	if (!err && to == 0)
		to = r.generation;
	bool back = from > to;
	uint64_t first = back ? to : from, last = back ? from : to;
	if (!err)
		err = check_number(&r, last, why);
	if (!err)
		err = check_number(&r, first, why);
	if (!err)
		err = store_rows_between(&r.t, first, last, &rows);
	if (!err && back)
		store_rows_invert(&rows);
	/* What several policies came to is what differs between the first and the last. */
	for (size_t i = 0; i < rows.n && !err; i++)
		if (rows.v[i].table != T_TEXT || last - first == 1)
			err = row_text(&rows.v[i], lines);
	if (!err)
		err = compare_policies(&r, from, to, lines);
	store_rows_free(&rows);
	return close_store(&r, err, why);
}
