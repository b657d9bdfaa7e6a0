/* A row of the journal in a few words, for people. */
#include <inttypes.h>
#include <string.h>

#include "rbacctl/plain_text.h"
#include "rbacctl/store/row_name.h"
#include "rbacctl/store/text.h"

/* What the row says: after the change, or before one that took it away. */
static const MDB_val *content(const struct store_row *row)
{
	return row->after.mv_data ? &row->after : &row->before;
}

static void put_bytes(struct buf *out, const void *p, size_t len)
{
	char text[512];

	len = len < sizeof(text) ? len : sizeof(text) - 1;
	memcpy(text, p, len);
	text[len] = '\0';
	plain_text_escape(out, text);
}

static void name_assignment(const struct store_row *row, struct buf *out)
{
	struct store_assignment a;

	if (row->key.mv_size != 8) {
		buf_printf(out, "an assignment with a damaged key");
		return;
	}
	buf_printf(out, "assignment %" PRIu64, store_from_be64(row->key.mv_data));
	if (store_assignment_decode(&row->key, content(row), &a))
		return;
	buf_printf(out, " (");
	put_bytes(out, a.subject, strlen(a.subject));
	buf_printf(out, " ");
	put_bytes(out, a.role, strlen(a.role));
	buf_printf(out, " at ");
	put_bytes(out, a.scope, strlen(a.scope));
	buf_printf(out, ")");
}

static void name_text(const struct store_row *row, struct buf *out)
{
	const MDB_val *v = content(row);
	const char *name = v->mv_data;
	size_t len = name ? strnlen(name, v->mv_size) : 0;

	buf_printf(out, "policy file ");
	put_bytes(out, name, len);
	if (row->key.mv_size == STORE_TEXT_KEY)
		buf_printf(out, " of change %" PRIu64, store_from_be64(row->key.mv_data));
}

static void name_gid(const struct store_row *row, struct buf *out)
{
	const MDB_val *v = content(row);
	uint32_t gid = 0;

	for (size_t i = 0; i < row->key.mv_size && i < sizeof(gid); i++)
		gid = gid << 8 | ((const uint8_t *)row->key.mv_data)[i];
	buf_printf(out, "GID %" PRIu32 " (group ", gid);
	put_bytes(out, v->mv_data, strnlen(v->mv_data, v->mv_size));
	buf_printf(out, ")");
}

void store_row_name(const struct store_row *row, struct buf *out)
{
	static const char *const kinds[STORE_TABLES] = {
		[T_USER] = "user ",
		[T_SCOPE] = "scope ",
		[T_GID] = "the GID of group ",
		[T_META] = "the number ",
	};

	if (row->table == T_ASSIGN) {
		name_assignment(row, out);
	} else if (row->table == T_TEXT) {
		name_text(row, out);
	} else if (row->table == T_REQUEST) {
		buf_printf(out, "request %" PRIu64,
			   row->key.mv_size == 8 ? store_from_be64(row->key.mv_data) : 0);
	} else if (row->table == T_PENDING) {
		buf_printf(out, "the index of requests");
	} else if (row->table == T_GIDNAME) {
		name_gid(row, out);
	} else {
		buf_printf(out, "%s", kinds[row->table] ? kinds[row->table] : "row ");
		put_bytes(out, row->key.mv_data, row->key.mv_size);
	}
}
