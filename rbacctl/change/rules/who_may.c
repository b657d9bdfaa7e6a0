/* Who may do what was refused: computed after the lock is released. */
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/who_may.h"

static bool keep(struct change *c, const struct who_question *q)
{
	char **v = calloc(q->scopes ? q->scopes->n + 1 : 1, sizeof *v);

	c->who_may.scopes = (struct who_scopes){ v, 0, 0 };
	c->who_may.anywhere = !q->scopes;
	for (size_t i = 0; v && q->scopes && i < q->scopes->n; i++) {
		v[i] = strdup(q->scopes->v[i]);
		if (!v[i])
			return false;
		c->who_may.scopes.n++;
	}
	return v != NULL;
}

void change_who_may_later(struct change *c, const struct who_question *q, bool force,
			  struct buf *out)
{
	if (c->goes_on || c->who_may.bys || !c->s || c->s->lock_fd < 0 || !keep(c, q)) {
		change_who_may(q, force, out);
		return;
	}
	c->who_may.bys = q->bys;
	c->who_may.role = q->role;
	c->who_may.force = force;
}

void change_add_who_may(struct change *c)
{
	struct snapshot snap;
	struct buf why = { 0 };

	if (c->who_may.bys) {
		int err = change_snapshot_try(c, c->a->view, &snap, &why);
		struct source s = snapshot_source(&snap);
		const struct who_question q = { &s, c->who_may.bys,
						c->who_may.anywhere ? NULL : &c->who_may.scopes,
						c->who_may.role, c->a->now };
		if (err || !snap.p)
			buf_printf(&c->message, "(%s)", rbac_error_text(err ? err : RBAC_DAMAGED));
		else
			change_who_may(&q, c->who_may.force, &c->message);
		snapshot_close(&snap);
	}
	for (size_t i = 0; i < c->who_may.scopes.n; i++)
		free(c->who_may.scopes.v[i]);
	free(c->who_may.scopes.v);
	buf_free(&why);
}
