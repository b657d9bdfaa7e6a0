/* A new policy, whole or not at all; and the first one, with a root scope and an administrator. */
#include "rbacctl/change/apply/apply.h"
#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/review_rules.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/config/source.h"
#include "rbacctl/host/people/canonical.h"
#include "rbacctl/command.h"
#include "rbacctl/host/people/doubles.h"
#include "rbacctl/host/etc/check_host.h"
#include "rbacctl/view/gather.h"
#include "rbacctl/print_problems.h"

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	(void)u;
	return change_check_exclusive(ctx, name, "the new policy");
}

static int on_group(void *ctx, const struct store_assignment *a)
{
	struct change *c = ctx;
	int role = policy_role_find(c->p, a->role);
	if (role < 0 || a->until <= c->a->now || a->subject[0] != '%')
		return RBAC_OK;
	return change_fail(
		c, RBAC_REFUSED,
		"refused: %s holds %s at %s, which has a maximum now (%s:%u), and its members "
		"cannot be counted: first\n  %s",
		a->subject, a->role, a->scope, c->p->roles[role].max_pos.file,
		c->p->roles[role].max_pos.line,
		COMMAND("rbacctl revoke %s %s --scope %s", a->subject, a->role, a->scope));
}

/* Once for each role and scope: the holders of both are counted each time. */
static int on_place(void *ctx, const char *scope, const char *role)
{
	struct change *c = ctx;
	int i = policy_role_find(c->p, role);
	if (i < 0 || c->p->roles[i].max_is == POLICY_MAX_NONE)
		return RBAC_OK;
	int err = store_assignments_at(&c->t, scope, role, on_group, c);
	return err ? err
		   : change_check_max(c, i, scope, (struct rbac_window){ c->a->now, RBAC_TIME_MAX },
				      "the new policy");
}

int apply_check_holders(struct change *c)
{
	int err = c->p->n_exclusives ? store_users_all(&c->t, on_user, c) : RBAC_OK;
	if (!err)
		err = store_places_all(&c->t, on_place, c);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* A host in a scope that is not there could let nobody in. */
static int check_hosts(struct change *c)
{
	struct store_scope s;
	for (size_t i = 0; i < c->p->hosts.n; i++) {
		int err = store_scope_get(&c->t, c->p->hosts.v[i], &s);
		if (err == RBAC_NOTFOUND)
			return change_fail(
				c, RBAC_REFUSED,
				"refused: rbac.conf:%u: the host's scope %s does not exist, "
				"and nobody could hold a role there\n"
				"  make it first:  %s\n"
				"  or name it in assignments.d, or change host",
				c->p->hosts.pos.line, c->p->hosts.v[i],
				COMMAND("rbacctl scope create %s", c->p->hosts.v[i]));
		if (err)
			return change_store_fail(c, err);
	}
	return RBAC_OK;
}

/* A zone that is not there would be UTC, and hours other hours than rbac.conf says. */
static int need_zone(struct change *c)
{
	struct problems problems = { 0 };
	check_zone(c->p, &problems);
	problems_print(&problems, stderr);
	int err = problems.errors
			  ? change_fail(c, RBAC_REFUSED,
					"refused: the time zone of rbac.conf is none of this "
					"host's; nothing was changed")
			  : RBAC_OK;
	problems_free(&problems);
	return err;
}

/* What a role would bring on this host, and cannot. */
static void note_missing_groups(struct change *c)
{
	struct facts f;
	uint32_t gid;
	if (gather_groups(c->p, &c->t, &c->known, &f)) {
		facts_free(&f);
		return;
	}
	for (size_t i = 0; i < c->p->n_extras; i++)
		for (size_t j = 0; j < c->p->extras[i].unix_groups.n; j++)
			if (!facts_gid(&f, c->p, c->p->extras[i].unix_groups.v[j], &gid))
				buf_printf(&c->notes,
					   "%s:%u: this host has no Unix group \"%s\" that a role "
					   "could bring (gid 0 does not count): "
					   "left out until it exists\n",
					   c->p->extras[i].pos.file, c->p->extras[i].pos.line,
					   c->p->extras[i].unix_groups.v[j]);
	for (size_t i = 0; i < c->p->exempt_groups.n; i++)
		if (!facts_gid(&f, c->p, c->p->exempt_groups.v[i], &gid))
			buf_printf(&c->notes,
				   "rbac.conf:%u: this host has no Unix group "
				   "\"%s\": it exempts nobody\n",
				   c->p->exempt_groups.pos.line, c->p->exempt_groups.v[i]);
	facts_free(&f);
}

/* ---- init ---- */

static int make_scope(struct change *c, const char *scope, const char *admin)
{
	struct store_scope old;
	int kind = policy_scope_kind(c->p, scope);
	int err = store_scope_get(&c->t, scope, &old);
	if (err != RBAC_NOTFOUND)
		return err ? change_store_fail(c, err) : RBAC_OK;
	const char *owner = c->p->kinds[kind].owner_role >= 0 ? admin : "";
	err = store_scope_put(
		&c->t, scope,
		&(struct store_scope){
			.owner = owner, .plan = "", .source = "init", .change = c->change });
	buf_printf(&c->done, "scope +%s%s%s\n", scope, owner[0] ? " owner " : "", owner);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* SCOPE and every scope above it, from the top. */
static int make_path(struct change *c, const char *scope, const char *admin)
{
	char parent[RBAC_SCOPE_MAX + 1];
	if (policy_scope_kind(c->p, scope) < 0)
		return change_fail(c, RBAC_INVALID,
				   "%s is not a scope of this policy: expected KIND:NAME/NAME "
				   "with one of its kinds",
				   scope);
	int err = policy_scope_parent(c->p, scope, parent) == RBAC_OK ? make_path(c, parent, admin)
								      : RBAC_OK;
	return err ? err : make_scope(c, scope, admin);
}

/* Where a bootstrap role is given: at the root scope, or at the first host scope's ancestor of the
 * role's kind. */
static int bootstrap(struct change *c, int role, const char *root, const char *admin)
{
	char scope[RBAC_SCOPE_MAX + 1];
	const char *under = c->p->hosts.n ? c->p->hosts.v[0] : root;
	const struct policy_role *r0 = &c->p->roles[role];
	if (policy_scope_ancestor(c->p, root, r0->kind, scope) &&
	    policy_scope_ancestor(c->p, under, r0->kind, scope)) {
		buf_printf(&c->notes,
			   "%s:%u: %s is marked bootstrap, but neither %s nor %s lies at or below "
			   "a scope of its kind, %s: it was given to nobody\n",
			   r0->pos.file, r0->pos.line, r0->name, root, under,
			   c->p->kinds[r0->kind].name);
		return RBAC_OK;
	}
	struct assign_request r = {
		.subject = admin,
		.role = c->p->roles[role].name,
		.scope = scope,
		.from = RBAC_TIME_MIN,
		.until = RBAC_TIME_MAX,
		.reason = "bootstrap",
		.source = "init",
	};
	int err = change_assign(c, &r);
	c->nothing = false;
	return err;
}

static int first(struct change *c, const char *root, const char *typed)
{
	struct person p = { 0 };
	const char *admin = p.name;
	int err = typed[0] ? change_person(c, typed, &p) : RBAC_OK;
	if (!err && typed[0])
		err = change_record_user(c, &p, false);
	if (!err)
		err = make_path(c, root, admin);
	for (size_t i = 0; i < c->p->hosts.n && !err; i++)
		err = make_path(c, c->p->hosts.v[i], admin);
	for (size_t r = 0; r < c->p->n_roles && !err; r++)
		if (c->p->roles[r].bootstrap)
			err = bootstrap(c, (int)r, root, admin);
	return err;
}

/* ---- apply ---- */

/* What is told of an apply comes from comparing two policies; here there is but one. */
static void note_unread(struct change *c)
{
	buf_printf(&c->done, "in the place of a policy that could not be read\n");
	buf_printf(&c->notes,
		   "the policy that was applied could not be read, so whether it had keys that are "
		   "gone now, and who held them, is not told:\n%s",
		   buf_text(&c->unread));
}

/* What is applied is what passwd calls the people whom the files name; two lines that come to be
 * one are refused. */
static int name_people(struct change *c)
{
	struct buf notes = { 0 };
	int err = change_read_passwd(c);
	if (!err)
		err = canonical_rules(c->p, &c->passwd, &c->known, &notes);
	if (!err)
		err = canonical_files(c->p, &c->passwd, &c->known, &notes);
	if (err == RBAC_CONFLICT)
		err = change_fail(c, RBAC_REFUSED,
				  "refused: in assignments.d one person or group has two names\n%s",
				  buf_text(&notes));
	else if (err)
		change_fail(c, err, "%s", rbac_error_text(err));
	else if (notes.len)
		buf_printf(&c->notes, "%s", buf_text(&notes));
	buf_free(&notes);
	return err;
}

static int on_recorded(void *ctx, const char *name, const struct store_user *u)
{
	return doubles_add(ctx, name, u->uid);
}

static void on_double(void *ctx, const char *text, bool both)
{
	(void)both;
	buf_printf(ctx, "%s\n", text);
}

/* Two names of one person, which the store has from before it was refused, or passwd has. */
static int note_doubles(struct change *c)
{
	struct doubles d = { 0 };
	int err = store_users_all(&c->t, on_recorded, &d);
	if (!err)
		err = doubles_find(&d, &c->passwd, on_double, &c->notes);
	doubles_free(&d);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_apply(struct change *c, struct policy_sources *new, struct policy *policy, bool drop,
		 const struct init_request *init)
{
	struct problems problems = { 0 };
	struct review_policy reviews = { 0 };
	bool filled = init && init->fill;
	c->verb = !init ? "apply" : init->verb ? init->verb : "init";
	if (c->unread.len)
		note_unread(c);
	/* What is filled in goes with the new policy already. */
	int err = filled ? RBAC_OK : apply_renames(c, policy);
	if (!err && !filled)
		err = apply_drops(c, c->p, policy, drop);
	c->old = c->p;
	c->old_sources = c->sources;
	c->p = policy;
	c->sources = *new;
	*new = (struct policy_sources){ 0 };
	if (!err)
		err = name_people(c);
	if (!err)
		err = need_zone(c);
	if (!err)
		err = review_policy_begin(c, &reviews);
	if (filled && !err)
		err = init->fill(c, init->ctx);
	if (!err)
		err = review_policy_end(&reviews);
	review_policy_free(&reviews);
	if (!err)
		err = apply_gids(c, &problems);
	if (err == RBAC_INVALID && problems.errors) {
		problems_print(&problems, stderr);
		change_fail(c, err, "%zu problem%s with group names or ids; nothing was changed",
			    problems.errors, problems.errors == 1 ? "" : "s");
		err = RBAC_REFUSED;
	}
	if (!err && init && !filled)
		err = first(c, init->root, init->admin);
	if (!err)
		err = apply_files(c);
	if (!err)
		err = check_hosts(c);
	if (!err)
		err = apply_check_holders(c);
	if (!err) {
		err = store_texts_put(&c->t, c->change, &c->sources);
		if (err)
			change_store_fail(c, err);
	}
	if (!err)
		note_missing_groups(c);
	if (!err)
		err = note_doubles(c);
	for (size_t i = 0; i < c->sources.n && !err; i++)
		buf_printf(&c->done, "file %s\n", c->sources.v[i].name);
	problems_free(&problems);
	return err;
}
