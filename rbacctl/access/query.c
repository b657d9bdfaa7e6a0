#include "rbacctl/access/query.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"

void query_owner(void *ctx, const char *scope, char *out)
{
	struct rbac_scope_rec rec;
	out[0] = 0;
	if (snapshot_scope(ctx, scope, &rec) == RBAC_OK && rec.owner.len <= RBAC_USER_MAX) {
		memcpy(out, rec.owner.p, rec.owner.len);
		out[rec.owner.len] = 0;
	}
}

/* ---- users of the view, for who.h ---- */

static int view_users(void *ctx, who_user_fn *fn, void *arg)
{
	return snapshot_users(ctx, fn, arg);
}

static int view_holdings(void *ctx, const char *user, struct holdings *h)
{
	const struct snapshot *l = ctx;
	return holdings_of_user_in_view(h, &l->v, l->p, user, l->accounts);
}

static int view_recorded(void *ctx, const char *user, struct holdings *h)
{
	const struct snapshot *l = ctx;
	return holdings_recorded_in_view(h, &l->v, l->p, user);
}

static bool view_groups(void *ctx)
{
	return ((const struct snapshot *)ctx)->v.meta.n_unix > 0;
}

static struct who_source source(const struct snapshot *l)
{
	return (struct who_source){ (void *)l,     view_users,  view_recorded,
				    view_holdings, view_groups, query_owner };
}

int query_who_may(const struct snapshot *l, const struct who_question *q, struct who *out)
{
	struct who_source s = source(l);
	return who_may(q, &s, out);
}

int query_may_give(const struct snapshot *l, const char *user, int role, const char *scope,
		   int64_t t, struct holdings *h, struct rules_answer *answer,
		   const struct policy_extra **extra)
{
	struct who_source s = source(l);
	struct who_scopes one = { (char *[]){ (char *)scope }, 1, 1 };
	struct who_question q = { l->p, &l->p->roles[role].assign_by, &one, role, t };
	const char *at;
	int err = view_holdings((void *)l, user, h);
	struct rules_actor actor = { user, strcmp(user, "root") == 0, h, t };
	*answer = (struct rules_answer){ 0 };
	*extra = NULL;
	if (!err)
		answer->yes = who_one(&q, &actor, &s, answer, &at, extra);
	return err;
}

int query_roots(const struct snapshot *l, const char *user, int64_t t, struct who_scopes *out)
{
	struct holdings h = { .uid = RBAC_NO_UID };
	struct gids gids = { 0 };
	int err = holdings_from_view(&h, &l->v, l->p, user);
	if (!err)
		err = gids_of_user(user, &gids);
	if (!err)
		err = holdings_groups_from_view(&h, &l->v, l->p, &gids, l->accounts);
	if (!err)
		err = who_roots(l->p, &h, t, out);
	gids_free(&gids);
	holdings_free(&h);
	return err;
}

int query_person(const struct snapshot *l, const char *typed, struct person *p)
{
	struct rbac_bytes rec;
	if (person_find(typed, p)) {
		complain("%s is not the name of a user that can be recorded (%s)", p->name,
			 COMMAND("getent passwd %s", p->name));
		return EXIT_USAGE;
	}
	if (p->state != PERSON_KNOWN &&
	    rbac_view_get(&l->v, RBAC_REC_USER, p->name, strlen(p->name), &rec) == RBAC_NOTFOUND) {
		complain(
			p->state == PERSON_UNASKED
				? "passwd does not answer for \"%s\" now (%s), and none is recorded"
				: "passwd knows no user \"%s\" (%s finds none), and none is recorded",
			p->name, COMMAND("getent passwd %s", p->name));
		return EXIT_USAGE;
	}
	if (p->differs)
		complain("%s is %s here", typed, p->name);
	return EXIT_DONE;
}

int query_first_name(const struct snapshot *l, const struct person *p, char *out)
{
	const uint8_t key[4] = { (uint8_t)(p->uid >> 24), (uint8_t)(p->uid >> 16),
				 (uint8_t)(p->uid >> 8), (uint8_t)p->uid };
	struct rbac_bytes rec, name;
	out[0] = 0;
	if (p->state != PERSON_KNOWN)
		return RBAC_OK;
	int err = rbac_view_get(&l->v, RBAC_REC_UID, key, sizeof key, &rec);
	if (err == RBAC_NOTFOUND)
		return RBAC_OK;
	if (!err)
		err = rbac_uid_decode(rec, &name);
	if (!err && (name.len != strlen(p->name) || memcmp(name.p, p->name, name.len) != 0))
		snprintf(out, RBAC_USER_MAX + 1, "%.*s", (int)name.len, (const char *)name.p);
	return err;
}

/* From ROLE down to the role that has KEY in a keychain of its own (or is TARGET), by inclusion:
 * depth first, the first found. */
static bool path_down(const struct policy *p, int role, int key, int target, struct buf *out)
{
	const struct policy_role *r = &p->roles[role];
	if (key < 0 && role == target) {
		buf_printf(out, "role %s", r->name);
		return true;
	}
	for (size_t i = 0; key >= 0 && i < r->keychains.n; i++)
		for (size_t j = 0; j < p->keychains[r->keychains.v[i]].keys.n; j++)
			if (p->keychains[r->keychains.v[i]].keys.v[j] == key) {
				buf_printf(out, "key %s < %s < %s", p->keys[key].name,
					   p->keychains[r->keychains.v[i]].name, r->name);
				return true;
			}
	for (size_t i = 0; i < r->includes.n; i++) {
		int next = r->includes.v[i];
		if ((key >= 0 ? policy_role_has_key(p, next, key)
			      : policy_role_counts(p, next, target)) &&
		    path_down(p, next, key, target, out)) {
			buf_printf(out, " < %s", r->name);
			return true;
		}
	}
	return false;
}

void query_path(const struct policy *p, const struct held *e, int key, int role, struct buf *out)
{
	path_down(p, e->role, key, role, out);
	buf_printf(out, " at %s%s%s%s", e->scope, e->owner ? ", as its owner" : "",
		   e->via ? ", through " : "", e->via ? e->via : "");
}
