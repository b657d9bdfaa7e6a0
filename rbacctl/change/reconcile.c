/* assignments.d and the store: what came from a file is there exactly as long as the file says so. */
#include "rbacctl/change/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/command.h"

static bool by_hand(const char *source)
{
	return strcmp(source, "command") == 0 || strcmp(source, "init") == 0;
}

static void source_of(struct policy_pos pos, char *out, size_t size)
{
	snprintf(out, size, "%s:%u", pos.file, pos.line);
}

/* The scope of an assignment in a file: its own, or the host's. */
static const char *scope_of(const struct policy *p, const struct policy_file_assignment *f)
{
	return f->scope ? f->scope : p->hosts.n ? p->hosts.v[0] : "";
}

/* ---- scopes ---- */

static int put_scope(struct change *c, const struct policy_file_scope *f, const struct copied_scope *old, struct watch *watch)
{
	char source[400], parent[RBAC_SCOPE_MAX + 1];
	struct store_scope above;
	source_of(f->pos, source, sizeof source);
	const char *owner = f->owner ? f->owner : old ? old->owner : "";   /* an owner who got it by transfer stays */
	const char *plan = f->plan ? f->plan : old ? old->plan : "";
	if (old && by_hand(old->source))
		buf_printf(&c->notes, "scope %s was made by hand and is now %s's\n", f->scope, source);
	int err = policy_scope_parent(c->p, f->scope, parent);
	if (!err && store_scope_get(&c->t, parent, &above))
		return change_fail(c, RBAC_INVALID, "%s: scope %s lies in %s, which does not exist: add it to scopes too, or make it first: %s", source,
				   f->scope, parent, COMMAND("rbacctl scope create %s", parent));
	if (owner[0]) {
		struct person p;
		err = person_among(&c->passwd, owner, &p) ? RBAC_OK : change_record_user(c, &p, true);
		if (err)
			return err;
	}
	if (old && strcmp(old->owner, owner) == 0 && strcmp(old->plan, plan) == 0 && strcmp(old->source, source) == 0)
		return RBAC_OK;
	int kind = policy_scope_kind(c->p, f->scope);
	if (old && strcmp(old->owner, owner) != 0) {
		err = kind >= 0 && c->p->kinds[kind].owner_role >= 0 ? change_watch(c, watch, c->p->kinds[kind].owner_role, f->scope) : RBAC_OK;
		if (err)
			return err;
		buf_printf(&c->done, "scope %s owner %s -> %s (%s)\n", f->scope, old->owner[0] ? old->owner : "(none)", owner, source);
	}
	if (old && strcmp(old->plan, plan) != 0)
		buf_printf(&c->done, "scope %s plan %s -> %s (%s)\n", f->scope, old->plan[0] ? old->plan : "(default)", plan, source);
	if (!old)
		buf_printf(&c->done, "scope +%s%s%s (%s)\n", f->scope, owner[0] ? " owner " : "", owner, source);
	err = store_scope_put(&c->t, f->scope, &(struct store_scope){ .owner = owner, .plan = plan, .source = source, .change = old ? old->change : c->change });
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int put_scopes(struct change *c, const struct copies *k, struct watch *watch)
{
	/* Parents before children, whatever their order in the files. */
	for (unsigned depth = 1; depth <= POLICY_DEPTH_MAX; depth++)
		for (size_t i = 0; i < c->p->n_scopes; i++) {
			const struct policy_file_scope *f = &c->p->scopes[i];
			const struct copied_scope *old = NULL;
			if (rbac_name_scope_depth(f->scope, strlen(f->scope)) != depth)
				continue;
			for (size_t j = 0; j < k->n_scopes; j++)
				if (strcmp(k->scopes[j].scope, f->scope) == 0)
					old = &k->scopes[j];
			int err = put_scope(c, f, old, watch);
			if (err)
				return err;
		}
	return RBAC_OK;
}

static bool in_files(const struct policy *p, const char *scope)
{
	for (size_t i = 0; i < p->n_scopes; i++)
		if (strcmp(p->scopes[i].scope, scope) == 0)
			return true;
	return false;
}

struct below { struct change *c; const char *scope; char found[RBAC_SCOPE_MAX + 1]; };

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct below *b = ctx;
	(void)s;
	if (strcmp(scope, b->scope) != 0 && policy_scope_within(b->c->p, scope, b->scope))
		snprintf(b->found, sizeof b->found, "%s", scope);
	return RBAC_OK;
}

static int on_held(void *ctx, const struct store_assignment *a)
{
	struct below *b = ctx;
	snprintf(b->found, sizeof b->found, "%.200s (%.60s)", a->subject, a->role);
	return RBAC_OK;
}

static int remove_scope(struct change *c, const struct copied_scope *s)
{
	struct below b = { .c = c, .scope = s->scope };
	int err = store_scopes_all(&c->t, on_scope, &b);
	if (!err && !b.found[0])
		err = store_assignments_at(&c->t, s->scope, NULL, on_held, &b);
	if (!err && b.found[0])
		return change_fail(c, RBAC_REFUSED, "refused: scope %s is gone from %s, and %s is still on it: remove that first, or put the scope back",
				   s->scope, s->source, b.found);
	if (!err)
		err = store_scope_del(&c->t, s->scope);
	if (err)
		return change_store_fail(c, err);
	buf_printf(&c->done, "scope -%s (%s)\n", s->scope, s->source);
	return RBAC_OK;
}

/* The deepest first: names say nothing of depth, "zone:a" lies above "area:a/b". */
static int deepest_first(const void *a, const void *b)
{
	const struct copied_scope *const *x = a, *const *y = b;
	unsigned i = rbac_name_scope_depth((*x)->scope, strlen((*x)->scope)), j = rbac_name_scope_depth((*y)->scope, strlen((*y)->scope));
	return i != j ? (i > j ? -1 : 1) : strcmp((*x)->scope, (*y)->scope);
}

/* A scope whose line is gone goes too, unless something made by hand still stands on it. */
static int remove_scopes(struct change *c, const struct copies *k)
{
	const struct copied_scope **gone = calloc(k->n_scopes + 1, sizeof *gone);
	size_t n = 0;
	int err = gone ? RBAC_OK : change_fail(c, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < k->n_scopes && !err; i++)
		if (!by_hand(k->scopes[i].source) && !in_files(c->p, k->scopes[i].scope))
			gone[n++] = &k->scopes[i];
	if (n)
		qsort(gone, n, sizeof *gone, deepest_first);
	for (size_t i = 0; i < n && !err; i++)
		err = remove_scope(c, gone[i]);
	free(gone);
	return err;
}

/* ---- assignments ---- */

static bool same(const struct policy *p, const struct store_assignment *a, const struct policy_file_assignment *f)
{
	return strcmp(a->subject, f->subject) == 0 && strcmp(a->role, p->roles[f->role].name) == 0 && strcmp(a->scope, scope_of(p, f)) == 0 &&
	       a->from == f->from && a->until == f->until;
}

static int keep(struct change *c, const struct store_assignment *a, const struct policy_file_assignment *f)
{
	char source[400];
	struct store_assignment new = *a;
	source_of(f->pos, source, sizeof source);
	if (strcmp(a->source, source) == 0 && strcmp(a->reason, f->reason) == 0)
		return RBAC_OK;
	new.source = source;
	new.reason = f->reason;
	if (strcmp(a->reason, f->reason) != 0)
		buf_printf(&c->done, "%s %s at %s reason %s -> %s id %llu (%s)\n", a->subject, a->role, a->scope, *a->reason ? a->reason : "(none)",
			   *f->reason ? f->reason : "(none)", (unsigned long long)a->id, source);
	int err = store_assignment_put(&c->t, &new);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int add(struct change *c, const struct policy_file_assignment *f)
{
	char source[400];
	source_of(f->pos, source, sizeof source);
	struct assign_request r = {
		.subject = f->subject, .role = c->p->roles[f->role].name, .scope = scope_of(c->p, f), .from = f->from, .until = f->until,
		.reason = f->reason, .force = true, .source = source, .replace = false,
	};
	if (f->until <= c->a->now) {
		buf_printf(&c->notes, "%s: %s %s ended already; left out\n", source, f->subject, r.role);
		return RBAC_OK;
	}
	int err = change_assign(c, &r);
	if (err) {
		struct buf inner = c->message;
		c->message = (struct buf){ 0 };
		change_fail(c, err, "%s: %s", source, buf_text(&inner));
		buf_free(&inner);
	}
	c->nothing = false;
	return err;
}

/* Pair what the files say with what came from files before: kept, gone, new. */
static int reconcile(struct change *c, const struct copies *k, bool *kept_file, struct watch *watch)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < k->n && !err; i++) {
		const struct store_assignment *a = &k->v[i];
		bool kept = false;
		if (by_hand(a->source))
			continue;
		for (size_t j = 0; j < c->p->n_assignments && !kept && !err; j++) {
			if (kept_file[j] || !same(c->p, a, &c->p->assignments[j]))
				continue;
			kept = kept_file[j] = true;
			err = keep(c, a, &c->p->assignments[j]);
		}
		if (kept || err)
			continue;
		err = change_watch(c, watch, policy_role_find(c->p, a->role), a->scope);
		if (!err) {
			err = store_assignment_del(&c->t, a->id);
			buf_printf(&c->done, "%s -%s at %s id %llu (%s)\n", a->subject, a->role, a->scope, (unsigned long long)a->id, a->source);
		}
	}
	for (size_t j = 0; j < c->p->n_assignments && !err; j++)
		if (!kept_file[j])
			err = add(c, &c->p->assignments[j]);
	return err;
}

int apply_files(struct change *c)
{
	struct copies k;
	struct watch watch = { 0 };
	bool *kept = calloc(c->p->n_assignments + 1, sizeof *kept);
	int err = copies_all(c, &k);
	if (!kept)
		err = change_fail(c, RBAC_NOMEM, "out of memory");
	if (!err)
		err = put_scopes(c, &k, &watch);
	if (!err) {
		err = reconcile(c, &k, kept, &watch);
		if (err)
			change_store_fail(c, err);
	}
	if (!err)
		err = change_watch_check(c, &watch, "taking out what the files no longer say");
	if (!err)
		err = remove_scopes(c, &k);
	change_watch_free(&watch);
	free(kept);
	copies_free(&k);
	return err;
}
