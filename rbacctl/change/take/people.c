/* People on a member: a take records each user who holds or owns something of the fleet, with the
 * UID that the authority sends, or else with that of passwd here. */
#include "rbacctl/change/take/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/people.h"

struct subjects {
	struct take *k;
	char **v;
	size_t n, cap;
};

static int add_name(struct subjects *s, const char *name)
{
	struct store_user u;
	int err = store_user_get(&s->k->c->t, name, &u);

	if (name[0] == '%' || !name[0] || !err || (s->n && strcmp(s->v[s->n - 1], name) == 0))
		return RBAC_OK;
	if (err != RBAC_NOTFOUND)
		return err;
	char *copy = buf_room(&s->v, s->n, &s->cap, sizeof(*s->v)) ? strdup(name) : NULL;
	if (!copy)
		return RBAC_NOMEM;
	s->v[s->n++] = copy;
	return RBAC_OK;
}

static int on_subject(void *ctx, const struct store_assignment *a)
{
	return take_is_fleets(a->source) ? add_name(ctx, a->subject) : RBAC_OK;
}

static int on_owner(void *ctx, const char *scope, const struct store_scope *s)
{
	(void)scope;
	return add_name(ctx, s->owner);
}

static int count_one(void *ctx, const struct store_assignment *a)
{
	(void)ctx;
	(void)a;
	return RBAC_CONFLICT;
}

static int count_owned(void *ctx, const char *scope, const struct store_scope *s)
{
	(void)ctx;
	(void)scope;
	(void)s;
	return RBAC_CONFLICT;
}

/* The uid is recorded as OTHER, who holds nothing any more: the person has another name now. */
static int forget_old_name(struct take *k, const char *other, const char *name, bool *forgotten)
{
	struct store_user u;
	int err = store_assignments_of(&k->c->t, other, count_one, NULL);

	if (!err)
		err = store_scopes_owned(&k->c->t, other, count_owned, NULL);
	*forgotten = !err && store_user_get(&k->c->t, other, &u) == RBAC_OK &&
		     !(u.flags & STORE_USER_SUSPENDED);
	if (err == RBAC_CONFLICT)
		err = RBAC_OK;
	if (!err && *forgotten) {
		buf_printf(&k->c->done, "user %s -> %s (fleet)\n", other, name);
		uids_remove(&k->c->uids, u.uid, other);
		err = store_user_del(&k->c->t, other);
	}
	return err;
}

/* NAME is to be recorded with *UID. Another name that has it here, and holds something, keeps it:
 * no reason not to take. *UID is RBAC_NO_UID then, and pam_rbac gives nothing to the second name.
 */
static int settle_uid(struct take *k, const char *name, uint32_t *uid)
{
	const char *other = NULL;
	char copy[RBAC_USER_MAX + 1];
	bool forgotten = false;
	int err = *uid == RBAC_NO_UID ? RBAC_OK : change_other_name(k->c, *uid, name, NULL, &other);

	if (err || !other)
		return err;
	snprintf(copy, sizeof(copy), "%s", other);
	err = forget_old_name(k, copy, name, &forgotten);
	if (err || forgotten)
		return err;
	*uid = RBAC_NO_UID;
	take_note(
		k,
		"%s and %s have one uid here: %s has no roles until one of them is removed on the "
		"authority",
		copy, name, name);
	return RBAC_OK;
}

/* A name that passwd does not know is no reason not to take: the uid is left open then. */
static int record(struct take *k, const char *name)
{
	struct change *c = k->c;
	struct store_user u = { .uid = RBAC_NO_UID, .change = c->change };
	struct person p;

	if (person_among(c->passwd.n_users ? &c->passwd : NULL, &c->known, name, &p) == RBAC_OK &&
	    p.state == PERSON_KNOWN && !p.differs && p.uid != 0)
		u.uid = p.uid;
	int err = settle_uid(k, name, &u.uid);
	k->rows = true;
	return err ? err : change_put_user(c, name, &u);
}

static int take_subjects(struct take *k)
{
	struct subjects s = { .k = k };
	int err = store_assignments_all(&k->c->t, on_subject, &s);

	if (!err)
		err = store_scopes_all(&k->c->t, on_owner, &s);
	if (!err && s.n)
		err = change_read_passwd(k->c);
	for (size_t i = 0; i < s.n && !err; i++) {
		struct store_user u; /* a name may be there twice */
		if (store_user_get(&k->c->t, s.v[i], &u) == RBAC_NOTFOUND)
			err = record(k, s.v[i]);
		free(s.v[i]);
		s.v[i] = NULL;
	}
	for (size_t i = 0; i < s.n; i++)
		free(s.v[i]);
	free(s.v);
	return err;
}

/* ---- uids = "fleet" ---- */

int take_uid(struct take *k, const struct fleet_record *r)
{
	if (!buf_room(&k->uids, k->n_uids, &k->cap_uids, sizeof(*k->uids)))
		return RBAC_NOMEM;
	struct fleet_uid_copy *copy = &k->uids[k->n_uids++];
	copy->uid = r->uid;
	snprintf(copy->name, sizeof(copy->name), "%s", r->name);
	return RBAC_OK;
}

/* Those that this host has otherwise, or not at all, to the front; their old UIDs are free then, as
 * two people may have changed places. */
static int clear_uids(struct take *k)
{
	size_t n = 0;
	int err = RBAC_OK;

	for (size_t i = 0; i < k->n_uids && !err; i++) {
		struct fleet_uid_copy *f = &k->uids[i];
		struct store_user u = { .uid = RBAC_NO_UID, .change = k->c->change };
		err = store_user_get(&k->c->t, f->name, &u);
		if (!err && u.uid == f->uid)
			continue;
		if (err && err != RBAC_NOTFOUND)
			return err;
		uids_remove(&k->c->uids, u.uid, f->name);
		u.uid = RBAC_NO_UID;
		err = change_put_user(k->c, f->name, &u);
		k->uids[n++] = *f;
	}
	k->n_uids = n;
	return err;
}

static int take_uids(struct take *k)
{
	int err = k->n_uids ? clear_uids(k) : RBAC_OK;

	for (size_t i = 0; i < k->n_uids && !err; i++) {
		struct fleet_uid_copy *f = &k->uids[i];
		struct store_user u;
		uint32_t uid = f->uid;
		k->rows = true;
		err = store_user_get(&k->c->t, f->name, &u);
		if (!err && u.uid != uid) /* a name is there once for each scope */
			err = settle_uid(k, f->name, &uid);
		if (err || uid == RBAC_NO_UID || u.uid == uid)
			continue;
		buf_printf(&k->c->done, "user %s uid %u (fleet)\n", f->name, uid);
		u.uid = uid;
		err = change_put_user(k->c, f->name, &u);
	}
	return err;
}

enum { UIDS_SHOWN = 20 }; /* lines of users whom this host has under another UID */

struct comparing {
	struct take *k;
	size_t n;
};

static int on_recorded(void *ctx, const char *name, const struct store_user *u)
{
	struct comparing *x = ctx;
	uint32_t here = facts_uid(&x->k->c->passwd, name);

	if (u->uid == RBAC_NO_UID || here == RBAC_NO_UID || here == u->uid)
		return RBAC_OK;
	if (x->n++ < UIDS_SHOWN)
		take_note(x->k,
			  "left out: %s has uid %u here and %u on the authority: %s has no roles "
			  "on this host",
			  name, here, u->uid, name);
	return RBAC_OK;
}

int take_compare_uids(struct take *k)
{
	struct comparing x = { .k = k };
	int err = k->c->p->uids_of_fleet ? store_users_all(&k->c->t, on_recorded, &x) : RBAC_OK;

	if (x.n > UIDS_SHOWN)
		take_note(k, "left out: %zu more user%s with another uid here", x.n - UIDS_SHOWN,
			  x.n == UIDS_SHOWN + 1 ? "" : "s");
	return err ? change_store_fail(k->c, err) : RBAC_OK;
}

int take_people(struct take *k)
{
	int err = take_uids(k);

	if (!err && k->rows)
		err = take_subjects(k);
	return err ? change_store_fail(k->c, err) : RBAC_OK;
}
