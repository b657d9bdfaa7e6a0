/*
 * Whose history does the published view belong to? A change that was killed between commit and
 * rename leaves a view that is older than the store, of the same history: that is repaired. A view
 * that is newer, or of a history that the store does not have, means that somebody put an old or
 * another store back; publishing from it would give back what was revoked since.
 */
#include "rbacctl/change/internal.h"

#include <inttypes.h>
#include <string.h>

#include "rbacctl/command.h"

int change_judge_view(struct store_txn *t, const char *path, struct view_judged *out)
{
	struct rbac_view v;
	uint8_t head[STORE_HASH], then[STORE_HASH];
	uint64_t generation;

	*out = (struct view_judged){ .history = VIEW_BEHIND };
	int err = store_generation(t, &generation);
	if (!err)
		err = store_audit_head(t, head);
	/* One that is not there, damaged or somebody else's says nothing: whoever could write it
	 * must not be able to stop a revoke. */
	if (err || rbac_view_open(path, RBAC_TRUST_SELF, &v))
		return err;
	out->view = v.meta.generation;
	out->store = generation;
	if (out->view == generation && memcmp(v.meta.identity, head, STORE_HASH) == 0)
		out->history = VIEW_SAME;
	else if (out->view > generation)
		out->history = VIEW_NEWER;
	else if (store_audit_hash(t, out->view, then) ||
		 memcmp(v.meta.identity, then, STORE_HASH) != 0)
		out->history = VIEW_OF_ANOTHER;
	rbac_view_release(&v);
	return RBAC_OK;
}

int change_begin_anew(struct store_txn *t)
{
	struct store *s = t->s;

	store_abort(t);
	(void)store_lock(s, CHANGE_SETTLE);
	return store_begin(s, t);
}

int change_judge_settled(struct store_txn *t, const char *path, struct view_judged *out)
{
	int err = change_judge_view(t, path, out);

	if (!err && out->history == VIEW_SAME)
		return RBAC_OK;
	err = change_begin_anew(t);
	return err ? err : change_judge_view(t, path, out);
}

void change_older_text(const struct view_judged *v, struct buf *out)
{
	if (v->history == VIEW_NEWER)
		buf_printf(out,
			   "the published view is newer than the store: it shows change %" PRIu64
			   ", and the store ends with change %" PRIu64 ".",
			   v->view, v->store);
	else
		buf_printf(out,
			   "the published view shows change %" PRIu64
			   " of another history than that of the store, "
			   "which ends with change %" PRIu64 ".",
			   v->view, v->store);
	buf_printf(out,
		   "\n  Somebody put an old or another store back. Publishing from it would give "
		   "back what was revoked since then.\n"
		   "  The view stays in force and nothing was changed. Put the right store back, "
		   "or accept this one: %s",
		   COMMAND("rbacctl publish --accept-older-store --as root"));
}

int change_accept_older(struct change *c)
{
	struct view_judged v;
	int err = change_judge_view(&c->t, c->a->view, &v);

	if (err)
		return change_store_fail(c, err);
	if (!c->a->actor.root)
		return change_fail(c, RBAC_REFUSED, "refused: only root accepts an older store: %s",
				   COMMAND("rbacctl publish --accept-older-store --as root"));
	c->verb = "publish";
	if (v.history != VIEW_NEWER && v.history != VIEW_OF_ANOTHER)
		return change_fail(c, RBAC_CONFLICT,
				   "the published view is not newer than the store: "
				   "there is nothing to accept; to publish: %s",
				   COMMAND("rbacctl publish"));
	buf_printf(&c->done,
		   "older store accepted: it ended with change %" PRIu64
		   ", the view showed change %" PRIu64 "%s\n",
		   v.store, v.view, v.history == VIEW_NEWER ? "" : " of another history");
	return RBAC_OK;
}
