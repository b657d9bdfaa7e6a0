/* The rows of a change that is reverted. */
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/change/undo/rollback.h"
#include "rbacctl/change/undo/row_text.h"
#include "rbacctl/change/undo/revert.h"
#include "rbacctl/store/row_name.h"

/* ---- what is not reverted ---- */

static void leave(struct reverting *x, const struct store_row *row, const char *why)
{
	buf_printf(&x->left, "  ");
	store_row_name(row, &x->left);
	buf_printf(&x->left, ": %s\n", why);
}

/* Is ROW still as the change wrote it? A row that already has its old value is not reported. */
static int still_to_do(struct reverting *x, const struct store_row *row, bool *yes)
{
	enum row_state state;
	int err = store_row_now(&x->c->t, row, &state, NULL);

	*yes = !err && state == ROW_TO_DO;
	if (!err && state == ROW_OTHERWISE)
		leave(x, row, "not reverted, because a later change wrote it");
	return err;
}

static int stop(void *ctx, const char *name, const struct store_scope *s)
{
	(void)ctx;
	(void)name;
	(void)s;
	return RBAC_CONFLICT;
}

static int stop_at(void *ctx, const struct store_assignment *a)
{
	(void)ctx;
	(void)a;
	return RBAC_CONFLICT;
}

static void name_of(const struct store_row *row, char name[512])
{
	snprintf(name, 512, "%.*s", (int)row->key.mv_size, (const char *)row->key.mv_data);
}

/* RBAC_CONFLICT: later changes gave something to the user or at the scope of ROW. */
static int is_used(struct reverting *x, const struct store_row *row)
{
	struct scopes_below below = { 0 };
	char name[512];

	name_of(row, name);
	if (row->table == T_USER) {
		int err = store_assignments_of(&x->c->t, name, stop_at, NULL);
		return err ? err : store_scopes_owned(&x->c->t, name, stop, NULL);
	}
	int err = store_assignments_at(&x->c->t, name, NULL, stop_at, NULL);
	if (!err)
		err = change_scopes_below(x->c, name, &below);
	if (!err && below.n > 1)
		err = RBAC_CONFLICT;
	change_scopes_below_free(&below);
	return err;
}

/* ---- an assignment is restored ---- */

/* Why it cannot; NULL: it can. */
static const char *misfit(struct reverting *x, const struct store_assignment *a)
{
	struct change *c = x->c;
	struct store_user u;
	struct store_scope s;
	int role = policy_role_find(c->p, a->role);

	if (role < 0 || policy_scope_kind(c->p, a->scope) != c->p->roles[role].kind)
		return "the policy has no such role there now";
	if (store_scope_get(&c->t, a->scope, &s))
		return "the scope is gone";
	if (a->subject[0] != '%' && store_user_get(&c->t, a->subject, &u))
		return "the user is no longer recorded";
	return NULL;
}

/* RBAC_REFUSED: with the roles assigned since, a limit would be broken. */
static int check_limits(struct reverting *x, const struct store_assignment *a)
{
	struct change *c = x->c;
	int role = policy_role_find(c->p, a->role);
	int err = change_check_max(c, role, a->scope, (struct rbac_window){ a->from, a->until },
				   "reverting the change");

	return err ? err : change_check_exclusive(c, a->subject, "reverting the change");
}

static int put_assignment(struct reverting *x, const struct store_row *row)
{
	struct change *c = x->c;
	struct store_assignment a;
	int err = store_assignment_decode(&row->key, &row->after, &a);
	const char *why = err ? NULL : misfit(x, &a);

	if (why) {
		leave(x, row, why);
		return row->before.mv_data ? store_assignment_del(&c->t, a.id) : RBAC_OK;
	}
	err = err ? err : rollback_put_row(c, row);
	if (!err && !row->before.mv_data)
		err = check_limits(x, &a);
	if (err != RBAC_REFUSED)
		return err;
	leave(x, row, "not restored: with what was assigned since, it would break a limit");
	buf_reset(&c->message);
	return store_assignment_del(&c->t, a.id);
}

/* ---- rows, in an order in which each finds what it needs ---- */

/* What later changes of the policy decide about is left to them. */
static bool is_of_a_file(const struct store_row *row)
{
	struct store_assignment a;
	const MDB_val *v = row->before.mv_data ? &row->before : &row->after;

	return row->table == T_ASSIGN && store_assignment_decode(&row->key, v, &a) == RBAC_OK &&
	       !change_by_hand(a.source);
}

static int put(struct reverting *x, const struct store_row *row)
{
	bool yes = false, gives = row->table == T_ASSIGN && row->after.mv_data;
	size_t left = x->left.len;
	int err = x->another_policy && is_of_a_file(row) ? RBAC_OK : still_to_do(x, row, &yes);

	if (err || !yes)
		return err;
	err = gives ? put_assignment(x, row) : rollback_put_row(x->c, row);
	return err || x->left.len != left ? err : row_text(row, &x->c->done);
}

static int put_all(struct reverting *x, enum store_table table, bool deletes)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < x->rows.n && !err; i++)
		if (x->rows.v[i].table == table && !x->rows.v[i].after.mv_data == deletes)
			err = put(x, &x->rows.v[i]);
	return err;
}

/* Delete what the change made of TABLE and nothing uses, until nothing more goes: a scope goes
 * after those below it. The others are told. */
static int delete_unused(struct reverting *x, enum store_table table)
{
	bool more = true, last = false;
	int err = RBAC_OK;

	while ((more || !last) && !err) {
		last = !more;
		more = false;
		for (size_t i = 0; i < x->rows.n && !err; i++) {
			struct store_row *row = &x->rows.v[i];
			if (row->table != table || row->after.mv_data || !row->key.mv_data)
				continue;
			err = is_used(x, row);
			bool used = err == RBAC_CONFLICT;
			if (used && last)
				leave(x, row, "not reverted, because later changes use it");
			if (used)
				err = RBAC_OK;
			else if (!err)
				err = put(x, row);
			if (!used || last)
				row->key.mv_data = NULL; /* done with */
			more |= !used && !err;
		}
	}
	return err;
}

static int put_group(struct reverting *x, const struct store_row *row)
{
	struct store_txn *t = &x->c->t;
	enum row_state state;
	char name[512];
	int err = store_row_now(t, row, &state, NULL);

	if (err || state != ROW_TO_DO || row->before.mv_size != 8)
		return err;
	name_of(row, name);
	err = row->after.mv_data
		      ? store_put(t, T_GID, name, strlen(name), row->after.mv_data,
				  row->after.mv_size)
		      : store_gid_put(t, name, rbac_le32(row->before.mv_data), STORE_GID_GONE);
	return err ? err : row_text(row, &x->c->done);
}

/* A group that was renamed has its old name again; one that the change made is deleted, and keeps
 * its GID; one that it buried lives again. */
static int put_groups(struct reverting *x)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < x->rows.n && !err; i++)
		if (x->rows.v[i].table == T_GID && !x->rows.v[i].before.mv_data)
			err = rollback_put_row(x->c, &x->rows.v[i]);
	for (size_t i = 0; i < x->rows.n && !err; i++)
		if (x->rows.v[i].table == T_GID && x->rows.v[i].before.mv_data)
			err = put_group(x, &x->rows.v[i]);
	return err;
}

/* A request is pending again. Its index is a row of the same change. */
static int put_requests(struct reverting *x)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < x->rows.n && !err; i++) {
		const struct store_row *r = &x->rows.v[i];
		bool yes = false;
		if (r->table == T_REQUEST || r->table == T_PENDING)
			err = still_to_do(x, r, &yes);
		if (err || !yes)
			continue;
		err = r->after.mv_data
			      ? store_put(&x->c->t, r->table, r->key.mv_data, r->key.mv_size,
					  r->after.mv_data, r->after.mv_size)
			      : store_del(&x->c->t, r->table, r->key.mv_data, r->key.mv_size);
	}
	return err;
}

int revert_rows(struct reverting *x)
{
	int err = put_all(x, T_ASSIGN, true);

	for (int table = T_USER; table <= T_ASSIGN && !err; table++)
		err = put_all(x, (enum store_table)table, false);
	if (!err)
		err = delete_unused(x, T_SCOPE);
	if (!err)
		err = delete_unused(x, T_USER);
	if (!err)
		err = put_requests(x);
	return err || !x->policy ? err : put_groups(x);
}
