/* What a change must not take away: that somebody can log in and act, and that each gate has a
 * rule. */
#include "rbacctl/change/internal.h"

#include "rbacctl/access/lockout.h"

static int judge(struct change *c, const struct snapshot *before, const char *new, struct buf *why)
{
	struct snapshot after;
	struct buf trouble = { 0 };
	int err = change_snapshot_try(c, new, &after, &trouble);
	if (!err)
		err = lockout_judge(before, &after, &pam_here, c->a->now, why);
	if (err)
		change_fail(c, err,
			    "whether this would lock the administrators out cannot be told: %s",
			    trouble.len ? buf_text(&trouble) : rbac_error_text(err));
	snapshot_close(&after);
	buf_free(&trouble);
	return err;
}

int change_guard(struct change *c, const char *new)
{
	struct snapshot before;
	struct buf why = { 0 };
	int err = change_snapshot_try(c, c->a->view, &before, &why);
	bool comparable = !err && before.p;
	err = RBAC_OK;
	buf_reset(&why);
	if (comparable)
		err = judge(c, &before, new, &why);
	if (!err && why.failed)
		err = change_fail(c, RBAC_NOMEM, "out of memory");
	if (!err && why.len)
		err = change_fail(c, RBAC_REFUSED,
				  "refused: this would lock the administrators out\n"
				  "%s  if that is meant: --force",
				  buf_text(&why));
	snapshot_close(&before);
	buf_free(&why);
	return err;
}
