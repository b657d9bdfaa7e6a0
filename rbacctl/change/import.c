#include "rbacctl/change/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/publish/facts.h"

enum { REPORT_EVERY = 20000 };

struct import {
	struct change *c;
	struct import_row *rows;
	size_t n, made;
	bool force;
	struct problems *problems;
	const char *file;
	struct facts facts;
	void (*progress)(size_t done, size_t of);
};

static struct policy_pos at(const struct import *m, const struct import_row *r)
{
	return (struct policy_pos){ m->file, r->line };
}

static int by_place(const void *a, const void *b)
{
	const struct import_row *x = a, *y = b;
	int d = strcmp(x->scope, y->scope);
	d = d ? d : strcmp(x->role, y->role);
	return d ? d : x->line < y->line ? -1 : x->line > y->line;
}

static int by_user(const void *a, const void *b)
{
	const struct import_row *x = a, *y = b;
	int d = strcmp(x->user, y->user);
	return d ? d : x->line < y->line ? -1 : x->line > y->line;
}

/* Move the message of a check that failed to PROBLEMS. True when there was none to move: the store itself is at fault. */
static bool blame(struct import *m, const struct import_row *r, int err)
{
	struct change *c = m->c;
	if (err != RBAC_REFUSED && err != RBAC_INVALID && err != RBAC_CONFLICT)
		return true;
	problem_error(m->problems, at(m, r), "%s", buf_text(&c->message));
	buf_reset(&c->message);
	return false;
}

/* ---- role and scope: once for all rows that name both ---- */

static int check_places(struct import *m)
{
	const char *host = !m->c->p->host_any && m->c->p->hosts.n == 1 ? m->c->p->hosts.v[0] : NULL;
	bool bad = false;
	for (size_t i = 0; i < m->n; i++)
		if (!*m->rows[i].scope && host)
			m->rows[i].scope = host;
	qsort(m->rows, m->n, sizeof *m->rows, by_place);
	for (size_t i = 0; i < m->n; i++) {
		struct import_row *r = &m->rows[i], *before = i ? r - 1 : NULL;
		if (before && !bad && strcmp(before->scope, r->scope) == 0 && strcmp(before->role, r->role) == 0) {
			r->role_at = before->role_at;
			continue;
		}
		if (!*r->scope) {
			problem_error(m->problems, at(m, r), "no scope, and this host has not just one: say where");
			bad = true;
			continue;
		}
		int err = change_may_assign(m->c, &(struct assign_request){ .role = r->role, .scope = r->scope }, &r->role_at);
		bad = err != RBAC_OK;
		if (err && blame(m, r, err))
			return err;
	}
	return RBAC_OK;
}

/* ---- users ---- */

/*
 * One look at passwd serves them all. Who is not in it (a directory does not enumerate) is asked for one by one, or, with FORCE,
 * taken as they are: without a uid, which the next assignment records.
 */
static int record_user(struct import *m, const struct import_row *r)
{
	struct change *c = m->c;
	struct store_user u;
	uint32_t uid = facts_uid(&m->facts, r->user);
	if ((uid == RBAC_NO_UID && !m->force) || uid == 0 || strcmp(r->user, "root") == 0 || !rbac_name_is_user(r->user, strlen(r->user)))
		return change_record_user(c, r->user, false);
	int err = store_user_get(&c->t, r->user, &u);
	if (err == RBAC_NOTFOUND) {
		err = store_user_put(&c->t, r->user, &(struct store_user){ .uid = uid, .change = c->change });
		return err ? change_store_fail(c, err) : RBAC_OK;
	}
	if (err)
		return change_store_fail(c, err);
	return u.uid == uid || uid == RBAC_NO_UID ? RBAC_OK : change_record_user(c, r->user, m->force);
}

struct standing_rows { const struct import_row *r; bool same, covered; };

static int on_standing(void *ctx, const struct store_assignment *a)
{
	struct standing_rows *s = ctx;
	if (strcmp(a->role, s->r->role) != 0 || strcmp(a->scope, s->r->scope) != 0)
		return RBAC_OK;
	s->same |= a->from == s->r->from && a->until == s->r->until;
	s->covered |= a->from <= s->r->from && a->until >= s->r->until;
	return RBAC_OK;
}

static int put_row(struct import *m, const struct import_row *r, bool known)
{
	struct change *c = m->c;
	struct standing_rows s = { .r = r };
	if (r->role_at < 0)
		return RBAC_OK;   /* named already */
	int err = known ? store_assignments_of(&c->t, r->user, on_standing, &s) : RBAC_OK;
	if (err)
		return change_store_fail(c, err);
	if (s.same)
		return RBAC_OK;
	if (s.covered)
		return change_fail(c, RBAC_CONFLICT, "%s already holds %s at %s for longer: this would change nothing (rbacctl assign --replace)", r->user, r->role, r->scope);
	err = change_check_window(c, r->from, r->until);
	if (err)
		return err;
	struct store_assignment a = {
		.change = c->change, .when = c->a->now, .from = r->from, .until = r->until, .subject = r->user, .role = r->role, .scope = r->scope,
		.by = c->a->actor.name, .reason = "", .source = "command",
	};
	err = store_next_id(&c->t, c->change, &a.id);
	if (!err)
		err = store_assignment_put(&c->t, &a);
	if (err)
		return change_store_fail(c, err);
	c->last_id = a.id;
	m->made++;
	return RBAC_OK;
}

/* All rows of one user, FROM up to TO. */
static int put_user(struct import *m, size_t from, size_t to)
{
	struct change *c = m->c;
	struct store_user u;
	const char *user = m->rows[from].user;
	bool group = user[0] == '%';
	bool known = to - from > 1 || group || store_user_get(&c->t, user, &u) == RBAC_OK;
	int err = group ? change_fail(c, RBAC_INVALID, "%s: import takes users; rbacctl assign %s ...", user, user) : record_user(m, &m->rows[from]);
	if (err)
		return blame(m, &m->rows[from], err) ? err : RBAC_OK;
	for (size_t i = from; i < to; i++) {
		err = put_row(m, &m->rows[i], known);
		if (err && blame(m, &m->rows[i], err))
			return err;
	}
	err = change_check_exclusive(c, user, "this file");
	return err && blame(m, &m->rows[from], err) ? err : RBAC_OK;
}

static int put_users(struct import *m)
{
	size_t told = 0;
	qsort(m->rows, m->n, sizeof *m->rows, by_user);
	for (size_t i = 0, j; i < m->n; i = j) {
		for (j = i + 1; j < m->n && strcmp(m->rows[j].user, m->rows[i].user) == 0;)
			j++;
		int err = put_user(m, i, j);
		if (err)
			return err;
		if (m->progress && j - told >= REPORT_EVERY) {
			told = j;
			m->progress(j, m->n);
		}
	}
	return RBAC_OK;
}

/* Maxima: once for each role and scope that has one. */
static int check_maxima(struct import *m)
{
	qsort(m->rows, m->n, sizeof *m->rows, by_place);
	for (size_t i = 0; i < m->n; i++) {
		struct import_row *r = &m->rows[i];
		if (i && strcmp(r[-1].scope, r->scope) == 0 && strcmp(r[-1].role, r->role) == 0)
			continue;
		int err = change_check_max(m->c, r->role_at, r->scope, (struct rbac_window){ m->c->a->now, RBAC_TIME_MAX }, "this file");
		if (err && blame(m, r, err))
			return err;
	}
	return RBAC_OK;
}

int change_import(struct change *c, struct import_row *rows, size_t n, bool force, struct problems *problems, const char *file,
		  void (*progress)(size_t done, size_t of), size_t *made)
{
	struct import m = { .c = c, .rows = rows, .n = n, .force = force, .problems = problems, .file = file, .progress = progress };
	c->verb = "import";
	int err = facts_gather(c->p, &c->t, false, &m.facts);
	if (err)
		return change_fail(c, err, "%s", rbac_error_text(err));
	err = check_places(&m);
	if (!err)
		err = put_users(&m);   /* also after a bad role or scope: every bad line is named in one run */
	if (!err && !problems->errors)
		err = check_maxima(&m);
	facts_free(&m.facts);
	*made = m.made;
	if (!err && problems->errors)
		err = change_fail(c, RBAC_REFUSED, "%zu bad line%s; nothing was imported", problems->errors, problems->errors == 1 ? "" : "s");
	c->nothing = !err && m.made == 0;
	if (!err)
		buf_printf(&c->done, "%zu assignments from %s, up to id %llu\n", m.made, file, (unsigned long long)c->last_id);
	return err;
}
