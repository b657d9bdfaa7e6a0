/* What a change does to people: the view before it beside the one that it gives. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/impact.h"
#include "rbacctl/change/internal.h"

static int keep_subjects(struct change *c, struct effects *e)
{
	const struct store_touched *t = &c->t.touched;
	e->all = t->all;
	for (size_t i = 0; i < t->n_subjects && !e->all; i++) {
		if (!buf_room(&e->subjects, e->n, &e->cap, sizeof *e->subjects) ||
		    !(e->subjects[e->n] = strdup(t->subjects[i])))
			return RBAC_NOMEM;
		e->n++;
	}
	return RBAC_OK;
}

int change_keep_effects(struct change *c, const char *new)
{
	struct buf trouble = { 0 };
	struct effects *e = calloc(1, sizeof *e);
	c->effects = e;
	int err = e ? keep_subjects(c, e) : RBAC_NOMEM;
	if (err)
		return change_fail(c, err, "out of memory");
	err = change_snapshot_try(c, c->a->view, &e->before, &e->why);
	e->comparable = !err && e->before.p;
	e->before.accounts = &c->people;
	err = e->comparable ? change_snapshot_try(c, new, &e->after, &trouble) : RBAC_OK;
	if (err)
		change_fail(c, err, "cannot find out what this would do: %s",
			    trouble.len ? buf_text(&trouble) : rbac_error_text(err));
	e->after.accounts = &c->people;
	buf_free(&trouble);
	return err;
}

void change_free_effects(struct change *c)
{
	struct effects *e = c->effects;
	if (!e)
		return;
	snapshot_close(&e->before);
	snapshot_close(&e->after);
	buf_free(&e->why);
	for (size_t i = 0; i < e->n; i++)
		free(e->subjects[i]);
	free(e->subjects);
	free(e);
	c->effects = NULL;
}

const char *change_who_types(const struct change *c, char *out)
{
	const struct passwd *pw = c->a->actor.uid && !c->typed_asked ? getpwuid(c->a->actor.uid)
								     : NULL;
	if (!pw && !c->typed[0])
		return NULL;
	snprintf(out, RBAC_USER_MAX + 1, "%s", pw ? pw->pw_name : c->typed);
	return out;
}

int change_impact(struct change *c, struct impact *out, struct buf *why)
{
	const struct effects *e = c->effects;
	char me[RBAC_USER_MAX + 1];
	*out = (struct impact){ .n = 0 };
	if (!e)
		return RBAC_NOTFOUND;
	store_abort(&c->t); /* nobody waits for what is told */
	store_close(c->s);
	c->s = NULL;
	if (!e->comparable) {
		buf_printf(why, "%s", buf_text(&e->why));
		return RBAC_DAMAGED;
	}
	const struct impact_question q = { .before = &e->before,
					   .after = &e->after,
					   .me = change_who_types(c, me),
					   .now = c->a->now,
					   .all = e->all,
					   .subjects = (const char *const *)e->subjects,
					   .n_subjects = e->n };
	return impact_of(&q, out);
}
