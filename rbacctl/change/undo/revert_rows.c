/* The rows of a change that is reverted. */
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/change/undo/rollback.h"
#include "rbacctl/change/undo/row_text.h"
#include "rbacctl/change/undo/revert.h"
#include "rbacctl/store/request.h"
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

/* Is it another person's than the reverted change left it? One that the change only moved within
 * the policy is judged by fit_to_policy(). */
static bool changes_hands(const struct store_row *row, const struct store_assignment *a)
{
	struct store_assignment before;

	return !row->before.mv_data ||
	       store_assignment_decode(&row->key, &row->before, &before) != RBAC_OK ||
	       strcmp(before.subject, a->subject) != 0;
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
	if (!err && changes_hands(row, &a))
		err = revert_fit_assignment(x, &a, &why);
	if (err || !why)
		return err;
	leave(x, row, why);
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

/* Tell the index of uids that ROW has been written. */
static int note_uid(struct reverting *x, const struct store_row *row)
{
	struct store_user u;
	char name[512];
	int err = RBAC_OK;

	name_of(row, name);
	if (row->before.mv_data && store_user_decode(&row->before, &u) == RBAC_OK)
		uids_remove(&x->c->uids, u.uid, name);
	if (row->after.mv_data && !(err = store_user_decode(&row->after, &u)))
		err = uids_add(&x->c->uids, u.uid, name, u.change);
	return err;
}

static int write_row(struct reverting *x, const struct store_row *row)
{
	int err = rollback_put_row(x->c, row);

	return err || row->table != T_USER ? err : note_uid(x, row);
}

static int put(struct reverting *x, const struct store_row *row)
{
	bool yes = false, gives = row->table == T_ASSIGN && row->after.mv_data;
	size_t left = x->left.len;
	int err = x->another_policy && is_of_a_file(row) ? RBAC_OK : still_to_do(x, row, &yes);

	if (err || !yes)
		return err;
	err = gives ? put_assignment(x, row) : write_row(x, row);
	return err || x->left.len != left ? err : row_text(row, &x->c->done);
}

/* Take ROW back if it does not fit; *AGAIN: others may depend on it. */
static int take_back_misfit(struct reverting *x, struct store_row *row, bool *again)
{
	const struct store_row back = {
		.table = row->table, .key = row->key, .before = row->after, .after = row->before
	};
	const char *why;
	int err = revert_fit(x, row, &why);

	if (err || !why)
		return err;
	leave(x, row, why);
	err = write_row(x, &back);
	row->key.mv_data = NULL; /* done with */
	*again = true;
	return err;
}

/* Users or scopes that come back, or have their old value. All are written before any is judged:
 * a scope needs the one above it, and uids may have changed places. */
static int put_and_judge(struct reverting *x, enum store_table table)
{
	bool again = true, yes;
	int err = RBAC_OK;

	for (size_t i = 0; i < x->rows.n && !err; i++) {
		struct store_row *row = &x->rows.v[i];
		if (row->table != table || !row->after.mv_data)
			continue;
		err = still_to_do(x, row, &yes);
		if (!err && yes)
			err = write_row(x, row);
		else
			row->key.mv_data = NULL;
	}
	while (again && !err) {
		again = false;
		for (size_t i = 0; i < x->rows.n && !err; i++)
			if (x->rows.v[i].table == table && x->rows.v[i].after.mv_data &&
			    x->rows.v[i].key.mv_data)
				err = take_back_misfit(x, &x->rows.v[i], &again);
	}
	for (size_t i = 0; i < x->rows.n && !err; i++)
		if (x->rows.v[i].table == table && x->rows.v[i].after.mv_data &&
		    x->rows.v[i].key.mv_data)
			err = row_text(&x->rows.v[i], &x->c->done);
	return err;
}

/* ROW of a user whom the change recorded, and who stays. Nothing is reverted if the old name of the
 * person has come back: two names of one uid are not one person's. */
static int keep_user(struct reverting *x, const struct store_row *row)
{
	struct store_user u;
	const char *other = NULL;
	char name[512];

	name_of(row, name);
	int err = store_user_get(&x->c->t, name, &u);
	if (!err)
		err = change_other_name(x->c, u.uid, name, NULL, &other);
	if (err || !other)
		return err;
	return change_fail(x->c, RBAC_REFUSED,
			   "%s, which has roles by later changes, and %s would both be recorded "
			   "with uid %u: one uid is one person",
			   name, other, u.uid);
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
				err = last && table == T_USER ? keep_user(x, row) : RBAC_OK;
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

/* Is ROW a request that would be pending again, while another one for the same is? */
static int asked_again(struct reverting *x, const struct store_row *row, bool *yes)
{
	struct store_request old, now;

	*yes = false;
	if (row->table != T_REQUEST || !row->after.mv_data)
		return RBAC_OK;
	int err = store_request_decode(&row->key, &row->after, &old);
	if (err || old.state != REQUEST_PENDING)
		return err;
	err = store_request_pending(&x->c->t, old.user, old.role, old.scope, &now);
	*yes = !err && now.id != old.id;
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

static int put_request(struct reverting *x, const struct store_row *r)
{
	struct store_txn *t = &x->c->t;
	enum row_state state;
	bool again = false;
	int err = store_row_now(t, r, &state, NULL);

	if (!err && state == ROW_TO_DO)
		err = asked_again(x, r, &again);
	if (again)
		leave(x, r, "not restored: the role has been requested again");
	if (err || state != ROW_TO_DO || again)
		return err;
	return r->after.mv_data ? store_put(t, r->table, r->key.mv_data, r->key.mv_size,
					    r->after.mv_data, r->after.mv_size)
				: store_del(t, r->table, r->key.mv_data, r->key.mv_size);
}

/* A request is pending again. Its index is a row of the same change. */
static int put_requests(struct reverting *x)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < x->rows.n && !err; i++)
		if (x->rows.v[i].table == T_REQUEST || x->rows.v[i].table == T_PENDING)
			err = put_request(x, &x->rows.v[i]);
	return err;
}

int revert_rows(struct reverting *x)
{
	int err = put_all(x, T_ASSIGN, true);

	if (!err)
		err = put_and_judge(x, T_USER);
	if (!err)
		err = put_and_judge(x, T_SCOPE);
	if (!err)
		err = put_all(x, T_ASSIGN, false);
	if (!err)
		err = delete_unused(x, T_SCOPE);
	if (!err)
		err = delete_unused(x, T_USER);
	if (!err)
		err = put_requests(x);
	return err || !x->policy ? err : put_groups(x);
}
