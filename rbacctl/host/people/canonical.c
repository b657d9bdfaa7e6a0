#include "rbacctl/host/people/canonical.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"

/* *NAME becomes what passwd calls it; *CHANGED tells whether that is another name. */
static int replace(struct policy *p, const struct facts *f, const struct facts_known *known,
		   struct policy_pos pos, const char **name, struct buf *notes, bool *changed)
{
	struct person who;

	*changed = false;
	if (person_among(f, known, *name, &who) || !who.differs)
		return RBAC_OK;
	const char *kept = policy_keep(p, who.name);
	if (!kept)
		return RBAC_NOMEM;
	if (notes)
		buf_printf(notes, "%s:%u: %s is %s here: write %s\n", pos.file, pos.line, *name,
			   kept, kept);
	*name = kept;
	*changed = true;
	return RBAC_OK;
}

static int replace_all(struct policy *p, const struct facts *f, const struct facts_known *known,
		       struct policy_strs *users, struct buf *notes)
{
	int err = RBAC_OK;
	bool changed;

	for (size_t i = 0; i < users->n && !err; i++)
		err = replace(p, f, known, users->pos, &users->v[i], notes, &changed);
	return err;
}

int canonical_rules(struct policy *p, const struct facts *f, const struct facts_known *known,
		    struct buf *notes)
{
	int err = replace_all(p, f, known, &p->exempt_users, notes);

	for (size_t i = 0; i < p->n_logins && !err; i++)
		err = replace_all(p, f, known, &p->logins[i].users, notes);
	return err;
}

/* ---- assignments.d ---- */

static bool is_user(const struct policy_file_assignment *a)
{
	return a->subject[0] != '%';
}

/* The same for "%group". */
static int replace_group(struct policy *p, const struct facts_known *known, struct policy_pos pos,
			 const char **subject, struct buf *notes, bool *changed)
{
	const struct fact_group *g = known ? facts_group(&known->passwd, *subject + 1) : NULL;
	struct fact_group asked = { .name = (char *)(uintptr_t)(*subject + 1) };
	char name[RBAC_UNIX_GROUP_MAX + 2];
	int err = RBAC_OK;

	*changed = false;
	if (!g) {
		err = facts_look_up_group(&asked);
		g = &asked;
	}
	if (!err && g->other) {
		snprintf(name, sizeof(name), "%%%s", g->other);
		const char *kept = policy_keep(p, name);
		if (kept && notes)
			buf_printf(notes, "%s:%u: %s is %s here: write %s\n", pos.file, pos.line,
				   *subject, kept, kept + 1);
		err = kept ? RBAC_OK : RBAC_NOMEM;
		*changed = kept != NULL;
		*subject = kept ? kept : *subject;
	}
	free(asked.other);
	return err;
}

static int compare(const struct policy_file_assignment *a, const struct policy_file_assignment *b)
{
	int d = strcmp(a->subject, b->subject);

	if (!d)
		d = (a->role > b->role) - (a->role < b->role);
	if (!d)
		d = strcmp(a->scope ? a->scope : "", b->scope ? b->scope : "");
	if (!d)
		d = (a->from > b->from) - (a->from < b->from);
	return d ? d : (a->until > b->until) - (a->until < b->until);
}

static int by_content(const void *a, const void *b)
{
	return compare(*(const struct policy_file_assignment *const *)a,
		       *(const struct policy_file_assignment *const *)b);
}

static int check_twice(const struct policy *p, struct buf *notes)
{
	const struct policy_file_assignment **v = calloc(p->n_assignments, sizeof(*v));
	int err = v ? RBAC_OK : RBAC_NOMEM;

	for (size_t i = 0; v && i < p->n_assignments; i++)
		v[i] = &p->assignments[i];
	if (v)
		qsort(v, p->n_assignments, sizeof(*v), by_content);
	for (size_t i = 1; i < p->n_assignments && !err; i++)
		if (compare(v[i - 1], v[i]) == 0) {
			buf_printf(notes, "%s:%u and %s:%u are the same assignment: both are %s\n",
				   v[i - 1]->pos.file, v[i - 1]->pos.line, v[i]->pos.file,
				   v[i]->pos.line, v[i]->subject);
			err = RBAC_CONFLICT;
		}
	free(v);
	return err;
}

int canonical_files(struct policy *p, const struct facts *f, const struct facts_known *known,
		    struct buf *notes)
{
	int err = RBAC_OK;
	bool changed, any = false;

	for (size_t i = 0; i < p->n_scopes && !err; i++)
		if (p->scopes[i].owner)
			err = replace(p, f, known, p->scopes[i].pos, &p->scopes[i].owner, notes,
				      &changed);
	for (size_t i = 0; i < p->n_assignments && !err; i++) {
		struct policy_file_assignment *a = &p->assignments[i];
		err = is_user(a) ? replace(p, f, known, a->pos, &a->subject, notes, &changed)
				 : replace_group(p, known, a->pos, &a->subject, notes, &changed);
		any |= changed;
	}
	return err || !any ? err : check_twice(p, notes);
}

/* ---- which names ---- */

static void take_all(const struct policy_strs *users, char **names, size_t *n)
{
	for (size_t i = 0; i < users->n; i++)
		names[(*n)++] = (char *)users->v[i];
}

int canonical_names(const struct policy *p, char ***names, size_t *n)
{
	size_t most = p->exempt_users.n + p->n_scopes + p->n_assignments;

	for (size_t i = 0; i < p->n_logins; i++)
		most += p->logins[i].users.n;
	*n = 0;
	*names = calloc(most + 1, sizeof(**names));
	if (!*names)
		return RBAC_NOMEM;
	take_all(&p->exempt_users, *names, n);
	for (size_t i = 0; i < p->n_logins; i++)
		take_all(&p->logins[i].users, *names, n);
	for (size_t i = 0; i < p->n_scopes; i++)
		if (p->scopes[i].owner)
			(*names)[(*n)++] = (char *)p->scopes[i].owner;
	for (size_t i = 0; i < p->n_assignments; i++)
		(*names)[(*n)++] = (char *)p->assignments[i].subject;
	return RBAC_OK;
}
