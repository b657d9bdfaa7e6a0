#include "rbacctl/store/fleet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/name.h"
#include "rbacctl/buf.h"

/* The first byte of a key; the name of a sheet or of a member follows. */
enum { K_SELF = 'f', K_KEYS = 'k', K_LIST = 'l', K_MEMBER = 'm', K_NOTES = 'n', K_SHEET = 's' };

static int damaged(struct store_txn *t)
{
	return store_fail(t->s, RBAC_DAMAGED, "a record of the fleet is damaged");
}

static size_t key_of(uint8_t out[1 + RBAC_SCOPE_MAX + 1], uint8_t kind, const char *name)
{
	size_t len = strlen(name);

	if (len > RBAC_SCOPE_MAX)
		len = RBAC_SCOPE_MAX;
	out[0] = kind;
	memcpy(out + 1, name, len);
	return 1 + len;
}

static int get(struct store_txn *t, uint8_t kind, const char *name, MDB_val *v)
{
	uint8_t key[1 + RBAC_SCOPE_MAX + 1];

	return store_get(t, T_FLEET, key, key_of(key, kind, name), v);
}

static int put(struct store_txn *t, uint8_t kind, const char *name, struct buf *b)
{
	uint8_t key[1 + RBAC_SCOPE_MAX + 1];
	int err = b->failed ? store_fail(t->s, RBAC_NOMEM, "out of memory")
			    : store_put(t, T_FLEET, key, key_of(key, kind, name), b->p, b->len);

	buf_free(b);
	return err;
}

static void put_text(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s) + 1);
}

/* The text at P, which ends before END; NULL: it does not. */
static const char *text_at(const uint8_t *p, const uint8_t *end)
{
	return p < end && memchr(p, 0, (size_t)(end - p)) ? (const char *)p : NULL;
}

/* ---- which host this is ---- */

enum { SELF = 4 + 4 + 8 + 8 + STORE_FLEET_ID };

int store_fleet_get(struct store_txn *t, struct store_fleet *out)
{
	MDB_val v;
	int err = get(t, K_SELF, "", &v);

	if (err)
		return err;
	const uint8_t *p = v.mv_data, *end = p + v.mv_size;
	if (v.mv_size < SELF)
		return damaged(t);
	*out = (struct store_fleet){ .role = (enum store_fleet_role)rbac_le32(p),
				     .interval = rbac_le32(p + 4),
				     .term = rbac_le64(p + 8),
				     .noted = rbac_le64(p + 16) };
	memcpy(out->id, p + 24, STORE_FLEET_ID);
	out->name = text_at(p + SELF, end);
	out->host = out->name ? text_at(p + SELF + strlen(out->name) + 1, end) : NULL;
	/* Older stores have neither of these two. */
	const uint8_t *more = out->host ? (const uint8_t *)out->host + strlen(out->host) + 1 : end;
	if (end - more >= 8)
		out->basis = (int64_t)rbac_le64(more);
	if (end - more >= 8 + 4)
		out->uids = rbac_le32(more + 8);
	if (!out->host || (out->role != STORE_FLEET_AUTHORITY && out->role != STORE_FLEET_MEMBER))
		return damaged(t);
	return RBAC_OK;
}

int store_fleet_put(struct store_txn *t, const struct store_fleet *in)
{
	struct buf b = { 0 };

	buf_u32(&b, in->role);
	buf_u32(&b, in->interval);
	buf_u64(&b, in->term);
	buf_u64(&b, in->noted);
	buf_put(&b, in->id, STORE_FLEET_ID);
	put_text(&b, in->name);
	put_text(&b, in->host);
	buf_u64(&b, (uint64_t)in->basis);
	buf_u32(&b, in->uids);
	return put(t, K_SELF, "", &b);
}

int store_fleet_keys(struct store_txn *t, MDB_val *list)
{
	return get(t, K_KEYS, "", list);
}

int store_fleet_keys_put(struct store_txn *t, const void *list, size_t len)
{
	struct buf b = { 0 };

	buf_put(&b, list, len);
	return put(t, K_KEYS, "", &b);
}

int store_fleet_list(struct store_txn *t, uint64_t version, MDB_val *list)
{
	char name[32];

	snprintf(name, sizeof(name), "%" PRIu64, version);
	return get(t, K_LIST, name, list);
}

int store_fleet_list_put(struct store_txn *t, uint64_t version, const void *list, size_t len)
{
	struct buf b = { 0 };
	char name[32];

	snprintf(name, sizeof(name), "%" PRIu64, version);
	buf_put(&b, list, len);
	return put(t, K_LIST, name, &b);
}

/* ---- sheets ---- */

/* A store that was written before heads were noted has rows without the last two numbers. */
enum { SHEET_BEFORE = 8 + 8 + 8 + STORE_HASH + 1, SHEET = SHEET_BEFORE + 8 + 8 };

static int decode_sheet(struct store_txn *t, const MDB_val *v, struct store_sheet *out)
{
	const uint8_t *p = v->mv_data;

	if (v->mv_size != SHEET && v->mv_size != SHEET_BEFORE)
		return damaged(t);
	*out = (struct store_sheet){ .term = rbac_le64(p),
				     .number = rbac_le64(p + 8),
				     .issued = (int64_t)rbac_le64(p + 16),
				     .here = p[24 + STORE_HASH] != 0 };
	if (v->mv_size == SHEET) {
		out->named = rbac_le64(p + SHEET_BEFORE);
		out->named_term = rbac_le64(p + SHEET_BEFORE + 8);
	}
	memcpy(out->content, p + 24, STORE_HASH);
	return RBAC_OK;
}

int store_sheet_get(struct store_txn *t, const char *name, struct store_sheet *out)
{
	MDB_val v;
	int err = get(t, K_SHEET, name, &v);

	return err ? err : decode_sheet(t, &v, out);
}

int store_sheet_put(struct store_txn *t, const char *name, const struct store_sheet *in)
{
	struct buf b = { 0 };

	buf_u64(&b, in->term);
	buf_u64(&b, in->number);
	buf_u64(&b, (uint64_t)in->issued);
	buf_put(&b, in->content, STORE_HASH);
	buf_u8(&b, in->here);
	buf_u64(&b, in->named);
	buf_u64(&b, in->named_term);
	return put(t, K_SHEET, name, &b);
}

/* ---- walks ---- */

struct walk {
	struct store_txn *t;
	store_sheet_fn *sheet;
	store_member_fn *member;
	void *ctx;
};

static int decode_member(struct store_txn *t, const MDB_val *v, struct store_member *out)
{
	const uint8_t *p = v->mv_data;

	out->scope = v->mv_size > 8 ? text_at(p + 8, p + v->mv_size) : NULL;
	if (!out->scope)
		return damaged(t);
	out->change = rbac_le64(p);
	return RBAC_OK;
}

static int on_row(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct walk *w = ctx;
	struct store_sheet sheet;
	struct store_member member;
	char name[512];

	if (key->mv_size < 2 || key->mv_size > sizeof(name))
		return damaged(w->t);
	memcpy(name, (const char *)key->mv_data + 1, key->mv_size - 1);
	name[key->mv_size - 1] = '\0';
	int err = w->sheet ? decode_sheet(w->t, value, &sheet)
			   : decode_member(w->t, value, &member);
	if (err)
		return err;
	return w->sheet ? w->sheet(w->ctx, name, &sheet) : w->member(w->ctx, name, &member);
}

int store_sheets_all(struct store_txn *t, store_sheet_fn *fn, void *ctx)
{
	const uint8_t kind = K_SHEET;

	return store_each(t, T_FLEET, &kind, 1, on_row,
			  &(struct walk){ .t = t, .sheet = fn, .ctx = ctx });
}

/* ---- members ---- */

int store_member_get(struct store_txn *t, const char *host, struct store_member *out)
{
	MDB_val v;
	int err = get(t, K_MEMBER, host, &v);

	return err ? err : decode_member(t, &v, out);
}

int store_member_put(struct store_txn *t, const char *host, const struct store_member *in)
{
	struct buf b = { 0 };

	buf_u64(&b, in->change);
	put_text(&b, in->scope);
	return put(t, K_MEMBER, host, &b);
}

int store_members_all(struct store_txn *t, store_member_fn *fn, void *ctx)
{
	const uint8_t kind = K_MEMBER;

	return store_each(t, T_FLEET, &kind, 1, on_row,
			  &(struct walk){ .t = t, .member = fn, .ctx = ctx });
}

/* ---- notes of a member ---- */

int store_fleet_notes(struct store_txn *t, const char **lines)
{
	MDB_val v;
	int err = get(t, K_NOTES, "", &v);

	*lines = "";
	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	*lines = text_at(v.mv_data, (const uint8_t *)v.mv_data + v.mv_size);
	return *lines ? RBAC_OK : damaged(t);
}

int store_fleet_notes_put(struct store_txn *t, const char *lines)
{
	struct buf b = { 0 };

	put_text(&b, lines);
	return put(t, K_NOTES, "", &b);
}

/* ---- leave ---- */

static int on_key(void *ctx, const MDB_val *key, const MDB_val *value)
{
	uint8_t size[2] = { (uint8_t)key->mv_size, (uint8_t)(key->mv_size >> 8) };

	(void)value;
	buf_put(ctx, size, sizeof(size));
	buf_put(ctx, key->mv_data, key->mv_size);
	return ((struct buf *)ctx)->failed ? RBAC_NOMEM : RBAC_OK;
}

int store_fleet_clear(struct store_txn *t)
{
	struct buf keys = { 0 };
	int err = store_each(t, T_FLEET, "", 0, on_key, &keys);

	for (size_t at = 0; at < keys.len && !err;) {
		size_t len = keys.p[at] | (size_t)keys.p[at + 1] << 8;
		err = store_del(t, T_FLEET, keys.p + at + 2, len);
		at += 2 + len;
	}
	buf_free(&keys);
	return err;
}
