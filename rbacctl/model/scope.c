#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/model/model.h"

int policy_scope_kind(const struct policy *p, const char *scope)
{
	unsigned depth = rbac_name_scope_depth(scope, strlen(scope));

	if (!depth)
		return -1;
	int kind = policy_kind_find(p, scope, (size_t)(strchr(scope, ':') - scope));
	return kind >= 0 && p->kinds[kind].depth == depth ? kind : -1;
}

/*
 * The ancestor of SCOPE that is of KIND: that kind's name, and as many components as it is deep.
 * KIND is not below SCOPE's. OUT may be SCOPE. RBAC_INVALID: KIND's name is so much longer that
 * there can be no such scope, hence none below.
 */
static int ancestor(const struct policy *p, const char *scope, int kind, char *out)
{
	const char *path = strchr(scope, ':') + 1, *end = path;

	for (unsigned left = p->kinds[kind].depth; left; left--)
		end += strcspn(end, "/") + (left > 1);
	char name[RBAC_SCOPE_MAX + 1];
	int len = snprintf(name, sizeof(name), "%s:%.*s", p->kinds[kind].name, (int)(end - path),
			   path);
	if (len < 0 || (size_t)len >= sizeof(name))
		return RBAC_INVALID;
	memcpy(out, name, (size_t)len + 1);
	return RBAC_OK;
}

int policy_scope_parent(const struct policy *p, const char *scope, char *out)
{
	int kind = policy_scope_kind(p, scope);

	if (kind < 0)
		return RBAC_INVALID;
	if (p->kinds[kind].parent < 0)
		return RBAC_NOTFOUND;
	return ancestor(p, scope, p->kinds[kind].parent, out);
}

int policy_scope_ancestor(const struct policy *p, const char *scope, int kind, char *out)
{
	int up = policy_scope_kind(p, scope);

	if (up < 0 || kind < 0 || (size_t)kind >= p->n_kinds)
		return RBAC_INVALID;
	while (up >= 0 && up != kind)
		up = p->kinds[up].parent;
	if (up < 0)
		return RBAC_NOTFOUND;
	return ancestor(p, scope, kind, out);
}

bool policy_scope_within(const struct policy *p, const char *scope, const char *top)
{
	char up[RBAC_SCOPE_MAX + 1];
	int kind = policy_scope_kind(p, top);

	return kind >= 0 && policy_scope_ancestor(p, scope, kind, up) == RBAC_OK &&
	       strcmp(up, top) == 0;
}
