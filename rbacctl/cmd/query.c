#include "rbacctl/cmd/query.h"

#include <string.h>

#include "common/error.h"
#include "rbacctl/command.h"

void query_owner(void *ctx, const char *scope, char *out)
{
	struct rbac_scope_rec rec;
	out[0] = 0;
	if (look_scope(ctx, scope, &rec) == RBAC_OK && rec.owner.len <= RBAC_USER_MAX) {
		memcpy(out, rec.owner.p, rec.owner.len);
		out[rec.owner.len] = 0;
	}
}

int query_may(const struct look *l, const char *user, const struct policy_bys *bys, const char *scope, int64_t t, struct holdings *h,
	      struct rules_answer *answer)
{
	int err = holdings_of_user_in_view(h, &l->v, l->p, user);
	struct rules_actor actor = { user, strcmp(user, "root") == 0, h, t };
	*answer = (struct rules_answer){ 0 };
	if (!err)
		rules_by(l->p, bys, &actor, scope, query_owner, (void *)l, answer);
	return err;
}

enum { NAMES = 5 };

struct who { const struct look *l; const struct policy_bys *bys; int role; const char *scope; int64_t t; char text[NAMES][RBAC_USER_MAX + 1]; size_t n; };

static int on_user(void *ctx, const char *user)
{
	struct who *w = ctx;
	struct holdings h;
	struct rules_answer answer;
	int err = query_may(w->l, user, w->bys, w->scope, w->t, &h, &answer);
	struct rules_actor actor = { user, false, &h, w->t };
	if (!err && answer.yes && w->role >= 0 && rules_extra_lacking(w->l->p, w->role, w->scope, &actor))
		answer.yes = false;
	if (!err && answer.yes && w->n < NAMES)
		strcpy(w->text[w->n], user);
	w->n += !err && answer.yes;
	holdings_free(&h);
	return err ? err : w->n > NAMES ? RBAC_CONFLICT : RBAC_OK;   /* enough names */
}

int query_who_may(const struct look *l, const struct policy_bys *bys, int role, const char *scope, int64_t t, struct buf *out)
{
	struct who w = { .l = l, .bys = bys, .role = role, .scope = scope, .t = t };
	int err = bys->n ? look_users(l, on_user, &w) : RBAC_OK;
	if (err && err != RBAC_CONFLICT)
		return err;
	size_t shown = w.n < NAMES ? w.n : NAMES;
	for (size_t i = 0; i < shown; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : i + 1 == shown && w.n <= NAMES ? " or " : ", ", w.text[i]);
	buf_printf(out, "%s", w.n > NAMES ? " or others" : w.n ? "" : "root");
	return RBAC_OK;
}

int query_person(const struct look *l, const char *typed, struct person *p)
{
	struct rbac_bytes rec;
	if (person_find(typed, p)) {
		complain("%s is not the name of a user that can be recorded (%s)", p->name, COMMAND("getent passwd %s", p->name));
		return EXIT_USAGE;
	}
	if (p->state != PERSON_KNOWN && rbac_view_get(&l->v, RBAC_REC_USER, p->name, strlen(p->name), &rec) == RBAC_NOTFOUND) {
		complain(p->state == PERSON_UNASKED ? "passwd does not answer for \"%s\" now (%s), and none is recorded" :
			 "passwd knows no user \"%s\" (%s finds none), and none is recorded", p->name, COMMAND("getent passwd %s", p->name));
		return EXIT_USAGE;
	}
	if (p->differs)
		complain("%s is %s here", typed, p->name);
	return EXIT_DONE;
}

/* From ROLE down to the role that has KEY in a keychain of its own (or is TARGET), by inclusion: depth first, the first found. */
static bool path_down(const struct policy *p, int role, int key, int target, struct buf *out)
{
	const struct policy_role *r = &p->roles[role];
	if (key < 0 && role == target) {
		buf_printf(out, "role %s", r->name);
		return true;
	}
	for (size_t i = 0; key >= 0 && i < r->keychains.n; i++)
		for (size_t j = 0; j < p->keychains[r->keychains.v[i]].keys.n; j++)
			if (p->keychains[r->keychains.v[i]].keys.v[j] == key) {
				buf_printf(out, "key %s < %s < %s", p->keys[key].name, p->keychains[r->keychains.v[i]].name, r->name);
				return true;
			}
	for (size_t i = 0; i < r->includes.n; i++) {
		int next = r->includes.v[i];
		if ((key >= 0 ? policy_role_has_key(p, next, key) : policy_role_counts(p, next, target)) && path_down(p, next, key, target, out)) {
			buf_printf(out, " < %s", r->name);
			return true;
		}
	}
	return false;
}

void query_path(const struct policy *p, const struct held *e, int key, int role, struct buf *out)
{
	path_down(p, e->role, key, role, out);
	buf_printf(out, " at %s%s%s%s", e->scope, e->owner ? ", as its owner" : "", e->via ? ", through " : "", e->via ? e->via : "");
}
