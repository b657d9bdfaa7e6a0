/* Records of users, scopes, assignments and group ids, and the indexes that belong to them. */
#include "rbacctl/store/store.h"

#include <stdio.h>
#include <string.h>

#include "common/name.h"
#include "rbacctl/buf.h"

/* Take a NUL-terminated string off the rest of a record. */
static bool take_string(const uint8_t **p, const uint8_t *end, const char **out)
{
	const uint8_t *nul = *p < end ? memchr(*p, 0, (size_t)(end - *p)) : NULL;
	if (!nul)
		return false;
	*out = (const char *)*p;
	*p = nul + 1;
	return true;
}

static void put_string(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s) + 1);
}

static int put_buf(struct store_txn *t, enum store_table table, const void *key, size_t len,
		   struct buf *b)
{
	int err = b->failed ? store_fail(t->s, RBAC_NOMEM, "out of memory")
			    : store_put(t, table, key, len, b->p, b->len);
	buf_free(b);
	return err;
}

/* ---- users ---- */

int store_user_decode(const MDB_val *value, struct store_user *u)
{
	const uint8_t *p = value->mv_data;
	if (value->mv_size != 16)
		return RBAC_DAMAGED;
	*u = (struct store_user){ .uid = rbac_le32(p),
				  .flags = rbac_le32(p + 4),
				  .change = rbac_le64(p + 8) };
	return RBAC_OK;
}

int store_user_get(struct store_txn *t, const char *name, struct store_user *u)
{
	MDB_val v;
	int err = store_get(t, T_USER, name, strlen(name), &v);
	if (err)
		return err;
	return store_user_decode(&v, u)
		       ? store_fail(t->s, RBAC_DAMAGED, "the record of user %s is damaged", name)
		       : RBAC_OK;
}

int store_user_put(struct store_txn *t, const char *name, const struct store_user *u)
{
	struct buf b = { 0 };
	buf_u32(&b, u->uid);
	buf_u32(&b, u->flags);
	buf_u64(&b, u->change);
	store_touch_subject(t, name);
	return put_buf(t, T_USER, name, strlen(name), &b);
}

int store_user_del(struct store_txn *t, const char *name)
{
	store_touch_subject(t, name);
	return store_del(t, T_USER, name, strlen(name));
}

/* ---- scopes; T_OWNED: owner NUL scope ---- */

static size_t owned_key(uint8_t *out, const char *owner, const char *scope)
{
	size_t a = strlen(owner), b = strlen(scope);
	memcpy(out, owner, a + 1);
	memcpy(out + a + 1, scope, b);
	return a + 1 + b;
}

int store_scope_decode(const MDB_val *value, struct store_scope *s)
{
	const uint8_t *p = value->mv_data, *end = p + value->mv_size;
	if (value->mv_size < 8)
		return RBAC_DAMAGED;
	s->change = rbac_le64(p);
	p += 8;
	if (!take_string(&p, end, &s->owner) || !take_string(&p, end, &s->plan) ||
	    !take_string(&p, end, &s->source))
		return RBAC_DAMAGED;
	return RBAC_OK;
}

int store_scope_get(struct store_txn *t, const char *scope, struct store_scope *out)
{
	MDB_val v;
	int err = store_get(t, T_SCOPE, scope, strlen(scope), &v);
	if (err)
		return err;
	return store_scope_decode(&v, out)
		       ? store_fail(t->s, RBAC_DAMAGED, "the record of scope %s is damaged", scope)
		       : RBAC_OK;
}

static int drop_owned(struct store_txn *t, const char *scope)
{
	uint8_t key[RBAC_USER_MAX + 1 + RBAC_SCOPE_MAX + 1];
	struct store_scope old;
	int err = store_scope_get(t, scope, &old);
	if (err == RBAC_NOTFOUND || (!err && !old.owner[0]))
		return RBAC_OK;
	if (err)
		return err;
	store_touch_subject(t, old.owner);
	err = store_del(t, T_OWNED, key, owned_key(key, old.owner, scope));
	return err == RBAC_NOTFOUND
		       ? store_fail(t->s, RBAC_DAMAGED, "the index of owners lacks %s", scope)
		       : err;
}

int store_scope_put(struct store_txn *t, const char *scope, const struct store_scope *in)
{
	uint8_t key[RBAC_USER_MAX + 1 + RBAC_SCOPE_MAX + 1];
	struct buf b = { 0 };
	size_t key_len = in->owner[0] ? owned_key(key, in->owner, scope) : 0;
	if (key_len > 511)
		return store_fail(t->s, RBAC_INVALID,
				  "%s: the owner's name and the scope's are too long together",
				  scope);
	buf_u64(&b, in->change);
	put_string(&b, in->owner);
	put_string(&b, in->plan);
	put_string(&b, in->source);
	store_touch_scope(t, scope);
	if (in->owner[0])
		store_touch_subject(t, in->owner);
	int err = drop_owned(t, scope);
	if (err) {
		buf_free(&b);
		return err;
	}
	err = put_buf(t, T_SCOPE, scope, strlen(scope), &b);
	if (!err && key_len)
		err = store_put(t, T_OWNED, key, key_len, "", 0);
	return err;
}

int store_scope_del(struct store_txn *t, const char *scope)
{
	store_touch_scope(t, scope);
	int err = drop_owned(t, scope);
	return err ? err : store_del(t, T_SCOPE, scope, strlen(scope));
}

/* ---- assignments; T_SUBJECT: subject NUL id, T_HELD: scope NUL role NUL id ---- */

static size_t subject_key(uint8_t *out, const struct store_assignment *a)
{
	size_t n = strlen(a->subject);
	memcpy(out, a->subject, n + 1);
	store_be64(out + n + 1, a->id);
	return n + 1 + 8;
}

static size_t held_key(uint8_t *out, const char *scope, const char *role, uint64_t id)
{
	size_t s = strlen(scope), r = strlen(role);
	memcpy(out, scope, s + 1);
	memcpy(out + s + 1, role, r + 1);
	store_be64(out + s + r + 2, id);
	return s + r + 2 + 8;
}

/* What only an assignment has that was asked for or reviewed; none of version 1 has it. */
enum { ASKED = 24 };

static bool take_asked(const uint8_t *p, const uint8_t *end, struct store_assignment *a)
{
	if (end - p < ASKED)
		return false;
	a->request = rbac_le64(p);
	a->review_from = (int64_t)rbac_le64(p + 8);
	a->reviewed = (int64_t)rbac_le64(p + 16);
	p += ASKED;
	return take_string(&p, end, &a->reviewed_by) && p == end;
}

static void put_asked(struct buf *b, const struct store_assignment *a)
{
	if (!a->request && !a->review_from && !a->reviewed)
		return;
	buf_u64(b, a->request);
	buf_u64(b, (uint64_t)a->review_from);
	buf_u64(b, (uint64_t)a->reviewed);
	put_string(b, a->reviewed_by ? a->reviewed_by : "");
}

int store_assignment_decode(const MDB_val *key, const MDB_val *value, struct store_assignment *a)
{
	const uint8_t *p = value->mv_data, *end = p + value->mv_size;
	if (key->mv_size != 8 || value->mv_size < 32)
		return RBAC_DAMAGED;
	*a = (struct store_assignment){
		.id = store_from_be64(key->mv_data),
		.change = rbac_le64(p),
		.when = (int64_t)rbac_le64(p + 8),
		.from = (int64_t)rbac_le64(p + 16),
		.until = (int64_t)rbac_le64(p + 24),
		.reviewed_by = "",
	};
	p += 32;
	if (!take_string(&p, end, &a->subject) || !take_string(&p, end, &a->role) ||
	    !take_string(&p, end, &a->scope) || !take_string(&p, end, &a->by) ||
	    !take_string(&p, end, &a->reason) || !take_string(&p, end, &a->source))
		return RBAC_DAMAGED;
	return p == end || take_asked(p, end, a) ? RBAC_OK : RBAC_DAMAGED;
}

int store_assignment_get(struct store_txn *t, uint64_t id, struct store_assignment *a)
{
	uint8_t key[8];
	MDB_val k = { 8, key }, v;
	store_be64(key, id);
	int err = store_get(t, T_ASSIGN, key, 8, &v);
	if (err)
		return err;
	return store_assignment_decode(&k, &v, a)
		       ? store_fail(t->s, RBAC_DAMAGED, "the record of assignment %llu is damaged",
				    (unsigned long long)id)
		       : RBAC_OK;
}

int store_assignment_put_held(struct store_txn *t, const char *scope, const char *role, uint64_t id)
{
	uint8_t key[RBAC_SCOPE_MAX + RBAC_WORD_MAX + 16];
	size_t len = held_key(key, scope, role, id);
	if (len > 511)
		return store_fail(t->s, RBAC_INVALID, "%s at %s: the names are too long together",
				  role, scope);
	return store_put(t, T_HELD, key, len, "", 0);
}

/* The texts of A may borrow the transaction, which a write ends: all is copied before. */
int store_assignment_put(struct store_txn *t, const struct store_assignment *a)
{
	char scope[RBAC_SCOPE_MAX + 1], role[RBAC_WORD_MAX + 1];
	snprintf(scope, sizeof scope, "%s", a->scope);
	snprintf(role, sizeof role, "%s", a->role);
	int err = store_assignment_put_record(t, a);
	return err ? err : store_assignment_put_held(t, scope, role, a->id);
}

int store_assignment_put_record(struct store_txn *t, const struct store_assignment *a)
{
	uint8_t key[8], index[RBAC_USER_MAX + 16];
	struct buf b = { 0 };
	size_t index_len = subject_key(index, a);
	store_touch_subject(t, a->subject);
	store_be64(key, a->id);
	buf_u64(&b, a->change);
	buf_u64(&b, (uint64_t)a->when);
	buf_u64(&b, (uint64_t)a->from);
	buf_u64(&b, (uint64_t)a->until);
	put_string(&b, a->subject);
	put_string(&b, a->role);
	put_string(&b, a->scope);
	put_string(&b, a->by);
	put_string(&b, a->reason);
	put_string(&b, a->source);
	put_asked(&b, a);
	int err = store_put(t, T_SUBJECT, index, index_len, "", 0);
	if (err)
		buf_free(&b);
	return err ? err : put_buf(t, T_ASSIGN, key, 8, &b);
}

int store_assignment_del(struct store_txn *t, uint64_t id)
{
	uint8_t key[8], subject[RBAC_USER_MAX + 16], held[RBAC_SCOPE_MAX + RBAC_WORD_MAX + 16];
	struct store_assignment a;
	int err = store_assignment_get(t, id, &a);
	if (err)
		return err;
	size_t subject_len = subject_key(subject, &a),
	       held_len = held_key(held, a.scope, a.role, id);
	store_touch_subject(t, a.subject);
	store_be64(key, id);
	err = store_del(t, T_ASSIGN, key, 8);
	if (!err)
		err = store_del(t, T_SUBJECT, subject, subject_len);
	if (!err)
		err = store_del(t, T_HELD, held, held_len);
	return err == RBAC_NOTFOUND
		       ? store_fail(t->s, RBAC_DAMAGED, "an index lacks assignment %llu",
				    (unsigned long long)id)
		       : err;
}

/* ---- one entry of the indexes, for index.c ---- */

int store_assignment_index(struct store_txn *t, const struct store_assignment *a)
{
	uint8_t subject[RBAC_USER_MAX + 16];
	int err = store_put(t, T_SUBJECT, subject, subject_key(subject, a), "", 0);
	return err ? err : store_assignment_put_held(t, a->scope, a->role, a->id);
}

int store_scope_index(struct store_txn *t, const char *scope, const struct store_scope *s)
{
	uint8_t key[RBAC_USER_MAX + 1 + RBAC_SCOPE_MAX + 1];
	return s->owner[0] ? store_put(t, T_OWNED, key, owned_key(key, s->owner, scope), "", 0)
			   : RBAC_OK;
}

/* ---- group ids ---- */

int store_gid_get(struct store_txn *t, const char *group, uint32_t *gid, uint32_t *flags)
{
	MDB_val v;
	int err = store_get(t, T_GID, group, strlen(group), &v);
	if (err)
		return err;
	if (v.mv_size != 8)
		return store_fail(t->s, RBAC_DAMAGED, "the record of group %s is damaged", group);
	*gid = rbac_le32(v.mv_data);
	*flags = rbac_le32((const uint8_t *)v.mv_data + 4);
	return RBAC_OK;
}

int store_gid_keep(struct store_txn *t, const char *group, uint32_t gid)
{
	uint8_t key[RBAC_NUMBER_KEY];
	rbac_number_key(key, gid);
	return store_put(t, T_GIDNAME, key, sizeof(key), group, strlen(group) + 1);
}

int store_gid_put(struct store_txn *t, const char *group, uint32_t gid, uint32_t flags)
{
	struct buf b = { 0 };
	buf_u32(&b, gid);
	buf_u32(&b, flags);
	int err = put_buf(t, T_GID, group, strlen(group), &b);
	return err ? err : store_gid_keep(t, group, gid);
}

int store_gid_name(struct store_txn *t, uint32_t gid, const char **group)
{
	uint8_t key[RBAC_NUMBER_KEY];
	MDB_val v;
	rbac_number_key(key, gid);
	int err = store_get(t, T_GIDNAME, key, sizeof(key), &v);
	if (err)
		return err;
	if (v.mv_size == 0 || ((const char *)v.mv_data)[v.mv_size - 1])
		return store_fail(t->s, RBAC_DAMAGED, "the name of gid %u is damaged", gid);
	*group = v.mv_data;
	return RBAC_OK;
}
