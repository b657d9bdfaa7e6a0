/* assignments.d and the store: what came from a file is there exactly as long as the file says so.
 */
#include "rbacctl/change/apply/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/change/rules/limits.h"

/* The scope of an assignment in a file: its own, or the host's. */
static const char *scope_of(const struct policy *p, const struct policy_file_assignment *f)
{
	return f->scope ? f->scope : p->hosts.n ? p->hosts.v[0] : "";
}

/* ---- what the store has and a file still says ---- */

/* The assignments of the files, found by what they say; each corresponds to one of the store. */
struct said {
	const struct policy *p;
	struct lookup at;
	bool *kept;
};

static uint64_t hash_of(const char *subject, const char *role, const char *scope, int64_t from,
			int64_t until)
{
	uint64_t h = lookup_hash_text(
		lookup_hash_text(lookup_hash_text(LOOKUP_SEED, subject), role), scope);
	return lookup_hash(lookup_hash(h, &from, sizeof from), &until, sizeof until);
}

static bool says_so(const void *ctx, uint32_t number, const void *key)
{
	const struct said *s = ctx;
	const struct store_assignment *a = key;
	const struct policy_file_assignment *f = &s->p->assignments[number];
	return !s->kept[number] && strcmp(a->subject, f->subject) == 0 &&
	       strcmp(a->role, s->p->roles[f->role].name) == 0 &&
	       strcmp(a->scope, scope_of(s->p, f)) == 0 && a->from == f->from &&
	       a->until == f->until;
}

static int read_files(struct said *s, const struct policy *p)
{
	*s = (struct said){ .p = p, .kept = calloc(p->n_assignments + 1, sizeof *s->kept) };
	int err = s->kept ? RBAC_OK : RBAC_NOMEM;
	for (size_t i = 0; i < p->n_assignments && !err; i++) {
		const struct policy_file_assignment *f = &p->assignments[i];
		err = lookup_add(&s->at,
				 hash_of(f->subject, p->roles[f->role].name, scope_of(p, f),
					 f->from, f->until),
				 (uint32_t)i);
	}
	return err;
}

static int keep(struct change *c, const struct store_assignment *a,
		const struct policy_file_assignment *f)
{
	char source[400];
	struct store_assignment new = *a;
	apply_source(f->pos, source, sizeof source);
	if (strcmp(a->source, source) == 0 && strcmp(a->reason, f->reason) == 0)
		return RBAC_OK;
	new.source = source;
	new.reason = f->reason;
	if (strcmp(a->reason, f->reason) != 0)
		buf_printf(&c->done, "%s %s at %s reason %s -> %s id %llu (%s)\n", a->subject,
			   a->role, a->scope, *a->reason ? a->reason : "(none)",
			   *f->reason ? f->reason : "(none)", (unsigned long long)a->id, source);
	int err = store_assignment_put(&c->t, &new);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

/* ---- what is new ---- */

static int add(struct change *c, const struct policy_file_assignment *f, struct added *made,
	       size_t *n)
{
	char source[400];
	apply_source(f->pos, source, sizeof source);
	struct assign_request r = {
		.subject = f->subject,
		.role = c->p->roles[f->role].name,
		.scope = scope_of(c->p, f),
		.from = f->from,
		.until = f->until,
		.reason = f->reason,
		.force = true,
		.source = source,
		.judged_later = true,
	};
	if (f->until <= c->a->now) {
		buf_printf(&c->notes, "%s: %s %s ended already; left out\n", source, f->subject,
			   r.role);
		return RBAC_OK;
	}
	int err = change_assign(c, &r);
	if (err)
		return apply_blame(c, f->pos, err);
	made[(*n)++] = (struct added){ f, c->last_id, r.scope };
	return RBAC_OK;
}

static int add_all(struct change *c, const struct said *s)
{
	struct added *made = calloc(c->p->n_assignments + 1, sizeof *made);
	size_t n = 0;
	int err = made ? RBAC_OK : change_fail(c, RBAC_NOMEM, "out of memory");
	for (size_t j = 0; j < c->p->n_assignments && !err; j++)
		if (!s->kept[j])
			err = add(c, &c->p->assignments[j], made, &n);
	if (!err)
		err = added_check(c, made, n);
	free(made);
	return err;
}

/* ---- both ---- */

/* Pair what the files say with what came from files before: kept, gone, new. */
static int reconcile(struct change *c, const struct copies *k, struct said *s, struct watch *watch)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < k->n && !err; i++) {
		const struct store_assignment *a = &k->v[i];
		if (change_by_hand(a->source))
			continue;
		uint32_t j = lookup_find(&s->at,
					 hash_of(a->subject, a->role, a->scope, a->from, a->until),
					 says_so, s, a);
		if (j != LOOKUP_NONE) {
			s->kept[j] = true;
			err = keep(c, a, &c->p->assignments[j]);
			continue;
		}
		err = change_watch(c, watch, policy_role_find(c->p, a->role), a->scope);
		if (!err) {
			err = store_assignment_del(&c->t, a->id);
			buf_printf(&c->done, "%s -%s at %s id %llu (%s)\n", a->subject, a->role,
				   a->scope, (unsigned long long)a->id, a->source);
		}
	}
	return err ? err : add_all(c, s);
}

int apply_files(struct change *c)
{
	struct copies k;
	struct said s;
	struct watch watch = { 0 };
	int err = copies_all(c, &k);
	if (read_files(&s, c->p))
		err = change_fail(c, RBAC_NOMEM, "out of memory");
	if (!err)
		err = apply_put_scopes(c, &k, &watch);
	if (!err) {
		err = reconcile(c, &k, &s, &watch);
		if (err)
			change_store_fail(c, err);
	}
	if (!err)
		err = change_watch_check(c, &watch, "taking out what the files no longer say");
	if (!err)
		err = apply_remove_scopes(c, &k);
	change_watch_free(&watch);
	lookup_free(&s.at);
	free(s.kept);
	copies_free(&k);
	return err;
}
