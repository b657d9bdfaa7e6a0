#include "rbacctl/access/requestable.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/rules.h"

enum { FOUR_HOURS = 4 * 3600 };

static int owner(void *ctx, const char *scope, char *out)
{
	return source_owner(ctx, scope, out);
}

int requestable_at(const struct snapshot *snap, const char *user, const struct holdings *h,
		   int role, const char *scope, int64_t t, bool *may)
{
	const struct policy_role *r = &snap->p->roles[role];
	struct rules_actor actor = { user, false, h, t };
	struct source source = snapshot_source(snap);
	struct rules_answer answer;

	*may = false;
	/* A suspended user, and one whose uid is another, has no holdings, and is recorded. */
	if (r->request_by.n == 0 || h->suspended || h->second || h->uid_changed)
		return RBAC_OK;
	*may = rules_by(snap->p, &r->request_by, &actor, scope, owner, &source, &answer);
	return answer.err;
}

static bool listed(const struct requestables *all, int role, const char *scope)
{
	for (size_t i = all->n; i-- > 0 && all->v[i].role == role;)
		if (strcmp(all->v[i].scope, scope) == 0)
			return true;
	return false;
}

static int consider(const struct snapshot *snap, const char *user, const struct holdings *h,
		    int role, const char *scope, int64_t t, struct requestables *all)
{
	bool may;

	if (listed(all, role, scope) || holdings_role_at(snap->p, h, role, scope, t))
		return RBAC_OK;
	int err = requestable_at(snap, user, h, role, scope, t, &may);
	if (err || !may)
		return err;
	char *copy = buf_room(&all->v, all->n, &all->cap, sizeof(*all->v)) ? strdup(scope) : NULL;
	if (!copy)
		return RBAC_NOMEM;
	all->v[all->n++] = (struct requestable){ role, copy };
	return RBAC_OK;
}

/* At the scopes of the role's kind at or above those that the user holds something at. */
static int consider_held(const struct snapshot *snap, const char *user, const struct holdings *h,
			 int role, int64_t t, struct requestables *all)
{
	char scope[RBAC_SCOPE_MAX + 1];
	int err = RBAC_OK;

	for (size_t i = 0; i < h->n && !err; i++)
		if (policy_scope_ancestor(snap->p, h->v[i].scope, snap->p->roles[role].kind,
					  scope) == RBAC_OK)
			err = consider(snap, user, h, role, scope, t, all);
	return err;
}

/* The scope that `request` means for a role of each kind, asked for once. */
struct meant {
	bool asked, is;
	char scope[RBAC_SCOPE_MAX + 1];
};

static int meant_for(const struct snapshot *snap, int role, struct meant *m)
{
	struct buf why = { 0 };
	int err = m->asked ? RBAC_OK : snapshot_which_scope(snap, role, m->scope, &why);

	buf_free(&why);
	if (!m->asked)
		m->is = !err;
	m->asked = true;
	return err == RBAC_INVALID ? RBAC_OK : err; /* there are several, or none */
}

int requestable_of(const struct snapshot *snap, const char *user, const struct holdings *h,
		   int64_t t, struct requestables *out)
{
	struct meant *meant = calloc(snap->p->n_kinds + 1, sizeof(*meant));
	int err = meant ? RBAC_OK : RBAC_NOMEM;

	*out = (struct requestables){ 0 };
	for (size_t r = 0; r < snap->p->n_roles && !err; r++) {
		if (snap->p->roles[r].request_by.n == 0)
			continue;
		struct meant *m = &meant[snap->p->roles[r].kind];
		err = meant_for(snap, (int)r, m);
		if (!err && m->is)
			err = consider(snap, user, h, (int)r, m->scope, t, out);
		if (!err)
			err = consider_held(snap, user, h, (int)r, t, out);
	}
	free(meant);
	return err;
}

void requestables_free(struct requestables *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->v[i].scope);
	free(r->v);
	*r = (struct requestables){ 0 };
}

const char *requestable_length(const struct policy_role *role)
{
	return role->max_for && role->max_for < FOUR_HOURS ? role->max_for_text : "4h";
}

void requestable_how(const struct policy_role *role, struct buf *out)
{
	if (!role->approval_required)
		buf_printf(out, "given at once");
	else if (role->approvals == 1)
		buf_printf(out, "another person approves");
	else
		buf_printf(out, "%u other people approve", role->approvals);
}
