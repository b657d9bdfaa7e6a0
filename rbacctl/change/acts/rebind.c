/* The uid of a recorded name: another one after a migration (rebind), and one that passwd did not
 * know when the name was recorded. */
#include "rbacctl/change/rules/on_authority.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/acts/acts.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/command.h"

/* How many names that the pass over passwd does not list are looked up one by one: a directory may
 * take a millisecond for each. */
enum { ASKED_ONE_BY_ONE = 1000 };

/* ---- one name ---- */

static int check_person(struct change *c, const struct person *p)
{
	if (p->state == PERSON_UNASKED)
		return change_fail(c, RBAC_REFUSED,
				   "refused: passwd does not answer for \"%s\" now (%s)", p->name,
				   COMMAND("getent passwd %s", p->name));
	if (p->state == PERSON_ABSENT)
		return change_fail(c, RBAC_REFUSED,
				   "refused: passwd knows no user \"%s\" (%s finds none); "
				   "under another name now:\n  %s",
				   p->name, COMMAND("getent passwd %s", p->name),
				   COMMAND("rbacctl user rename %s NEW", p->name));
	if (p->uid == 0)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s is uid 0, which needs no role and gets none",
				   p->name);
	return RBAC_OK;
}

static int check_free(struct change *c, const struct person *p)
{
	const char *other;
	int err = change_other_name(c, p->uid, p->name, NULL, &other);

	if (err || !other)
		return err;
	return change_fail(
		c, RBAC_REFUSED,
		"refused: uid %u, which %s has now, is recorded as %s: one uid is one person\n"
		"  after a migration, all at once:  %s\n  %s is gone:  %s",
		p->uid, p->name, other, COMMAND("rbacctl user rebind --all"), other,
		COMMAND("rbacctl user forget %s", other));
}

static int put_uid(struct change *c, const char *name, struct store_user u, uint32_t uid)
{
	if (u.uid == RBAC_NO_UID)
		buf_printf(&c->done, "user %s uid %u\n", name, uid);
	else
		buf_printf(&c->done, "user %s uid %u -> %u\n", name, u.uid, uid);
	u.uid = uid;
	return change_put_user(c, name, &u);
}

int change_user_rebind(struct change *c, const char *typed)
{
	struct store_user u;
	struct person p;

	c->verb = "user rebind";
	int err = c->p->uids_of_fleet ? change_on_authority(c) : RBAC_OK;
	if (!err)
		err = change_need_user(c, typed, &p, &u);
	if (!err)
		err = change_may_user(c, &c->p->forget_by, "rebind users", p.name);
	if (!err)
		err = check_person(c, &p);
	if (err)
		return err;
	if (u.uid == p.uid) {
		c->nothing = true;
		buf_printf(&c->notes, "%s is recorded with uid %u, which passwd says too\n", p.name,
			   p.uid);
		return RBAC_OK;
	}
	err = check_free(c, &p);
	return err ? err : put_uid(c, p.name, u, p.uid);
}

/* ---- many ---- */

struct named {
	char *name;
	struct store_user u;
	uint32_t now;
}; /* NOW: what passwd says; RBAC_NO_UID: nothing, or the same */
struct many {
	struct named *v;
	size_t n, cap;
	bool unrecorded_only;
};

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	struct many *m = ctx;

	if (m->unrecorded_only && u->uid != RBAC_NO_UID)
		return RBAC_OK;
	char *copy = buf_room(&m->v, m->n, &m->cap, sizeof(*m->v)) ? strdup(name) : NULL;
	if (!copy)
		return RBAC_NOMEM;
	m->v[m->n++] = (struct named){ copy, *u, RBAC_NO_UID };
	return RBAC_OK;
}

static void many_free(struct many *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->v[i].name);
	free(m->v);
}

/*
 * What passwd says of each, where that is another uid than the recorded one. Not more than
 * ASKED_ONE_BY_ONE lookups (LIMIT), from another place on with each change; the first that fails
 * ends them. *LEFT: names that were not looked up.
 */
static void ask_all(struct change *c, struct many *m, bool limit, size_t *left)
{
	size_t asked = 0, start = m->n ? (size_t)(c->change * ASKED_ONE_BY_ONE % m->n) : 0;
	bool silent = c->known.failed;

	*left = 0;
	for (size_t k = 0; k < m->n; k++) {
		struct named *e = &m->v[(start + k) % m->n];
		struct person p = { .uid = facts_uid(&c->passwd, e->name), .state = PERSON_KNOWN };
		if (p.uid == RBAC_NO_UID) {
			if (c->passwd.complete)
				continue; /* the pass lists everybody: nobody need be asked for */
			bool known = facts_answer(&c->known, e->name) != NULL;
			if (!known && (silent || (limit && asked++ >= ASKED_ONE_BY_ONE))) {
				++*left;
				continue;
			}
			if (change_passwd_says(c, e->name, &p) || p.differs)
				continue;
			silent |= p.state == PERSON_UNASKED;
			*left += p.state == PERSON_UNASKED;
		}
		if (p.state == PERSON_KNOWN && p.uid != e->u.uid && p.uid != 0)
			e->now = p.uid;
	}
}

static int by_uid(const void *a, const void *b)
{
	const struct named *x = *(const struct named *const *)a,
			   *y = *(const struct named *const *)b;
	uint32_t u = x->now != RBAC_NO_UID ? x->now : x->u.uid,
		 v = y->now != RBAC_NO_UID ? y->now : y->u.uid;

	return u < v ? -1 : u > v ? 1 : strcmp(x->name, y->name);
}

/* Would two names have one uid when all is done? */
static int check_pairs(struct change *c, const struct many *m)
{
	const struct named **v = calloc(m->n + 1, sizeof(*v));
	int err = v ? RBAC_OK : change_fail(c, RBAC_NOMEM, "out of memory");

	for (size_t i = 0; v && i < m->n; i++)
		v[i] = &m->v[i];
	if (v && m->n)
		qsort(v, m->n, sizeof(*v), by_uid);
	for (size_t i = 1; i < m->n && !err; i++) {
		const struct named *a = v[i - 1], *b = v[i];
		uint32_t uid = a->now != RBAC_NO_UID ? a->now : a->u.uid;
		if (uid == RBAC_NO_UID || uid != (b->now != RBAC_NO_UID ? b->now : b->u.uid) ||
		    (a->now == RBAC_NO_UID && b->now == RBAC_NO_UID))
			continue;
		err = change_fail(
			c, RBAC_REFUSED,
			"refused: %s and %s would both have uid %u, and one uid is one person; "
			"forget who is gone:\n  %s\n  %s",
			a->name, b->name, uid, COMMAND("rbacctl user forget %s", a->name),
			COMMAND("rbacctl user forget %s", b->name));
	}
	free(v);
	return err;
}

int change_user_rebind_all(struct change *c)
{
	struct many m = { 0 };
	size_t left = 0, done = 0;

	c->verb = "user rebind";
	int err = c->p->uids_of_fleet ? change_on_authority(c) : RBAC_OK;
	if (!err)
		err = change_read_passwd(c);
	if (!err && store_users_all(&c->t, on_user, &m))
		err = change_store_fail(c, RBAC_SYSTEM);
	if (!err)
		ask_all(c, &m, false, &left);
	for (size_t i = 0; i < m.n && !err; i++)
		if (m.v[i].now != RBAC_NO_UID)
			err = change_may_user(c, &c->p->forget_by, "rebind users", m.v[i].name);
	if (!err)
		err = check_pairs(c, &m);
	for (size_t i = 0; i < m.n && !err; i++)
		if (m.v[i].now != RBAC_NO_UID) {
			err = put_uid(c, m.v[i].name, m.v[i].u, m.v[i].now);
			done++;
		}
	if (!err && left)
		buf_printf(&c->notes, "passwd did not answer: %zu name%s left as recorded\n", left,
			   left == 1 ? " is" : "s are");
	if (!err && !done) {
		c->nothing = true;
		buf_printf(&c->notes,
			   "every name that passwd knows has the uid that is recorded\n");
	}
	many_free(&m);
	return err;
}

/* ---- names that were recorded before passwd knew them ---- */

/* E turns out to be a second name of FIRST: who is suspended by the one is by the other. */
static int suspend_first(struct change *c, const struct named *e, const char *first,
			 size_t *changed)
{
	struct store_user u;
	int err = store_user_get(&c->t, first, &u);

	if (err)
		return change_store_fail(c, err);
	if (!(e->u.flags & STORE_USER_SUSPENDED) || (u.flags & STORE_USER_SUSPENDED))
		return RBAC_OK;
	u.flags |= STORE_USER_SUSPENDED;
	buf_printf(&c->done, "user %s suspended: another name of %s\n", first, e->name);
	++*changed;
	err = store_user_put(&c->t, first, &u);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_record_uids(struct change *c, size_t *recorded)
{
	struct many m = { .unrecorded_only = true };
	size_t left;
	const char *other = NULL;

	*recorded = 0;
	int err = store_users_all(&c->t, on_user, &m);
	if (err)
		change_store_fail(c, err);
	if (!err && m.n && (c->passwd.n_users || facts_passwd(&c->known, &c->passwd) == RBAC_OK))
		ask_all(c, &m, true, &left);
	for (size_t i = 0; i < m.n && !err; i++) {
		const struct named *e = &m.v[i];
		if (e->now == RBAC_NO_UID)
			continue;
		err = change_other_name(c, e->now, e->name, NULL, &other);
		if (!err && other) /* a second name: status and verify say it */
			err = suspend_first(c, e, other, recorded);
		if (err || other)
			continue;
		err = put_uid(c, e->name, e->u, e->now);
		++*recorded;
	}
	many_free(&m);
	return err;
}
