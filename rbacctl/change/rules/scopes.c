/* What several acts on scopes need: the scopes below one, its owner's role, what a file says. */
#include "rbacctl/change/rules/scopes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/command.h"

const char *change_say(char *out, size_t size, const char *what, const char *scope)
{
	snprintf(out, size, "%s %s", what, scope);
	return out;
}

struct walk {
	struct change *c;
	const char *top;
	struct scopes_below *out;
};

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct walk *w = ctx;
	struct scopes_below *b = w->out;
	(void)s;
	if (!policy_scope_within(w->c->p, scope, w->top))
		return RBAC_OK;
	if (!buf_room(&b->v, b->n, &b->cap, sizeof *b->v))
		return RBAC_NOMEM;
	b->v[b->n] = strdup(scope);
	return b->v[b->n++] ? RBAC_OK : RBAC_NOMEM;
}

int change_scopes_below(struct change *c, const char *top, struct scopes_below *out)
{
	*out = (struct scopes_below){ 0 };
	int err = store_scopes_all(&c->t, on_scope, &(struct walk){ c, top, out });
	return err ? change_store_fail(c, err) : RBAC_OK;
}

void change_scopes_below_free(struct scopes_below *b)
{
	for (size_t i = 0; i < b->n; i++)
		free(b->v[i]);
	free(b->v);
	*b = (struct scopes_below){ 0 };
}

static const struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };

int change_check_owner(struct change *c, const char *scope, int kind, const char *owner)
{
	char what[RBAC_SCOPE_MAX + 40];
	int role = c->p->kinds[kind].owner_role;
	if (role < 0 || !owner[0])
		return RBAC_OK;
	int err = change_check_extras(c, role, scope,
				      NULL); /* an owner has the role without an assignment */
	if (err)
		return err;
	err = change_check_max(c, role, scope, always,
			       change_say(what, sizeof what, "owning", scope));
	return err ? err : change_check_exclusive(c, owner, what);
}

static const struct policy_file_scope *file_scope(const struct policy *p, const char *scope,
						  bool owner)
{
	for (size_t i = 0; i < p->n_scopes; i++) {
		const struct policy_file_scope *f = &p->scopes[i];
		if (strcmp(f->scope, scope) == 0 && (owner ? f->owner : f->plan))
			return f;
	}
	return NULL;
}

const struct policy_file_scope *change_file_owner(const struct change *c, const char *scope)
{
	return file_scope(c->p, scope, true);
}

int change_said_in_file(struct change *c, const char *scope, bool owner)
{
	const struct policy_file_scope *f = file_scope(c->p, scope, owner);

	return f ? change_fail(c, RBAC_REFUSED,
			       "refused: the %s of %s comes from %s:%u: change it there, then %s",
			       owner ? "owner" : "plan", scope, f->pos.file, f->pos.line,
			       COMMAND("rbacctl apply"))
		 : RBAC_OK;
}
