/* What acts need to be there first: scopes, users. */
#include "rbacctl/change/change.h"

#include <pwd.h>
#include <string.h>

#include "rbacctl/command.h"

int change_need_scope(struct change *c, const char *scope, int *kind)
{
	struct store_scope s;
	*kind = policy_scope_kind(c->p, scope);
	if (!rbac_name_is_scope(scope, strlen(scope)))
		return change_fail(c, RBAC_INVALID, "scope %s: expected KIND:NAME/NAME, for example %s:main", scope,
				   c->p->n_kinds ? c->p->kinds[0].name : "account");
	if (*kind < 0) {
		const char *colon = strchr(scope, ':');
		int k = policy_kind_find(c->p, scope, (size_t)(colon - scope));
		if (k >= 0)
			return change_fail(c, RBAC_INVALID, "scope %s: a scope of kind %s has %u name%s after the colon, separated by /", scope,
					   c->p->kinds[k].name, c->p->kinds[k].depth, c->p->kinds[k].depth > 1 ? "s" : "");
		return change_fail(c, RBAC_INVALID, "scope %s: the policy has no kind \"%.*s\" (%s)", scope,
				   (int)(colon - scope), scope, COMMAND("rbacctl scope list"));
	}
	int err = store_scope_get(&c->t, scope, &s);
	if (err == RBAC_NOTFOUND)
		return change_fail(c, RBAC_INVALID, "scope %s does not exist (%s); to make it: %s", scope, COMMAND("rbacctl scope list"),
				   COMMAND("rbacctl scope create %s", scope));
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_record_user(struct change *c, const char *user, bool force)
{
	struct store_user u;
	if (!rbac_name_is_user(user, strlen(user)))
		return change_fail(c, RBAC_INVALID, "user \"%s\": expected up to %d printable characters without spaces and : , / %%", user, RBAC_USER_MAX);
	if (strcmp(user, "root") == 0)
		return change_fail(c, RBAC_REFUSED, "refused: root needs no role and gets none: the gate always lets uid 0 pass");
	const struct passwd *pw = getpwnam(user);
	if (pw && pw->pw_uid == 0)
		return change_fail(c, RBAC_REFUSED, "refused: %s is uid 0, which needs no role and gets none", user);
	int err = store_user_get(&c->t, user, &u);
	if (err && err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	if (!err && u.uid != RBAC_NO_UID && pw && pw->pw_uid != u.uid)
		return change_fail(c, RBAC_REFUSED, "refused: %s was uid %u when the roles were given and is uid %u now: another person? "
				   "%s", user, u.uid, (unsigned)pw->pw_uid, COMMAND("rbacctl user forget %s", user));
	if (!err && (u.uid != RBAC_NO_UID || !pw))
		return RBAC_OK;
	if (err && !pw && !force)
		return change_fail(c, RBAC_REFUSED, "refused: passwd knows no user \"%s\" (%s finds none); --force records the name nevertheless", user,
				   COMMAND("getent passwd %s", user));
	if (err)
		u = (struct store_user){ .change = c->change };
	u.uid = pw ? pw->pw_uid : RBAC_NO_UID;
	err = store_user_put(&c->t, user, &u);
	return err ? change_store_fail(c, err) : RBAC_OK;
}
