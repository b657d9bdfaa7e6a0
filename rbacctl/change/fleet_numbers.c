#include "rbacctl/change/fleet_numbers.h"

#include <stdio.h>
#include <string.h>

#include "rbacctl/fleet/sheet.h"
#include "rbacctl/store/journal.h"

struct noting {
	struct store_txn *t;
	uint64_t term, change;
	bool fleet; /* the fleet's sheet changed */
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
		n->fleet |= suspended(&row->before) != suspended(&row->after);
		return RBAC_OK;
	case T_TEXT:
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
	n->fleet = false;
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
	struct noting n = { .t = t, .term = self.term };
	for (n.change = self.noted + 1; n.change <= generation && !err; n.change++) {
		err = store_journal_each(t, n.change, on_row, &n);
		if (err == RBAC_NOTFOUND) {
			n.change = generation;
			err = note_all(&n);
		}
		if (!err)
			err = put_numbers(&n);
	}
	buf_free(&n.names);
	self.noted = generation;
	self.name = name;
	self.host = "";
	return err ? err : store_fleet_put(t, &self);
}
