/* The assignments of one subject, role and scope, for assign and revoke. */
#include "rbacctl/change/rules/matches.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/command.h"
#include "rbacctl/store/holdings.h"

static int on_match(void *ctx, const struct store_assignment *a)
{
	struct matches *m = ctx;
	if (strcmp(a->role, m->role) != 0 || strcmp(a->scope, m->scope) != 0 ||
	    (m->id && a->id != m->id))
		return RBAC_OK;
	if (!buf_room(&m->v, m->n, &m->cap, sizeof *m->v))
		return RBAC_NOMEM;
	m->v[m->n++] = *a;
	return RBAC_OK;
}

int change_find_matches(struct change *c, const char *subject, struct matches *m)
{
	int err = store_assignments_of(&c->t, subject, on_match, m);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_not_from_file(struct change *c, const struct store_assignment *a)
{
	if (change_by_hand(a->source))
		return RBAC_OK;
	return change_fail(
		c, RBAC_REFUSED,
		"refused: assignment %llu (%s, %s at %s) comes from %s: remove it there, then %s",
		(unsigned long long)a->id, a->subject, a->role, a->scope, a->source,
		COMMAND("rbacctl apply"));
}

int change_remove_matches(struct change *c, const struct matches *m)
{
	for (size_t i = 0; i < m->n; i++) {
		int err = store_assignment_del(&c->t, m->v[i].id);
		if (err)
			return change_store_fail(c, err);
	}
	return RBAC_OK;
}

int change_find_role(struct change *c, const char *name, int *role)
{
	*role = policy_role_find(c->p, name);
	if (*role >= 0)
		return RBAC_OK;
	const char *near = policy_role_nearest(c->p, name);
	return change_fail(c, RBAC_INVALID, "the applied policy has no role \"%s\"%s%s%s (%s)",
			   name, near ? "; did you mean \"" : "", near ? near : "",
			   near ? "\"?" : "", COMMAND("rbacctl list roles"));
}

bool change_has_ended(const struct change *c, const struct store_assignment *a)
{
	int role = policy_role_find(c->p, a->role);

	return (role < 0 ? a->until : store_window(&c->p->roles[role], a).until) <= c->a->now;
}
