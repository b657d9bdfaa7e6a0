/* Users: add (with the scopes that are theirs from the start), rename, forget. */
#include "rbacctl/change/rules/from_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"
#include "rbacctl/model/template.h"

/* ---- add ---- */

/* The path behind the colon of USER's own scope of KIND: that of the parent kind's, and the
 * template. */
static int own_path(struct change *c, int kind, const char *user, const char *root_path, char *out,
		    size_t size)
{
	const struct policy_kind *k = &c->p->kinds[kind];
	char parent[RBAC_SCOPE_MAX + 1], own[RBAC_SCOPE_MAX + 1];
	if (k->parent < 0) {
		snprintf(out, size, "%s", root_path);
		return RBAC_OK;
	}
	if (!k->per_user)
		return change_fail(c, RBAC_INVALID, "%s:%u: %s has no per_user of its own",
				   k->pos.file, k->pos.line, k->name);
	int err = own_path(c, k->parent, user, root_path, parent, sizeof parent);
	if (err)
		return err;
	size_t len = template_fill(k->per_user, &(struct template_value){ "user", user }, 1, own,
				   sizeof own);
	/* Scopes below a root kind do carry the root's name: organization:main/alice. */
	if (len >= sizeof own || (size_t)snprintf(out, size, "%s/%s", parent, own) >= size)
		return change_fail(c, RBAC_INVALID, "the scope of %s would have too long a name",
				   user);
	return RBAC_OK;
}

struct only {
	struct change *c;
	int kind;
	char scope[RBAC_SCOPE_MAX + 1];
	size_t n;
};

static int on_root(void *ctx, const char *scope, const struct store_scope *s)
{
	struct only *o = ctx;
	(void)s;
	if (policy_scope_kind(o->c->p, scope) == o->kind && o->n++ == 0)
		snprintf(o->scope, sizeof o->scope, "%s", scope);
	return RBAC_OK;
}

/* The root scope under which the kinds above KIND begin: the one that is named, or the only one
 * there is. */
static int find_root(struct change *c, int kind, const char *named, char *path, size_t size)
{
	struct only o = { .c = c, .kind = kind };
	int named_kind;
	while (c->p->kinds[o.kind].parent >= 0)
		o.kind = c->p->kinds[o.kind].parent;
	int err = named ? change_need_scope(c, named, &named_kind) : RBAC_OK;
	if (!err && named && named_kind != o.kind)
		err = change_fail(c, RBAC_INVALID,
				  "--scope %s: expected a scope of kind %s, "
				  "under which the scopes of users begin",
				  named, c->p->kinds[o.kind].name);
	if (!err && !named) {
		err = store_scopes_all(&c->t, on_root, &o);
		if (!err && o.n != 1)
			err = change_fail(c, RBAC_INVALID,
					  "there are %zu scopes of kind %s: name the one to use "
					  "with --scope %s:NAME",
					  o.n, c->p->kinds[o.kind].name, c->p->kinds[o.kind].name);
	}
	if (!err)
		snprintf(path, size, "%s", strchr(named ? named : o.scope, ':') + 1);
	return err;
}

/* Who adds users makes scopes under that root, and needs the right there. */
static int may_add_under(struct change *c, int kind, const char *root_path)
{
	char root[RBAC_SCOPE_MAX + 80];
	while (c->p->kinds[kind].parent >= 0)
		kind = c->p->kinds[kind].parent;
	snprintf(root, sizeof root, "%s:%s", c->p->kinds[kind].name, root_path);
	return change_may(c, &c->p->add_by, "add users", root);
}

static int make_own_scope(struct change *c, int kind, const char *user, const char *root)
{
	char root_path[RBAC_SCOPE_MAX + 1], path[RBAC_SCOPE_MAX + 1], scope[RBAC_SCOPE_MAX + 80];
	struct store_scope old,
		s = { .owner = user, .plan = "", .source = "command", .change = c->change };
	const struct policy_kind *k = &c->p->kinds[kind];
	int err = find_root(c, kind, root, root_path, sizeof root_path);
	if (!err)
		err = may_add_under(c, kind, root_path);
	if (!err)
		err = own_path(c, kind, user, root_path, path, sizeof path);
	if (err)
		return err;
	snprintf(scope, sizeof scope, "%s:%s", k->name, path);
	if (policy_scope_kind(c->p, scope) != kind)
		return change_fail(
			c, RBAC_INVALID,
			"%s is not a name for a scope: the name of the user does not fit into "
			"one (%s:%u per_user)",
			scope, k->pos.file, k->pos.line);
	err = store_scope_get(&c->t, scope, &old);
	if (!err && strcmp(old.owner, user) == 0)
		return RBAC_OK; /* has it already: recorded by an assignment, say, or from before */
	if (!err)
		return change_fail(c, RBAC_CONFLICT,
				   "refused: %s would get the scope %s, which exists already (%s)",
				   user, scope, COMMAND("rbacctl scope show %s", scope));
	if (err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	err = store_scope_put(&c->t, scope, &s);
	if (err)
		return change_store_fail(c, err);
	buf_printf(&c->done, "scope +%s owner %s\n", scope, user);
	err = change_check_extras(c, k->owner_role, scope, NULL);
	if (err)
		return err;
	err = change_check_max(c, k->owner_role, scope,
			       (struct rbac_window){ RBAC_TIME_MIN, RBAC_TIME_MAX }, "owning it");
	return err ? err : change_check_exclusive(c, user, "owning scopes of their own");
}

int change_user_add(struct change *c, const char *typed, const char *root, bool force)
{
	struct store_user u;
	struct person p;
	const char *user = p.name;
	c->verb = "user add";
	int err = change_may(c, &c->p->add_by, "add users", NULL);
	if (!err)
		err = change_person(c, typed, &p);
	if (err)
		return err;
	bool recorded = store_user_get(&c->t, user, &u) ==
			RBAC_OK; /* an assignment records too, without scopes of one's own */
	err = change_record_user(c, &p, force);
	if (!recorded)
		buf_printf(&c->done, "user +%s\n", user);
	/* Parents stand before children in depth: go by depth. */
	for (unsigned depth = 1; depth <= POLICY_DEPTH_MAX && !err; depth++)
		for (size_t k = 0; k < c->p->n_kinds && !err; k++)
			if (c->p->kinds[k].per_user && c->p->kinds[k].depth == depth)
				err = make_own_scope(c, (int)k, user, root);
	if (!err && c->done.len == 0) {
		c->nothing = true;
		buf_printf(&c->notes, "%s is recorded already (%s)\n", user,
			   COMMAND("rbacctl user show %s", user));
	}
	return err;
}

/* ---- rename, forget ---- */

static int from_file(struct change *c, const struct copies *m)
{
	for (size_t i = 0; i < m->n_scopes; i++)
		if (!change_by_hand(m->scopes[i].source))
			return change_fail(
				c, RBAC_REFUSED,
				"refused: scope %s comes from %s: change its owner there, then %s",
				m->scopes[i].scope, m->scopes[i].source, COMMAND("rbacctl apply"));
	for (size_t i = 0; i < m->n; i++)
		if (!change_by_hand(m->v[i].source))
			return change_fail(c, RBAC_REFUSED,
					   "refused: assignment %llu (%s at %s) comes from %s: "
					   "change the name there, then %s",
					   (unsigned long long)m->v[i].id, m->v[i].role,
					   m->v[i].scope, m->v[i].source, COMMAND("rbacctl apply"));
	return RBAC_OK;
}

static int move_scope(struct change *c, const struct copied_scope *s, const char *to)
{
	return store_scope_put(
		&c->t, s->scope,
		&(struct store_scope){
			.owner = to, .plan = s->plan, .source = s->source, .change = s->change });
}

static int move_assignment(struct change *c, struct store_assignment *a, const char *to)
{
	int err = store_assignment_del(&c->t, a->id);
	if (err)
		return err;
	struct store_assignment new = *a;
	new.subject = to;
	return store_assignment_put(&c->t, &new);
}

/* A rename is one person with another login name: the uid stays. Anything else would hand over what
 * only owners may give. */
static int check_new_name(struct change *c, const char *from, const struct store_user *old,
			  const struct person *to)
{
	struct store_user u;
	if (strcmp(from, to->name) == 0)
		return change_fail(c, RBAC_CONFLICT,
				   "refused: %s is called that already; the same person, "
				   "whose uid has changed:\n  %s",
				   from, COMMAND("rbacctl user rebind %s", from));
	if (store_user_get(&c->t, to->name, &u) == RBAC_OK)
		return change_fail(c, RBAC_CONFLICT,
				   "%s is recorded already: two people cannot become one (%s)",
				   to->name, COMMAND("rbacctl user show %s", to->name));
	if (to->state == PERSON_ABSENT)
		return change_fail(c, RBAC_REFUSED,
				   "refused: passwd knows no user \"%s\" (%s finds none)", to->name,
				   COMMAND("getent passwd %s", to->name));
	if (to->state == PERSON_UNASKED)
		return change_fail(c, RBAC_REFUSED,
				   "refused: passwd does not answer for \"%s\" now (%s)", to->name,
				   COMMAND("getent passwd %s", to->name));
	if (!c->a->actor.root && to->uid != old->uid)
		return change_fail(
			c, RBAC_REFUSED,
			"refused: %s is uid %u, and %s was recorded with %s: another person\n"
			"  may   root with --as root",
			to->name, to->uid, from, old->uid == RBAC_NO_UID ? "none" : "another uid");
	return RBAC_OK;
}

static int move_user(struct change *c, const struct store_user *u, const char *from, const char *to,
		     struct copies *m)
{
	struct store_user new;
	int err = store_user_get(&c->t, to, &new);
	new.flags = u->flags;
	if (!err)
		err = store_user_put(&c->t, to, &new);
	for (size_t i = 0; i < m->n && !err; i++)
		err = move_assignment(c, &m->v[i], to);
	for (size_t i = 0; i < m->n_scopes && !err; i++)
		err = move_scope(c, &m->scopes[i], to);
	if (!err)
		err = store_user_del(&c->t, from);
	uids_remove(&c->uids, u->uid, from);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_user_rename(struct change *c, const char *typed, const char *new_name)
{
	struct store_user u;
	struct copies m = { 0 };
	struct person old, to;
	const char *from = old.name;
	c->verb = "user rename";
	int err = change_need_user(c, typed, &old, &u);
	if (!err)
		err = change_may_user(c, &c->p->forget_by, "rename users", from);
	if (!err && change_passwd_says(c, new_name, &to))
		err = change_fail(c, RBAC_INVALID, "user \"%s\": no name that could be recorded",
				  new_name);
	if (!err)
		err = check_new_name(c, from, &u, &to);
	if (!err)
		err = copies_of_user(c, from, &m);
	if (!err)
		err = from_file(c, &m);
	if (!err)
		err = change_record_as(c, &to, false, from);
	if (!err)
		err = move_user(c, &u, from, to.name, &m);
	if (!err)
		buf_printf(&c->done, "user %s -> %s\n", from, to.name);
	copies_free(&m);
	return err;
}

int change_user_forget(struct change *c, const char *typed)
{
	struct store_user u;
	struct person p;
	const char *user = p.name;
	struct copies m = { 0 };
	struct watch watch = { 0 };
	char what[RBAC_USER_MAX + 20];
	c->verb = "user forget";
	int err = change_need_user(c, typed, &p, &u);
	if (!err)
		err = change_may_user(c, &c->p->forget_by, "forget users", user);
	if (!err)
		err = copies_of_user(c, user, &m);
	if (!err)
		err = from_file(c, &m);
	if (!err && m.n_scopes)
		err = change_fail(
			c, RBAC_REFUSED,
			"refused: %s owns %s%s: first give it to another owner, or delete it\n"
			"  %s\n  %s",
			user, m.scopes[0].scope, m.n_scopes > 1 ? " and others" : "",
			COMMAND("rbacctl scope transfer %s USER", m.scopes[0].scope),
			COMMAND("rbacctl scope delete %s", m.scopes[0].scope));
	if (!err)
		err = change_watch_user(c, &watch, user);
	if (!err) {
		for (size_t i = 0; i < m.n && !err; i++) {
			err = store_assignment_del(&c->t, m.v[i].id);
			buf_printf(&c->done, "%s -%s at %s id %llu\n", user, m.v[i].role,
				   m.v[i].scope, (unsigned long long)m.v[i].id);
		}
		if (!err)
			err = store_user_del(&c->t, user);
		uids_remove(&c->uids, u.uid, user);
		if (err)
			change_store_fail(c, err);
	}
	buf_printf(&c->done, "user -%s\n", user);
	snprintf(what, sizeof what, "forgetting %s", user);
	if (!err)
		err = change_watch_check(c, &watch, what);
	change_watch_free(&watch);
	copies_free(&m);
	return err;
}
