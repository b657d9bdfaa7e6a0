/* Before the lock: what passwd and group say of whom a change is about. Under it: who acts, as the
 * store knows them, and what they hold. */
#include "rbacctl/change/internal.h"

#include <stdlib.h>
#include <string.h>

int change_ask_before_lock(struct change *c, bool everybody)
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
