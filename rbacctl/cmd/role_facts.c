/* What `role show` tells, whatever it prints. */
#include "rbacctl/cmd/role.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/model/role_groups.h"
#include "rbacctl/model/rules.h"

const char *role_act_name(enum role_act act)
{
	static const char *const names[] = { "assign", "remove", "request", "approve", "review" };

	return names[act];
}

const struct policy_bys *role_act_bys(const struct policy_role *r, enum role_act act)
{
	return act == ROLE_ASSIGN    ? &r->assign_by
	       : act == ROLE_REMOVE  ? &r->remove_by
	       : act == ROLE_REQUEST ? &r->request_by
	       : act == ROLE_APPROVE ? &r->approve_by
				     : &r->review_by;
}

bool role_includes(const struct policy *p, int role, int with)
{
	return role != with && policy_role_counts(p, role, with);
}

const struct policy_login *role_rule(const struct policy *p, const struct policy_service *s,
				     int role)
{
	for (size_t i = 0; i < s->n; i++)
		if (policy_rule_takes(p, &p->logins[s->rules[i]], role))
			return &p->logins[s->rules[i]];
	return NULL;
}

/* ---- who may ---- */

static int find_who(struct role_facts *f)
{
	const struct policy_role *r = &f->snap->p->roles[f->role];
	struct source source = snapshot_source(f->snap);
	struct who_scopes one = { (char *[]){ f->scope }, 1, 1 };
	int err = RBAC_OK;

	for (int act = 0; act < ROLE_ACTS && *f->scope && !err; act++)
		err = who_may(&(struct who_question){ &source, role_act_bys(r, act), &one,
						      act == ROLE_ASSIGN ? f->role : -1, f->now },
			      &f->who[act]);
	return err;
}

/* ---- groups ---- */

static int add_group(struct role_facts *f, const char *name)
{
	struct rbac_bytes rec;
	struct rbac_group g;
	int err = rbac_view_get(&f->snap->v, RBAC_REC_GROUP, name, strlen(name), &rec);

	if (!err)
		err = rbac_group_decode(rec, &g);
	if (err) /* left out of the view: another group has its name or gid */
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	for (size_t i = 0; i < f->n_groups; i++)
		if (f->groups[i].gid == g.gid)
			return RBAC_OK;
	if (!buf_room(&f->groups, f->n_groups, &f->cap_groups, sizeof(*f->groups)))
		return RBAC_NOMEM;
	strcpy(f->groups[f->n_groups].name, name);
	f->groups[f->n_groups++].gid = g.gid;
	return RBAC_OK;
}

static int find_groups(struct role_facts *f)
{
	const struct policy *p = f->snap->p;
	char name[RBAC_GROUP_MAX + 1];
	int err = RBAC_OK;

	for (size_t h = 0; h < (p->host_any ? 1 : p->hosts.n) && !err; h++) {
		size_t len = role_group_name(p, f->role, p->roles[f->role].name, h, name,
					     sizeof name);
		if (len > 0 && len < sizeof name)
			err = add_group(f, name);
	}
	return err;
}

/* ---- holders ---- */

static int add_holders(void *ctx, const char *subject, struct holdings *h)
{
	struct role_facts *f = ctx;

	for (size_t i = 0; i < h->n; i++) {
		const struct held *e = &h->v[i];
		if (e->role != f->role || e->window.until <= f->now)
			continue;
		if (!buf_room(&f->holders, f->n_holders, &f->cap_holders, sizeof(*f->holders)))
			return RBAC_NOMEM;
		struct role_holder *to = &f->holders[f->n_holders++];
		*to = (struct role_holder){ strdup(subject), strdup(e->scope), e->window, e->owner,
					    h->suspended };
		if (!to->subject || !to->scope)
			return RBAC_NOMEM;
	}
	return RBAC_OK;
}

int role_facts_gather(const struct snapshot *snap, int role, const char *scope, int64_t now,
		      struct role_facts *f)
{
	*f = (struct role_facts){ .snap = snap, .role = role, .now = now };
	strcpy(f->scope, scope);
	int err = find_who(f);
	if (!err)
		err = find_groups(f);
	struct source source = snapshot_source(snap);
	return err ? err : source_subjects(&source, add_holders, f);
}

void role_facts_free(struct role_facts *f)
{
	for (size_t i = 0; i < f->n_holders; i++) {
		free(f->holders[i].subject);
		free(f->holders[i].scope);
	}
	free(f->holders);
	free(f->groups);
}
