/* Scopes: create, delete, transfer, plan. */
#include "rbacctl/change/change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/command.h"
#include "rbacctl/model/by.h"

static const struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };

/* The words of an act on a scope, for messages. */
static const char *say(char *out, size_t size, const char *what, const char *scope)
{
	snprintf(out, size, "%s %s", what, scope);
	return out;
}

static bool is_host_scope(const struct policy *p, const char *scope)
{
	for (size_t i = 0; i < p->hosts.n; i++)
		if (strcmp(p->hosts.v[i], scope) == 0)
			return true;
	return false;
}

/* ---- create ---- */

static int check_new_name(struct change *c, const char *scope, int *kind, char *parent)
{
	struct store_scope s;
	int need_kind;
	*kind = policy_scope_kind(c->p, scope);
	if (*kind < 0)
		return change_need_scope(c, scope,
					 &need_kind); /* says what is wrong with the name */
	int err = store_scope_get(&c->t, scope, &s);
	if (!err)
		return change_fail(c, RBAC_CONFLICT, "scope %s exists already (%s)", scope,
				   COMMAND("rbacctl scope show %s", scope));
	if (err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	parent[0] = 0;
	if (c->p->kinds[*kind].parent < 0)
		return RBAC_OK;
	policy_scope_parent(c->p, scope, parent);
	return change_need_scope(c, parent, &need_kind);
}

/* Who is to own it: the creator, or whom root names; P holds the name that counts. */
static int find_owner(struct change *c, const char *scope, int kind, const char **owner,
		      struct person *p)
{
	if (c->p->kinds[kind].owner_role < 0) {
		if (*owner)
			return change_fail(c, RBAC_INVALID,
					   "scopes of kind %s have no owner: leave --owner out",
					   c->p->kinds[kind].name);
		*owner = "";
		return RBAC_OK;
	}
	if (*owner) {
		int err = change_person(c, *owner, p);
		*owner = p->name;
		if (err)
			return err;
	}
	if (*owner && !c->a->actor.root && strcmp(*owner, c->a->actor.name) != 0)
		return change_fail(
			c, RBAC_REFUSED,
			"refused: %s would own what %s creates; make it without --owner, then\n"
			"  %s",
			c->a->actor.name, c->a->actor.name,
			COMMAND("rbacctl scope transfer %s %s", scope, *owner));
	if (!*owner && c->a->actor.root)
		return change_fail(c, RBAC_INVALID,
				   "%s needs an owner, and root owns nothing:\n  %s", scope,
				   COMMAND("rbacctl scope create %s --owner USER", scope));
	if (*owner)
		return RBAC_OK;
	int err = change_person(c, c->a->actor.name, p);
	*owner = p->name;
	return err;
}

static int check_owner(struct change *c, const char *scope, int kind, const char *owner)
{
	char what[RBAC_SCOPE_MAX + 40];
	int role = c->p->kinds[kind].owner_role;
	if (role < 0 || !owner[0])
		return RBAC_OK;
	int err = change_check_extras(c, role, scope,
				      NULL); /* an owner has the role without an assignment */
	if (err)
		return err;
	err = change_check_max(c, role, scope, always, say(what, sizeof what, "owning", scope));
	return err ? err : change_check_exclusive(c, owner, what);
}

/* Write a scope that has been found allowed. P is its OWNER, where it has one. SOURCE: "command",
 * FILE:LINE. */
static int make(struct change *c, const char *scope, int kind, const char *owner,
		const struct person *p, const char *source)
{
	struct store_scope s = {
		.owner = owner, .plan = "", .source = source, .change = c->change
	};
	int err = owner[0] ? change_record_user(c, p, false) : RBAC_OK;
	if (err)
		return err;
	err = store_scope_put(&c->t, scope, &s);
	if (err)
		return change_store_fail(c, err);
	buf_printf(&c->done, "scope +%s%s%s\n", scope, owner[0] ? " owner " : "", owner);
	return check_owner(c, scope, kind, owner);
}

int change_scope_create(struct change *c, const char *scope, const char *owner)
{
	char parent[RBAC_SCOPE_MAX + 1], what[RBAC_SCOPE_MAX + 40];
	struct person p;
	int kind;
	c->verb = "scope create";
	int err = check_new_name(c, scope, &kind, parent);
	if (err)
		return err;
	const struct policy_kind *k = &c->p->kinds[kind];
	if (k->parent < 0 && !c->a->actor.root)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s is a root kind: only root makes its scopes\n"
				   "  may   root with --as root",
				   k->name);
	err = k->parent < 0 ? RBAC_OK
			    : change_may(c, &k->create_by, say(what, sizeof what, "create", scope),
					 parent);
	if (!err)
		err = find_owner(c, scope, kind, &owner, &p);
	return err ? err : make(c, scope, kind, owner, &p, "command");
}

/* ---- delete ---- */

struct below {
	struct change *c;
	const char *top;
	char **v;
	size_t n, cap;
};

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct below *b = ctx;
	(void)s;
	if (!policy_scope_within(b->c->p, scope, b->top))
		return RBAC_OK;
	if (!buf_room(&b->v, b->n, &b->cap, sizeof *b->v))
		return RBAC_NOMEM;
	b->v[b->n] = strdup(scope);
	return b->v[b->n++] ? RBAC_OK : RBAC_NOMEM;
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
				   say(what, sizeof what, "delete", scope), k->delete_by.pos.file,
				   k->delete_by.pos.line, owner);
	err = store_scope_get(&c->t, scope, &s);
	if (err)
		return change_store_fail(c, err);
	if (strcmp(s.source, "command") != 0 && strcmp(s.source, "init") != 0)
		return change_fail(c, RBAC_REFUSED,
				   "refused: scope %s comes from %s: remove it there, then %s",
				   scope, s.source, COMMAND("rbacctl apply"));
	return k->parent < 0 ? RBAC_OK
			     : change_may(c, &k->delete_by, say(what, sizeof what, "delete", scope),
					  scope);
}

struct at {
	struct change *c;
	uint64_t *v;
	size_t n, cap;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct at *at = ctx;
	if (strcmp(a->source, "command") != 0 && strcmp(a->source, "init") != 0)
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
	struct below b = { .c = c, .top = scope };
	int kind;
	c->verb = "scope delete";
	int err = change_need_scope(c, scope, &kind);
	if (err)
		return err;
	err = store_scopes_all(&c->t, on_scope, &b);
	if (err)
		change_store_fail(c, err);
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
	for (size_t i = 0; i < b.n; i++)
		free(b.v[i]);
	free(b.v);
	return err;
}

/* ---- transfer ---- */

struct effective_role {
	const char *role, *scope;
	bool always;
};

static int on_standing(void *ctx, const struct store_assignment *a)
{
	struct effective_role *s = ctx;
	s->always |= strcmp(a->role, s->role) == 0 && strcmp(a->scope, s->scope) == 0 &&
		     a->until == RBAC_TIME_MAX && a->from == RBAC_TIME_MIN;
	return RBAC_OK;
}

static int leave_role(struct change *c, const char *scope, const char *role, const char *user)
{
	struct store_assignment a = {
		.change = c->change,
		.when = c->a->now,
		.from = RBAC_TIME_MIN,
		.until = RBAC_TIME_MAX,
		.subject = user,
		.role = role,
		.scope = scope,
		.by = c->a->actor.name,
		.reason = "kept on transfer",
		.source = "command",
	};
	struct effective_role has = { role, scope, false };
	int err = store_assignments_of(&c->t, user, on_standing, &has);
	if (err || has.always)
		return err ? change_store_fail(c, err)
			   : RBAC_OK; /* was assigned to the owner as well */
	err = store_next_id(&c->t, c->change, &a.id);
	if (!err)
		err = store_assignment_put(&c->t, &a);
	if (!err)
		buf_printf(&c->done, "%s +%s at %s id %llu\n", user, role, scope,
			   (unsigned long long)a.id);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int check_heir(struct change *c, const char *scope, const char *typed, const char *old,
		      struct person *p)
{
	struct store_user u;
	const char *to = p->name;
	int err = change_person(c, typed, p);
	if (err)
		return err;
	if (strcmp(to, old) == 0)
		return change_fail(c, RBAC_CONFLICT, "%s owns %s already", to, scope);
	err = change_record_user(c, p, false);
	if (!err && store_user_get(&c->t, to, &u) == RBAC_OK && (u.flags & STORE_USER_SUSPENDED))
		err = change_fail(
			c, RBAC_REFUSED,
			"refused: %s is suspended, and %s would have no owner who can act (%s)", to,
			scope, COMMAND("rbacctl user resume %s", to));
	return err;
}

/* What a file says is changed there: the next apply would take it back. */
static int said_in_file(struct change *c, const char *scope, bool owner)
{
	for (size_t i = 0; i < c->p->n_scopes; i++) {
		const struct policy_file_scope *f = &c->p->scopes[i];
		if (strcmp(f->scope, scope) == 0 && (owner ? f->owner : f->plan))
			return change_fail(
				c, RBAC_REFUSED,
				"refused: the %s of %s comes from %s:%u: change it there, then %s",
				owner ? "owner" : "plan", scope, f->pos.file, f->pos.line,
				COMMAND("rbacctl apply"));
	}
	return RBAC_OK;
}

int change_scope_transfer(struct change *c, const char *scope, const char *typed, bool keep_role)
{
	struct person heir = { 0 };
	const char *to = heir.name;
	char what[RBAC_SCOPE_MAX + 40], old[RBAC_USER_MAX + 1], plan[RBAC_WORD_MAX + 1],
		source[400];
	struct store_scope s;
	struct watch watch = { 0 };
	int kind;
	c->verb = "scope transfer";
	int err = change_need_scope(c, scope, &kind);
	if (err)
		return err;
	const struct policy_kind *k = &c->p->kinds[kind];
	if (k->owner_role < 0)
		return change_fail(c, RBAC_INVALID,
				   "scopes of kind %s have no owner: there is nothing to transfer",
				   k->name);
	err = change_may(c, &k->transfer_by, say(what, sizeof what, "transfer", scope), scope);
	if (!err)
		err = said_in_file(c, scope, true);
	if (!err)
		err = change_owner(c, scope, old);
	if (!err)
		err = check_heir(c, scope, typed, old, &heir);
	if (!err)
		err = change_watch(c, &watch, k->owner_role, scope);
	if (!err) {
		err = store_scope_get(&c->t, scope, &s);
		if (err)
			change_store_fail(c, err);
	}
	if (!err) {
		snprintf(plan, sizeof plan, "%s", s.plan);
		snprintf(source, sizeof source, "%s", s.source);
		struct store_scope new = {
			.owner = to, .plan = plan, .source = source, .change = s.change
		};
		err = store_scope_put(&c->t, scope, &new);
		if (err)
			change_store_fail(c, err);
	}
	buf_printf(&c->done, "scope %s owner %s -> %s\n", scope, old[0] ? old : "(none)", to);
	if (!err && keep_role && old[0])
		err = leave_role(c, scope, c->p->roles[k->owner_role].name, old);
	if (!err)
		err = check_owner(c, scope, kind, to);
	if (!err)
		err = change_watch_check(c, &watch, say(what, sizeof what, "transferring", scope));
	change_watch_free(&watch);
	return err;
}

/* ---- plan ---- */

/* Every role whose limit the plan sets must still be within it, at this scope and at those below
 * that take their plan from it. */
static int check_plan(struct change *c, const char *scope)
{
	struct below b = { .c = c, .top = scope };
	int err = store_scopes_all(&c->t, on_scope, &b);
	if (err)
		change_store_fail(c, err);
	for (size_t i = 0; i < b.n && !err; i++)
		for (size_t r = 0; r < c->p->n_roles && !err; r++)
			if (c->p->roles[r].max_is == POLICY_MAX_PLAN &&
			    c->p->roles[r].kind == policy_scope_kind(c->p, b.v[i]))
				err = change_check_max(
					c, (int)r, b.v[i],
					(struct rbac_window){ c->a->now, RBAC_TIME_MAX },
					"this plan");
	for (size_t i = 0; i < b.n; i++)
		free(b.v[i]);
	free(b.v);
	return err;
}

int change_scope_plan(struct change *c, const char *scope, const char *plan)
{
	char what[RBAC_SCOPE_MAX + 60], owner[RBAC_USER_MAX + 1], source[400];
	struct store_scope s;
	int kind;
	c->verb = "scope set";
	int err = change_need_scope(c, scope, &kind);
	if (err)
		return err;
	const struct policy_kind *k = &c->p->kinds[kind];
	if (plan[0] && !policy_plan_find(c->p, plan)) {
		struct buf known = { 0 };
		for (size_t i = 0; i < c->p->n_plans; i++)
			buf_printf(&known, "%s%s", i ? ", " : "", c->p->plans[i].name);
		err = change_fail(c, RBAC_INVALID,
				  "the applied policy has no plan \"%s\"; it has: %s", plan,
				  known.len ? buf_text(&known) : "none");
		buf_free(&known);
		return err;
	}
	err = change_may(c, &k->plan_by, say(what, sizeof what, "set the plan of", scope), scope);
	if (!err)
		err = said_in_file(c, scope, false);
	if (err)
		return err;
	err = store_scope_get(&c->t, scope, &s);
	if (err)
		return change_store_fail(c, err);
	snprintf(owner, sizeof owner, "%s", s.owner);
	snprintf(source, sizeof source, "%s", s.source);
	buf_printf(&c->done, "scope %s plan %s -> %s\n", scope, s.plan[0] ? s.plan : "(default)",
		   plan[0] ? plan : "(default)");
	struct store_scope new = {
		.owner = owner, .plan = plan, .source = source, .change = s.change
	};
	err = store_scope_put(&c->t, scope, &new);
	return err ? change_store_fail(c, err) : check_plan(c, scope);
}
