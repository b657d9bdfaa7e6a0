/* review keep, review revoke. */
#include "rbacctl/change/acts/review.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/acts/acts.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/change/rules/request_rules.h"
#include "rbacctl/change/rules/review_rules.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"

/* Assignment ID, which is reviewed and has not ended, into A; *ROLE is its role. */
static int find(struct change *c, uint64_t id, struct store_assignment *a,
		const struct policy_role **role)
{
	unsigned long long n = id;
	char when[80];
	int err = store_assignment_get(&c->t, id, a);

	if (err == RBAC_NOTFOUND)
		return change_fail(c, RBAC_INVALID, "there is no assignment %llu (%s)", n,
				   COMMAND("rbacctl review"));
	if (err)
		return change_store_fail(c, err);
	int found = policy_role_find(c->p, a->role);
	if (found < 0 || !c->p->roles[found].review_every)
		return change_fail(c, RBAC_INVALID,
				   "assignment %llu is of %s, which has no review_every: there is "
				   "nothing to review",
				   n, a->role);
	*role = &c->p->roles[found];
	int64_t end = store_window(*role, a).until;
	if (end > c->a->now)
		return RBAC_OK;
	human_instant(end, c->a->now, when, sizeof when);
	return change_fail(c, RBAC_REFUSED, "refused: assignment %llu ended %s%s", n, when,
			   end < a->until ? ", for nobody reviewed it" : "");
}

static int refuse_reviewer(struct change *c, const struct store_assignment *a,
			   const struct policy_role *role, const char *lacks)
{
	struct who_scopes one = { (char *[]){ (char *)a->scope }, 1, 1 };
	struct source s = change_source(c);
	const struct who_question q = { &s, &role->review_by, &one, -1, c->a->now };
	struct buf may = { 0 };

	change_who_may(&q, false, &may);
	change_fail(c, RBAC_REFUSED,
		    "refused: assignment %llu (%s %s at %s): %s\n"
		    "  rule  %s:%u: a person who holds, gave or approved it may not review it\n"
		    "  may   %s",
		    (unsigned long long)a->id, a->subject, a->role, a->scope, lacks,
		    role->review_pos.file, role->review_pos.line, buf_text(&may));
	buf_free(&may);
	return RBAC_REFUSED;
}

/* Another person than whose grant it is reviews it, as who logged in. */
static int need_another(struct reviewer *r, const struct store_assignment *a,
			const struct policy_role *role)
{
	int err;
	const char *lacks = reviewer_lacks(r, a, &err);

	if (err)
		return change_store_fail(r->c, err);
	char other[REQUEST_WHY];
	lacks = lacks ? lacks : request_other_login(r->c, other) ? other : NULL;
	return lacks ? refuse_reviewer(r->c, a, role, lacks) : RBAC_OK;
}

static int keep(struct reviewer *r, uint64_t id)
{
	struct change *c = r->c;
	struct store_assignment a;
	const struct policy_role *role = NULL;
	char what[300];
	int err = find(c, id, &a, &role);

	if (err)
		return err;
	snprintf(what, sizeof what, "review %s", a.role);
	err = need_another(r, &a, role);
	if (!err)
		err = change_may(c, &role->review_by, what, a.scope);
	if (err)
		return err;
	a.reviewed = c->a->now;
	a.review_from = c->a->now;
	a.reviewed_by = c->a->actor.name;
	buf_printf(&c->done, "%s =%s at %s reviewed id %llu\n", a.subject, a.role, a.scope,
		   (unsigned long long)id);
	err = store_assignment_put(&c->t, &a);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_review_keep(struct change *c, const uint64_t *ids, size_t n)
{
	struct reviewer r;
	int err = reviewer_open(c, &r);

	c->verb = "review keep";
	for (size_t i = 0; i < n && !err; i++)
		err = keep(&r, ids[i]);
	reviewer_free(&r);
	return err;
}

static int end(struct reviewer *r, uint64_t id)
{
	struct change *c = r->c;
	struct store_assignment a;
	const struct policy_role *role = NULL;
	char subject[512], name[256], scope[RBAC_SCOPE_MAX + 1];
	int err = find(c, id, &a, &role);

	if (!err)
		err = need_another(r, &a, role);
	if (err)
		return err;
	/* What the revoke writes ends the texts of A. */
	snprintf(subject, sizeof subject, "%s", a.subject);
	snprintf(name, sizeof name, "%s", a.role);
	snprintf(scope, sizeof scope, "%s", a.scope);
	const struct revoke_request q = { subject, name, scope, id };
	return reviewer_may(r, &role->review_by, scope) ? change_revoke_judged(c, &q)
							: change_revoke(c, &q);
}

int change_review_revoke(struct change *c, const uint64_t *ids, size_t n)
{
	struct reviewer r;
	int err = reviewer_open(c, &r);

	c->verb = "review revoke";
	for (size_t i = 0; i < n && !err; i++)
		err = end(&r, ids[i]);
	reviewer_free(&r);
	return err;
}
