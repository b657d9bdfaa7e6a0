#include "rbacctl/change/acts/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/matches.h"
#include "rbacctl/change/rules/on_authority.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"
#include "rbacctl/store/request.h"

static int nothing_to_revoke(struct change *c, const struct revoke_request *r, int role)
{
	char owner[RBAC_USER_MAX + 1];
	int kind = policy_scope_kind(c->p, r->scope);
	int err = change_owner(c, r->scope, owner);
	if (err)
		return err;
	if (kind >= 0 && c->p->kinds[kind].owner_role == role && strcmp(owner, r->subject) == 0)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s holds %s at %s as its owner, not by an assignment; "
				   "another owner takes it over by\n  %s",
				   r->subject, r->role, r->scope,
				   COMMAND("rbacctl scope transfer %s USER", r->scope));
	struct buf held = { 0 };
	err = change_still_held(c, r->subject, role, &held);
	size_t len = held.len ? held.len - 1 : 0; /* without the last newline */
	if (!err)
		err = change_fail(
			c, RBAC_INVALID, "%s has no such assignment: %s at %s%s (%s)%s%.*s",
			r->subject, r->role, r->scope, r->id ? " with that id" : "",
			r->subject[0] == '%' ? COMMAND("rbacctl list assignments")
					     : COMMAND("rbacctl user show %s", r->subject),
			len ? "\n" : "", (int)len, buf_text(&held));
	buf_free(&held);
	return err;
}

static void note_began(struct change *c, const struct store_assignment *a)
{
	int64_t began = a->from > a->when ? a->from : a->when;

	if (c->lost_since == 0 || began < c->lost_since)
		c->lost_since = began;
}

static int take(struct change *c, const struct revoke_request *r, int role)
{
	char what[900];
	struct matches m = { .role = r->role, .scope = r->scope, .id = r->id };
	struct watch watch = { 0 };
	int err = change_find_matches(c, r->subject, &m);
	if (!err)
		err = change_keep_local(c, &m);
	if (!err && m.n == 0)
		err = nothing_to_revoke(c, r, role);
	for (size_t i = 0; i < m.n && !err; i++)
		err = change_not_from_file(c, &m.v[i]);
	for (size_t i = 0; i < m.n && !err; i++)
		note_began(c, &m.v[i]);
	for (size_t i = 0; i < m.n && !err; i++)
		buf_printf(&c->done, "%s -%s at %s id %llu\n", r->subject, r->role, r->scope,
			   (unsigned long long)m.v[i].id);
	if (!err)
		err = change_watch(c, &watch, role, r->scope);
	if (!err)
		err = change_remove_matches(c, &m);
	free(m.v);
	snprintf(what, sizeof what, "revoking %s from %s", r->role, r->subject);
	if (!err)
		err = change_watch_check(c, &watch, what);
	change_watch_free(&watch);
	if (!err)
		err = change_still_held(c, r->subject, role, &c->notes);
	return err ? err : change_note_hanging(c);
}

/* As it is written: so was it assigned before group knew another name for it. */
static bool is_assigned(struct change *c, const struct revoke_request *r)
{
	struct matches m = { .role = r->role, .scope = r->scope, .id = r->id };
	bool yes = change_find_matches(c, r->subject, &m) == RBAC_OK && m.n > 0;

	free(m.v);
	return yes;
}

/* Whom it is about, recorded or not: %groups are not, and an owner may hold the role without an
 * assignment. */
static int find_holder(struct change *c, struct revoke_request *r, struct person *p)
{
	struct store_user u;
	snprintf(c->whom, sizeof(c->whom), "%s", r->subject);
	if (r->subject[0] == '%')
		return is_assigned(c, r) ? RBAC_OK : change_group(c, &r->subject);
	int err = change_recorded(c, r->subject, p, &u);
	r->subject = p->name;
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* Was A given on a request, which the actor made, or by which the actor has it? */
static bool by_own_request(struct change *c, const struct store_assignment *a)
{
	struct store_request r;

	if (strcmp(a->source, "request") != 0)
		return false;
	return strcmp(a->subject, c->a->actor.name) == 0 ||
	       (a->request && store_request_get(&c->t, a->request, &r) == RBAC_OK &&
		strcmp(r.asker, c->a->actor.name) == 0);
}

/* Who has the role by a request, or made the request, may give it back before its time, without
 * remove_by. */
static bool gives_back(struct change *c, const struct revoke_request *r)
{
	struct matches m = { .role = r->role, .scope = r->scope, .id = r->id };
	bool all = !c->a->actor.root && change_find_matches(c, r->subject, &m) == RBAC_OK &&
		   m.n > 0;
	for (size_t i = 0; i < m.n; i++)
		all &= by_own_request(c, &m.v[i]);
	free(m.v);
	return all;
}

static int revoke(struct change *c, const struct revoke_request *request, bool judged)
{
	struct revoke_request r = *request;
	struct person p;
	char what[900];
	int role, kind;
	c->verb = c->verb ? c->verb : "revoke";
	int err = change_find_role(c, r.role, &role);
	if (!err)
		err = change_need_scope(c, r.scope, &kind);
	snprintf(what, sizeof what, "revoke %s", r.role);
	if (!err && !judged && !gives_back(c, &r))
		err = change_may(c, &c->p->roles[role].remove_by, what, r.scope);
	if (!err)
		err = find_holder(c, &r, &p);
	return err ? err : take(c, &r, role);
}

int change_revoke(struct change *c, const struct revoke_request *r)
{
	return revoke(c, r, false);
}

int change_revoke_judged(struct change *c, const struct revoke_request *r)
{
	return revoke(c, r, true);
}
