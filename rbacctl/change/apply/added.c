/*
 * The rules that look at what the store holds, for what files have added: asked once for each
 * subject and once for each role and scope, when everything is in. Nothing that files add makes a
 * violation go away, so one that is there at the end is there from some line on: that line is
 * looked for, and named.
 */
#include "rbacctl/change/apply/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/permission.h"

static int subject_order(const void *a, const void *b)
{
	const struct added *x = a, *y = b;
	int d = strcmp(x->f->subject, y->f->subject);
	return d ? d : (x->id > y->id) - (x->id < y->id);
}

static int place_order(const void *a, const void *b)
{
	const struct added *x = a, *y = b;
	int d = x->f->role != y->f->role ? (x->f->role < y->f->role ? -1 : 1)
					 : strcmp(x->scope, y->scope);
	return d ? d : (x->id > y->id) - (x->id < y->id);
}

static bool same_subject(const struct added *a, const struct added *b)
{
	return strcmp(a->f->subject, b->f->subject) == 0;
}

static bool same_place(const struct added *a, const struct added *b)
{
	return a->f->role == b->f->role && strcmp(a->scope, b->scope) == 0;
}

/* Does the rule hold with the assignments up to that of A? */
typedef int rule_fn(struct change *c, const struct added *a);

static int ask_exclusive(struct change *c, const struct added *a)
{
	char what[900];
	snprintf(what, sizeof what, "assigning %s to %s", c->p->roles[a->f->role].name,
		 a->f->subject);
	return change_check_exclusive_up_to(c, a->f->subject, a->id, what);
}

static int ask_max(struct change *c, const struct added *a)
{
	char what[900];
	snprintf(what, sizeof what, "assigning %s to %s", c->p->roles[a->f->role].name,
		 a->f->subject);
	return change_check_max_up_to(c, a->f->role, a->scope,
				      (struct rbac_window){ c->a->now, RBAC_TIME_MAX }, a->id,
				      what);
}

static int ask_length(struct change *c, const struct added *a)
{
	return change_check_length(c, a->f->subject, c->first_id, a->id);
}

/* The N at V are of one subject, or one place, and the last of them breaks RULE: say which does
 * first. */
static int blame_first(struct change *c, const struct added *v, size_t n, rule_fn *rule)
{
	size_t low = 0, high = n - 1;
	int err;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		buf_reset(&c->message);
		err = rule(c, &v[mid]);
		if (err && err != RBAC_REFUSED)
			return err;
		if (err)
			high = mid;
		else
			low = mid + 1;
	}
	buf_reset(&c->message);
	err = rule(c, &v[low]);
	return err ? apply_blame(c, v[low].f->pos, err) : RBAC_OK;
}

static int check_each(struct change *c, struct added *v, size_t n,
		      int (*order)(const void *, const void *),
		      bool (*same)(const struct added *, const struct added *), rule_fn *rule)
{
	int err = RBAC_OK;
	if (n)
		qsort(v, n, sizeof *v, order);
	for (size_t i = 0, next; i < n && !err; i = next) {
		for (next = i + 1; next < n && same(&v[i], &v[next]);)
			next++;
		err = rule(c, &v[next - 1]);
		if (err == RBAC_REFUSED)
			err = blame_first(c, v + i, next - i, rule);
	}
	return err;
}

/* What `assign` says of a role that brings a Unix group, once for each role. */
static int note_roles(struct change *c, const struct added *v, size_t n)
{
	bool *noted = calloc(c->p->n_roles + 1, sizeof *noted);
	if (!noted)
		return change_fail(c, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (!noted[v[i].f->role])
			change_note_extras(c, v[i].f->role);
		noted[v[i].f->role] = true;
	}
	free(noted);
	return RBAC_OK;
}

int added_check(struct change *c, struct added *v, size_t n)
{
	c->first_id = UINT64_MAX;
	for (size_t i = 0; i < n; i++)
		c->first_id = v[i].id < c->first_id ? v[i].id : c->first_id;
	int err = check_each(c, v, n, subject_order, same_subject, ask_exclusive);
	if (!err)
		err = check_each(c, v, n, subject_order, same_subject, ask_length);
	if (!err)
		err = check_each(c, v, n, place_order, same_place, ask_max);
	return err ? err : note_roles(c, v, n);
}
