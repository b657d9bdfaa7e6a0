/* publish, and the repair of what a crash left behind: the view of what the store holds. */
#include "rbacctl/change/commit/commit.h"

#include "rbacctl/change/commit/unconfirmed.h"
#include "rbacctl/complain.h"
#include "rbacctl/host/people/group_clashes.h"
#include "rbacctl/view/publish.h"

int change_ask_others(struct change *c)
{
	struct problems problems = { 0 };
	struct role_groups groups = { 0 };
	store_abort(&c->t);
	store_close(c->s);
	c->s = NULL;
	int err = role_groups_make(c->p, &groups, &problems);
	if (!err)
		err = group_clashes_asked(c->p, &groups, change_note_clash, c);
	role_groups_free(&groups);
	problems_free(&problems);
	return err || c->others.failed
		       ? change_fail(c, RBAC_NOMEM, "%s", rbac_error_text(err ? err : RBAC_NOMEM))
		       : RBAC_OK;
}

int change_publish_now(struct change *c)
{
	size_t settled;
	c->verb = "publish";
	int err = change_settle_people(c, &settled);
	if (!err && settled)
		err = change_commit(c);
	if (c->committed)
		return err;
	if (err) {
		complain("uids that are known now, and suspensions of second names, "
			 "could not be recorded: %s",
			 buf_text(&c->message));
		buf_reset(&c->message);
		buf_reset(&c->done);
		store_abort(&c->t);
		err = change_begin(c);
	}
	return err || c->published ? err : change_publish(c);
}

void change_repair(struct invocation *a)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	uint8_t head[STORE_HASH];
	uint64_t generation = 0;
	struct change c;
	struct unconfirmed u;
	bool stale = store_open_to_read(a->store, &s, &t) == RBAC_OK &&
		     store_generation(&t, &generation) == RBAC_OK &&
		     store_audit_head(&t, head) == RBAC_OK && generation > 0 &&
		     (!publish_matches(a->state, generation, head) ||
		      (unconfirmed_read(&t, a->now, &u) == RBAC_OK && u.overdue));
	store_abort(&t);
	store_close(s);
	if (!stale)
		return;
	int err = change_open_to_publish(&c, a); /* repairs, under the lock */
	change_close(&c, err);
}
