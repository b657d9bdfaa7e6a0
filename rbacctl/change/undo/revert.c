/* A change that nobody confirmed in time is reverted: row by row, as far as no later change wrote
 * the same. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/apply/apply.h"
#include "rbacctl/change/undo/revert.h"
#include "rbacctl/change/commit/unconfirmed.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"

/* ---- the policy ---- */

static const struct store_row *applied_row(const struct reverting *x)
{
	for (size_t i = 0; i < x->rows.n; i++)
		if (x->rows.v[i].table == T_META && x->rows.v[i].key.mv_size == strlen("applied") &&
		    memcmp(x->rows.v[i].key.mv_data, "applied", strlen("applied")) == 0)
			return &x->rows.v[i];
	return NULL;
}

/* The texts that were applied before are applied again, and are the policy of C. */
static int put_policy(struct reverting *x)
{
	struct change *c = x->c;
	const struct store_row *row = applied_row(x);
	struct policy_sources before = { 0 };
	enum row_state state;
	int err = row ? store_row_now(&c->t, row, &state, NULL) : RBAC_OK;

	if (err || !row)
		return err;
	x->another_policy = state == ROW_OTHERWISE;
	x->policy = state == ROW_TO_DO && row->after.mv_size == 8;
	if (x->another_policy)
		buf_printf(&x->left,
			   "  the policy: not reverted, because a later change applied another\n");
	if (!x->policy)
		return RBAC_OK;
	err = store_texts_get(&c->t, store_from_be64(row->after.mv_data), &before);
	if (!err)
		err = store_texts_put(&c->t, c->change, &before);
	policy_sources_free(&before);
	if (err)
		return err;
	policy_free(c->p);
	policy_sources_free(&c->sources);
	c->p = NULL;
	buf_reset(&c->unread);
	err = change_applied_with(&c->t, &c->known, &c->sources, &c->p, &c->unread);
	return err ? change_fail(c, err, "this rbacctl cannot read the policy of before\n%s",
				 buf_text(&c->unread))
		   : RBAC_OK;
}

/* Remove what was assigned under the reverted policy and does not exist in the restored one. */
static int fit_to_policy(struct reverting *x)
{
	struct change *c = x->c;
	int err = x->policy ? apply_drops(c, NULL, c->p, true) : RBAC_OK;

	if (!err && x->policy && apply_check_holders(c) == RBAC_REFUSED) {
		const char *what = buf_text(&c->message), refused[] = "refused: ";
		size_t skip = strncmp(what, refused, strlen(refused)) ? 0 : strlen(refused);
		buf_printf(&x->left, "  done nevertheless: %s\n", what + skip);
		buf_reset(&c->message);
	}
	for (size_t i = 0; i < c->sources.n && !err && x->policy; i++)
		buf_printf(&c->done, "file %s\n", c->sources.v[i].name);
	return err;
}

/* ---- all ---- */

static int read_record(struct reverting *x)
{
	struct store_unconfirmed u;
	struct store_txn *t = &x->c->t;
	int err = store_unconfirmed_get(t, &u);

	if (err)
		return err;
	x->change = u.change;
	snprintf(x->verb, sizeof x->verb, "%s", u.verb);
	snprintf(x->person, sizeof x->person, "%s", u.person);
	buf_printf(&x->c->done, "change %" PRIu64 " (%s) of %s was not confirmed: reverted\n",
		   u.change, u.verb, u.person);
	err = store_rows_between(t, u.change - 1, u.change, &x->rows);
	store_rows_invert(&x->rows);
	if (err == RBAC_NOTFOUND) {
		buf_printf(&x->left,
			   "  its rows are not known any more: log --prune removed them\n");
		err = RBAC_OK;
	}
	return err ? err : store_unconfirmed_del(t);
}

static void say(const struct reverting *x)
{
	char number[32];
	struct buf files = { 0 };

	snprintf(number, sizeof number, "%" PRIu64, x->c->change);
	if (x->policy)
		buf_printf(&files, "  the files in %s stay as they are; what differs: %s\n",
			   x->c->a->etc, COMMAND("rbacctl diff"));
	complain("change %" PRIu64
		 " (%s) was not confirmed in time: change %s has reverted it\n%s%s%s"
		 "  what change %s did: %s",
		 x->change, x->verb, number, buf_text(&x->left), buf_text(&x->c->notes),
		 buf_text(&files), number, COMMAND("rbacctl show %s", number));
	buf_free(&files);
}

static int revert(struct reverting *x)
{
	struct change *c = x->c;
	int err = read_record(x);

	if (!err)
		err = put_policy(x);
	if (!err && !c->p)
		err = change_fail(c, RBAC_DAMAGED, "the applied policy cannot be read");
	uids_free(&c->uids);
	if (!err)
		err = revert_rows(x);
	if (!err)
		err = fit_to_policy(x);
	uids_free(&c->uids);
	if (err)
		return c->message.len ? err : change_store_fail(c, err);
	if (x->left.len)
		buf_printf(&c->done, "not reverted:\n%s", buf_text(&x->left));
	return change_commit(c);
}

int change_revert_overdue(struct change *c)
{
	struct reverting x = { .c = c };
	struct invocation typed = *c->a;

	c->verb = "revert";
	c->unguarded = true;
	c->tests = NULL;
	c->a->dry_run = c->a->force = false;
	c->a->confirm = 0;
	snprintf(c->a->actor.person, sizeof c->a->actor.person,
		 "rbac, because nobody confirmed it; %.1900s", typed.actor.person);
	snprintf(c->a->actor.name, sizeof c->a->actor.name, "rbac");
	int err = revert(&x);
	*c->a = typed;
	if (c->recorded) {
		unconfirmed_disarm(c->a);
		/* Another user may not see whose change it was. */
		if (!c->a->peer)
			say(&x);
	}
	store_rows_free(&x.rows);
	buf_free(&x.left);
	return err;
}
