/* Grants that were requested by a right which a revoke has taken away. */
#include "rbacctl/change/acts/acts.h"

#include <stdio.h>

#include "rbacctl/change/rules/request_rules.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"

struct hanging {
	struct change *c;
	const struct store_request *r;
};

static int on_grant(void *ctx, const struct store_assignment *a)
{
	const struct hanging *h = ctx;
	struct change *c = h->c;
	char ends[80], id[24];

	if (a->request != h->r->id || a->until <= c->a->now)
		return RBAC_OK;
	human_instant(a->until, c->a->now, ends, sizeof ends);
	snprintf(id, sizeof id, "%llu", (unsigned long long)a->id);
	buf_printf(&c->notes,
		   "%s keeps %s at %s until %s, which %s asked for by the right that is gone "
		   "(request %llu); to end it: %s\n",
		   a->subject, a->role, a->scope, ends, h->r->asker, (unsigned long long)h->r->id,
		   COMMAND("rbacctl revoke %s %s --scope %s --id %s", a->subject, a->role, a->scope,
			   id));
	return RBAC_OK;
}

/* A request that was approved: is its asker one who could not ask now? */
static int on_approved(void *ctx, const struct store_request *r)
{
	struct change *c = ctx;
	struct hanging h = { c, r };
	struct buf why = { 0 };
	int role = r->state == REQUEST_APPROVED ? policy_role_find(c->p, r->role) : -1;

	if (role < 0 || !change_has_touched(c, r->asker))
		return RBAC_OK;
	int err = request_may_still_ask(c, r, &c->p->roles[role], &why);
	buf_free(&why);
	if (err != RBAC_REFUSED)
		return err;
	err = store_assignments_of(&c->t, r->user, on_grant, &h);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_note_hanging(struct change *c)
{
	int err = store_requests_all(&c->t, on_approved, c);

	return err ? change_store_fail(c, err) : RBAC_OK;
}
