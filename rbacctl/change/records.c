#include "rbacctl/change/records.h"

#include "common/error.h"
#include "rbacctl/store/help.h"

/* The store, open for reading. To be closed with close_store() whatever open_store() returns. */
struct reading {
	struct store *s;
	struct store_txn t;
};

static int open_store(const char *store, struct reading *r)
{
	*r = (struct reading){ 0 };
	int err = store_open(store, STORE_READ, &r->s);
	return err ? err : store_begin(r->s, &r->t);
}

static int close_store(struct reading *r, int err, struct buf *why)
{
	if (err)
		buf_printf(why, "%s%s", store_why(r->s), STORE_HELP(err));
	store_abort(&r->t);
	store_close(r->s);
	return err;
}

int records_assignments(const char *store, records_assignment_fn *fn, void *ctx, struct buf *why)
{
	struct reading r;
	int err = open_store(store, &r);
	if (!err)
		err = store_assignments_all(&r.t, fn, ctx);
	return close_store(&r, err, why);
}

int records_assignment(const char *store, uint64_t id, records_assignment_fn *fn, void *ctx)
{
	struct reading r;
	struct store_assignment x;
	struct buf unsaid = { 0 };
	int err = open_store(store, &r);
	if (!err)
		err = store_assignment_get(&r.t, id, &x);
	if (!err)
		err = fn(ctx, &x);
	err = close_store(&r, err, &unsaid);
	buf_free(&unsaid);
	return err;
}

int records_log(const char *store, records_log_fn *fn, void *ctx, struct records_chain *chain,
		struct buf *why)
{
	struct reading r;
	int err = open_store(store, &r);
	if (!err)
		err = store_audit_each(&r.t, 0, fn, ctx);
	if (!err && chain)
		chain->broken = store_audit_verify(&r.t, &chain->at) != RBAC_OK;
	return close_store(&r, err, why);
}

int records_state(const struct invocation *a, struct records_state *out, struct buf *why)
{
	struct reading r;
	*out = (struct records_state){ .judged = { .history = VIEW_SAME } };
	int err = open_store(a->store, &r);
	if (!err)
		err = store_generation(&r.t, &out->generation);
	if (!err)
		err = change_judge_view(&r.t, a->view, &out->judged);
	return close_store(&r, err, why);
}
