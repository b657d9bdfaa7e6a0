#include "rbacctl/store/journal_code.h"

#include <string.h>

enum { HAD = 0x40, HAS = 0x80, TABLE = 0x3f, KEY_MAX = 511 };

_Static_assert((int)STORE_TABLES <= (int)TABLE, "a table's number has six bits");

void journal_coder_free(struct journal_coder *c)
{
	buf_free(&c->key);
	buf_free(&c->value);
	buf_free(&c->before);
}

static void begin_table(struct journal_coder *c, enum store_table table)
{
	if (c->table == table)
		return;
	c->table = table;
	buf_reset(&c->key);
	buf_reset(&c->value);
}

/* ---- writing ---- */

static void put_varint(struct buf *out, size_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_u8(out, (uint8_t)(v | 0x80));
	buf_u8(out, (uint8_t)v);
}

static size_t same_at_the_beginning(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b)
{
	size_t n = 0;

	while (n < n_a && n < n_b && a[n] == b[n])
		n++;
	return n;
}

static size_t same_at_the_end(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b)
{
	size_t n = 0;

	while (n < n_a && n < n_b && a[n_a - 1 - n] == b[n_b - 1 - n])
		n++;
	return n;
}

static void set(struct buf *b, const void *p, size_t len)
{
	buf_reset(b);
	buf_put(b, p, len);
}

/* V, told by what it has in common with *LAST, which it then is. */
static void put_value(struct buf *out, struct buf *last, const MDB_val *v)
{
	const uint8_t *p = v->mv_data;

	if (!buf_add(last, 0)) {
		out->failed = true;
		return;
	}
	size_t head = same_at_the_beginning(p, v->mv_size, last->p, last->len);
	size_t tail = same_at_the_end(p + head, v->mv_size - head, last->p + head,
				      last->len - head);

	put_varint(out, head);
	put_varint(out, tail);
	put_varint(out, v->mv_size - head - tail);
	buf_put(out, p + head, v->mv_size - head - tail);
	set(last, p, v->mv_size);
	out->failed |= last->failed;
}

void journal_encode(struct journal_coder *c, const struct store_row *row, struct buf *out)
{
	const uint8_t *key = row->key.mv_data;

	begin_table(c, row->table);
	if (!buf_add(&c->key, 0)) {
		out->failed = true;
		return;
	}
	size_t same = same_at_the_beginning(key, row->key.mv_size, c->key.p, c->key.len);
	buf_u8(out, (uint8_t)(row->table | (row->before.mv_data ? HAD : 0) |
			      (row->after.mv_data ? HAS : 0)));
	put_varint(out, same);
	put_varint(out, row->key.mv_size - same);
	buf_put(out, key + same, row->key.mv_size - same);
	set(&c->key, key, row->key.mv_size);
	out->failed |= c->key.failed;
	if (row->before.mv_data)
		put_value(out, &c->value, &row->before);
	if (row->after.mv_data)
		put_value(out, &c->value, &row->after);
}

/* ---- reading ---- */

static bool take_varint(const uint8_t **p, const uint8_t *end, size_t *v)
{
	*v = 0;
	for (unsigned shift = 0; *p < end && shift < 35; shift += 7) {
		uint8_t b = *(*p)++;
		*v |= (size_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return true;
	}
	return false;
}

static bool take(const uint8_t **p, const uint8_t *end, size_t len, const uint8_t **out)
{
	if ((size_t)(end - *p) < len)
		return false;
	*out = *p;
	*p += len;
	return true;
}

static int take_key(struct journal_coder *c, const uint8_t **p, const uint8_t *end)
{
	size_t same, len;
	const uint8_t *rest;

	if (!take_varint(p, end, &same) || !take_varint(p, end, &len) || same > c->key.len ||
	    len > KEY_MAX || same + len > KEY_MAX || same + len == 0 || !take(p, end, len, &rest))
		return RBAC_DAMAGED;
	c->key.len = same;
	buf_put(&c->key, rest, len);
	return c->key.failed ? RBAC_NOMEM : RBAC_OK;
}

/* The next value into *LAST, which has what it is compared with. */
static int take_value(struct buf *last, const uint8_t **p, const uint8_t *end)
{
	size_t head, tail, len;
	const uint8_t *middle;

	if (!buf_add(last, 0))
		return RBAC_NOMEM;
	if (!take_varint(p, end, &head) || !take_varint(p, end, &tail) ||
	    !take_varint(p, end, &len) || head > last->len || tail > last->len - head ||
	    !take(p, end, len, &middle))
		return RBAC_DAMAGED;
	size_t gap = last->len - head - tail;
	if (len > gap && !buf_add(last, len - gap))
		return RBAC_NOMEM;
	memmove(last->p + head + len, last->p + head + gap, tail);
	memcpy(last->p + head, middle, len);
	last->len = head + len + tail;
	return RBAC_OK;
}

static MDB_val all_of(const struct buf *b)
{
	return (MDB_val){ b->len, b->p };
}

int journal_decode(struct journal_coder *c, const uint8_t **p, const uint8_t *end,
		   struct store_row *row)
{
	if (*p == end)
		return RBAC_NOTFOUND;
	uint8_t first = *(*p)++;
	if ((first & TABLE) >= STORE_TABLES || !(first & (HAD | HAS)))
		return RBAC_DAMAGED;
	begin_table(c, (enum store_table)(first & TABLE));
	*row = (struct store_row){ .table = c->table };
	int err = take_key(c, p, end);
	if (!err && first & HAD)
		err = take_value(&c->value, p, end);
	if (!err && first & HAD && first & HAS) {
		set(&c->before, c->value.p, c->value.len);
		err = c->before.failed ? RBAC_NOMEM : RBAC_OK;
	}
	if (!err && first & HAS)
		err = take_value(&c->value, p, end);
	if (err)
		return err;
	row->key = all_of(&c->key);
	if (first & HAD)
		row->before = all_of(first & HAS ? &c->before : &c->value);
	if (first & HAS)
		row->after = all_of(&c->value);
	return RBAC_OK;
}
