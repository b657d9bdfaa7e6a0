/*
 * checked_page.h - a page and a node of an LMDB data file that have passed their checks. The one
 * place for these checks; private to walk.c, which looks records up, and proof_of_absence.c, which
 * proves that a record is missing. Inline, because they are half of the time of a lookup.
 */
#ifndef RBAC_COMMON_CHECKED_PAGE_H
#define RBAC_COMMON_CHECKED_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/page.h"
#include "common/walk.h"

struct page {
	const uint8_t *p; /* borrows the map */
	unsigned upper;   /* no node begins below this offset */
	unsigned n;       /* number of nodes, at least 1 in a leaf and 2 in a branch */
};

/* The key has KEY_LEN bytes from P + NODE_KEY on. */
struct node {
	const uint8_t *p;
	unsigned key_len; /* at most RBAC_WALK_KEY_MAX; the key lies within the page */
};

/* Page NUMBER, which must be of KIND (PAGE_BRANCH or PAGE_LEAF) and carry its own number. False: it
 * is damaged. */
static inline bool page_open(const struct rbac_walk *w, uint64_t number, unsigned kind,
			     struct page *pg)
{
	const uint8_t *p;
	unsigned lower;

	if (number < META_PAGES || number >= w->pages)
		return false;
	p = w->map + number * w->page;
	lower = get16(p + PAGE_LOWER);
	pg->p = p;
	pg->upper = get16(p + PAGE_UPPER);
	pg->n = (lower - PAGE_HEADER) / 2;
	return get64(p) == number && (get16(p + PAGE_FLAGS) & PAGE_KINDS) == kind &&
	       lower > PAGE_HEADER && !(lower & 1) && lower <= pg->upper && pg->upper <= w->page &&
	       (kind == PAGE_LEAF || pg->n > 1);
}

/* Node I of PG. I must be below PG->n. False: it is damaged. */
static inline bool page_node(const struct rbac_walk *w, const struct page *pg, unsigned i,
			     struct node *node)
{
	unsigned at = get16(pg->p + PAGE_HEADER + 2 * i);

	if (at < pg->upper || at + NODE_KEY > w->page)
		return false;
	node->p = pg->p + at;
	node->key_len = get16(node->p + NODE_KEY_LEN);
	return node->key_len <= RBAC_WALK_KEY_MAX && at + NODE_KEY + node->key_len <= w->page;
}

/* The order of LMDB's keys: as memcmp(3), a prefix before what it begins. */
static inline int key_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	int r = memcmp(a, b, a_len < b_len ? a_len : b_len);

	if (r)
		return r;
	return a_len < b_len ? -1 : a_len > b_len;
}

#endif
