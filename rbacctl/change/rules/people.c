/* Whom a name means in a change, and who is recorded under which uid. */
#include "rbacctl/change/rules/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/command.h"

enum { UNDERSTOOD_MAX = 5 }; /* notes of that kind: an import may have a thousand */

static int bad_name(struct change *c, const char *typed, const struct person *p)
{
	if (rbac_name_is_user(typed, strlen(typed)))
		return change_fail(
			c, RBAC_INVALID,
			"user %s: passwd has a name for that person that cannot be recorded (%s)",
			p->name, COMMAND("getent passwd %s", p->name));
	return change_fail(
		c, RBAC_INVALID,
		"user \"%s\": expected up to %d printable characters of ASCII without spaces and "
		": , / %% \" ', not beginning with - or +",
		typed, RBAC_USER_MAX);
}

int change_passwd_says(struct change *c, const char *name, struct person *out)
{
	return person_among(c->passwd.n_users ? &c->passwd : NULL, &c->known, name, out);
}

int change_read_passwd(struct change *c)
{
	if (c->passwd.n_users)
		return RBAC_OK;
	int err = facts_passwd(&c->known, &c->passwd);
	return err ? change_fail(c, err, "passwd: %s", rbac_error_text(err)) : RBAC_OK;
}

static void understood(struct change *c, const char *typed, const struct person *p)
{
	if (p->differs && c->n_understood++ < UNDERSTOOD_MAX)
		buf_printf(&c->notes, "%s is %s here\n", typed, p->name);
	snprintf(c->whom, sizeof(c->whom), "%s", p->name);
}

int change_person(struct change *c, const char *typed, struct person *out)
{
	struct store_user u;

	if (change_passwd_says(c, typed, out))
		return bad_name(c, typed, out);
	/* Recorded as it was typed, before passwd knew better: what is given now would make two of
	 * one person. */
	if (out->differs && store_user_get(&c->t, typed, &u) == RBAC_OK &&
	    store_user_get(&c->t, out->name, &u) == RBAC_NOTFOUND)
		return change_fail(
			c, RBAC_REFUSED,
			"refused: passwd calls %s %s, and %s is recorded here; the same person:\n"
			"  %s",
			typed, out->name, typed,
			COMMAND("rbacctl user rename %s %s", typed, out->name));
	understood(c, typed, out);
	return RBAC_OK;
}

int change_group(struct change *c, const char **subject)
{
	const char *typed = *subject + 1;
	const struct fact_group *g = facts_group(&c->known.passwd, typed);
	struct fact_group asked = { .name = (char *)(uintptr_t)typed };
	int err = RBAC_OK;

	if (!g && rbac_name_is_unix_group(typed, strlen(typed))) {
		err = facts_look_up_group(&asked);
		g = &asked;
	}
	if (err)
		err = change_fail(c, err, "group: %s", rbac_error_text(err));
	else if (g && g->other) {
		snprintf(c->whom, sizeof(c->whom), "%%%s", g->other);
		if (c->n_understood++ < UNDERSTOOD_MAX)
			buf_printf(&c->notes, "%s is %s here\n", *subject, c->whom);
		*subject = c->whom;
	}
	free(asked.other);
	return err;
}

int change_recorded(struct change *c, const char *typed, struct person *out, struct store_user *u)
{
	if (change_passwd_says(c, typed, out))
		return bad_name(c, typed, out);
	int err = out->differs ? store_user_get(&c->t, typed, u) : RBAC_NOTFOUND;
	if (!err) {
		buf_printf(&c->notes,
			   "%s is recorded here under that name, although passwd "
			   "calls that person %s\n",
			   typed, out->name);
		*out = (struct person){
			.uid = RBAC_NO_UID, .state = PERSON_ABSENT
		}; /* passwd has nobody of just this name */
		snprintf(out->name, sizeof(out->name), "%s", typed);
	}
	understood(c, typed, out);
	if (err == RBAC_NOTFOUND)
		err = store_user_get(&c->t, out->name, u);
	return err && err != RBAC_NOTFOUND ? change_store_fail(c, err) : err;
}

int change_need_user(struct change *c, const char *typed, struct person *out, struct store_user *u)
{
	const char *first = NULL;
	int err = change_recorded(c, typed, out, u);

	if (err != RBAC_NOTFOUND)
		return err;
	err = out->state == PERSON_KNOWN ? change_other_name(c, out->uid, out->name, NULL, &first)
					 : RBAC_OK;
	if (!err && first)
		err = change_fail(
			c, RBAC_INVALID,
			"user %s is not recorded here; it has uid %u, which is recorded as %s: "
			"name %s instead (%s)",
			out->name, out->uid, first, first, COMMAND("rbacctl user show %s", first));
	return err ? err
		   : change_fail(c, RBAC_INVALID, "user %s is not recorded here (%s)", out->name,
				 COMMAND("rbacctl list users"));
}

/* ---- one uid, one person ---- */

int change_other_name(struct change *c, uint32_t uid, const char *name, const char *also,
		      const char **other)
{
	int err = uids_other(&c->uids, &c->t, uid, name, also, other);

	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_first_name(struct change *c, uint32_t uid, char *out)
{
	int err = uids_first(&c->uids, &c->t, uid, out);

	return err ? change_store_fail(c, err) : RBAC_OK;
}

void change_settle(const char *user, struct buf *out)
{
	buf_printf(out,
		   "\n  the same person, whose uid has changed:  %s\n"
		   "  another person, who is to get nothing of it:  %s",
		   COMMAND("rbacctl user rebind %s", user),
		   COMMAND("rbacctl user forget %s", user));
}

static int refuse_other_uid(struct change *c, const struct person *p, uint32_t recorded)
{
	struct buf ways = { 0 };

	change_settle(p->name, &ways);
	int err = change_fail(
		c, RBAC_REFUSED,
		"refused: %s was uid %u when the roles were given and is uid %u now%s", p->name,
		recorded, p->uid, buf_text(&ways));
	buf_free(&ways);
	return err;
}

static int refuse_second_name(struct change *c, const struct person *p, const char *first)
{
	return change_fail(
		c, RBAC_REFUSED,
		"refused: %s has uid %u, which is recorded as %s: one uid is one person, "
		"and a second name has no roles\n"
		"  %s is called %s now:  %s\n  %s is gone, and someone else has the uid:  %s",
		p->name, p->uid, first, first, p->name,
		COMMAND("rbacctl user rename %s %s", first, p->name), first,
		COMMAND("rbacctl user forget %s", first));
}

/* May P be recorded with the uid that passwd says? ALSO: a name that is about to go. */
static int check_uid(struct change *c, const struct person *p, const char *also)
{
	const char *first;

	if (p->state != PERSON_KNOWN)
		return RBAC_OK;
	int err = change_other_name(c, p->uid, p->name, also, &first);
	return err || !first ? err : refuse_second_name(c, p, first);
}

int change_put_user(struct change *c, const char *user, const struct store_user *u)
{
	int err = store_user_put(&c->t, user, u);

	if (!err)
		err = uids_add(&c->uids, u->uid, user, u->change);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int check_unrecorded(struct change *c, const struct person *p, bool force)
{
	if (p->state == PERSON_ABSENT && !force)
		return change_fail(c, RBAC_REFUSED,
				   "refused: passwd knows no user \"%s\" (%s finds none); "
				   "--force records the name nevertheless",
				   p->name, COMMAND("getent passwd %s", p->name));
	if (p->state == PERSON_UNASKED && !force)
		return change_fail(c, RBAC_REFUSED,
				   "refused: passwd does not answer for \"%s\" now (%s); "
				   "--force records the name without its uid",
				   p->name, COMMAND("getent passwd %s", p->name));
	return RBAC_OK;
}

int change_record_as(struct change *c, const struct person *p, bool force, const char *also)
{
	struct store_user u;

	if (strcmp(p->name, "root") == 0)
		return change_fail(c, RBAC_REFUSED,
				   "refused: root needs no role and gets none: "
				   "pam_rbac always allows uid 0");
	if (p->state == PERSON_KNOWN && p->uid == 0)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s is uid 0, which needs no role and gets none",
				   p->name);
	int err = store_user_get(&c->t, p->name, &u);
	if (err && err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	if (!err && u.uid != RBAC_NO_UID && p->state == PERSON_KNOWN && p->uid != u.uid)
		return refuse_other_uid(c, p, u.uid);
	if (!err && (u.uid != RBAC_NO_UID || p->state != PERSON_KNOWN))
		return RBAC_OK;
	bool known = !err;
	err = known ? RBAC_OK : check_unrecorded(c, p, force);
	if (!err)
		err = check_uid(c, p, also);
	if (err)
		return err;
	if (!known)
		u = (struct store_user){ .change = c->change };
	u.uid = p->uid;
	return change_put_user(c, p->name, &u);
}

int change_record_user(struct change *c, const struct person *p, bool force)
{
	return change_record_as(c, p, force, NULL);
}
