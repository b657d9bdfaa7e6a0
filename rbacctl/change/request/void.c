/* Requests that a change makes impossible: they are void since then, and named. */
#include "rbacctl/change/request/notices.h"
#include "rbacctl/change/request/void.h"
#include "rbacctl/change/rules/request_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/command.h"
#include "rbacctl/human_time.h"

/* ---- is it possible ---- */

/* WHO, who asked or would get the role, can hold something. */
static int check_there(struct change *c, const char *who, struct buf *why)
{
	struct store_user u;
	int err = store_user_get(&c->t, who, &u);

	if (err && err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	if (!err && !(u.flags & STORE_USER_SUSPENDED))
		return RBAC_OK;
	buf_printf(why, "%s is %s", who, err ? "not recorded any more" : "suspended");
	return RBAC_REFUSED;
}

static int check_place(struct change *c, const struct store_request *r,
		       const struct policy_role *role, struct buf *why)
{
	struct store_scope s;
	int err = store_scope_get(&c->t, r->scope, &s);

	if (err == RBAC_NOTFOUND)
		buf_printf(why, "the scope %s is gone", r->scope);
	else if (err)
		return change_store_fail(c, err);
	else if (policy_scope_kind(c->p, r->scope) != role->kind)
		buf_printf(why, "%s is not assigned at scopes of this kind any more", r->role);
	return why->len ? RBAC_REFUSED : RBAC_OK;
}

int request_possible(struct change *c, const struct store_request *r, struct buf *why)
{
	if (change_request_is(c, r, why) == REQUEST_IS_VOID)
		return RBAC_REFUSED;
	const struct policy_role *role = &c->p->roles[policy_role_find(c->p, r->role)];
	int err = check_place(c, r, role, why);
	if (!err)
		err = check_there(c, r->user, why);
	if (!err && strcmp(r->asker, "root") != 0)
		err = check_there(c, r->asker, why);
	return err ? err : request_may_still_ask(c, r, role, why);
}

/* ---- what this change has touched ---- */

/* Could the change have taken something from a person of R? A Unix group may be anybody's, and a
 * scope has an owner. */
static bool concerns(const struct change *c, const struct store_request *r)
{
	char name[RBAC_USER_MAX + 1];
	bool any = c->t.touched.all || c->t.touched.n_scopes > 0 ||
		   change_has_touched(c, r->asker) || change_has_touched(c, r->user);

	for (size_t i = 0; i < c->t.touched.n_subjects && !any; i++)
		any = c->t.touched.subjects[i][0] == '%';
	for (const char *p = r->approved; *p && !any; p += strcspn(p, " ") + 1) {
		snprintf(name, sizeof name, "%.*s", (int)strcspn(p, " "), p);
		any = change_has_touched(c, name);
	}
	return any;
}

/* ---- void ---- */

static int make_void(struct change *c, struct store_request *r, const char *why)
{
	buf_printf(&c->voided, "request %llu is void: %s ?%s at %s: %s\n",
		   (unsigned long long)r->id, r->user, r->role, r->scope, why);
	r->state = REQUEST_VOID;
	r->decided = c->change;
	r->why = why;
	size_t told;
	int err = store_request_put(&c->t, r);
	return err ? change_store_fail(c, err) : change_due_request(c, r->id, &c->voided, &told);
}

/* Whose approval of R does not count any more is not among those who have approved. */
static int strike(struct change *c, struct store_request *r)
{
	const struct policy_role *role = &c->p->roles[policy_role_find(c->p, r->role)];
	struct buf left = { 0 };
	int err = request_count_again(c, r, role, &left, &c->voided);

	if (!err && request_count(buf_text(&left)) != request_count(r->approved)) {
		r->approved = buf_text(&left);
		err = store_request_put(&c->t, r);
		err = err ? change_store_fail(c, err) : RBAC_OK;
	}
	buf_free(&left);
	return err;
}

static int on_pending(void *ctx, const struct store_request *stored)
{
	struct change *c = ctx;
	struct store_request r = *stored;
	struct buf why = { 0 };

	/* What this change itself asks for was judged; what is over needs no reason. */
	if (r.id == c->change || c->a->now >= r.expires || !concerns(c, &r))
		return RBAC_OK;
	int err = request_possible(c, &r, &why);
	if (err == RBAC_REFUSED)
		err = make_void(c, &r, buf_text(&why));
	else if (!err)
		err = strike(c, &r);
	buf_free(&why);
	return err;
}

int change_void_requests(struct change *c)
{
	bool touched = c->t.touched.all || c->t.touched.n_subjects || c->t.touched.n_scopes;

	if (!c->p || !touched)
		return RBAC_OK;
	int err = store_requests_pending(&c->t, on_pending, c);
	return err ? change_store_fail(c, err) : RBAC_OK;
}
