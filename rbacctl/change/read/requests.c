/* Which requests there are, for who asks. */
#include "rbacctl/change/rules/request_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/read/requests.h"

struct looking {
	struct change *c;
	enum request_which which;
	request_seen_fn *fn;
	void *ctx;
};

static bool may_approve(struct change *c, const struct store_request *r)
{
	int role = policy_role_find(c->p, r->role);
	struct source s = change_source(c);
	struct rules_actor actor = change_actor(c);
	struct who_scopes one = { (char *[]){ (char *)r->scope }, 1, 1 };
	struct rules_answer answer;
	const struct policy_extra *extra;
	const char *at;

	if (role < 0)
		return c->a->actor.root;
	const struct who_question q = { &s, &c->p->roles[role].approve_by, &one, -1, c->a->now };
	return who_actor_may(&q, &actor, &answer, &at, &extra);
}

/* Could too few people approve R? */
static int is_stuck(struct change *c, const struct store_request *r, bool *stuck)
{
	const struct policy_role *role = &c->p->roles[policy_role_find(c->p, r->role)];
	size_t others;
	int err = request_approvers(c, role, r->asker, r->user, r->scope, &others);

	*stuck = !err && others < role->approvals;
	return err;
}

static int on_request(void *ctx, const struct store_request *r)
{
	struct looking *l = ctx;
	const char *me = l->c->a->actor.name;
	bool own = strcmp(r->asker, me) == 0 || strcmp(r->user, me) == 0;
	struct request_seen s = { .r = r, .is = change_request_is(l->c, r, NULL) };
	bool pending = s.is == REQUEST_IS_PENDING;
	int err = RBAC_OK;

	if (l->which == REQUESTS_ALL ? r->made <= l->c->a->now - REQUEST_LISTED : !pending)
		return RBAC_OK;
	if (l->which == REQUESTS_OF_HOST) {
		err = is_stuck(l->c, r, &s.stuck);
		return err ? err : l->fn(l->ctx, &s);
	}
	s.may_approve = may_approve(l->c, r);
	if (!own && !s.may_approve)
		return RBAC_OK;
	s.may_approve &= !own && pending;
	return l->fn(l->ctx, &s);
}

int change_requests(struct invocation *a, enum request_which which, request_seen_fn *fn, void *ctx,
		    struct buf *why)
{
	struct change c;
	struct looking l = { &c, which, fn, ctx };
	int err = change_open_to_look(&c, a);

	if (!err)
		err = which == REQUESTS_ALL ? store_requests_all(&c.t, on_request, &l)
					    : store_requests_pending(&c.t, on_request, &l);
	/* A store of an older version, which the next change migrates, has none. */
	if (err && c.s && c.s->would_write)
		err = RBAC_OK;
	if (err)
		buf_printf(why, "%s", c.message.len ? buf_text(&c.message) : store_why(c.s));
	buf_reset(&c.message);
	change_close(&c, RBAC_OK);
	return err;
}
