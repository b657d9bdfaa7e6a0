/* Do the rows that a revert restores fit to what later changes made? The rules of the commands that
 * would write the same are asked again. */
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/undo/revert.h"

static const char breaks_limit[] =
	"not restored: with what was assigned since, it would break a limit";

/* The result of a rule: WHY it does not fit, in place of the message for whoever typed. */
static int judged(struct reverting *x, int err, const char **why)
{
	if (err != RBAC_REFUSED)
		return err;
	buf_reset(&x->c->message);
	*why = breaks_limit;
	return RBAC_OK;
}

/* ---- users ---- */

static const char *made_with(const struct reverting *x, uint32_t uid, const char *name)
{
	for (size_t i = 0; i < x->rows.n; i++) {
		const struct store_row *r = &x->rows.v[i];
		struct store_user u;

		if (r->table == T_USER && r->key.mv_data && !r->after.mv_data &&
		    r->key.mv_size == strlen(name) &&
		    memcmp(r->key.mv_data, name, r->key.mv_size) == 0 &&
		    store_user_decode(&r->before, &u) == RBAC_OK && u.uid == uid)
			return name;
	}
	return NULL;
}

int revert_other_name(struct reverting *x, uint32_t uid, const char *name, const char **other)
{
	struct change *c = x->c;
	int err = change_other_name(c, uid, name, NULL, other);
	const char *goes = !err && *other ? made_with(x, uid, *other) : NULL;

	/* One that the reverted change made goes, unless it is used: delete_unused() asks again. */
	return goes ? change_other_name(c, uid, name, goes, other) : err;
}

static int fit_user(struct reverting *x, const struct store_row *row, const char *name,
		    const char **why)
{
	struct store_user before = { .uid = RBAC_NO_UID }, after;
	const char *other = NULL;
	int err = row->before.mv_data ? store_user_decode(&row->before, &before) : RBAC_OK;

	if (!err)
		err = store_user_decode(&row->after, &after);
	if (!err && after.uid != before.uid)
		err = revert_other_name(x, after.uid, name, &other);
	if (err)
		return err;
	if (other) {
		*why = "not restored: its uid is recorded under another name now";
		return RBAC_OK;
	}
	bool resumed = (before.flags & ~after.flags & STORE_USER_SUSPENDED) != 0;
	return resumed ? judged(x, change_check_return(x->c, name, "reverting the change"), why)
		       : RBAC_OK;
}

/* ---- scopes ---- */

/* The owner's role, without the question who may give it: the owner had it. */
static int check_owner(struct change *c, const char *scope, int kind, const char *owner)
{
	static const struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };
	int role = c->p->kinds[kind].owner_role;

	if (role < 0 || !owner[0])
		return RBAC_OK;
	int err = change_check_max(c, role, scope, always, "reverting the change");
	return err ? err : change_check_exclusive(c, owner, "reverting the change");
}

/* Why the scope cannot be there; NULL: it can. */
static const char *misplaced(struct change *c, const char *scope, const struct store_scope *s)
{
	struct store_scope above;
	struct store_user u;
	char parent[RBAC_SCOPE_MAX + 1];

	if (policy_scope_kind(c->p, scope) < 0)
		return "not restored: the policy has no such kind now";
	if (policy_scope_parent(c->p, scope, parent) == RBAC_OK &&
	    store_scope_get(&c->t, parent, &above))
		return "not restored: the scope above it is gone";
	if (s->owner[0] && store_user_get(&c->t, s->owner, &u))
		return "not restored: its owner is no longer recorded";
	return NULL;
}

static int fit_scope(struct reverting *x, const struct store_row *row, const char *scope,
		     const char **why)
{
	struct change *c = x->c;
	struct store_scope before = { .owner = "", .plan = "" }, after;
	int err = row->before.mv_data ? store_scope_decode(&row->before, &before) : RBAC_OK;

	if (!err)
		err = store_scope_decode(&row->after, &after);
	if (!err)
		*why = misplaced(c, scope, &after);
	if (err || *why)
		return err;
	if (strcmp(before.owner, after.owner) != 0)
		err = check_owner(c, scope, policy_scope_kind(c->p, scope), after.owner);
	if (!err && row->before.mv_data && strcmp(before.plan, after.plan) != 0)
		err = change_check_plan(c, scope, "reverting the change");
	return judged(x, err, why);
}

int revert_fit(struct reverting *x, const struct store_row *row, const char **why)
{
	char name[512];

	*why = NULL;
	snprintf(name, sizeof name, "%.*s", (int)row->key.mv_size, (const char *)row->key.mv_data);
	return row->table == T_USER ? fit_user(x, row, name, why) : fit_scope(x, row, name, why);
}

/* ---- assignments ---- */

int revert_fit_assignment(struct reverting *x, const struct store_assignment *a, const char **why)
{
	struct change *c = x->c;
	const struct rbac_window w = { a->from, a->until };
	int role = policy_role_find(c->p, a->role), err = RBAC_OK;

	*why = NULL;
	if (a->subject[0] != '%')
		err = change_check_max(c, role, a->scope, w, "reverting the change");
	if (!err)
		err = change_check_exclusive(c, a->subject, "reverting the change");
	if (!err)
		err = change_check_length_again(c, a->subject, a->id);
	return judged(x, err, why);
}
