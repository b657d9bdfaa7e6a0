/* rollback: the store becomes what it was, as a change forward. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/undo/history.h"
#include "rbacctl/change/undo/log_prune.h"
#include "rbacctl/change/undo/rollback.h"
#include "rbacctl/change/undo/row_text.h"
#include "rbacctl/command.h"
#include "rbacctl/config/load.h"
#include "rbacctl/print_problems.h"
#include "rbacctl/store/baseline.h"
#include "rbacctl/store/unconfirmed.h"

struct rollback {
	struct store_rows rows; /* inverse: BEFORE is what the store has */
	struct watch watch;     /* of minima */
	uint64_t to;
};

/* ---- rows ---- */

static const char *name_of(const struct store_row *row, char name[512])
{
	snprintf(name, 512, "%.*s", (int)row->key.mv_size, (const char *)row->key.mv_data);
	return name;
}

static int put_assignment(struct store_txn *t, const struct store_row *row)
{
	struct store_assignment a;
	int err = row->before.mv_data ? store_assignment_del(t, store_from_be64(row->key.mv_data))
				      : RBAC_OK;

	if (err || !row->after.mv_data)
		return err;
	err = store_assignment_decode(&row->key, &row->after, &a);
	return err ? err : store_assignment_put(t, &a);
}

static int put_user(struct change *c, const struct store_row *row)
{
	struct store_user u;
	char name[512];

	name_of(row, name);
	if (!row->after.mv_data)
		return store_user_del(&c->t, name);
	int err = store_user_decode(&row->after, &u);
	return err ? err : store_user_put(&c->t, name, &u);
}

static int put_scope(struct store_txn *t, const struct store_row *row)
{
	struct store_scope s;
	char name[512];

	name_of(row, name);
	if (!row->after.mv_data)
		return store_scope_del(t, name);
	int err = store_scope_decode(&row->after, &s);
	return err ? err : store_scope_put(t, name, &s);
}

/*
 * A group that was renamed since gets its old name back, with its GID. All others are left to
 * apply_gids(): one that the old policy does not make is deleted, and keeps its GID.
 */
static int put_group(struct change *c, const struct store_row *row)
{
	struct store_txn *t = &c->t;
	char name[512], later[512];
	const char *now;
	uint32_t its, flags;

	if (row->before.mv_data || !row->after.mv_data || row->after.mv_size != 8)
		return RBAC_OK;
	uint32_t gid = rbac_le32(row->after.mv_data);
	int err = store_gid_name(t, gid, &now);
	if (err)
		return err;
	snprintf(later, sizeof(later), "%s", now);
	name_of(row, name);
	if (store_gid_get(t, later, &its, &flags) == RBAC_OK && its == gid) {
		err = store_del(t, T_GID, later, strlen(later));
		buf_printf(&c->done, "group %s -> %s gid %" PRIu32 "\n", later, name, gid);
	}
	return err ? err : store_gid_put(t, name, gid, 0);
}

/* Whether a change of then was to be confirmed is nothing that comes back; that one of now is ends
 * with the change itself. */
static int put_number(struct store_txn *t, const struct store_row *row)
{
	size_t len = strlen(STORE_UNCONFIRMED);
	bool is = row->key.mv_size == len && memcmp(row->key.mv_data, STORE_UNCONFIRMED, len) == 0;

	return is && !row->after.mv_data ? store_unconfirmed_del(t) : RBAC_OK;
}

int rollback_put_row(struct change *c, const struct store_row *row)
{
	switch (row->table) {
	case T_META:
		return put_number(&c->t, row);
	case T_ASSIGN:
		return put_assignment(&c->t, row);
	case T_USER:
		return put_user(c, row);
	case T_SCOPE:
		return put_scope(&c->t, row);
	case T_GID:
		return put_group(c, row);
	default:
		return RBAC_OK;
	}
}

int rollback_put_all(struct change *c, const struct store_rows *rows)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < rows->n && !err; i++) {
		const struct store_row *r = &rows->v[i];
		if (r->table == T_ASSIGN || r->table == T_USER || r->table == T_SCOPE)
			err = rollback_put_row(c, r);
		else if (r->after.mv_data)
			err = store_put(&c->t, r->table, r->key.mv_data, r->key.mv_size,
					r->after.mv_data, r->after.mv_size);
		else
			err = store_del(&c->t, r->table, r->key.mv_data, r->key.mv_size);
	}
	return err;
}

/* ---- rules ---- */

static int watch_row(struct change *c, struct rollback *r, const struct store_row *row)
{
	struct store_assignment a;

	if (row->table != T_ASSIGN || !row->before.mv_data ||
	    store_assignment_decode(&row->key, &row->before, &a))
		return RBAC_OK;
	int role = policy_role_find(c->p, a.role);
	return role < 0 ? RBAC_OK : change_watch(c, &r->watch, role, a.scope);
}

/* What a role of the old policy did not have a scope for is refused as apply would refuse it. */
static int check_assignment(void *ctx, const struct store_assignment *a)
{
	struct change *c = ctx;
	int role = policy_role_find(c->p, a->role);

	if (role >= 0 && policy_scope_kind(c->p, a->scope) == c->p->roles[role].kind)
		return RBAC_OK;
	return change_fail(c, RBAC_REFUSED,
			   "refused: the policy at that time had no role %s for %s, which %s holds",
			   a->role, a->scope, a->subject);
}

static int fill(struct change *c, void *ctx)
{
	struct rollback *r = ctx;
	int err = RBAC_OK;

	for (size_t i = 0; i < r->rows.n && !err; i++)
		err = watch_row(c, r, &r->rows.v[i]);
	if (err)
		return err;
	for (size_t i = 0; i < r->rows.n && !err; i++)
		err = rollback_put_row(c, &r->rows.v[i]);
	/* What was known of the uids before. */
	uids_free(&c->uids);
	c->uids = (struct uids){ 0 };
	if (!err)
		err = store_assignments_all(&c->t, check_assignment, c);
	if (err)
		return c->message.len ? err : change_store_fail(c, err);
	return change_watch_check(c, &r->watch, "the rollback");
}

/* Groups and files are told by the steps of an apply. */
static int say_rows(struct change *c, const struct store_rows *rows)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < rows->n && !err; i++)
		if (rows->v[i].table != T_GID && rows->v[i].table != T_TEXT)
			err = row_text(&rows->v[i], &c->done);
	return err ? change_fail(c, err, "a row of the journal is damaged: %s",
				 COMMAND("rbacctl verify"))
		   : RBAC_OK;
}

/* ---- to which change ---- */

static int check_target(struct change *c, uint64_t to)
{
	struct store_baseline b;
	char number[32];
	int err = store_baseline_get(&c->t, &b);

	snprintf(number, sizeof(number), "%" PRIu64, to);
	if (err)
		return change_store_fail(c, err);
	if (!c->a->actor.root)
		return change_fail(c, RBAC_REFUSED, "refused: only root rolls back: %s",
				   COMMAND("rbacctl rollback %s --as root", number));
	if (to >= c->change)
		return change_fail(c, RBAC_INVALID,
				   "there is no change %" PRIu64 ": the last one is %" PRIu64, to,
				   c->change - 1);
	if (to != 0 && to >= b.change)
		return RBAC_OK;
	struct buf why = { 0 };
	if (b.change)
		log_prune_text(&b, &why);
	change_fail(c, RBAC_INVALID,
		    "the store cannot go back to change %" PRIu64 ": %s%sexpected a change from "
		    "%" PRIu64 " to %" PRIu64,
		    to, buf_text(&why), why.len ? "; " : "", b.change ? b.change : 1,
		    c->change - 1);
	buf_free(&why);
	return RBAC_INVALID;
}

/* The texts that were applied then. */
static int read_texts(struct change *c, struct rollback *r, struct policy_sources *s,
		      struct policy **p)
{
	struct problems problems = { 0 };
	uint64_t applied = 0;
	int err = store_number_get(&c->t, "applied", &applied);

	for (size_t i = 0; i < r->rows.n; i++)
		if (r->rows.v[i].table == T_META && r->rows.v[i].key.mv_size == strlen("applied") &&
		    r->rows.v[i].after.mv_size == 8)
			applied = store_from_be64(r->rows.v[i].after.mv_data);
	if (!err)
		err = store_texts_get(&c->t, applied, s);
	if (err)
		return change_store_fail(c, err);
	err = policy_load(s, p, &problems);
	if (err) {
		problems_print(&problems, stderr);
		change_fail(c, err, "this rbacctl cannot read the policy of change %" PRIu64,
			    applied);
	}
	problems_free(&problems);
	return err;
}

/*
 * Would R change nothing, where S are the texts of then? Groups that have a GID keep it
 * (put_group), and "applied" only numbers the texts.
 */
static bool is_there(const struct change *c, const struct rollback *r,
		     const struct policy_sources *s)
{
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct store_row *row = &r->rows.v[i];
		bool applied = row->table == T_META && row->key.mv_size == strlen("applied") &&
			       memcmp(row->key.mv_data, "applied", row->key.mv_size) == 0;
		bool kept = row->table == T_GID && !row->after.mv_data;
		if (!applied && !kept && row->table != T_TEXT)
			return false;
	}
	return policy_sources_equal(s, &c->sources);
}

int change_rollback(struct change *c, uint64_t to)
{
	struct rollback r = { .to = to };
	struct policy_sources s = { 0 };
	struct policy *p = NULL;
	int err = check_target(c, to);

	c->verb = "rollback";
	c->nothing = !err && to == c->change - 1;
	if (err || c->nothing)
		return err;
	err = store_rows_between(&c->t, to, c->change - 1, &r.rows);
	if (err)
		change_store_fail(c, err);
	store_rows_invert(&r.rows);
	if (!err)
		err = read_texts(c, &r, &s, &p);
	if (!err && is_there(c, &r, &s))
		c->nothing = true;
	else if (!err) {
		buf_printf(&c->done, "back to change %" PRIu64 "\n", to);
		err = say_rows(c, &r.rows);
	}
	if (err || c->nothing)
		policy_free(p);
	else
		err = change_apply(c, &s, p, false,
				   &(struct init_request){ .root = "",
							   .admin = "",
							   .verb = "rollback",
							   .fill = fill,
							   .ctx = &r });
	policy_sources_free(&s);
	change_watch_free(&r.watch);
	store_rows_free(&r.rows);
	return err;
}
