/* A change from the lock to the rename: open, commit, close. */
#include "rbacctl/change/request_rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/expects.h"
#include "rbacctl/change/folders.h"
#include "rbacctl/change/on_authority.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/actor.h"
#include "rbacctl/store/help.h"
#include "rbacctl/store/migrate.h"
#include "rbacctl/view/publish.h"

int change_begin(struct change *c)
{
	uint64_t generation = 0;
	int err = store_begin(c->s, &c->t);
	if (!err)
		err = store_generation(&c->t, &generation);
	c->change = generation + 1;
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* Refuse where the view is newer than the store, or of another history: *V says how they stand. */
static int judge_view(struct change *c, struct view_judged *v)
{
	struct buf why = { 0 };
	int err = change_judge_view(&c->t, c->a->view, v);
	if (err)
		return change_store_fail(c, err);
	if (v->history == VIEW_SAME || v->history == VIEW_BEHIND || v->store == 0)
		return RBAC_OK;
	change_words_older(v, &why);
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
	TO_MEND,
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
		err = change_ask_before_lock(c, purpose == TO_REBIND);
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
	/* Whose command it is that others wait for is nobody's business. */
	if (err && a->peer && strncmp(store_why(c->s), "busy: ", 6) == 0)
		return change_fail(c, err, "busy: another change is being made; try again");
	if (err)
		return change_fail(c, err, "%s%s", store_why(c->s), STORE_HELP(err));
	if (!judging && !facts_are_current(&c->known))
		facts_known_free(&c->known);
	return change_begin(c);
}

/* The applied policy into C. RBAC_NOTFOUND: there is none yet. */
static int load_applied(struct change *c)
{
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

/* The view is not that of the store, or the store is of an older version: to mend that takes the
 * lock. */
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

static int open_for(struct change *c, struct invocation *a, enum purpose purpose)
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
	if (!err && view.history != VIEW_SAME && purpose != TO_LOOK && purpose != TO_MEND)
		err = c->s->writable ? repair(c) : judge_later(c);
	if (!err && purpose == TO_CHANGE)
		err = change_on_authority(c);
	if (purpose == TO_APPLY || purpose == TO_RESTORE || purpose == TO_TAKE ||
	    purpose == TO_MEND)
		return set_aside(c, err);
	if (!err && !a->actor.root && purpose != TO_PUBLISH)
		err = change_read_actor(c);
	return err ? err : change_admit_again(c);
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

int change_open_to_mend(struct change *c, struct invocation *a)
{
	return open_for(c, a, TO_MEND);
}

int change_open_to_restore(struct change *c, struct invocation *a)
{
	return open_for(c, a, TO_RESTORE);
}

/*
 * An error of the commit does not mean that it was not committed: look. Our lock stays ours
 * meanwhile: whoever got in between would delete our view, and give a change of theirs the number
 * of ours.
 */
static int after_failed_commit(struct change *c)
{
	struct store *again = NULL;
	struct store_txn t = { 0 };
	uint64_t generation = 0;
	char why[512];
	snprintf(why, sizeof why, "%s", store_why(c->s));
	int lock = c->s->lock_fd;
	c->s->lock_fd = -1;
	store_close(c->s);
	int err = store_open(c->a->store, STORE_READ, &again);
	if (!err)
		err = store_begin(again, &t);
	if (!err)
		err = store_generation(&t, &generation);
	store_abort(&t);
	c->s = again;
	if (again)
		again->lock_fd = lock;
	else
		close(lock);
	if (!err && generation >= c->change)
		return RBAC_OK;
	c->committed = err != RBAC_OK; /* as far as anybody can tell */
	return err ? change_fail(
			     c, RBAC_SYSTEM,
			     "it is unknown whether the change was made, because the store does "
			     "not open again: %s\n  to find out: %s",
			     why, COMMAND("rbacctl verify"))
		   : change_fail(c, RBAC_SYSTEM, "the change was not made: %s", why);
}

int change_settle_people(struct change *c, size_t *n)
{
	size_t recorded, suspended = 0;
	int err = change_record_uids(c, &recorded);
	if (!err)
		err = change_suspend_second_names(c, &suspended);
	*n = recorded + suspended;
	return err;
}

int change_commit(struct change *c)
{
	struct publication pub;
	struct store_audit audit = {
		.when = c->a->now,
		.actor = c->a->actor.name,
		.person = c->a->actor.person,
		.verb = c->verb,
	};
	size_t settled;
	if (c->nothing)
		return RBAC_OK;
	int err = change_is_small(c) ? RBAC_OK : change_settle_people(c, &settled);
	if (c->a->force && !c->unguarded)
		buf_printf(&c->done, "with --force\n");
	if (!err)
		err = change_void_requests(c);
	if (!err)
		err = change_append_audit(c, &audit);
	if (!err)
		err = change_prepare(c, &pub, change_is_small(c));
	if (err)
		return err;
	if (!c->unguarded)
		err = change_keep_effects(c, pub.temp);
	if (!err && !c->unguarded)
		err = change_guard(c);
	if (!err && c->tests && c->tests->n)
		err = change_run_tests(c, pub.temp);
	if (err || c->a->dry_run) {
		publish_discard(&pub);
		return err;
	}
	err = store_commit(&c->t);
	c->committed = true;
	if (err)
		err = after_failed_commit(c);
	c->recorded = !err;
	memcpy(c->head, audit.hash, sizeof c->head);
	if (!err) {
		err = publish_install(&pub);
		if (err)
			change_fail(c, err, "change %llu is made, but %s: %s; to repair that: %s",
				    (unsigned long long)c->change,
				    pub.ready ? "not in effect yet"
					      : "may not outlive a power loss",
				    pub.why, COMMAND("rbacctl publish"));
	}
	publish_discard(&pub);
	return err;
}

int change_close(struct change *c, int err)
{
	store_abort(&c->t);
	if (err && !c->committed)
		change_take_back(c);
	bool judged_only = c->s && c->s->would_write && c->a->peer;
	if (judged_only)
		c->a->peer->would_write = true;
	store_close(c->s);
	change_announce(c);
	if (err && !judged_only)
		complain("%s", c->message.len ? buf_text(&c->message) : rbac_error_text(err));
	change_free_effects(c);
	holdings_free(&c->actor);
	gids_free(&c->asked_actor.gids);
	facts_free(&c->passwd);
	facts_known_free(&c->known);
	uids_free(&c->uids);
	policy_free(c->p);
	policy_sources_free(&c->sources);
	policy_free(c->old);
	policy_sources_free(&c->old_sources);
	buf_free(&c->unread);
	buf_free(&c->message);
	buf_free(&c->done);
	buf_free(&c->notes);
	buf_free(&c->voided);
	buf_free(&c->others);
	return exit_of(err);
}
