/*
 * Is a record truly not there? A checksum vouches for what is found; what is not found has none.
 * Someone who is suspended would be let in again by the group they are in, if a damaged byte hid
 * their own record. So where absence would give, it has to be proven: the pages on the way are
 * whole and in order, each child lies between the keys that its parent says, and the two records
 * between which the missing one would stand are there, in order, their checksums right.
 *
 * LMDB keeps the nodes of a page without gaps (mdb_node_add, mdb_node_del).
 */
#include "common/view.h"

#include <string.h>

#include "common/error.h"
#include "common/page.h"
#include "common/view_file.h"

enum { BIG_SIZE = 8 };

struct key {
	const uint8_t *p;
	size_t len;
}; /* p NULL: no bound */
struct node {
	struct key key;
	const uint8_t *p;
	size_t size;
};
struct page {
	const uint8_t *p;
	unsigned n, kind;
};
struct subtree {
	bool there;
	uint64_t number;
	unsigned depth;
};

struct search {
	const struct rbac_walk *w;
	struct key sought, low,
		high; /* what is looked at now holds keys from LOW up to, not including, HIGH */
	struct subtree left, right; /* next to it */
};

static int compare(struct key a, struct key b)
{
	int r = memcmp(a.p, b.p, a.len < b.len ? a.len : b.len);

	return r ? r : (a.len > b.len) - (a.len < b.len);
}

static bool get_node(const struct rbac_walk *w, const struct page *pg, unsigned i, struct node *n)
{
	size_t at = get16(pg->p + PAGE_HEADER + 2 * (size_t)i), room;

	if (at < get16(pg->p + PAGE_UPPER) || at + NODE_KEY > w->page)
		return false;
	n->p = pg->p + at;
	n->key = (struct key){ n->p + NODE_KEY, get16(n->p + NODE_KEY_LEN) };
	n->size = NODE_KEY + n->key.len;
	if (pg->kind == PAGE_LEAF)
		n->size += get16(n->p + NODE_FLAGS) == NODE_BIG ? BIG_SIZE : get32(n->p);
	room = w->page - at;
	if (n->key.len > RBAC_WALK_KEY_MAX || n->size > room)
		return false;
	n->size += n->size & 1;
	return true;
}

/* Keys rise, lie within the bounds of S, and nodes fill the page: nothing was cut off, nothing
 * stands twice. */
static bool is_whole(const struct search *s, const struct page *pg)
{
	size_t filled = 0;
	struct node n, last = { 0 };

	for (unsigned i = 0; i < pg->n; i++) {
		if (!get_node(s->w, pg, i, &n))
			return false;
		filled += n.size;
		/* A branch's first key stands for everything below the second. */
		if (i == 0 && pg->kind == PAGE_BRANCH)
			continue;
		if (last.p && compare(last.key, n.key) >= 0)
			return false;
		if ((s->low.p && compare(n.key, s->low) < 0) ||
		    (s->high.p && compare(n.key, s->high) >= 0))
			return false;
		last = n;
	}
	return filled == s->w->page - get16(pg->p + PAGE_UPPER);
}

static bool open_page(const struct search *s, uint64_t number, unsigned kind, struct page *pg)
{
	size_t lower, upper;

	if (number < META_PAGES || number >= s->w->pages)
		return false;
	pg->p = s->w->map + number * s->w->page;
	pg->kind = kind;
	lower = get16(pg->p + PAGE_LOWER);
	upper = get16(pg->p + PAGE_UPPER);
	if (get64(pg->p) != number || (get16(pg->p + PAGE_FLAGS) & PAGE_KINDS) != kind ||
	    lower <= PAGE_HEADER || lower & 1 || lower > upper || upper > s->w->page)
		return false;
	pg->n = (unsigned)(lower - PAGE_HEADER) / 2;
	return is_whole(s, pg);
}

/* Of PG's nodes from FROM on, how many begin at or before what is sought; -1: one of them is it. */
static int count_before(const struct search *s, const struct page *pg, unsigned from)
{
	struct node n;
	unsigned i = from;

	for (; i < pg->n && get_node(s->w, pg, i, &n); i++) {
		int r = compare(n.key, s->sought);

		if (r == 0 && pg->kind == PAGE_LEAF)
			return -1;
		if (r > 0)
			break;
	}
	return (int)i;
}

/* Into child number I of branch PG: what bounds it, and what stands beside it. */
static uint64_t enter(struct search *s, const struct page *pg, unsigned i, unsigned depth)
{
	struct node n;

	if (i > 0 && get_node(s->w, pg, i - 1, &n))
		s->left = (struct subtree){ true, node_child(n.p), depth };
	if (i + 1 < pg->n && get_node(s->w, pg, i + 1, &n)) {
		s->right = (struct subtree){ true, node_child(n.p), depth };
		s->high = n.key;
	}
	if (!get_node(s->w, pg, i, &n))
		return 0;
	if (i > 0)
		s->low = n.key;
	return node_child(n.p);
}

static bool find_leaf(struct search *s, struct page *leaf)
{
	uint64_t number = s->w->root;

	for (unsigned depth = s->w->depth - 1; depth > 0; depth--) {
		if (!open_page(s, number, PAGE_BRANCH, leaf))
			return false;
		number = enter(s, leaf, (unsigned)count_before(s, leaf, 1) - 1, depth);
	}
	return open_page(s, number, PAGE_LEAF, leaf);
}

/* The outermost record of a subtree beside the leaf: its last where it is the left one. */
static bool outermost(const struct search *s, const struct subtree *t, bool last, struct node *n)
{
	struct search side = { .w = s->w,
			       .low = last ? (struct key){ NULL, 0 } : s->high,
			       .high = last ? s->low : (struct key){ NULL, 0 } };
	uint64_t number = t->number;
	struct page pg;

	for (unsigned depth = t->depth;; depth--) {
		if (!open_page(&side, number, depth > 1 ? PAGE_BRANCH : PAGE_LEAF, &pg) ||
		    !get_node(s->w, &pg, last ? pg.n - 1 : 0, n))
			return false;
		if (depth == 1)
			return true;
		number = node_child(n->p);
	}
}

static bool checksum_holds(const struct rbac_walk *w, const struct node *n)
{
	const uint8_t *data;
	size_t len;
	struct rbac_bytes rec;

	return rbac_walk_get(w, n->key.p, n->key.len, &data, &len) == RBAC_OK &&
	       rbac_view_file_verify(n->key.p, n->key.len, data, len, &rec) == RBAC_OK;
}

/* The neighbours on both sides of place AT in LEAF; where there is none, that is the end of all
 * records. */
static bool neighbours_hold(const struct search *s, const struct page *leaf, unsigned at)
{
	struct node n;

	if (at > 0 || s->left.there) {
		if (!(at > 0 ? get_node(s->w, leaf, at - 1, &n)
			     : outermost(s, &s->left, true, &n)) ||
		    compare(n.key, s->sought) >= 0 || !checksum_holds(s->w, &n))
			return false;
	}
	if (at < leaf->n || s->right.there) {
		if (!(at < leaf->n ? get_node(s->w, leaf, at, &n)
				   : outermost(s, &s->right, false, &n)) ||
		    compare(n.key, s->sought) <= 0 || !checksum_holds(s->w, &n))
			return false;
	}
	return true;
}

int rbac_view_absent(const struct rbac_view *v, uint8_t type, const void *name, size_t len)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	struct search s = { .w = &v->walk, .sought = { key, len + 1 } };
	struct page leaf;
	int at;

	if (v->walk.depth == 0 || len > sizeof(key) - 1)
		return RBAC_NOTFOUND;
	key[0] = type;
	if (len)
		memcpy(key + 1, name, len);
	if (!find_leaf(&s, &leaf))
		return RBAC_DAMAGED;
	at = count_before(&s, &leaf, 0);
	return at >= 0 && neighbours_hold(&s, &leaf, (unsigned)at) ? RBAC_NOTFOUND : RBAC_DAMAGED;
}
