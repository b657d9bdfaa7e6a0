#include "rbacctl/change/mend.h"

#include <inttypes.h>
#include <stdio.h>

#include "rbacctl/change/internal.h"
#include "rbacctl/change/row_text.h"
#include "rbacctl/command.h"
#include "rbacctl/store/journal.h"
#include "rbacctl/store/row_name.h"
#include "rbacctl/store/rows.h"
#include "rbacctl/store/text.h"

struct mending {
	struct change *c;
	struct store_rows rows, texts; /* as struct journal_found */
	struct journal_found found;
	size_t faults, texts_lost;
	bool indexes; /* were not what the tables say */
};

static void on_fault(void *ctx, const char *what)
{
	struct mending *m = ctx;

	(void)what;
	m->faults++;
}

static void on_table(void *ctx, const char *what)
{
	size_t *n = ctx;

	(void)what;
	++*n;
}

/* A table that cannot be read is one that is mended first. */
static int count_faults(struct change *c, size_t *n)
{
	*n = 0;
	int err = store_verify(&c->t, on_table, n);
	*n += err == RBAC_DAMAGED;
	return err && err != RBAC_DAMAGED ? change_store_fail(c, err) : RBAC_OK;
}

/* ---- what is wrong ---- */

void mend_words_log_changed(const struct invocation *a, struct buf *out)
{
	char aside[4200];

	snprintf(aside, sizeof(aside), "%.4100s.damaged", a->store);
	buf_printf(out,
		   "the log itself was changed, and does not say what is right\n"
		   "  move the store away: %s\n  then take a backup: %s\n"
		   "  or what the published view has: %s",
		   COMMAND("mv %s %s", a->store, aside), COMMAND("rbacctl restore FILE --as root"),
		   COMMAND("rbacctl init --from-view"));
}

static int refuse(struct change *c)
{
	struct buf why = { 0 };

	mend_words_log_changed(c->a, &why);
	change_fail(c, RBAC_REFUSED, "refused: %s", buf_text(&why));
	buf_free(&why);
	return RBAC_REFUSED;
}

static int look(struct mending *m)
{
	struct change *c = m->c;
	uint64_t bad;

	m->found = (struct journal_found){ .rows = &m->rows, .texts = &m->texts };
	int err = store_audit_verify(&c->t, &bad);
	if (err == RBAC_DAMAGED)
		return refuse(c);
	if (!err)
		err = store_journal_compare(&c->t, on_fault, m, &m->found);
	if (err && err != RBAC_DAMAGED)
		return change_store_fail(c, err);
	return err || m->found.unsound ? refuse(c) : RBAC_OK;
}

/* ---- put back ---- */

static void word_row(struct change *c, const struct store_row *row)
{
	struct buf lines = { 0 };

	store_row_name(row, &c->done);
	buf_printf(&c->done, "%s\n",
		   !row->after.mv_data    ? ": taken away, as no change wrote it"
		   : !row->before.mv_data ? ": put back, it was missing"
					  : ": put back, it was changed");
	/* What was there may be no row at all. */
	if (row_text(row, &lines) == RBAC_OK)
		buf_printf(&c->done, "%s", buf_text(&lines));
	buf_free(&lines);
}

static int put_row(struct change *c, const struct store_row *row)
{
	const MDB_val *key = &row->key, *after = &row->after;

	word_row(c, row);
	return after->mv_data ? store_put(&c->t, row->table, key->mv_data, key->mv_size,
					  after->mv_data, after->mv_size)
			      : store_del(&c->t, row->table, key->mv_data, key->mv_size);
}

/* From the file of that name in A->etc, where it has not been changed since. */
static int put_text(struct mending *m, const struct policy_sources *here,
		    const struct store_row *row)
{
	struct change *c = m->c;
	const char *name = "";

	for (size_t i = 0; i < here->n; i++)
		if (store_text_is(&row->after, here->v[i].text, here->v[i].len, &name)) {
			store_row_name(row, &c->done);
			buf_printf(&c->done, ": content put back from %s\n", c->a->etc);
			return store_text_put(&c->t, row->key.mv_data, name, here->v[i].text,
					      here->v[i].len);
		}
	m->texts_lost++;
	buf_printf(&c->notes, "cannot be put back, as %s has it otherwise: the content of ",
		   c->a->etc);
	store_row_name(row, &c->notes);
	buf_printf(&c->notes, "\n");
	return RBAC_OK;
}

static int put_texts(struct mending *m)
{
	struct policy_sources here = { 0 };
	struct problems problems = { 0 };
	int err = RBAC_OK;

	if (m->texts.n)
		(void)policy_sources_read_parts(m->c->a->etc, &here, &problems);
	for (size_t i = 0; i < m->texts.n && !err; i++)
		err = put_text(m, &here, &m->texts.v[i]);
	problems_free(&problems);
	policy_sources_free(&here);
	return err;
}

/* What is left after it came by a change: a repair does not touch that. */
static int make_indexes(struct mending *m)
{
	struct change *c = m->c;
	size_t before, after = 0;
	int err = count_faults(c, &before);

	if (!err)
		err = store_index(&c->t);
	if (!err)
		err = count_faults(c, &after);
	m->indexes = after < before;
	if (m->indexes)
		buf_printf(&c->done, "indexes: made anew\n");
	if (after)
		buf_printf(&c->notes, "what else verify finds came by a change, and stays: %s\n",
			   COMMAND("rbacctl verify"));
	return err;
}

static int put_all(struct mending *m)
{
	struct change *c = m->c;
	int err = RBAC_OK;

	for (size_t i = 0; i < m->rows.n && !err; i++)
		err = put_row(c, &m->rows.v[i]);
	if (!err)
		err = put_texts(m);
	if (!err)
		err = make_indexes(m);
	/* The journal has these rows already. */
	journal_forget(&c->t);
	c->t.touched.all = true;
	c->nothing = !m->rows.n && m->texts.n == m->texts_lost && !m->indexes;
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
				 "the applied policy cannot be read even so:\n%s"
				 "  to replace it with %s: %s",
				 buf_text(&c->unread), c->a->etc, COMMAND("rbacctl apply"))
		   : RBAC_OK;
}

int change_mend(struct change *c)
{
	struct mending m = { .c = c };

	c->verb = "verify --repair";
	if (!c->a->actor.root)
		return change_fail(c, RBAC_REFUSED, "refused: only root repairs the store: %s",
				   COMMAND("rbacctl verify --repair --as root"));
	int err = look(&m);
	if (!err)
		err = put_all(&m);
	if (!err && c->nothing && !c->notes.len)
		buf_printf(&c->notes, "the store is what the log says: nothing to do\n");
	if (!err && !c->nothing)
		err = reload(c);
	store_rows_free(&m.rows);
	store_rows_free(&m.texts);
	return err;
}
