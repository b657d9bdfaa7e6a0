#include "rbacctl/change/import/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/acts/acts.h"
#include "rbacctl/change/import/assignment_index.h"
#include "rbacctl/change/import/rows.h"
#include "rbacctl/change/import/windows.h"
#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/matches.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/command.h"

enum { REPORT_EVERY = 20000 };

struct import {
	struct change *c;
	struct import_row *rows;
	size_t n, made;
	uint64_t last_before; /* the last id that the store has given before */
	bool force;
	struct problems *problems;
	const char *file;
	bool renamed; /* some row names its user by a name that is not what it says */
	struct assignment_index index;
	struct span *spans;
	size_t n_spans, cap_spans; /* of the user who is looked at */
	void (*progress)(size_t done, size_t of);
};

/* What has become of a row; otherwise its place, a number in struct assignment_index. */
enum { ROW_BAD = -1, ROW_STANDS = -2, ROW_COVERED = -3 };

static int by_user(const void *a, const void *b)
{
	const struct import_row *x = a, *y = b;
	int d = strcmp(x->user, y->user);
	return d ? d : x->line < y->line ? -1 : x->line > y->line;
}

/* Move the message of a check that failed to PROBLEMS. True when there was none to move: the store
 * itself is at fault. */
static bool blame(struct import *m, unsigned line, int err)
{
	struct change *c = m->c;
	if (err != RBAC_REFUSED && err != RBAC_INVALID && err != RBAC_CONFLICT)
		return true;
	problem_error(m->problems, (struct policy_pos){ m->file, line }, "%s",
		      buf_text(&c->message));
	buf_reset(&c->message);
	return false;
}

static int no_memory(struct import *m)
{
	return change_fail(m->c, RBAC_NOMEM, "out of memory");
}

/* ---- role and scope: once for all rows that name both; to say who may takes long, and the store
 * is locked meanwhile ---- */

static int check_place(struct import *m, struct import_row *r)
{
	size_t number;
	if (!*r->scope)
		return change_fail(
			m->c, RBAC_INVALID,
			"a scope is missing, and this host is in any scope or in several");
	if (assignment_index_find(&m->index, r->role, r->scope, r->line, &number))
		return no_memory(m);
	struct role_at_scope *at = &m->index.v[number];
	r->place = at->role_at < 0 ? ROW_BAD : (int)number;
	if (at->role_at >= 0)
		return RBAC_OK;
	if (at->why)
		return change_fail(m->c, at->err, "%s", at->why);
	int role, err = change_may_assign(
			  m->c, &(struct assign_request){ .role = r->role, .scope = r->scope },
			  &role);
	if (err) {
		at->err = err;
		at->why = strdup(buf_text(&m->c->message));
		return at->why ? err : no_memory(m);
	}
	at->role_at = role;
	r->place = (int)number;
	return RBAC_OK;
}

static int check_places(struct import *m)
{
	const char *host = !m->c->p->host_any && m->c->p->hosts.n == 1 ? m->c->p->hosts.v[0] : NULL;
	for (size_t i = 0; i < m->n; i++) {
		struct import_row *r = &m->rows[i];
		if (!*r->scope && host)
			r->scope = host;
		r->place = ROW_BAD;
		int err = check_place(m, r);
		if (err && blame(m, r->line, err))
			return err;
	}
	return assignment_index_make_room(&m->index) ? no_memory(m) : RBAC_OK;
}

/* ---- users ---- */

/*
 * The person whom the rows FROM up to TO name: one pass over passwd serves all that it lists, the
 * others (a directory does not enumerate) are asked for one by one. A wrong name is put to
 * PROBLEMS, and its rows are bad.
 */
static int name_user(struct import *m, size_t from, size_t to)
{
	struct change *c = m->c;
	const char *typed = m->rows[from].user, *name = typed;
	struct person p = { 0 };
	int err = typed[0] == '%'
			  ? change_fail(c, RBAC_INVALID,
					"%s is a Unix group, and import takes users: %s", typed,
					COMMAND("rbacctl assign %s %s --scope %s", typed,
						m->rows[from].role, m->rows[from].scope))
			  : change_person(c, typed, &p);
	bool bad = err != RBAC_OK;
	if (err && blame(m, m->rows[from].line, err))
		return err;
	if (p.differs && !(name = policy_keep(c->p, p.name)))
		return no_memory(m);
	for (size_t i = from; i < to; i++) {
		struct import_row *r = &m->rows[i];
		r->user = name;
		r->uid = p.uid;
		r->state = p.state;
		r->no_user = bad;
	}
	m->renamed |= p.differs;
	return RBAC_OK;
}

static int record_user(struct import *m, const struct import_row *r, bool *new)
{
	struct change *c = m->c;
	struct store_user u;
	struct person p = { .uid = r->uid, .state = r->state };
	snprintf(p.name, sizeof p.name, "%s", r->user);
	*new = store_user_get(&c->t, r->user, &u) == RBAC_NOTFOUND;
	return change_record_user(c, &p, m->force);
}

/* ---- what the store has already: a row that says just that is passed over, one that says less
 * would change nothing ---- */

static int on_stored(void *ctx, const struct store_assignment *a)
{
	struct import *m = ctx;
	int place = assignment_index_known(&m->index, a->role, a->scope);
	if (place < 0 || change_has_ended(m->c, a))
		return RBAC_OK;
	if (!buf_room(&m->spans, m->n_spans, &m->cap_spans, sizeof *m->spans))
		return RBAC_NOMEM;
	m->spans[m->n_spans++] =
		(struct span){ .from = a->from, .until = a->until, .place = place };
	return RBAC_OK;
}

/* Compare the rows FROM up to TO, of one user, with one another and with what the store has; rows
 * whose windows are wrong are left to put_row. */
static int judge_rows(struct import *m, size_t from, size_t to, bool new)
{
	struct change *c = m->c;
	m->n_spans = 0;
	int err = new ? RBAC_OK : store_assignments_of(&c->t, m->rows[from].user, on_stored, m);
	if (err)
		return change_store_fail(c, err);
	for (size_t i = from; i < to; i++) {
		const struct import_row *r = &m->rows[i];
		if (r->place < 0 || r->until <= r->from || r->until <= c->a->now)
			continue;
		if (!buf_room(&m->spans, m->n_spans, &m->cap_spans, sizeof *m->spans))
			return no_memory(m);
		m->spans[m->n_spans++] = (struct span){ r->from, r->until, i - from + 1,
							i,       r->place, SPAN_NEW };
	}
	if (windows_judge_places(m->spans, m->n_spans, c->a->now))
		return no_memory(m);
	for (size_t i = 0; i < m->n_spans; i++)
		if (m->spans[i].is != SPAN_NEW)
			m->rows[m->spans[i].row].place = m->spans[i].is == SPAN_REPEATS
								 ? ROW_STANDS
								 : ROW_COVERED;
	return RBAC_OK;
}

static int next_id(struct import *m, uint64_t *id)
{
	struct change *c = m->c;
	*id = c->last_id + 1;
	int err = m->made ? RBAC_OK : store_next_id(&c->t, c->change, id);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int put_row(struct import *m, struct import_row *r)
{
	struct change *c = m->c;
	int role = r->place < 0 ? -1 : m->index.v[r->place].role_at;
	int err = import_row_check(c, r, r->place == ROW_COVERED, role);
	if (err)
		return err;
	struct store_assignment a = {
		.change = c->change,
		.when = c->a->now,
		.from = r->from,
		.until = r->until,
		.subject = r->user,
		.role = r->role,
		.scope = r->scope,
		.by = c->a->actor.name,
		.reason = r->reason ? r->reason : "",
		.source = "command",
	};
	err = next_id(m, &a.id);
	if (!err && (err = store_assignment_put_record(&c->t, &a)))
		return change_store_fail(c, err);
	if (err)
		return err;
	struct role_at_scope *at = &m->index.v[r->place];
	at->ids[at->made++] = a.id;
	c->last_id = a.id;
	if (m->made++ < IMPORT_LOGGED)
		change_given_text(&a, &c->done);
	return RBAC_OK;
}

/* All rows of one user, FROM up to TO. */
static int put_user(struct import *m, size_t from, size_t to)
{
	struct change *c = m->c;
	const char *user = m->rows[from].user;
	bool new = false;
	if (m->rows[from].no_user)
		return RBAC_OK; /* named already */
	int err = record_user(m, &m->rows[from], &new);
	if (err)
		return blame(m, m->rows[from].line, err) ? err : RBAC_OK;
	err = judge_rows(m, from, to, new);
	if (err)
		return err;
	for (size_t i = from; i < to; i++) {
		struct import_row *r = &m->rows[i];
		if (r->place == ROW_STANDS || r->place == ROW_BAD) /* a bad one is named already */
			continue;
		err = put_row(m, r);
		if (err && blame(m, r->line, err))
			return err;
		if (err)
			r->place = ROW_BAD;
	}
	err = change_check_exclusive(c, user, "this file");
	if (!err)
		err = change_check_length(c, user, m->last_before + 1, UINT64_MAX);
	return err && blame(m, m->rows[from].line, err) ? err : RBAC_OK;
}

/* Exports and most lists are sorted as they come. */
static void sort_by_user(struct import *m)
{
	size_t i = 1;
	while (i < m->n && by_user(&m->rows[i - 1], &m->rows[i]) < 0)
		i++;
	if (i < m->n)
		qsort(m->rows, m->n, sizeof *m->rows, by_user);
}

/* The end of the rows of one user that begin at FROM. */
static size_t rows_end(const struct import *m, size_t from)
{
	size_t to = from + 1;
	while (to < m->n && strcmp(m->rows[to].user, m->rows[from].user) == 0)
		to++;
	return to;
}

static int name_users(struct import *m)
{
	int err = RBAC_OK;
	sort_by_user(m);
	for (size_t i = 0, j; i < m->n && !err; i = j) {
		j = rows_end(m, i);
		err = name_user(m, i, j);
	}
	if (m->renamed)
		sort_by_user(m);
	return err;
}

static int put_users(struct import *m)
{
	size_t told = 0;
	int err = name_users(m);
	for (size_t i = 0, j; i < m->n && !err; i = j) {
		j = rows_end(m, i);
		err = put_user(m, i, j);
		if (!err && m->progress && j - told >= REPORT_EVERY) {
			told = j;
			m->progress(j, m->n);
		}
	}
	if (err)
		return err;
	err = m->made ? store_last_id_put(&m->c->t, m->c->last_id) : RBAC_OK;
	return err ? change_store_fail(m->c, err) : RBAC_OK;
}

/* ---- the roles and scopes again: the index of who holds what where, and the maxima, once for each
 * role and scope that has one ---- */

static int put_held(struct import *m, const struct role_at_scope *at)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < at->made && !err; i++)
		err = store_assignment_put_held(&m->c->t, at->scope, at->role, at->ids[i]);
	return err ? change_store_fail(m->c, err) : RBAC_OK;
}

/* What `assign` says of a role that brings a Unix group, once. */
static int note_roles(struct import *m)
{
	size_t *noted = calloc(m->c->p->n_roles + 1, sizeof *noted);
	if (!noted)
		return no_memory(m);
	for (size_t i = 0; i < m->index.n; i++) {
		const struct role_at_scope *at = &m->index.v[i];
		if (at->made && noted[at->role_at]++ == 0)
			change_note_extras(m->c, at->role_at);
	}
	free(noted);
	return RBAC_OK;
}

static int finish_places(struct import *m)
{
	const struct rbac_window from_now = { m->c->a->now, RBAC_TIME_MAX };
	assignment_index_sort(&m->index);
	for (size_t i = 0; i < m->index.n; i++) {
		const struct role_at_scope *at = &m->index.v[i];
		if (at->role_at < 0)
			continue; /* no good role: each of its rows was refused */
		int err = put_held(m, at);
		if (!err)
			err = change_check_max(m->c, at->role_at, at->scope, from_now, "this file");
		if (err && blame(m, at->line, err))
			return err;
	}
	return note_roles(m);
}

int change_import(struct change *c, struct import_row *rows, size_t n, bool force,
		  struct problems *problems, const char *file,
		  void (*progress)(size_t done, size_t of), size_t *made)
{
	struct import m = { .c = c,
			    .rows = rows,
			    .n = n,
			    .force = force,
			    .problems = problems,
			    .file = file,
			    .progress = progress };
	c->verb = "import";
	int err = change_read_passwd(c);
	(void)store_number_get(&c->t, "id", &m.last_before);
	if (!err)
		err = check_places(&m);
	/* Also after a bad line: everything that is wrong is named in one run. */
	if (!err)
		err = put_users(&m);
	if (!err)
		err = finish_places(&m);
	assignment_index_free(&m.index);
	free(m.spans);
	*made = m.made;
	if (!err && problems->errors)
		err = change_fail(c, RBAC_REFUSED, "%zu error%s; nothing was imported",
				  problems->errors, problems->errors == 1 ? "" : "s");
	c->nothing = !err && m.made == 0;
	buf_printf(&c->done, "%zu assignment%s from %s, up to id %llu\n", m.made,
		   m.made == 1 ? "" : "s", file, (unsigned long long)c->last_id);
	return err;
}
