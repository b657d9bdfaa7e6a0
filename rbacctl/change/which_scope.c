/* Which scope a request means: as given, the host's own, or that of an assignment's number. It has
 * to exist. */
#include "rbacctl/change/internal.h"

#include <inttypes.h>
#include <string.h>

#include "rbacctl/command.h"

int change_need_scope(struct change *c, const char *scope, int *kind)
{
	struct store_scope s;
	*kind = policy_scope_kind(c->p, scope);
	if (!rbac_name_is_scope(scope, strlen(scope)))
		return change_fail(c, RBAC_INVALID,
				   "scope %s: expected KIND:NAME/NAME, for example %s:main", scope,
				   c->p->n_kinds ? c->p->kinds[0].name : "account");
	if (*kind < 0) {
		const char *colon = strchr(scope, ':');
		int k = policy_kind_find(c->p, scope, (size_t)(colon - scope));
		if (k >= 0)
			return change_fail(c, RBAC_INVALID,
					   "scope %s: a scope of kind %s has %u name%s after "
					   "the colon, separated by /",
					   scope, c->p->kinds[k].name, c->p->kinds[k].depth,
					   c->p->kinds[k].depth > 1 ? "s" : "");
		return change_fail(c, RBAC_INVALID,
				   "scope %s: the policy has no kind \"%.*s\" (%s)", scope,
				   (int)(colon - scope), scope, COMMAND("rbacctl scope list"));
	}
	int err = store_scope_get(&c->t, scope, &s);
	if (err == RBAC_NOTFOUND)
		return change_fail(c, RBAC_INVALID, "scope %s does not exist (%s); to make it: %s",
				   scope, COMMAND("rbacctl scope list"),
				   COMMAND("rbacctl scope create %s", scope));
	return err ? change_store_fail(c, err) : RBAC_OK;
}

const char *change_scope_meant(struct change *c, const char *given)
{
	if (given || (!c->p->host_any && c->p->hosts.n == 1))
		return given ? given : c->p->hosts.v[0];
	change_fail(c, RBAC_INVALID, "--scope is missing: this host is in %s",
		    c->p->host_any ? "any scope" : "several scopes");
	return NULL;
}

const char *change_scope_of(struct change *c, uint64_t id, char *out)
{
	struct store_assignment x;
	if (store_assignment_get(&c->t, id, &x) || strlen(x.scope) > RBAC_SCOPE_MAX) {
		change_fail(c, RBAC_INVALID, "there is no assignment %" PRIu64 " (%s)", id,
			    COMMAND("rbacctl list assignments"));
		return NULL;
	}
	return strcpy(out, x.scope);
}
