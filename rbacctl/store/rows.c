#include "rbacctl/store/rows.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/buf.h"

enum { BLOCK = 64 * 1024 };

/* Bytes that never move. */
struct rows_block {
	struct rows_block *next;
	size_t used, size;
	uint8_t bytes[];
};

void store_rows_free(struct store_rows *rows)
{
	for (struct rows_block *b = rows->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(rows->v);
	*rows = (struct store_rows){ 0 };
}

static uint8_t *room(struct store_rows *rows, size_t len)
{
	struct rows_block *b = rows->blocks;

	if (!b || b->size - b->used < len) {
		size_t size = len > BLOCK ? len : BLOCK;
		b = malloc(sizeof(*b) + size);
		if (!b)
			return NULL;
		*b = (struct rows_block){ .next = rows->blocks, .size = size };
		rows->blocks = b;
	}
	b->used += len;
	return b->bytes + b->used - len;
}

static bool keep(struct store_rows *rows, MDB_val *v)
{
	if (!v->mv_data)
		return true;
	uint8_t *copy = room(rows, v->mv_size);
	if (copy && v->mv_size)
		memcpy(copy, v->mv_data, v->mv_size);
	v->mv_data = copy;
	return copy != NULL;
}

bool store_rows_add(struct store_rows *rows, const struct store_row *row)
{
	struct store_row r = *row;

	if (!buf_room(&rows->v, rows->n, &rows->cap, sizeof(*rows->v)) || !keep(rows, &r.key) ||
	    !keep(rows, &r.before) || !keep(rows, &r.after))
		return false;
	rows->v[rows->n++] = r;
	return true;
}

int store_row_order(const struct store_row *a, const struct store_row *b)
{
	size_t n = a->key.mv_size < b->key.mv_size ? a->key.mv_size : b->key.mv_size;

	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	int order = n ? memcmp(a->key.mv_data, b->key.mv_data, n) : 0;
	if (order)
		return order;
	return (a->key.mv_size > b->key.mv_size) - (a->key.mv_size < b->key.mv_size);
}

bool store_same_value(const MDB_val *a, const MDB_val *b)
{
	if (!a->mv_data || !b->mv_data)
		return !a->mv_data && !b->mv_data;
	return a->mv_size == b->mv_size &&
	       (!a->mv_size || memcmp(a->mv_data, b->mv_data, a->mv_size) == 0);
}

static bool in_order(const struct store_rows *rows)
{
	for (size_t i = 1; i < rows->n; i++)
		if (store_row_order(&rows->v[i - 1], &rows->v[i]) > 0)
			return false;
	return true;
}

/* Stable, whichever sort the C library has: a merge sort of its own, n log n. */
static void merge(struct store_row *v, struct store_row *half, size_t n)
{
	size_t middle = n / 2, i = 0, j = middle, k = 0;

	if (n < 2)
		return;
	merge(v, half, middle);
	merge(v + middle, half, n - middle);
	memcpy(half, v, middle * sizeof(*v));
	while (i < middle && j < n)
		v[k++] = store_row_order(&v[j], &half[i]) < 0 ? v[j++] : half[i++];
	while (i < middle)
		v[k++] = half[i++];
}

bool store_rows_sort(struct store_rows *rows)
{
	if (in_order(rows))
		return true;
	struct store_row *half = malloc((rows->n / 2 + 1) * sizeof(*half));
	if (!half)
		return false;
	merge(rows->v, half, rows->n);
	free(half);
	return true;
}

bool store_rows_settle(struct store_rows *rows)
{
	size_t n = 0;

	if (!store_rows_sort(rows))
		return false;
	for (size_t i = 0, next; i < rows->n; i = next) {
		struct store_row r = rows->v[i];
		for (next = i + 1;
		     next < rows->n && store_row_order(&rows->v[i], &rows->v[next]) == 0; next++)
			;
		r.after = rows->v[next - 1].after;
		r.change = rows->v[next - 1].change;
		if (!store_same_value(&r.before, &r.after))
			rows->v[n++] = r;
	}
	rows->n = n;
	return true;
}

void store_rows_invert(struct store_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		MDB_val before = rows->v[i].before;
		rows->v[i].before = rows->v[i].after;
		rows->v[i].after = before;
	}
}
