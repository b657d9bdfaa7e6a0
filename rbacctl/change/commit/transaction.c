/* A change from its rules to the rename: commit, close. */
#include "rbacctl/change/commit/commit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/expects.h"
#include "rbacctl/change/acts/acts.h"
#include "rbacctl/change/commit/folders.h"
#include "rbacctl/change/commit/unconfirmed.h"
#include "rbacctl/change/request/void.h"
#include "rbacctl/change/rules/who_may.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
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
		return c->tests && c->tests->n ? change_run_tests(c, c->a->view) : RBAC_OK;
	int err = c->a->confirm ? unconfirmed_put(c) : RBAC_OK;
	if (!err && !change_is_small(c))
		err = change_settle_people(c, &settled);
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
	if (c->a->confirm)
		err = unconfirmed_arm(c);
	if (err) {
		publish_discard(&pub);
		return err;
	}
	err = store_commit(&c->t);
	c->committed = true;
	if (err)
		err = after_failed_commit(c);
	if (err && c->a->confirm)
		unconfirmed_disarm(c->a);
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
		change_remove_new(c);
	bool judged_only = c->s && c->s->would_write && c->a->peer;
	if (judged_only)
		c->a->peer->would_write = true;
	store_close(c->s);
	change_add_who_may(c);
	change_announce(c);
	if (err && !judged_only)
		complain("%s", c->message.len ? buf_text(&c->message) : rbac_error_text(err));
	change_free_effects(c);
	holdings_free(&c->actor);
	gids_free(&c->asked_actor.gids);
	facts_free(&c->passwd);
	change_forget_early(c);
	facts_known_free(&c->known);
	accounts_memo_free(&c->asked_people);
	known_groups_free(&c->groups);
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
