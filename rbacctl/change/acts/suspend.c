/*
 * Suspend and resume. One uid is one person: an old store may have recorded it under several names,
 * and all of them are suspended, and resumed, together.
 */
#include "rbacctl/change/acts/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/command.h"
#include "rbacctl/store/holdings.h"

/* ---- the recorded names of one person ---- */

struct named {
	char *name;
	struct store_user u;
};
struct names {
	struct named *v;
	size_t n, cap;
};

static void names_free(struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->v[i].name);
	free(n->v);
}

static int add_name(struct names *n, const char *name, const struct store_user *u)
{
	char *copy = buf_room(&n->v, n->n, &n->cap, sizeof *n->v) ? strdup(name) : NULL;
	if (!copy)
		return RBAC_NOMEM;
	n->v[n->n++] = (struct named){ copy, *u };
	return RBAC_OK;
}

/* UID: as recorded; NOW: as passwd says. RBAC_NO_UID: none. */
struct person_names {
	struct names *names;
	const char *typed;
	uint32_t uid, now;
};

static int on_name(void *ctx, const char *name, const struct store_user *u)
{
	struct person_names *p = ctx;
	bool same = u->uid != RBAC_NO_UID &&
		    (u->uid == p->uid || (p->uid == RBAC_NO_UID && u->uid == p->now));
	return strcmp(name, p->typed) == 0 || same ? add_name(p->names, name, u) : RBAC_OK;
}

/*
 * Every recorded name of the person NAME, whose record is U. The recorded uid says who that is.
 * Without one passwd does: an entry of just that name, or the name that passwd spells otherwise.
 */
static int find_names(struct change *c, const char *name, const struct store_user *u,
		      struct person *now, struct names *out)
{
	int err = change_passwd_says(c, name, now);
	struct person_names p = { out, name, u->uid, err ? RBAC_NO_UID : now->uid };
	err = store_users_all(&c->t, on_name, &p);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static bool is_suspended(const struct store_user *u)
{
	return u->flags & STORE_USER_SUSPENDED;
}

static int put(struct change *c, const struct named *e, bool suspended)
{
	struct store_user u = e->u;
	u.flags = suspended ? u.flags | STORE_USER_SUSPENDED
			    : u.flags & ~(uint32_t)STORE_USER_SUSPENDED;
	int err = store_user_put(&c->t, e->name, &u);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* ---- the acts ---- */

/*
 * A user who can log in by a Unix group, or by a rule for everybody, need not be recorded. To deny
 * them everything their name is recorded, as an assignment would: without scopes of their own.
 */
static int record_first(struct change *c, const char *typed, struct person *p, struct store_user *u)
{
	const char *other = NULL;
	int err = change_recorded(c, typed, p, u);

	if (err != RBAC_NOTFOUND)
		return err;
	if (p->state == PERSON_KNOWN)
		err = change_other_name(c, p->uid, p->name, NULL, &other);
	if (err && err != RBAC_NOTFOUND)
		return err;
	if (p->state != PERSON_KNOWN || other)
		return change_need_user(c, typed, p, u); /* which says what is wrong */
	err = change_may_user(c, &c->p->suspend_by, "suspend users", p->name);
	if (!err)
		err = change_record_user(c, p, false);
	if (!err && (err = store_user_get(&c->t, p->name, u)))
		err = change_store_fail(c, err);
	if (!err)
		buf_printf(&c->done, "user +%s\n", p->name);
	return err;
}

/* Nobody logs in by a name that passwd spells otherwise: to suspend that name alone would keep
 * nobody out. */
static int check_spelling(struct change *c, const char *name, const struct person *now,
			  const struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (!now->differs || strcmp(names->v[i].name, now->name) == 0)
			return RBAC_OK;
	return change_fail(
		c, RBAC_REFUSED,
		"refused: passwd calls %s %s, and %s is recorded here: suspending that name keeps "
		"nobody out; first:\n  %s",
		name, now->name, name, COMMAND("rbacctl user rename %s %s", name, now->name));
}

static int flip(struct change *c, const struct names *names, const char *user, bool suspend,
		bool force)
{
	struct watch watch = { 0 };
	char what[RBAC_USER_MAX + 20];
	int err = RBAC_OK;
	for (size_t i = 0; i < names->n && !err && suspend && !force; i++)
		err = change_watch_user(c, &watch, names->v[i].name);
	for (size_t i = 0; i < names->n && !err; i++) {
		if (is_suspended(&names->v[i].u) == suspend)
			continue;
		err = put(c, &names->v[i], suspend);
		buf_printf(&c->done, "user %s %s%s%s\n", names->v[i].name,
			   suspend ? "suspended" : "resumed",
			   strcmp(names->v[i].name, user) == 0 ? "" : ": another name of ",
			   strcmp(names->v[i].name, user) == 0 ? "" : user);
	}
	snprintf(what, sizeof what, "suspending %s", user);
	if (!err && suspend)
		err = change_watch_check(c, &watch, what);
	for (size_t i = 0; i < names->n && !err && !suspend; i++)
		err = change_check_return(c, names->v[i].name, "resuming");
	if (err == RBAC_REFUSED && suspend)
		buf_printf(&c->message, "\n  in an emergency: %s",
			   COMMAND("rbacctl user suspend %s --force --as root", user));
	change_watch_free(&watch);
	return err;
}

int change_user_suspend(struct change *c, const char *typed, bool suspend, bool force)
{
	struct store_user u;
	struct person p, now;
	struct names names = { 0 };
	const char *user = p.name;
	bool done = true;
	c->verb = suspend ? "user suspend" : "user resume";
	int err = suspend ? record_first(c, typed, &p, &u) : change_need_user(c, typed, &p, &u);
	if (!err)
		err = find_names(c, user, &u, &now, &names);
	for (size_t i = 0; i < names.n && !err; i++) {
		err = change_may_user(c, &c->p->suspend_by,
				      suspend ? "suspend users" : "resume users", names.v[i].name);
		done &= is_suspended(&names.v[i].u) == suspend;
	}
	if (!err && suspend)
		err = check_spelling(c, user, &now, &names);
	if (!err && done) {
		c->nothing = true;
		buf_printf(&c->notes, "%s is %s\n", user,
			   suspend ? "suspended already" : "not suspended");
	} else if (!err && force && !c->a->actor.root) {
		err = change_fail(c, RBAC_REFUSED,
				  "refused: only root may use --force, with --as root");
	} else if (!err) {
		err = flip(c, &names, user, suspend, force);
	}
	names_free(&names);
	return err;
}

/* ---- stores that have one name of a person suspended, and another not ---- */

struct settling {
	struct names suspended, others;
};

static int on_suspended(void *ctx, const char *name, const struct store_user *u)
{
	struct settling *s = ctx;
	return is_suspended(u) && u->uid != RBAC_NO_UID ? add_name(&s->suspended, name, u)
							: RBAC_OK;
}

static int uid_order(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	return x->u.uid < y->u.uid ? -1 : x->u.uid > y->u.uid;
}

static int on_other(void *ctx, const char *name, const struct store_user *u)
{
	struct settling *s = ctx;
	struct named key = { .u = *u };
	bool same = !is_suspended(u) && u->uid != RBAC_NO_UID &&
		    bsearch(&key, s->suspended.v, s->suspended.n, sizeof key, uid_order);
	return same ? add_name(&s->others, name, u) : RBAC_OK;
}

int change_suspend_second_names(struct change *c, size_t *suspended)
{
	struct settling s = { 0 };
	int err = store_users_all(&c->t, on_suspended, &s);
	if (!err && s.suspended.n) {
		qsort(s.suspended.v, s.suspended.n, sizeof *s.suspended.v, uid_order);
		err = store_users_all(&c->t, on_other, &s);
	}
	if (err)
		change_store_fail(c, err);
	*suspended = 0;
	for (size_t i = 0; i < s.others.n && !err; i++) {
		const struct named *of = bsearch(&s.others.v[i], s.suspended.v, s.suspended.n,
						 sizeof *of, uid_order);
		err = put(c, &s.others.v[i], true);
		buf_printf(&c->done, "user %s suspended: another name of %s\n", s.others.v[i].name,
			   of->name);
		++*suspended;
	}
	names_free(&s.suspended);
	names_free(&s.others);
	return err;
}
