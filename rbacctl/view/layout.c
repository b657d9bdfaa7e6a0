#include "rbacctl/view/layout.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/page.h"

enum { PIECE = 1 << 20 };

struct layout {
	const struct rbac_walk *w;
	uint64_t *number; /* by old number: the new one; 0: none yet */
	uint64_t
		*order; /* old numbers of pages, and of first pages of runs, as they are to stand */
	size_t n;
	uint64_t next; /* the new number to be given out next */
	int fd;
	uint8_t *piece;
	size_t filled;
};

/* ---- reading: NULL where the file is not what liblmdb writes ---- */

static const uint8_t *get_page(const struct layout *l, uint64_t number, unsigned kind)
{
	const uint8_t *p = l->w->map + number * l->w->page;
	if (number < META_PAGES || number >= l->w->pages || get64(p) != number ||
	    (get16(p + PAGE_FLAGS) & PAGE_KINDS) != kind)
		return NULL;
	if (kind == PAGE_OVERFLOW)
		return get32(p + PAGE_RUN) > 0 && get32(p + PAGE_RUN) <= l->w->pages - number
			       ? p
			       : NULL;
	return get16(p + PAGE_LOWER) > PAGE_HEADER && get16(p + PAGE_LOWER) <= l->w->page ? p
											  : NULL;
}

static unsigned n_nodes(const uint8_t *page)
{
	return (get16(page + PAGE_LOWER) - PAGE_HEADER) / 2u;
}

static const uint8_t *get_node(const struct layout *l, const uint8_t *page, unsigned i)
{
	size_t at = get16(page + PAGE_HEADER + 2 * (size_t)i);
	if (at + NODE_KEY > l->w->page ||
	    at + NODE_KEY + get16(page + at + NODE_KEY_LEN) > l->w->page)
		return NULL;
	return page + at;
}

/* Where a leaf's node holds the number of a run; *RUN false: it holds its data itself. */
static const uint8_t *get_run(const struct layout *l, const uint8_t *page, const uint8_t *node,
			      bool *run)
{
	const uint8_t *at = node + NODE_KEY + get16(node + NODE_KEY_LEN);
	*run = get16(node + NODE_FLAGS) == NODE_BIG;
	return *run && (size_t)(at - page) + sizeof(uint64_t) > l->w->page ? NULL : at;
}

/* ---- the order ---- */

static void give_number(struct layout *l, uint64_t old, uint64_t pages)
{
	if (l->number[old])
		return;
	l->number[old] = l->next;
	l->order[l->n++] = old;
	l->next += pages;
}

static bool is_after(const uint8_t *node, const uint8_t *key, size_t len)
{
	size_t node_len = get16(node + NODE_KEY_LEN);
	int r = memcmp(node + NODE_KEY, key, node_len < len ? node_len : len);
	return r > 0 || (r == 0 && node_len > len);
}

static int order_way(struct layout *l, const uint8_t *key, size_t len)
{
	uint64_t number = l->w->root;
	for (unsigned depth = l->w->depth; depth > 1; depth--) {
		const uint8_t *p = get_page(l, number, PAGE_BRANCH),
			      *node = p ? get_node(l, p, 0) : NULL;
		if (!node)
			return RBAC_DAMAGED;
		give_number(l, number, 1);
		number = node_child(node);
		for (unsigned i = 1;
		     i < n_nodes(p) && (node = get_node(l, p, i)) && !is_after(node, key, len); i++)
			number = node_child(node);
	}
	if (!get_page(l, number, PAGE_LEAF))
		return RBAC_DAMAGED;
	give_number(l, number, 1);
	return RBAC_OK;
}

static int order_leaf(struct layout *l, uint64_t number)
{
	const uint8_t *p = get_page(l, number, PAGE_LEAF);
	if (!p)
		return RBAC_DAMAGED;
	give_number(l, number, 1);
	for (unsigned i = 0; i < n_nodes(p); i++) {
		bool run;
		const uint8_t *node = get_node(l, p, i),
			      *at = node ? get_run(l, p, node, &run) : NULL;
		const uint8_t *first = at && run ? get_page(l, get64(at), PAGE_OVERFLOW) : NULL;
		if (!at || (run && !first))
			return RBAC_DAMAGED;
		if (run)
			give_number(l, get64(at), get32(first + PAGE_RUN));
	}
	return RBAC_OK;
}

/* What lies below page NUMBER, which is DEPTH pages deep: either the branches or the leaves. DEPTH
 * is bounded by RBAC_WALK_DEPTH. */
static int order_tree(struct layout *l, uint64_t number, unsigned depth, bool leaves)
{
	if (depth == 1)
		return leaves ? order_leaf(l, number) : RBAC_OK;
	const uint8_t *p = get_page(l, number, PAGE_BRANCH);
	if (!p)
		return RBAC_DAMAGED;
	if (!leaves)
		give_number(l, number, 1);
	int err = RBAC_OK;
	for (unsigned i = 0; i < n_nodes(p) && !err; i++) {
		const uint8_t *node = get_node(l, p, i);
		err = node ? order_tree(l, node_child(node), depth - 1, leaves) : RBAC_DAMAGED;
	}
	return err;
}

/* ---- writing ---- */

static int flush(struct layout *l)
{
	for (size_t done = 0; done < l->filled;) {
		ssize_t n = write(l->fd, l->piece + done, l->filled - done);
		if (n < 0 && errno != EINTR)
			return RBAC_SYSTEM;
		done += n > 0 ? (size_t)n : 0;
	}
	l->filled = 0;
	return RBAC_OK;
}

static int put(struct layout *l, const uint8_t *p, size_t len)
{
	int err = RBAC_OK;
	while (len > 0 && !err) {
		size_t n = len < PIECE - l->filled ? len : PIECE - l->filled;
		memcpy(l->piece + l->filled, p, n);
		l->filled += n;
		p += n;
		len -= n;
		if (l->filled == PIECE)
			err = flush(l);
	}
	return err;
}

static void set64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof v);
}

/* In PAGE, a copy of a branch or leaf: the new numbers of what it points to. Every number was given
 * one by order_tree. */
static void renumber(const struct layout *l, uint8_t *page)
{
	bool branch = (get16(page + PAGE_FLAGS) & PAGE_KINDS) == PAGE_BRANCH, run;
	for (unsigned i = 0; i < n_nodes(page); i++) {
		uint8_t *node = page + get16(page + PAGE_HEADER + 2 * (size_t)i);
		const uint8_t *at = branch ? NULL : get_run(l, page, node, &run);
		if (branch) {
			uint64_t child = l->number[node_child(node)];
			uint32_t low = (uint32_t)child;
			uint16_t high = (uint16_t)(child >> 32);
			memcpy(node, &low, sizeof low);
			memcpy(node + NODE_FLAGS, &high, sizeof high);
		} else if (run) {
			set64(page + (at - page), l->number[get64(at)]);
		}
	}
}

static int put_page(struct layout *l, uint64_t old)
{
	uint8_t copy[PAGE_SIZE_MAX];
	const uint8_t *p = l->w->map + old * l->w->page;
	size_t size = l->w->page;
	unsigned kind = get16(p + PAGE_FLAGS) & PAGE_KINDS;
	memcpy(copy, p, size);
	set64(copy, l->number[old]);
	if (kind == PAGE_OVERFLOW) {
		int err = put(l, copy, size);
		return err ? err : put(l, p + size, (get32(p + PAGE_RUN) - 1) * size);
	}
	renumber(l, copy);
	if (get16(p + PAGE_UPPER) > get16(p + PAGE_LOWER) && get16(p + PAGE_UPPER) <= size)
		memset(copy + get16(p + PAGE_LOWER), 0,
		       get16(p + PAGE_UPPER) - get16(p + PAGE_LOWER));
	return put(l, copy, size);
}

/* Both say the same; page 0 is the newer one, as liblmdb has it after an even number of
 * transactions: the next one writes to page 1. */
static int put_meta(struct layout *l, uint64_t number)
{
	uint8_t copy[PAGE_SIZE_MAX] = { 0 };
	const uint8_t *first = l->w->map + PAGE_HEADER, *second = first + l->w->page;
	uint8_t *meta = copy + PAGE_HEADER, *spare = meta + META_FREE_DB;
	memcpy(copy, l->w->map, PAGE_HEADER);
	set64(copy, number);
	memcpy(meta, get64(second + META_TXN) > get64(first + META_TXN) ? second : first,
	       META_SIZE);
	memset(spare + DB_DEPTH, 0, DB_ROOT - DB_DEPTH);
	set64(spare + DB_ROOT, LMDB_NO_PAGE);
	set64(meta + META_MAIN_DB + DB_ROOT, l->number[l->w->root]);
	set64(meta + META_LAST_PAGE, l->next - 1);
	set64(meta + META_TXN, META_PAGES - number);
	return put(l, copy, l->w->page);
}

static int write_all(struct layout *l)
{
	int err = put_meta(l, 0);
	if (!err)
		err = put_meta(l, 1);
	for (size_t i = 0; i < l->n && !err; i++)
		err = put_page(l, l->order[i]);
	return err ? err : flush(l);
}

int layout_write(const struct rbac_walk *w, const void *key, size_t key_len, int fd)
{
	struct layout l = { .w = w, .next = META_PAGES, .fd = fd };
	int err = RBAC_NOMEM, saved;
	if (w->depth == 0)
		return RBAC_DAMAGED;
	l.number = calloc(w->pages, sizeof *l.number);
	l.order = calloc(w->pages, sizeof *l.order);
	l.piece = malloc(PIECE);
	if (l.number && l.order && l.piece)
		err = order_way(&l, key, key_len);
	if (!err)
		err = order_tree(&l, w->root, w->depth, false);
	if (!err)
		err = order_tree(&l, w->root, w->depth, true);
	if (!err)
		err = write_all(&l);
	saved = errno;
	free(l.number);
	free(l.order);
	free(l.piece);
	errno = saved;
	return err;
}
