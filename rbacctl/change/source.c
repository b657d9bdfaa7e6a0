/* What the open transaction sees, for the questions of access/. */
#include "rbacctl/change/internal.h"

#include <string.h>

struct source change_source(struct change *c)
{
	c->source = (struct source_store){ &c->t, &c->uids, &c->known };
	struct source s = source_of_store(&c->source, c->p);
	s.accounts = &c->people;
	return s;
}

int change_owner(struct change *c, const char *scope, char *out)
{
	struct source s = change_source(c);
	int err = source_owner(&s, scope, out);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

bool change_has_touched(const struct change *c, const char *name)
{
	for (size_t i = 0; i < c->t.touched.n_subjects; i++)
		if (strcmp(c->t.touched.subjects[i], name) == 0)
			return true;
	return false;
}

struct rules_actor change_actor(const struct change *c)
{
	return (struct rules_actor){ c->a->actor.name, c->a->actor.root, &c->actor, c->a->now };
}

void change_who_may(const struct who_question *q, bool force, struct buf *out)
{
	struct who w;
	int err = who_may(q, &w);
	if (err)
		buf_printf(out, "(%s)", rbac_error_text(err));
	else
		who_text(&w, force, out);
}

void change_who_may_but(const struct who_question *q, const char *one, const char *other,
			size_t told, struct buf *out)
{
	struct who w;
	int err = who_may_but(q, one, other, &w);

	if (err)
		buf_printf(out, "(%s)", rbac_error_text(err));
	else
		who_told_text(&w, told, out);
}

int change_snapshot_try(const struct change *c, const char *path, struct snapshot *snap,
			struct buf *why)
{
	const struct lent_policy lent[] = { { c->p, &c->sources }, { c->old, &c->old_sources } };
	return snapshot_try_with(snap, path, lent, 2, why);
}

int change_snapshot_open(const struct change *c, const char *path, struct snapshot *snap)
{
	const struct lent_policy lent[] = { { c->p, &c->sources }, { c->old, &c->old_sources } };
	return snapshot_open_with(snap, path, lent, 2);
}
