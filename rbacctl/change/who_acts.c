/* Who acts, as the store knows them, and what they hold. */
#include "rbacctl/change/internal.h"

#include <string.h>

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
	bool known = person_find(act->name, &p) == RBAC_OK && p.state == PERSON_KNOWN;
	uint32_t uid = known ? p.uid : RBAC_NO_UID;
	int err = change_first_name(c, uid, first);
	if (err || c->a->as || !first[0] || strcmp(first, act->name) == 0)
		return err;
	if (person_find(first, &p) == RBAC_OK && p.state == PERSON_KNOWN && !p.differs &&
	    p.uid == uid)
		strcpy(act->name, first);
	return RBAC_OK;
}

/* What the actor holds. */
int change_read_actor(struct change *c)
{
	int err = name_actor(c);
	if (err)
		return err;
	struct source s = change_source(c);
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
