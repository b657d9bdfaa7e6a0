#include "rbacctl/change/read/repair_rows.h"

#include <inttypes.h>
#include <stdio.h>

#include "rbacctl/change/internal.h"
#include "rbacctl/change/undo/row_text.h"
#include "rbacctl/command.h"
#include "rbacctl/store/journal.h"
#include "rbacctl/store/row_name.h"
#include "rbacctl/store/rows.h"
#include "rbacctl/store/text.h"

struct repairing {
	struct change *c;
	struct store_rows rows, texts; /* as struct journal_found */
	struct journal_found found;
	size_t faults, texts_lost;
	bool indexes; /* were not what the tables say */
};

static void on_fault(void *ctx, const char *what)
{
	struct repairing *x = ctx;

	(void)what;
	x->faults++;
}

static void on_table(void *ctx, const char *what)
{
	size_t *n = ctx;

	(void)what;
	++*n;
}

/* A table that cannot be read counts as one more fault. */
static int count_faults(struct change *c, size_t *n)
{
	*n = 0;
	int err = store_verify(&c->t, on_table, n);
	*n += err == RBAC_DAMAGED;
	return err && err != RBAC_DAMAGED ? change_store_fail(c, err) : RBAC_OK;
}

/* ---- what is wrong ---- */

void repair_log_changed_text(const struct invocation *a, struct buf *out)
{
	char damaged[4200];

	snprintf(damaged, sizeof(damaged), "%.4100s.damaged", a->store);
	buf_printf(out,
		   "the log itself was changed, so the right values are unknown\n"
		   "  move the store away: %s\n  then restore a backup: %s\n"
		   "  or restore what the published view has: %s",
		   COMMAND("mv %s %s", a->store, damaged),
		   COMMAND("rbacctl restore FILE --as root"), COMMAND("rbacctl init --from-view"));
}

static int refuse(struct change *c)
{
	struct buf why = { 0 };

	repair_log_changed_text(c->a, &why);
	change_fail(c, RBAC_REFUSED, "refused: %s", buf_text(&why));
	buf_free(&why);
	return RBAC_REFUSED;
}

static int look(struct repairing *x)
{
	struct change *c = x->c;
	uint64_t bad;

	x->found = (struct journal_found){ .rows = &x->rows, .texts = &x->texts };
	int err = store_audit_verify(&c->t, &bad);
	if (err == RBAC_DAMAGED)
		return refuse(c);
	if (!err)
		err = store_journal_compare(&c->t, on_fault, x, &x->found);
	if (err && err != RBAC_DAMAGED)
		return change_store_fail(c, err);
	return err || x->found.unsound ? refuse(c) : RBAC_OK;
}

/* ---- restore ---- */

static void describe_row(struct change *c, const struct store_row *row)
{
	struct buf lines = { 0 };

	store_row_name(row, &c->done);
	buf_printf(&c->done, "%s\n",
		   !row->after.mv_data    ? ": removed: no change wrote it"
		   : !row->before.mv_data ? ": restored: it was missing"
					  : ": restored: it had been changed");
	/* What was there may be no row at all. */
	if (row_text(row, &lines) == RBAC_OK)
		buf_printf(&c->done, "%s", buf_text(&lines));
	buf_free(&lines);
}

static int put_row(struct change *c, const struct store_row *row)
{
	const MDB_val *key = &row->key, *after = &row->after;

	describe_row(c, row);
	return after->mv_data ? store_put(&c->t, row->table, key->mv_data, key->mv_size,
					  after->mv_data, after->mv_size)
			      : store_del(&c->t, row->table, key->mv_data, key->mv_size);
}

/* From the file of that name in A->etc, where it has not been changed since. */
static int put_text(struct repairing *x, const struct policy_sources *here,
		    const struct store_row *row)
{
	struct change *c = x->c;
	const char *name = "";

	for (size_t i = 0; i < here->n; i++)
		if (store_text_is(&row->after, here->v[i].text, here->v[i].len, &name)) {
			store_row_name(row, &c->done);
			buf_printf(&c->done, ": content restored from %s\n", c->a->etc);
			return store_text_put(&c->t, row->key.mv_data, name, here->v[i].text,
					      here->v[i].len);
		}
	x->texts_lost++;
	buf_printf(&c->notes, "cannot be restored, because %s has another version: the content of ",
		   c->a->etc);
	store_row_name(row, &c->notes);
	buf_printf(&c->notes, "\n");
	return RBAC_OK;
}

static int put_texts(struct repairing *x)
{
	struct policy_sources here = { 0 };
	struct problems problems = { 0 };
	int err = RBAC_OK;

	if (x->texts.n)
		(void)policy_sources_read_parts(x->c->a->etc, &here, &problems);
	for (size_t i = 0; i < x->texts.n && !err; i++)
		err = put_text(x, &here, &x->texts.v[i]);
	problems_free(&problems);
	policy_sources_free(&here);
	return err;
}

/* Faults that remain were written by a change: the repair leaves them. */
static int make_indexes(struct repairing *x)
{
	struct change *c = x->c;
	size_t before, after = 0;
	int err = count_faults(c, &before);

	if (!err)
		err = store_index(&c->t);
	if (!err)
		err = count_faults(c, &after);
	x->indexes = after < before;
	if (x->indexes)
		buf_printf(&c->done, "indexes: built again\n");
	if (after)
		buf_printf(&c->notes,
			   "other faults that verify finds were written by changes, and stay: %s\n",
			   COMMAND("rbacctl verify"));
	return err;
}

static int put_all(struct repairing *x)
{
	struct change *c = x->c;
	int err = RBAC_OK;

	for (size_t i = 0; i < x->rows.n && !err; i++)
		err = put_row(c, &x->rows.v[i]);
	if (!err)
		err = put_texts(x);
	if (!err)
		err = make_indexes(x);
	/* The journal has these rows already. */
	journal_forget(&c->t);
	c->t.touched.all = true;
	c->nothing = !x->rows.n && x->texts.n == x->texts_lost && !x->indexes;
	return err && !c->message.len ? change_store_fail(c, err) : err;
}

/* What the store has now, for the compile. */
static int reload(struct change *c)
{
	policy_free(c->p);
	c->p = NULL;
	policy_sources_free(&c->sources);
	c->sources = (struct policy_sources){ 0 };
	buf_reset(&c->unread);
	uids_free(&c->uids);
	c->uids = (struct uids){ 0 };
	int err = change_applied(&c->t, &c->sources, &c->p, &c->unread);
	return err ? change_fail(c, err,
				 "the applied policy cannot be read after the repair either:\n%s"
				 "  to replace it with %s: %s",
				 buf_text(&c->unread), c->a->etc, COMMAND("rbacctl apply"))
		   : RBAC_OK;
}

int change_repair_rows(struct change *c)
{
	struct repairing x = { .c = c };

	c->verb = "verify --repair";
	if (!c->a->actor.root)
		return change_fail(c, RBAC_REFUSED, "refused: only root repairs the store: %s",
				   COMMAND("rbacctl verify --repair --as root"));
	int err = look(&x);
	if (!err)
		err = put_all(&x);
	if (!err && c->nothing && !c->notes.len)
		buf_printf(&c->notes, "the store is what the log says: nothing to do\n");
	if (!err && !c->nothing)
		err = reload(c);
	store_rows_free(&x.rows);
	store_rows_free(&x.texts);
	return err;
}
