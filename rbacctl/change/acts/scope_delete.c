#include "rbacctl/change/rules/from_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/permission.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"
#include "rbacctl/model/by.h"

static bool is_host_scope(const struct policy *p, const char *scope)
{
	for (size_t i = 0; i < p->hosts.n; i++)
		if (strcmp(p->hosts.v[i], scope) == 0)
			return true;
	return false;
}

static int may_delete(struct change *c, const char *scope, bool force)
{
	char what[RBAC_SCOPE_MAX + 40];
	const struct policy_kind *k = &c->p->kinds[policy_scope_kind(c->p, scope)];
	struct store_scope s;
	char owner[RBAC_USER_MAX + 1];
	int err = change_owner(c, scope, owner);
	if (err)
		return err;
	if (is_host_scope(c->p, scope) && !(c->a->actor.root && force))
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s is this host's own scope: "
				   "nobody could log in by a role any more\n"
				   "  first change host in rbac.conf, then apply; "
				   "root deletes it nevertheless with --force",
				   scope);
	if (k->parent < 0 && !c->a->actor.root)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s is a root scope: only root deletes it\n"
				   "  may   root with --as root",
				   scope);
	if (c->a->actor.root && policy_only_owner(&k->delete_by) && owner[0] && !force)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s\n  rule  %s:%u: only its owner deletes it\n"
				   "  may   %s; root with --force",
				   change_say(what, sizeof what, "delete", scope),
				   k->delete_by.pos.file, k->delete_by.pos.line, owner);
	err = store_scope_get(&c->t, scope, &s);
	if (err)
		return change_store_fail(c, err);
	if (!change_by_hand(s.source))
		return change_fail(c, RBAC_REFUSED,
				   "refused: scope %s comes from %s: remove it there, then %s",
				   scope, s.source, COMMAND("rbacctl apply"));
	return k->parent < 0 ? RBAC_OK
			     : change_may(c, &k->delete_by,
					  change_say(what, sizeof what, "delete", scope), scope);
}

struct at {
	struct change *c;
	uint64_t *v;
	size_t n, cap;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct at *at = ctx;
	if (!change_by_hand(a->source))
		return change_fail(at->c, RBAC_REFUSED,
				   "refused: assignment %llu (%s, %s at %s) comes from %s: "
				   "remove it there, then %s",
				   (unsigned long long)a->id, a->subject, a->role, a->scope,
				   a->source, COMMAND("rbacctl apply"));
	if (!buf_room(&at->v, at->n, &at->cap, sizeof *at->v))
		return RBAC_NOMEM;
	at->v[at->n++] = a->id;
	buf_printf(&at->c->done, "%s -%s at %s id %llu\n", a->subject, a->role, a->scope,
		   (unsigned long long)a->id);
	return RBAC_OK;
}

static int delete_one(struct change *c, const char *scope)
{
	struct at at = { .c = c };
	int err = store_assignments_at(&c->t, scope, NULL, on_assignment, &at);
	for (size_t i = 0; i < at.n && !err; i++)
		err = store_assignment_del(&c->t, at.v[i]);
	free(at.v);
	if (!err)
		err = store_scope_del(&c->t, scope);
	if (!err)
		buf_printf(&c->done, "scope -%s\n", scope);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_scope_delete(struct change *c, const char *scope, bool recursive, bool force)
{
	struct scopes_below b = { 0 };
	int kind;
	c->verb = "scope delete";
	int err = change_need_scope(c, scope, &kind);
	if (err)
		return err;
	err = change_scopes_below(c, scope, &b);
	if (!err && b.n > 1 && !recursive) {
		struct buf list = { 0 };
		for (size_t i = 0; i < b.n && i < 10; i++)
			if (strcmp(b.v[i], scope) != 0)
				buf_printf(&list, "\n  %s", b.v[i]);
		err = change_fail(c, RBAC_REFUSED,
				  "refused: %s has %zu scope%s below it, which --recursive "
				  "would delete too:%s%s",
				  scope, b.n - 1, b.n == 2 ? "" : "s", buf_text(&list),
				  b.n > 10 ? "\n  ..." : "");
		buf_free(&list);
	}
	for (size_t i = 0; i < b.n && !err; i++)
		err = may_delete(c, b.v[i], force);
	for (size_t i = 0; i < b.n && !err; i++)
		err = delete_one(c, b.v[i]);
	change_scopes_below_free(&b);
	return err;
}
