/* Typed walks over the tables; each decodes and hands on. */
#include "rbacctl/store/store.h"

#include <string.h>

#include "common/name.h"

struct walk {
	struct store_txn *t;
	union {
		store_assignment_fn *assignment;
		store_user_fn *user;
		store_scope_fn *scope;
		store_gid_fn *gid;
	} fn;
	void *ctx;
	size_t skip; /* bytes of a key before the name */
};

/* Names are keys without a NUL; hand them on with one. */
static int key_name(struct walk *w, const MDB_val *key, size_t skip, char out[512])
{
	if (key->mv_size < skip || key->mv_size - skip > 511)
		return store_fail(w->t->s, RBAC_DAMAGED, "a key is damaged: it has %zu bytes",
				  key->mv_size);
	memcpy(out, (const char *)key->mv_data + skip, key->mv_size - skip);
	out[key->mv_size - skip] = 0;
	return RBAC_OK;
}

static int on_assignment(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_assignment a;
	if (store_assignment_decode(key, value, &a))
		return store_fail(w->t->s, RBAC_DAMAGED, "a record of an assignment is damaged");
	return w->fn.assignment(w->ctx, &a);
}

int store_assignments_all(struct store_txn *t, store_assignment_fn *fn, void *ctx)
{
	struct walk w = { .t = t, .fn.assignment = fn, .ctx = ctx };
	return store_each(t, T_ASSIGN, NULL, 0, on_assignment, &w);
}

/* Both indexes end in the id. */
static int on_index(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_assignment a;
	(void)value;
	if (key->mv_size < 8)
		return store_fail(w->t->s, RBAC_DAMAGED, "a key of an index is damaged");
	uint64_t id = store_from_be64((const uint8_t *)key->mv_data + key->mv_size - 8);
	int err = store_assignment_get(w->t, id, &a);
	if (err == RBAC_NOTFOUND)
		return store_fail(w->t->s, RBAC_DAMAGED,
				  "an index names assignment %llu, which is not there",
				  (unsigned long long)id);
	return err ? err : w->fn.assignment(w->ctx, &a);
}

int store_assignments_of(struct store_txn *t, const char *subject, store_assignment_fn *fn,
			 void *ctx)
{
	size_t len = strlen(subject) + 1;
	struct walk w = { .t = t, .fn.assignment = fn, .ctx = ctx };
	return store_each(t, T_SUBJECT, subject, len, on_index, &w);
}

int store_assignments_at(struct store_txn *t, const char *scope, const char *role,
			 store_assignment_fn *fn, void *ctx)
{
	char prefix[RBAC_SCOPE_MAX + RBAC_WORD_MAX + 2];
	size_t s = strlen(scope) + 1, r = role ? strlen(role) + 1 : 0;
	if (s + r > sizeof prefix)
		return RBAC_OK;
	memcpy(prefix, scope, s);
	if (role)
		memcpy(prefix + s, role, r);
	struct walk w = { .t = t, .fn.assignment = fn, .ctx = ctx };
	return store_each(t, T_HELD, prefix, s + r, on_index, &w);
}

/* The last pair of a scope and a role that was handed on, as it stands in the key: two texts with
 * their NULs. */
struct assignment_index {
	struct walk w;
	store_place_fn *fn;
	size_t len;
	char last[512];
};

static int on_place(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct assignment_index *p = ctx;
	size_t len = key->mv_size < 8 ? 0 : key->mv_size - 8;
	const char *scope = key->mv_data, *nul = len ? memchr(scope, 0, len) : NULL;
	(void)value;
	if (!nul || len > sizeof p->last || scope[len - 1] != 0 || nul == scope + len - 1)
		return store_fail(p->w.t->s, RBAC_DAMAGED, "a key of an index is damaged");
	if (p->len == len && memcmp(p->last, scope, len) == 0)
		return RBAC_OK;
	memcpy(p->last, scope, len);
	p->len = len;
	return p->fn(p->w.ctx, p->last, p->last + (nul - scope) + 1);
}

int store_places_all(struct store_txn *t, store_place_fn *fn, void *ctx)
{
	struct assignment_index p = { .w = { .t = t, .ctx = ctx }, .fn = fn };
	return store_each(t, T_HELD, NULL, 0, on_place, &p);
}

/* The index has a key for each assignment; those of one subject follow one another. */
struct unix_groups {
	store_unix_group_fn *fn;
	void *ctx;
	char last[512];
};

static int on_unix_group(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct unix_groups *g = ctx;
	const char *name = (const char *)key->mv_data + 1;
	size_t len = strnlen(name, key->mv_size - 1);
	(void)value;
	if (len == 0 || len >= sizeof g->last ||
	    (strlen(g->last) == len && memcmp(name, g->last, len) == 0))
		return RBAC_OK;
	memcpy(g->last, name, len);
	g->last[len] = 0;
	return g->fn(g->ctx, g->last);
}

int store_unix_groups(struct store_txn *t, store_unix_group_fn *fn, void *ctx)
{
	struct unix_groups g = { .fn = fn, .ctx = ctx };
	return store_each(t, T_SUBJECT, "%", 1, on_unix_group, &g);
}

static int on_user(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_user u;
	char name[512];
	int err = key_name(w, key, 0, name);
	if (!err && store_user_decode(value, &u))
		err = store_fail(w->t->s, RBAC_DAMAGED, "the record of user %s is damaged", name);
	return err ? err : w->fn.user(w->ctx, name, &u);
}

int store_users_all(struct store_txn *t, store_user_fn *fn, void *ctx)
{
	struct walk w = { .t = t, .fn.user = fn, .ctx = ctx };
	return store_each(t, T_USER, NULL, 0, on_user, &w);
}

static int on_scope(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_scope s;
	char name[512];
	int err = key_name(w, key, 0, name);
	if (!err && store_scope_decode(value, &s))
		err = store_fail(w->t->s, RBAC_DAMAGED, "the record of scope %s is damaged", name);
	return err ? err : w->fn.scope(w->ctx, name, &s);
}

int store_scopes_all(struct store_txn *t, store_scope_fn *fn, void *ctx)
{
	struct walk w = { .t = t, .fn.scope = fn, .ctx = ctx };
	return store_each(t, T_SCOPE, NULL, 0, on_scope, &w);
}

static int on_owned(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_scope s;
	char name[512];
	(void)value;
	int err = key_name(w, key, w->skip, name);
	if (!err)
		err = store_scope_get(w->t, name, &s);
	if (err == RBAC_NOTFOUND)
		return store_fail(w->t->s, RBAC_DAMAGED,
				  "the index of owners names %s, which is not there", name);
	return err ? err : w->fn.scope(w->ctx, name, &s);
}

int store_scopes_owned(struct store_txn *t, const char *owner, store_scope_fn *fn, void *ctx)
{
	size_t len = strlen(owner) + 1;
	struct walk w = { .t = t, .fn.scope = fn, .ctx = ctx, .skip = len };
	return store_each(t, T_OWNED, owner, len, on_owned, &w);
}

static int on_gid(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	char name[512];
	int err = key_name(w, key, 0, name);
	if (!err && value->mv_size != 8)
		err = store_fail(w->t->s, RBAC_DAMAGED, "the record of group %s is damaged", name);
	return err ? err
		   : w->fn.gid(w->ctx, name, rbac_le32(value->mv_data),
			       rbac_le32((const uint8_t *)value->mv_data + 4));
}

int store_gids_all(struct store_txn *t, store_gid_fn *fn, void *ctx)
{
	struct walk w = { .t = t, .fn.gid = fn, .ctx = ctx };
	return store_each(t, T_GID, NULL, 0, on_gid, &w);
}

static int on_given(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	const char *name;
	uint32_t gid = 0, now, flags;
	for (size_t i = 0; i < key->mv_size; i++)
		gid = gid << 8 | ((const uint8_t *)key->mv_data)[i];
	(void)value;
	int err = key->mv_size != RBAC_NUMBER_KEY
			  ? store_fail(w->t->s, RBAC_DAMAGED,
				       "a key of the table of gids is damaged")
			  : store_gid_name(w->t, gid, &name);
	if (err)
		return err;
	err = store_gid_get(w->t, name, &now, &flags);
	if (err && err != RBAC_NOTFOUND)
		return err;
	return w->fn.gid(w->ctx, name, gid, !err && now == gid ? flags : STORE_GID_KEPT);
}

int store_gids_given(struct store_txn *t, store_gid_fn *fn, void *ctx)
{
	struct walk w = { .t = t, .fn.gid = fn, .ctx = ctx };
	return store_each(t, T_GIDNAME, NULL, 0, on_given, &w);
}
