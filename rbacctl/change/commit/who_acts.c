/* Before the lock: what passwd and group say of whom a change is about. Under it: who acts, as the
 * store knows them, and what they hold. */
#include "rbacctl/access/lockout.h"
#include "rbacctl/change/commit/commit.h"
#include "rbacctl/change/rules/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void change_forget_early(struct change *c)
{
	policy_free(c->early);
	policy_sources_free(&c->early_sources);
	c->early = NULL;
	c->early_sources = (struct policy_sources){ 0 };
}

void change_forget_asked(struct change *c)
{
	change_forget_early(c);
	facts_known_free(&c->known);
	accounts_memo_free(&c->asked_people);
	known_groups_free(&c->groups);
	c->typed_asked = false;
	c->typed[0] = '\0';
}

/* Whether a group of P is known elsewhere. What goes wrong is asked for again under the lock. */
static void ask_groups(struct change *c, const struct policy *p)
{
	struct role_groups g = { 0 };
	struct problems problems = { 0 };
	int err = role_groups_make(p, &g, &problems);

	for (size_t i = 0; i < g.n && !err; i++)
		err = known_groups_ask(&c->groups, g.v[i].name, g.v[i].gid);
	known_groups_done(&c->groups);
	role_groups_free(&g);
	problems_free(&problems);
}

/* Load the applied policy before the lock. If it is the same under the lock, the change uses it, so
 * that one command loads it once. After an error here it is loaded under the lock, which reports
 * the error. */
static void load_early(struct change *c)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	struct buf why = { 0 };

	if (store_open_to_read(c->a->store, &s, &t) ||
	    change_applied_with(&t, &c->known, &c->early_sources, &c->early, &why))
		change_forget_early(c);
	store_abort(&t);
	store_close(s);
	buf_free(&why);
}

/* What the guard asks of the view of before: who can log in and act, and whether who types it can.
 * The answers are kept in C->people. */
static void ask_for_guard(struct change *c, const char *me)
{
	struct snapshot snap;
	struct buf why = { 0 };
	bool yes;

	load_early(c);
	const struct lent_policy lent = { c->early, &c->early_sources };
	if (snapshot_try_with(&snap, c->a->view, &lent, 1, &why) == RBAC_OK && snap.p) {
		snap.accounts = &c->people;
		if (lockout_somebody_can_act(&snap, c->a->now, LOCKOUT_DAY, &yes) == RBAC_OK && me)
			(void)lockout_can_log_in(&snap, me, c->a->now, LOCKOUT_DAY, &yes);
		if (!c->a->groups_of)
			ask_groups(c, snap.p);
	}
	snapshot_close(&snap);
	buf_free(&why);
}

enum { ASK_AT_MOST = 16 };

/* The people whom the change names, and who types it. */
static void ask_people(struct change *c, bool all)
{
	const struct invocation *a = c->a;
	char me[RBAC_USER_MAX + 1];
	bool differs, groups = false;

	c->people.memo = &c->asked_people;
	const char *typed = change_who_types(c, me);
	snprintf(c->typed, sizeof c->typed, "%s", typed ? typed : "");
	c->typed_asked = true;
	for (size_t i = 0; i < a->n_names && a->n_names <= ASK_AT_MOST; i++)
		if (a->names[i][0] != '%')
			(void)accounts_uid_of(&c->people, a->names[i], &differs);
		else
			groups = true;
	if (all || groups || a->touches_all || a->lists_sessions)
		ask_for_guard(c, typed);
	if (a->groups_of)
		ask_groups(c, a->groups_of);
}

int change_ask_before_lock(struct change *c, bool everybody, bool all)
{
	const struct invocation *a = c->a;
	char **names = calloc(a->n_names + 1, sizeof *names);
	struct facts_wanted w = { names, a->n_names + 1, everybody };
	if (!names)
		return change_fail(c, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < a->n_names; i++)
		names[i] = a->names[i];
	names[a->n_names] = c->a->actor.name;
	facts_ask(&c->known, a->view, &w);
	free(names);
	ask_people(c, all);
	int err = a->actor.root ? RBAC_OK : source_ask(NULL, a->actor.name, &c->asked_actor);
	return err ? change_fail(c, err, "out of memory") : RBAC_OK;
}

/*
 * The claims are uids, and passwd may have a second name of one before the name that is recorded:
 * the actor is the person, by the recorded name. A second name that is not put right so, and one
 * that --as names, holds nothing.
 */
static int name_actor(struct change *c)
{
	struct actor *act = &c->a->actor;
	struct person p;
	char first[RBAC_USER_MAX + 1];
	bool known = change_passwd_says(c, act->name, &p) == RBAC_OK && p.state == PERSON_KNOWN;
	uint32_t uid = known ? p.uid : RBAC_NO_UID;
	int err = change_first_name(c, uid, first);
	if (err || c->a->as || !first[0] || strcmp(first, act->name) == 0)
		return err;
	if (change_passwd_says(c, first, &p) == RBAC_OK && p.state == PERSON_KNOWN && !p.differs &&
	    p.uid == uid)
		strcpy(act->name, first);
	return RBAC_OK;
}

int change_read_actor(struct change *c)
{
	char asked[RBAC_USER_MAX + 1];
	strcpy(asked, c->a->actor.name);
	int err = name_actor(c);
	if (err)
		return err;
	struct source s = change_source(c);
	if (strcmp(asked, c->a->actor.name) == 0 && c->known.view)
		err = source_effective_of(&s, asked, &c->asked_actor, &c->actor);
	else
		err = source_effective(&s, c->a->actor.name, &c->actor);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* The view has said so already, and it may be older than the store. */
int change_admit_again(struct change *c)
{
	const char *what = c->actor.suspended     ? "is suspended"
			   : c->actor.uid_changed ? "has another uid than the recorded one"
			   : c->actor.second      ? "is a second name of a recorded person"
						  : NULL;
	return c->a->peer && what
		       ? change_fail(c, RBAC_REFUSED, "refused: %s %s", c->a->actor.name, what)
		       : RBAC_OK;
}
