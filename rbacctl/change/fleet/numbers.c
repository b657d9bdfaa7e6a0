#include "rbacctl/change/fleet/numbers.h"

#include <stdio.h>
#include <string.h>

#include "rbacctl/change/change.h"
#include "rbacctl/fleet/sheet.h"
#include "rbacctl/store/journal.h"

struct noting {
	struct store_txn *t;
	uint64_t term, change;
	bool fleet; /* the fleet's sheet changed */
	bool texts; /* the policy changed */
	bool uids;  /* sheets of scopes have UIDs */
	bool asked; /* the policy of now was asked for that */
	char last[RBAC_SCOPE_MAX +
		  1]; /* the scope that was noted last: neighbours are often of one */
	/* What is to be written: FN of a walk may not. */
	struct buf names;
};

static int touch(struct noting *n, const char *scope)
{
	if (strlen(scope) > RBAC_SCOPE_MAX || strcmp(n->last, scope) == 0)
		return RBAC_OK;
	strcpy(n->last, scope);
	buf_put(&n->names, scope, strlen(scope) + 1);
	return n->names.failed ? RBAC_NOMEM : RBAC_OK;
}

static int on_assignment(struct noting *n, const MDB_val *key, const MDB_val *value)
{
	struct store_assignment a;

	if (!value->mv_data)
		return RBAC_OK;
	return store_assignment_decode(key, value, &a) ? RBAC_DAMAGED : touch(n, a.scope);
}

static bool suspended(const MDB_val *value)
{
	struct store_user u;

	return value->mv_data && store_user_decode(value, &u) == RBAC_OK &&
	       (u.flags & STORE_USER_SUSPENDED);
}

static uint32_t uid_of(const MDB_val *value)
{
	struct store_user u;

	return value->mv_data && store_user_decode(value, &u) == RBAC_OK ? u.uid : RBAC_NO_UID;
}

static int on_held(void *ctx, const struct store_assignment *a)
{
	return touch(ctx, a->scope);
}

static int on_owned(void *ctx, const char *scope, const struct store_scope *s)
{
	(void)s;
	return touch(ctx, scope);
}

/* A UID is in the sheet of each scope where its user holds or owns something now. What the
 * user held before has a row of its own in the journal. */
static int on_user(struct noting *n, const struct store_row *row)
{
	char name[RBAC_USER_MAX + 1];

	n->fleet |= suspended(&row->before) != suspended(&row->after);
	if (!n->uids || uid_of(&row->before) == uid_of(&row->after) ||
	    row->key.mv_size > RBAC_USER_MAX)
		return RBAC_OK;
	memcpy(name, row->key.mv_data, row->key.mv_size);
	name[row->key.mv_size] = '\0';
	int err = store_assignments_of(n->t, name, on_held, n);
	return err ? err : store_scopes_owned(n->t, name, on_owned, n);
}

static int on_row(void *ctx, const struct store_row *row)
{
	struct noting *n = ctx;
	char scope[RBAC_SCOPE_MAX + 1];
	int err = RBAC_OK;

	switch (row->table) {
	case T_ASSIGN:
		err = on_assignment(n, &row->key, &row->before);
		return err ? err : on_assignment(n, &row->key, &row->after);
	case T_SCOPE:
		if (row->key.mv_size > RBAC_SCOPE_MAX)
			return RBAC_OK;
		memcpy(scope, row->key.mv_data, row->key.mv_size);
		scope[row->key.mv_size] = '\0';
		return touch(n, scope);
	case T_USER:
		return on_user(n, row);
	case T_TEXT:
		n->texts = n->fleet = true;
		return RBAC_OK;
	case T_GID:
		n->fleet = true;
		return RBAC_OK;
	default:
		return RBAC_OK;
	}
}

static int put_numbers(struct noting *n)
{
	struct store_sheet sheet = { .term = n->term, .number = n->change };
	int err = n->fleet ? store_sheet_put(n->t, FLEET_SHEET, &sheet) : RBAC_OK;
	size_t at = 0;

	while (at < n->names.len && !err) {
		const char *name = (const char *)n->names.p + at;
		err = store_sheet_put(n->t, name, &sheet);
		at += strlen(name) + 1;
	}
	buf_reset(&n->names);
	n->fleet = n->texts = false;
	n->last[0] = '\0';
	return err;
}

static int on_sheet(void *ctx, const char *name, const struct store_sheet *s)
{
	(void)s;
	struct noting *n = ctx;
	if (strcmp(name, FLEET_SHEET) == 0) {
		n->fleet = true;
		return RBAC_OK;
	}
	return touch(n, name);
}

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	(void)s;
	return touch(ctx, scope);
}

static int note_all(struct noting *n)
{
	int err = store_sheets_all(n->t, on_sheet, n);

	return err ? err : store_scopes_all(n->t, on_scope, n);
}

/* Does the applied policy say uids = "fleet"? BEFORE: the answer if it cannot be read. */
static bool sends_uids(struct store_txn *t, bool before)
{
	struct policy_sources s = { 0 };
	struct policy *p = NULL;
	struct buf why = { 0 };
	bool uids = change_applied(t, &s, &p, &why) ? before : p->uids_of_fleet;

	policy_free(p);
	policy_sources_free(&s);
	buf_free(&why);
	return uids;
}

/* The current policy decides whether sheets have UIDs; if that has changed, each sheet changes. */
static int note_texts(struct noting *n)
{
	bool uids = n->texts && !n->asked ? sends_uids(n->t, n->uids) : n->uids;

	n->asked |= n->texts;
	if (uids == n->uids)
		return RBAC_OK;
	n->uids = uids;
	return note_all(n);
}

int fleet_numbers_update(struct store_txn *t)
{
	struct store_fleet self;
	uint64_t generation = 0;
	char name[RBAC_WORD_MAX + 1];
	int err = store_fleet_get(t, &self);

	if (!err)
		err = store_generation(t, &generation);
	if (err || self.noted >= generation)
		return err;
	snprintf(name, sizeof(name), "%s", self.name); /* borrowed, and this writes */
	struct noting n = { .t = t, .term = self.term, .uids = self.uids };
	for (n.change = self.noted + 1; n.change <= generation && !err; n.change++) {
		err = store_journal_each(t, n.change, on_row, &n);
		if (err == RBAC_NOTFOUND) {
			n.change = generation;
			n.texts = true;
			err = note_all(&n);
		}
		if (!err)
			err = note_texts(&n);
		if (!err)
			err = put_numbers(&n);
	}
	buf_free(&n.names);
	self.noted = generation;
	self.uids = n.uids;
	self.name = name;
	self.host = "";
	return err ? err : store_fleet_put(t, &self);
}
