/* Do tables and indexes say the same? */
#include "rbacctl/store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct verify {
	struct store_txn *t;
	store_fault_fn *fn;
	void *ctx;
	size_t owned, assignments;
};

static void fault(struct verify *v, const char *fmt, const char *a, const char *b)
{
	char line[1024];
	snprintf(line, sizeof line, "%s%s%s", a, fmt, b);
	v->fn(v->ctx, line);
}

/* Every assignment's user is recorded, and its scope exists. */
static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct verify *v = ctx;
	struct store_user u;
	struct store_scope s;
	v->assignments++;
	int err = a->subject[0] == '%' ? RBAC_OK : store_user_get(v->t, a->subject, &u);
	if (err == RBAC_NOTFOUND)
		fault(v, " holds an assignment and is not recorded", a->subject, "");
	else if (err)
		return err;
	err = store_scope_get(v->t, a->scope, &s);
	if (err == RBAC_NOTFOUND)
		fault(v, " is assigned at a scope that does not exist: ", a->role, a->scope);
	else if (err)
		return err;
	return RBAC_OK;
}

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct verify *v = ctx;
	struct store_user u;
	if (!s->owner[0])
		return RBAC_OK;
	v->owned++;
	int err = store_user_get(v->t, s->owner, &u);
	if (err == RBAC_NOTFOUND) {
		fault(v, " has an owner who is not recorded: ", scope, s->owner);
		return RBAC_OK;
	}
	return err;
}

/* Every entry of an index is that of a row which says the same; the counts find what an index
 * lacks. */
static int on_index(struct verify *v, const MDB_val *key,
		    const char *(*name)(const struct store_assignment *a, size_t i), size_t names)
{
	struct store_assignment a;
	char number[32];
	if (key->mv_size < 8)
		return store_fail(v->t->s, RBAC_DAMAGED, "a key of an index is damaged");
	uint64_t id = store_from_be64((const uint8_t *)key->mv_data + key->mv_size - 8);
	snprintf(number, sizeof number, "%" PRIu64, id);
	int err = store_assignment_get(v->t, id, &a);
	if (err == RBAC_NOTFOUND) {
		fault(v, "an index names an assignment that is not in the table: ", "", number);
		return RBAC_OK;
	}
	const char *p = key->mv_data, *end = p + key->mv_size - 8;
	bool same = !err;
	for (size_t i = 0; i < names && same; i++) {
		size_t len = strlen(name(&a, i)) + 1;
		same = (size_t)(end - p) >= len && memcmp(p, name(&a, i), len) == 0;
		p += same ? len : 0;
	}
	if (!err && (!same || p != end))
		fault(v, "an index differs from the table for assignment ", "", number);
	return err;
}

static const char *subject_of(const struct store_assignment *a, size_t i)
{
	(void)i;
	return a->subject;
}

static const char *held_of(const struct store_assignment *a, size_t i)
{
	return i == 0 ? a->scope : a->role;
}

static int on_subject(void *ctx, const MDB_val *key, const MDB_val *value)
{
	(void)value;
	return on_index(ctx, key, subject_of, 1);
}

static int on_held(void *ctx, const MDB_val *key, const MDB_val *value)
{
	(void)value;
	return on_index(ctx, key, held_of, 2);
}

static int on_owned(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct verify *v = ctx;
	struct store_scope s;
	char name[512] = "";
	const char *owner = key->mv_data, *nul = memchr(owner, 0, key->mv_size);
	(void)value;
	if (!nul || key->mv_size > sizeof name)
		return store_fail(v->t->s, RBAC_DAMAGED, "a key of the index of owners is damaged");
	memcpy(name, nul + 1, key->mv_size - (size_t)(nul + 1 - owner));
	int err = store_scope_get(v->t, name, &s);
	if (err == RBAC_NOTFOUND || (!err && strcmp(s.owner, owner) != 0)) {
		fault(v, " is not what the index of owners says it is: of ", name, owner);
		return RBAC_OK;
	}
	return err;
}

static int on_gid(void *ctx, const char *group, uint32_t gid, uint32_t flags)
{
	struct verify *v = ctx;
	const char *name;
	(void)flags;
	int err = store_gid_name(v->t, gid, &name);
	if (err && err != RBAC_NOTFOUND)
		return err;
	if (err == RBAC_NOTFOUND || strcmp(name, group) != 0)
		fault(v, ": its gid belongs to another name: ", group, err ? "none" : name);
	return RBAC_OK;
}

int store_verify(struct store_txn *t, store_fault_fn *fn, void *ctx)
{
	struct verify v = { .t = t, .fn = fn, .ctx = ctx };
	size_t subject, held, owned;
	int err = store_assignments_all(t, on_assignment, &v);
	if (!err)
		err = store_scopes_all(t, on_scope, &v);
	if (!err)
		err = store_each(t, T_SUBJECT, NULL, 0, on_subject, &v);
	if (!err)
		err = store_each(t, T_HELD, NULL, 0, on_held, &v);
	if (!err)
		err = store_each(t, T_OWNED, NULL, 0, on_owned, &v);
	if (!err)
		err = store_gids_all(t, on_gid, &v);
	if (!err)
		err = store_count(t, T_SUBJECT, &subject);
	if (!err)
		err = store_count(t, T_HELD, &held);
	if (!err)
		err = store_count(t, T_OWNED, &owned);
	if (err)
		return err;
	if (subject != v.assignments || held != v.assignments)
		fn(ctx, "an index of assignments has more or fewer entries than the table");
	if (owned != v.owned)
		fn(ctx, "the index of owners has more or fewer entries than there are owners");
	return RBAC_OK;
}
