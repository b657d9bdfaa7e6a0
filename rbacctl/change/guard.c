/* What a change must not take away: that somebody can log in and act, that who types it can log in
 * again, and that each gate has a rule. */
#include "rbacctl/access/lockout.h"
#include "rbacctl/change/internal.h"
#include "rbacctl/command.h"

static int refuse(struct change *c, const struct buf *why)
{
	if (c->a->force) {
		buf_printf(&c->notes, "done by --force all the same:\n%s", buf_text(why));
		return RBAC_OK;
	}
	/* A command that only tries an apply is not the one to be typed. */
	return change_fail(c, RBAC_REFUSED,
			   "refused: this would lock the administrators out\n%s"
			   "  if that is meant: %s",
			   buf_text(why),
			   c->a->tries_apply ? COMMAND("rbacctl apply --force")
					     : COMMAND_WITH("--force", NULL));
}

int change_guard(struct change *c)
{
	const struct effects *e = c->effects;
	struct buf why = { 0 };
	char me[RBAC_USER_MAX + 1];
	if (!e || !e->comparable)
		return RBAC_OK;
	const struct lockout_question q = { .before = &e->before,
					    .after = &e->after,
					    .pam = &pam_here,
					    .now = c->a->now,
					    .me = change_who_types(c, me),
					    .all = e->all,
					    .subjects = (const char *const *)e->subjects,
					    .n_subjects = e->n };
	int err = lockout_judge(&q, &why);
	if (err)
		change_fail(c, err,
			    "whether this would lock the administrators out cannot be told: %s",
			    rbac_error_text(err));
	if (!err && why.failed)
		err = change_fail(c, RBAC_NOMEM, "out of memory");
	if (!err && why.len)
		err = refuse(c, &why);
	buf_free(&why);
	return err;
}
