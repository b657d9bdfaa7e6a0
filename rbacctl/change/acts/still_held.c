/* What a subject still has of a role that was revoked, or was to be: at other scopes, through Unix
 * groups, by roles that include it, as an owner. */
#include "rbacctl/change/acts/acts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"
#include "rbacctl/store/holdings.h"

enum { SHOWN_MAX = 10 };

/* Append what takes E away: a command, or the file that it comes from. */
static int how_to_revoke(struct change *c, const char *subject, const struct held *e,
			 struct buf *out)
{
	const struct policy_file_scope *f = e->owner ? change_file_owner(c, e->scope) : NULL;
	struct store_assignment a = { 0 };
	int err = e->owner ? RBAC_OK : store_assignment_get(&c->t, e->id, &a);

	if (err)
		return err;
	if (f)
		buf_printf(out, "change it in %s:%u, then %s", f->pos.file, f->pos.line,
			   COMMAND("rbacctl apply"));
	else if (e->owner)
		buf_printf(out, "%s", COMMAND("rbacctl scope transfer %s USER", e->scope));
	else if (!change_by_hand(a.source))
		buf_printf(out, "remove it from %s, then %s", a.source, COMMAND("rbacctl apply"));
	else
		buf_printf(out, "%s",
			   COMMAND("rbacctl revoke %s %s --scope %s", e->via ? e->via : subject,
				   c->p->roles[e->role].name, e->scope));
	return RBAC_OK;
}

/* Append a line for each entry of H by which ROLE counts. *N: how many there are. */
static int list(struct change *c, const char *subject, const struct holdings *h, int role,
		struct buf *out, size_t *n)
{
	int err = RBAC_OK;

	*n = 0;
	for (size_t i = 0; i < h->n && !err; i++) {
		const struct held *e = &h->v[i];
		if (e->window.until <= c->a->now || !policy_role_counts(c->p, e->role, role) ||
		    (*n)++ >= SHOWN_MAX)
			continue;
		buf_printf(out, "\n  ");
		held_path_text(c->p, e, -1, role, out);
		buf_printf(out, "  (");
		err = how_to_revoke(c, subject, e, out);
		buf_printf(out, ")");
	}
	if (*n > SHOWN_MAX)
		buf_printf(out, "\n  and %zu more", *n - SHOWN_MAX);
	return err;
}

struct of_group {
	struct change *c;
	struct holdings *h;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	const struct of_group *w = ctx;
	int role = policy_role_find(w->c->p, a->role);

	if (role < 0)
		return RBAC_OK;
	return holdings_add(w->h, a->id, role, a->scope, store_window(&w->c->p->roles[role], a),
			    false, NULL);
}

int change_still_held(struct change *c, const char *subject, int role, struct buf *out)
{
	struct holdings h = { 0 };
	struct buf lines = { 0 };
	struct of_group w = { c, &h };
	size_t n = 0;
	int err;

	if (subject[0] == '%') {
		err = store_assignments_of(&c->t, subject, on_assignment, &w);
	} else {
		struct source s = change_source(c);
		err = source_everything(&s, subject, &h);
	}
	if (!err)
		err = list(c, subject, &h, role, &lines, &n);
	if (!err && n)
		buf_printf(out, "%s still has %s by:%s\n", subject, c->p->roles[role].name,
			   buf_text(&lines));
	err = err ? err : out->failed || lines.failed ? RBAC_NOMEM : RBAC_OK;
	buf_free(&lines);
	holdings_free(&h);
	return err ? change_store_fail(c, err) : RBAC_OK;
}
