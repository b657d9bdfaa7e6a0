/* The indexes, built again from the tables. */
#include "rbacctl/store/store.h"

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	return store_assignment_index(ctx, a);
}

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	return store_scope_index(ctx, scope, s);
}

int store_index(struct store_txn *t)
{
	int err = store_empty(t, T_SUBJECT);

	if (!err)
		err = store_empty(t, T_HELD);
	if (!err)
		err = store_empty(t, T_OWNED);
	if (!err)
		err = store_assignments_all(t, on_assignment, t);
	return err ? err : store_scopes_all(t, on_scope, t);
}
