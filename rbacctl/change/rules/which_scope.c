/* Which scope a request means: as given, the host's own, or that of an assignment's number. It has
 * to exist. */
#include "rbacctl/change/rules/matches.h"

#include <inttypes.h>
#include <string.h>

#include "rbacctl/access/which_scope.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"

struct each_scope {
	which_scope_fn *fn;
	void *arg;
};

static int on_each_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	const struct each_scope *e = ctx;

	(void)s;
	return e->fn(e->arg, scope);
}

static int each_scope(void *ctx, which_scope_fn *fn, void *arg)
{
	struct change *c = ctx;

	return store_scopes_all(&c->t, on_each_scope, &(struct each_scope){ fn, arg });
}

/* Once in a change: it goes through every scope. */
static void nearest(struct change *c, const char *scope, struct buf *out)
{
	const struct which_scope_list list = { each_scope, c };

	if (c->scope_hinted)
		return;
	c->scope_hinted = true;
	which_scope_nearest(&list, scope, out);
}

static int refuse_name(struct change *c, const char *scope)
{
	struct buf near = { 0 };

	nearest(c, scope, &near);
	change_fail(c, RBAC_INVALID, "scope %s: expected KIND:NAME/NAME, for example %s:main%s",
		    scope, c->p->n_kinds ? c->p->kinds[0].name : "account", buf_text(&near));
	buf_free(&near);
	return RBAC_INVALID;
}

static int refuse_absent(struct change *c, const char *scope)
{
	struct buf near = { 0 };

	nearest(c, scope, &near);
	change_fail(c, RBAC_INVALID, "scope %s does not exist%s (%s); to make it: %s", scope,
		    buf_text(&near), COMMAND("rbacctl scope list"),
		    COMMAND("rbacctl scope create %s", scope));
	buf_free(&near);
	return RBAC_INVALID;
}

int change_need_scope(struct change *c, const char *scope, int *kind)
{
	struct store_scope s;
	*kind = policy_scope_kind(c->p, scope);
	if (!rbac_name_is_scope(scope, strlen(scope)))
		return refuse_name(c, scope);
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
		return refuse_absent(c, scope);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

const char *change_scope_meant(struct change *c, const char *role, const char *given, char *out)
{
	const struct which_scope_list list = { each_scope, c };
	struct buf why = { 0 };
	int number;

	if (given)
		return given;
	if (change_find_role(c, role, &number))
		return NULL;
	int err = which_scope(c->p, number, &list, out, &why);
	if (err == RBAC_INVALID)
		change_fail(c, err, "%s", buf_text(&why));
	else if (err)
		change_store_fail(c, err);
	buf_free(&why);
	return err ? NULL : out;
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
