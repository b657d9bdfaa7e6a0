/* A new policy that renames or no longer has what the store uses: nothing dangles, and nothing goes
 * without a decision. */
#include "rbacctl/change/apply/apply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/command.h"

/* ---- renames ---- */

/* The roles that were renamed, found by the names they had. */
struct renamed {
	const struct policy *new;
	struct lookup at;
};

static bool was_called(const void *ctx, uint32_t number, const void *key)
{
	return strcmp(((const struct renamed *)ctx)->new->roles[number].renamed_from, key) == 0;
}

static int find_renamed(struct renamed *r, const struct policy *new)
{
	int err = RBAC_OK;
	*r = (struct renamed){ .new = new };
	for (size_t i = 0; i < new->n_roles && !err; i++)
		if (new->roles[i].renamed_from)
			err = lookup_add(&r->at,
					 lookup_hash_text(LOOKUP_SEED, new->roles[i].renamed_from),
					 (uint32_t)i);
	return err;
}

static const char *role_now(const struct renamed *r, const char *role)
{
	uint32_t i = lookup_find(&r->at, lookup_hash_text(LOOKUP_SEED, role), was_called, r, role);
	return i == LOOKUP_NONE ? role : r->new->roles[i].name;
}

/* SCOPE with the name its kind has now, into OUT (RBAC_SCOPE_MAX + 1 bytes). False: it would be too
 * long. */
static bool scope_now(const struct policy *new, const char *scope, char *out)
{
	const char *colon = strchr(scope, ':');
	int len = snprintf(out, RBAC_SCOPE_MAX + 1, "%s", scope);
	for (size_t i = 0; colon && i < new->n_kinds; i++) {
		const char *old = new->kinds[i].renamed_from;
		if (old && strlen(old) == (size_t)(colon - scope) &&
		    strncmp(old, scope, (size_t)(colon - scope)) == 0)
			len = snprintf(out, RBAC_SCOPE_MAX + 1, "%s%s", new->kinds[i].name, colon);
	}
	return len >= 0 && len <= RBAC_SCOPE_MAX;
}

static int rename_scope(struct change *c, const struct policy *new, const struct copied_scope *s)
{
	char now[RBAC_SCOPE_MAX + 1];
	struct store_scope there;
	if (!scope_now(new, s->scope, now))
		return change_fail(
			c, RBAC_REFUSED,
			"refused: %s would have too long a name under the new name of its kind",
			s->scope);
	if (strcmp(now, s->scope) == 0)
		return RBAC_OK;
	if (store_scope_get(&c->t, now, &there) == RBAC_OK)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s would become %s, which is there already", s->scope,
				   now);
	int err = store_scope_del(&c->t, s->scope);
	if (!err)
		err = store_scope_put(&c->t, now,
				      &(struct store_scope){ .owner = s->owner,
							     .plan = s->plan,
							     .source = s->source,
							     .change = s->change });
	buf_printf(&c->done, "scope %s -> %s\n", s->scope, now);
	return err;
}

static int rename_assignment(struct change *c, const struct renamed *renamed,
			     const struct store_assignment *a)
{
	char now[RBAC_SCOPE_MAX + 1];
	struct store_assignment moved = *a;
	if (!scope_now(renamed->new, a->scope, now))
		return change_fail(
			c, RBAC_REFUSED,
			"refused: %s would have too long a name under the new name of its kind",
			a->scope);
	moved.scope = now;
	moved.role = role_now(renamed, a->role);
	if (strcmp(moved.role, a->role) == 0 && strcmp(now, a->scope) == 0)
		return RBAC_OK;
	int err = store_assignment_del(&c->t, a->id);
	if (!err)
		err = store_assignment_put(&c->t, &moved);
	buf_printf(&c->done, "id %llu %s at %s -> %s at %s\n", (unsigned long long)a->id, a->role,
		   a->scope, moved.role, now);
	return err;
}

int apply_renames(struct change *c, const struct policy *new)
{
	struct copies k;
	bool any = false;
	for (size_t i = 0; i < new->n_roles; i++)
		any |= new->roles[i].renamed_from != NULL;
	for (size_t i = 0; i < new->n_kinds; i++)
		any |= new->kinds[i].renamed_from != NULL;
	if (!any)
		return RBAC_OK;
	struct renamed renamed;
	int err = copies_all(c, &k);
	if (find_renamed(&renamed, new))
		err = change_fail(c, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < k.n_scopes && !err; i++)
		err = rename_scope(c, new, &k.scopes[i]);
	for (size_t i = 0; i < k.n && !err; i++)
		err = rename_assignment(c, &renamed, &k.v[i]);
	lookup_free(&renamed.at);
	copies_free(&k);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* ---- drops ---- */

enum { SHOWN = 20 };

struct drops {
	struct buf list;
	size_t n;
};

__attribute__((format(printf, 2, 3))) static void touched(struct drops *d, const char *fmt, ...)
{
	char line[1200];
	va_list ap;
	if (d->n++ >= SHOWN)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	buf_printf(&d->list, "  %s\n", line);
}

/* Why assignment A cannot stay under NEW; NULL: it can. */
static const char *misfit(const struct policy *new, const struct store_assignment *a)
{
	int role = policy_role_find(new, a->role), kind = policy_scope_kind(new, a->scope);
	if (role < 0)
		return "the role is gone";
	if (kind < 0)
		return "the kind of the scope is gone";
	return new->roles[role].kind != kind ? "the role is of another kind now" : NULL;
}

static int drop_assignment(struct change *c, const struct policy *new,
			   const struct store_assignment *a, struct drops *d)
{
	const char *why = misfit(new, a);
	if (!why)
		return RBAC_OK;
	touched(d, "%s loses %s at %s: %s", a->subject, a->role, a->scope, why);
	buf_printf(&c->done, "%s -%s at %s id %llu\n", a->subject, a->role, a->scope,
		   (unsigned long long)a->id);
	return store_assignment_del(&c->t, a->id);
}

static int drop_scope(struct change *c, const struct policy *new, const struct copied_scope *s,
		      struct drops *d)
{
	int kind = policy_scope_kind(new, s->scope);
	char parent[RBAC_SCOPE_MAX + 1];
	struct store_scope above;
	if (kind >= 0 && policy_scope_parent(new, s->scope, parent) == RBAC_OK &&
	    store_scope_get(&c->t, parent, &above) == RBAC_NOTFOUND)
		return change_fail(
			c, RBAC_REFUSED,
			"refused: under the new kinds %s would be below %s, which does not exist: "
			"keep the parent of its kind, or make that scope first",
			s->scope, parent);
	bool no_owner = kind >= 0 && s->owner[0] && new->kinds[kind].owner_role < 0;
	bool no_plan = kind >= 0 && s->plan[0] && !policy_plan_find(new, s->plan);
	if (kind >= 0 && !no_owner && !no_plan)
		return RBAC_OK;
	if (kind < 0) {
		touched(d, "scope %s goes%s%s: its kind is gone", s->scope,
			s->owner[0] ? ", owned by " : "", s->owner);
		buf_printf(&c->done, "scope -%s\n", s->scope);
		return store_scope_del(&c->t, s->scope);
	}
	if (no_owner)
		touched(d, "scope %s loses its owner %s: its kind has none now", s->scope,
			s->owner);
	if (no_plan)
		touched(d, "scope %s loses its plan %s, which is gone", s->scope, s->plan);
	buf_printf(&c->done, "scope %s%s%s\n", s->scope, no_owner ? " no owner" : "",
		   no_plan ? " default plan" : "");
	return store_scope_put(&c->t, s->scope,
			       &(struct store_scope){ .owner = no_owner ? "" : s->owner,
						      .plan = no_plan ? "" : s->plan,
						      .source = s->source,
						      .change = s->change });
}

/* Which keys of OLD are gone, renamed ones left out; NULL: out of memory. *ANY: there is one. */
static bool *gone_keys(const struct policy *old, const struct policy *new, bool *any)
{
	bool *gone = calloc(old->n_keys + 1, sizeof *gone);
	*any = false;
	for (size_t i = 0; gone && i < old->n_keys; i++)
		gone[i] = policy_key_find(new, old->keys[i].name) < 0;
	for (size_t j = 0; gone && j < new->n_keys; j++) {
		int i = new->keys[j].renamed_from ? policy_key_find(old, new->keys[j].renamed_from)
						  : -1;
		if (i >= 0)
			gone[i] = false;
	}
	for (size_t i = 0; gone && i < old->n_keys; i++)
		*any |= gone[i];
	return gone;
}

/* What A loses of the keys in GONE. */
static void lose_keys(const struct policy *old, const bool *gone, const struct store_assignment *a,
		      struct drops *d)
{
	int role = policy_role_find(old, a->role);
	const struct policy_set *keys = role >= 0 ? &old->roles[role].keys : NULL;
	for (int k = keys ? policy_set_next(keys, -1) : -1; k >= 0; k = policy_set_next(keys, k))
		if (gone[k])
			touched(d, "%s loses key %s at %s: the key is gone", a->subject,
				old->keys[k].name, a->scope);
}

/* A key that was removed, and that users had: the roles that had it tell which users. */
static int dropped_keys(struct change *c, const struct policy *old, const struct policy *new,
			const struct copies *k, struct drops *d)
{
	bool any;
	bool *gone = gone_keys(old, new, &any);
	if (!gone)
		return change_fail(c, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; any && i < k->n; i++)
		if (k->v[i].until > c->a->now)
			lose_keys(old, gone, &k->v[i], d);
	free(gone);
	return RBAC_OK;
}

int apply_drops(struct change *c, const struct policy *old, const struct policy *new, bool drop)
{
	struct copies k;
	struct drops d = { 0 };
	int err = copies_all(c, &k);
	if (!err && old)
		err = dropped_keys(c, old, new, &k, &d);
	for (size_t i = 0; i < k.n && !err; i++)
		err = drop_assignment(c, new, &k.v[i], &d);
	for (size_t i = 0; i < k.n_scopes && !err; i++)
		err = drop_scope(c, new, &k.scopes[i], &d);
	copies_free(&k);
	if (err)
		change_store_fail(c, err);
	else if (d.n && !drop)
		err = change_fail(c, RBAC_REFUSED,
				  "refused: the new policy no longer has names that are in use\n"
				  "%s%s  to remove all of that:  %s\n"
				  "  if it has another name now, add renamed_from = \"OLD\" to it: "
				  "group ids and assignments stay",
				  buf_text(&d.list), d.n > SHOWN ? "  ... and more\n" : "",
				  c->a->tries_apply ? COMMAND("rbacctl apply --drop")
						    : COMMAND_WITH("--drop", NULL));
	else if (d.n)
		buf_printf(&c->notes, "dropped:\n%s", buf_text(&d.list));
	buf_free(&d.list);
	return err;
}
