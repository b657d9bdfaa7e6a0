/*
 * Proves that a record is missing. A record that is found has a checksum; a record that is not
 * found has none. Without a proof, one damaged byte that hides the record of a suspended user would
 * let that user in again through the role of a Unix group.
 *
 * The proof has two parts. First, every page on the way down is complete and in order, and its keys
 * lie between the two keys that its parent says. Second, the two records between which the missing
 * record would be are there, in order, with correct checksums. It relies on one property of LMDB:
 * the nodes of a page have no gaps (mdb_node_add and mdb_node_del in mdb.c).
 */
#include "common/view.h"

#include <string.h>

#include "common/checked_page.h"
#include "common/error.h"
#include "common/view_file.h"

enum { BIG_SIZE = 8 }; /* bytes of a node's data that is a page number (NODE_BIG) */

/* p NULL: no bound */
struct key {
	const uint8_t *p;
	size_t len;
};

struct subtree {
	bool there;
	uint64_t number; /* of its root page */
	unsigned depth;  /* in pages */
};

struct search {
	const struct rbac_walk *w;
	struct key sought;
	struct key low, high; /* the current page has keys from LOW up to, not including, HIGH */
	struct subtree left, right; /* the neighbours of the current page */
};

static int compare(struct key a, struct key b)
{
	return key_compare(a.p, a.len, b.p, b.len);
}

static struct key node_key(const struct node *n)
{
	return (struct key){ n->p + NODE_KEY, n->key_len };
}

/* *SIZE: the bytes that node I of PG fills, rounded up to even as LMDB does. False: it is damaged.
 */
static bool sized_node(const struct search *s, const struct page *pg, unsigned kind, unsigned i,
		       struct node *n, size_t *size)
{
	if (!page_node(s->w, pg, i, n))
		return false;
	*size = NODE_KEY + (size_t)n->key_len;
	if (kind == PAGE_LEAF)
		*size += get16(n->p + NODE_FLAGS) == NODE_BIG ? BIG_SIZE : get32(n->p);
	if (*size > s->w->page - (size_t)(n->p - pg->p))
		return false;
	*size += *size & 1;
	return true;
}

static bool in_bounds(const struct search *s, struct key key)
{
	return !(s->low.p && compare(key, s->low) < 0) &&
	       !(s->high.p && compare(key, s->high) >= 0);
}

/* Keys ascend and are within the bounds, and the nodes fill the page: no node was cut off, and none
 * is there twice. */
static bool is_complete(const struct search *s, const struct page *pg, unsigned kind)
{
	struct key last = { NULL, 0 };
	size_t filled = 0, size;
	struct node n;

	for (unsigned i = 0; i < pg->n; i++) {
		if (!sized_node(s, pg, kind, i, &n, &size))
			return false;
		filled += size;
		/* The first key of a branch says nothing: its child has every key below the second
		 * one. */
		if (i == 0 && kind == PAGE_BRANCH)
			continue;
		if ((last.p && compare(last, node_key(&n)) >= 0) || !in_bounds(s, node_key(&n)))
			return false;
		last = node_key(&n);
	}
	return filled == s->w->page - pg->upper;
}

static bool open_complete(const struct search *s, uint64_t number, unsigned kind, struct page *pg)
{
	return page_open(s->w, number, kind, pg) && is_complete(s, pg, kind);
}

/* The first of the nodes FROM..n of PG whose key is greater than the sought one, or PG->n. *HIT:
 * the node before it has the sought key. */
static unsigned first_after(const struct search *s, const struct page *pg, unsigned from, bool *hit)
{
	struct node n;
	unsigned i = from;

	*hit = false;
	for (; i < pg->n && page_node(s->w, pg, i, &n); i++) {
		int r = compare(node_key(&n), s->sought);

		if (r > 0)
			break;
		*hit = r == 0;
	}
	return i;
}

/* Go down into child I of branch PG: note its bounds and its neighbours. Returns its page number.
 */
static uint64_t enter_child(struct search *s, const struct page *pg, unsigned i, unsigned depth)
{
	struct node n;

	if (i > 0 && page_node(s->w, pg, i - 1, &n))
		s->left = (struct subtree){ true, node_child(n.p), depth };
	if (i + 1 < pg->n && page_node(s->w, pg, i + 1, &n)) {
		s->right = (struct subtree){ true, node_child(n.p), depth };
		s->high = node_key(&n);
	}
	if (!page_node(s->w, pg, i, &n))
		return 0; /* a meta page's number: page_open() refuses it */
	if (i > 0)
		s->low = node_key(&n);
	return node_child(n.p);
}

static bool find_leaf(struct search *s, struct page *leaf)
{
	uint64_t number = s->w->root;
	bool hit;

	for (unsigned depth = s->w->depth - 1; depth > 0; depth--) {
		if (!open_complete(s, number, PAGE_BRANCH, leaf))
			return false;
		number = enter_child(s, leaf, first_after(s, leaf, 1, &hit) - 1, depth);
	}
	return open_complete(s, number, PAGE_LEAF, leaf);
}

/* The record of subtree T that is nearest to the leaf: its last one if LAST, else its first one. */
static bool nearest_record(const struct search *s, const struct subtree *t, bool last,
			   struct node *n)
{
	const struct key none = { NULL, 0 };
	const struct search side = { .w = s->w,
				     .low = last ? none : s->high,
				     .high = last ? s->low : none };
	uint64_t number = t->number;
	struct page pg;

	for (unsigned depth = t->depth;; depth--) {
		if (!open_complete(&side, number, depth > 1 ? PAGE_BRANCH : PAGE_LEAF, &pg) ||
		    !page_node(s->w, &pg, last ? pg.n - 1 : 0, n))
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

	return rbac_walk_get(w, n->p + NODE_KEY, n->key_len, &data, &len) == RBAC_OK &&
	       rbac_view_file_verify(n->p + NODE_KEY, n->key_len, data, len, &rec) == RBAC_OK;
}

/* The record before place AT of LEAF is below the sought key and intact, or there is no record
 * before it. */
static bool record_before_holds(const struct search *s, const struct page *leaf, unsigned at)
{
	struct node n;

	if (at == 0 && !s->left.there)
		return true;
	if (!(at > 0 ? page_node(s->w, leaf, at - 1, &n) : nearest_record(s, &s->left, true, &n)))
		return false;
	return compare(node_key(&n), s->sought) < 0 && checksum_holds(s->w, &n);
}

/* The record at place AT of LEAF is above the sought key and intact, or there is no record from
 * there on. */
static bool record_after_holds(const struct search *s, const struct page *leaf, unsigned at)
{
	struct node n;

	if (at == leaf->n && !s->right.there)
		return true;
	if (!(at < leaf->n ? page_node(s->w, leaf, at, &n)
			   : nearest_record(s, &s->right, false, &n)))
		return false;
	return compare(node_key(&n), s->sought) > 0 && checksum_holds(s->w, &n);
}

int rbac_view_prove_absent(const struct rbac_view *v, uint8_t type, const void *name, size_t len)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	struct search s = { .w = &v->walk, .sought = { key, len + 1 } };
	struct page leaf;
	unsigned at;
	bool hit;

	if (v->walk.depth == 0 || len > sizeof(key) - 1)
		return RBAC_NOTFOUND;
	key[0] = type;
	if (len)
		memcpy(key + 1, name, len);
	if (!find_leaf(&s, &leaf))
		return RBAC_DAMAGED;
	at = first_after(&s, &leaf, 0, &hit);
	return !hit && record_before_holds(&s, &leaf, at) && record_after_holds(&s, &leaf, at)
		       ? RBAC_NOTFOUND
		       : RBAC_DAMAGED;
}
