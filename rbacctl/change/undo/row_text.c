#include "rbacctl/change/undo/row_text.h"

#include <inttypes.h>
#include <string.h>

#include "rbacctl/model/model.h"

/* "was -> is", or one of them where there is but one. */
static void both(struct buf *out, const char *what, const char *was, const char *is)
{
	if (strcmp(was, is) != 0)
		buf_printf(out, " %s %s -> %s", what, *was ? was : "-", *is ? is : "-");
}

static int assignment(const MDB_val *key, const MDB_val *value, char sign, struct buf *out)
{
	struct store_assignment a;
	char time[32];

	if (!value->mv_data)
		return RBAC_OK;
	if (store_assignment_decode(key, value, &a))
		return RBAC_DAMAGED;
	buf_printf(out, "%s %c%s at %s", a.subject, sign, a.role, a.scope);
	if (a.from != RBAC_TIME_MIN) {
		policy_time_print(a.from, time);
		buf_printf(out, " from %s", time);
	}
	if (a.until != RBAC_TIME_MAX) {
		policy_time_print(a.until, time);
		buf_printf(out, " until %s", time);
	}
	if (*a.reason)
		buf_printf(out, " reason %s", a.reason);
	if (a.request)
		buf_printf(out, " request %" PRIu64, a.request);
	buf_printf(out, " id %" PRIu64 "\n", a.id);
	return RBAC_OK;
}

static void put_uid(struct buf *out, uint32_t uid)
{
	if (uid == RBAC_NO_UID)
		buf_printf(out, "not known");
	else
		buf_printf(out, "%" PRIu32, uid);
}

static int user(const struct store_row *row, struct buf *out)
{
	struct store_user was = { .uid = RBAC_NO_UID }, is = { .uid = RBAC_NO_UID };
	int len = (int)row->key.mv_size;
	const char *name = row->key.mv_data;
	const char *sign = !row->before.mv_data ? "+" : !row->after.mv_data ? "-" : "";

	if ((row->before.mv_data && store_user_decode(&row->before, &was)) ||
	    (row->after.mv_data && store_user_decode(&row->after, &is)))
		return RBAC_DAMAGED;
	buf_printf(out, "user %s%.*s", sign, len, name);
	if (*sign) {
		buf_printf(out, " uid ");
		put_uid(out, *sign == '+' ? is.uid : was.uid);
	} else if (was.uid != is.uid) {
		buf_printf(out, " uid ");
		put_uid(out, was.uid);
		buf_printf(out, " -> ");
		put_uid(out, is.uid);
	}
	if ((was.flags ^ is.flags) & STORE_USER_SUSPENDED)
		buf_printf(out, " %s",
			   is.flags & STORE_USER_SUSPENDED ? "suspended" : "not suspended");
	buf_printf(out, "\n");
	return RBAC_OK;
}

static int scope(const struct store_row *row, struct buf *out)
{
	struct store_scope was = { .owner = "", .plan = "" }, is = { .owner = "", .plan = "" };
	const char *sign = !row->before.mv_data ? "+" : !row->after.mv_data ? "-" : "";

	if ((row->before.mv_data && store_scope_decode(&row->before, &was)) ||
	    (row->after.mv_data && store_scope_decode(&row->after, &is)))
		return RBAC_DAMAGED;
	buf_printf(out, "scope %s%.*s", sign, (int)row->key.mv_size,
		   (const char *)row->key.mv_data);
	if (*sign) {
		const struct store_scope *s = *sign == '+' ? &is : &was;
		buf_printf(out, "%s%s%s%s", *s->owner ? " owner " : "", s->owner,
			   *s->plan ? " plan " : "", s->plan);
	} else {
		both(out, "owner", was.owner, is.owner);
		both(out, "plan", was.plan, is.plan);
	}
	buf_printf(out, "\n");
	return RBAC_OK;
}

static int group(const struct store_row *row, struct buf *out)
{
	const MDB_val *v = row->after.mv_data ? &row->after : &row->before;
	bool lives = row->after.mv_data && row->after.mv_size == 8 &&
		     !(rbac_le32((const uint8_t *)row->after.mv_data + 4) & STORE_GID_GONE);

	if (v->mv_size != 8)
		return RBAC_DAMAGED;
	buf_printf(out, "group %c%.*s gid %" PRIu32 "\n", lives ? '+' : '-', (int)row->key.mv_size,
		   (const char *)row->key.mv_data, rbac_le32(v->mv_data));
	return RBAC_OK;
}

/* A file of a policy that was applied; older ones stay in the store. */
static int file(const struct store_row *row, struct buf *out)
{
	const char *name = row->after.mv_data;

	if (!name)
		return RBAC_OK;
	if (!memchr(name, 0, row->after.mv_size))
		return RBAC_DAMAGED;
	buf_printf(out, "file %s\n", name);
	return RBAC_OK;
}

int row_text(const struct store_row *row, struct buf *out)
{
	int err;

	switch (row->table) {
	case T_ASSIGN:
		err = assignment(&row->key, &row->before, '-', out);
		return err ? err : assignment(&row->key, &row->after, '+', out);
	case T_USER:
		return user(row, out);
	case T_SCOPE:
		return scope(row, out);
	case T_GID:
		return group(row, out);
	case T_TEXT:
		return file(row, out);
	default:
		return RBAC_OK;
	}
}
