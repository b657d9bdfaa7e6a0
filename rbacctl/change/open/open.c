/* A change is opened: the lock, the applied policy, repair after a crash. */
#include "rbacctl/change/open/open.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/change/commit/commit.h"
#include "rbacctl/change/commit/folders.h"
#include "rbacctl/change/rules/on_authority.h"
#include "rbacctl/change/commit/unconfirmed.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/host/people/actor.h"
#include "rbacctl/store/help.h"
#include "rbacctl/store/migrate.h"

/* Refuse where the view is newer than the store, or of another history: *V says how they stand. */
static int judge_view(struct change *c, struct view_judged *v)
{
	struct buf why = { 0 };
	int err = change_judge_view(&c->t, c->a->view, v);
	if (err)
		return change_store_fail(c, err);
	if (v->history == VIEW_SAME || v->history == VIEW_BEHIND || v->store == 0)
		return RBAC_OK;
	change_older_text(v, &why);
	change_fail(c, RBAC_CONFLICT, "%s", buf_text(&why));
	buf_free(&why);
	return RBAC_CONFLICT;
}

/* A change that was killed between commit and rename is committed and not yet effective: make it
 * so. */
static int repair(struct change *c)
{
	int err = change_publish(c);
	if (!err)
		complain("the published view did not match the store (generation %llu): "
			 "it was published again",
			 (unsigned long long)c->change - 1);
	return err;
}

enum purpose {
	TO_CHANGE,
	TO_CREATE,
	TO_APPLY,
	TO_PUBLISH,
	TO_ACCEPT,
	TO_RESTORE,
	TO_REPAIR,
	TO_REBIND,
	TO_LOOK,
	TO_HERE, /* what is of this host alone, also on a member of a fleet */
	TO_TAKE
};

static int open_store(struct change *c, struct invocation *a, enum purpose purpose)
{
	*c = (struct change){ .a = a,
			      .unguarded = purpose == TO_CREATE || purpose == TO_PUBLISH ||
					   purpose == TO_ACCEPT || purpose == TO_TAKE };
	int err = RBAC_OK;
	bool create = purpose == TO_CREATE || purpose == TO_TAKE;
	bool judging = (a->peer && a->peer->judging) || purpose == TO_LOOK;
	if (purpose == TO_PUBLISH || purpose == TO_TAKE)
		actor_find_for_upkeep(a->as, &a->actor);
	else
		err = a->peer ? actor_of_peer(a->peer, &a->actor, &c->message)
			      : actor_find(a->as, &a->actor, &c->message);
	if (!err)
		err = change_need_folder(c, create);
	if (err)
		return err;
	if (!judging)
		err = change_ask_before_lock(c, purpose == TO_REBIND,
					     purpose == TO_APPLY || purpose == TO_RESTORE);
	if (err)
		return err;
	err = store_open_within(a->store,
				judging  ? STORE_READ
				: create ? STORE_CREATE
					 : STORE_CHANGE,
				a->wait < 0 ? 0
				: a->wait   ? a->wait
					    : STORE_WAIT,
				&c->s);
	if (err == RBAC_ABSENT && access(a->view, F_OK) == 0)
		return change_fail(c, err,
				   "the role store %s is lost; logins and groups still use the "
				   "published view\n  to bring back a backup: %s\n"
				   "  to begin with what the view has: %s",
				   a->store, COMMAND("rbacctl restore FILE --as root"),
				   COMMAND_TO_INIT());
	if (err == RBAC_ABSENT)
		return change_fail(c, err, "there is no role store at %s yet: %s", a->store,
				   COMMAND_TO_INIT());
	/* Other users may not see whose command it is. */
	if (err && a->peer && strncmp(store_why(c->s), "busy: ", 6) == 0)
		return change_fail(c, err, "busy: another change is being made; try again");
	if (err)
		return change_fail(c, err, "%s%s", store_why(c->s), STORE_HELP(err));
	if (!judging && !facts_are_current(&c->known))
		change_forget_asked(c);
	return change_begin(c);
}

/* Is the policy that was loaded before the lock the applied one still? C has it then. */
static bool take_early(struct change *c)
{
	struct policy_sources now = { 0 };
	bool same = c->early && store_texts_get(&c->t, 0, &now) == RBAC_OK &&
		    policy_sources_equal(&now, &c->early_sources);

	policy_sources_free(&now);
	if (same) {
		c->p = c->early;
		c->sources = c->early_sources;
		c->early = NULL;
		c->early_sources = (struct policy_sources){ 0 };
	}
	return same;
}

/* The applied policy into C. RBAC_NOTFOUND: there is none yet. */
static int load_applied(struct change *c)
{
	if (take_early(c))
		return RBAC_OK;
	int err = change_applied_with(&c->t, &c->known, &c->sources, &c->p, &c->unread);
	if (err == RBAC_DAMAGED)
		return change_fail(
			c, err,
			"this rbacctl cannot read the applied policy in the store:\n%s"
			"  the published view stays in force; to replace that policy with %s: %s",
			buf_text(&c->unread), c->a->etc, COMMAND("rbacctl apply"));
	return err && err != RBAC_NOTFOUND ? change_store_fail(c, err) : err;
}

/* What is applied is to be replaced: that nothing can be made of it is no reason to keep it. */
static int set_aside(struct change *c, int err)
{
	if (err != RBAC_DAMAGED && err != RBAC_INVALID)
		return err;
	if (c->unread.len == 0)
		buf_printf(&c->unread, "  %s\n", buf_text(&c->message));
	buf_reset(&c->message);
	policy_free(c->p);
	c->p = NULL;
	return RBAC_OK;
}

/* The view is not that of the store, or the store is of an older version: the repair needs the
 * lock.
 */
static int judge_later(struct change *c)
{
	c->s->would_write = true;
	return RBAC_REFUSED;
}

static int open_and_judge(struct change *c, struct invocation *a, enum purpose purpose,
			  struct view_judged *view)
{
	int err = open_store(c, a, purpose);
	if (!err && purpose != TO_ACCEPT && purpose != TO_RESTORE)
		err = judge_view(c, view);
	if (err || !store_is_older(c->s))
		return err;
	if (!c->s->writable)
		return judge_later(c);
	store_abort(&c->t);
	err = change_migrate(c);
	if (!err)
		err = change_begin(c);
	return err || purpose == TO_ACCEPT || purpose == TO_RESTORE ? err : judge_view(c, view);
}

static int open_once(struct change *c, struct invocation *a, enum purpose purpose)
{
	struct view_judged view = { .history = VIEW_SAME };
	int err = open_and_judge(c, a, purpose, &view);
	bool changes = purpose == TO_CHANGE || purpose == TO_APPLY || purpose == TO_REBIND ||
		       purpose == TO_HERE;
	if (!err && changes)
		err = change_need_clock(c);
	if (err)
		return err;
	if (purpose == TO_APPLY || purpose == TO_RESTORE)
		err = change_on_authority(c);
	err = err ? err : load_applied(c);
	if (err == RBAC_NOTFOUND)
		return purpose == TO_CREATE || purpose == TO_TAKE || purpose == TO_RESTORE
			       ? RBAC_OK
			       : change_fail(c, RBAC_ABSENT, "no policy has been applied yet: %s",
					     COMMAND_TO_INIT());
	if (!err && view.history != VIEW_SAME && purpose != TO_LOOK && purpose != TO_REPAIR)
		err = c->s->writable ? repair(c) : judge_later(c);
	if (!err && purpose == TO_CHANGE)
		err = change_on_authority(c);
	if (purpose == TO_APPLY || purpose == TO_RESTORE || purpose == TO_TAKE ||
	    purpose == TO_REPAIR)
		return set_aside(c, err);
	if (!err && !a->actor.root && purpose != TO_PUBLISH)
		err = change_read_actor(c);
	return err ? err : change_admit_again(c);
}

/* Does a change for this purpose first revert what is overdue? Who restores, or accepts an older
 * store, takes it as it is. */
static bool reverts_first(const struct change *c, enum purpose purpose)
{
	return c->s && (c->s->writable || c->a->peer) && purpose != TO_CREATE &&
	       purpose != TO_ACCEPT && purpose != TO_RESTORE && purpose != TO_REPAIR &&
	       purpose != TO_LOOK;
}

static int open_for(struct change *c, struct invocation *a, enum purpose purpose)
{
	struct unconfirmed pending;
	int err = open_once(c, a, purpose);

	if (err || a->revert_failed || !reverts_first(c, purpose) ||
	    !unconfirmed_is_overdue(c, &pending))
		return err;
	if (!c->s->writable)
		return judge_later(c);
	err = change_revert_overdue(c);
	/* It is made, but may not outlive a power loss, or is not in effect. */
	if (err && c->committed)
		return err;
	/* That it cannot be made keeps nobody from another change, such as a revocation. */
	if (err)
		unconfirmed_not_reverted(c, &pending, err, purpose == TO_PUBLISH);
	a->revert_failed = err != RBAC_OK;
	change_close(c, err);
	int again = open_once(c, a, purpose);
	c->not_reverted = a->revert_failed;
	return again;
}

int change_open(struct change *c, struct invocation *a, bool create)
{
	return open_for(c, a, create ? TO_CREATE : TO_CHANGE);
}

int change_open_on_member(struct change *c, struct invocation *a, bool take)
{
	return open_for(c, a, take ? TO_TAKE : TO_HERE);
}

int change_open_to_apply(struct change *c, struct invocation *a)
{
	return open_for(c, a, TO_APPLY);
}

int change_open_to_look(struct change *c, struct invocation *a)
{
	return open_for(c, a, TO_LOOK);
}

int change_open_to_publish(struct change *c, struct invocation *a)
{
	return open_for(c, a, TO_PUBLISH);
}

int change_open_to_rebind(struct change *c, struct invocation *a)
{
	return open_for(c, a, TO_REBIND);
}

int change_open_to_accept(struct change *c, struct invocation *a)
{
	return open_for(c, a, TO_ACCEPT);
}

int change_open_to_repair_rows(struct change *c, struct invocation *a)
{
	return open_for(c, a, TO_REPAIR);
}

int change_open_to_restore(struct change *c, struct invocation *a)
{
	return open_for(c, a, TO_RESTORE);
}
