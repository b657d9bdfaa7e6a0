#include "common/walk.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "common/checked_page.h"
#include "common/error.h"

/* FAR, in pages: a larger file (4 MB) does not fit the processor's nearer caches. */
enum { CACHE_LINE = 64, PREFETCH_MOST = 4096, FAR = 1024 };

static bool meta_ok(const uint8_t *page, uint64_t number, uint32_t page_size)
{
	const uint8_t *meta = page + PAGE_HEADER;

	return get64(page) == number && (get16(page + PAGE_FLAGS) & PAGE_KINDS) == PAGE_META &&
	       get32(meta + META_MAGIC) == LMDB_MAGIC &&
	       get32(meta + META_VERSION) == LMDB_VERSION &&
	       get32(meta + META_FREE_DB + DB_PAD) == page_size;
}

int rbac_walk_init(struct rbac_walk *w, const void *map, size_t size)
{
	const uint8_t *first = map, *second, *meta;
	uint32_t page;
	uint64_t last;

	if (size < (size_t)META_PAGES * PAGE_SIZE_MIN)
		return RBAC_DAMAGED;
	page = get32(first + PAGE_HEADER + META_FREE_DB + DB_PAD);
	if (page < PAGE_SIZE_MIN || page > PAGE_SIZE_MAX || (page & (page - 1)) ||
	    size < META_PAGES * (size_t)page)
		return RBAC_DAMAGED;
	second = first + page;
	if (!meta_ok(first, 0, page) || !meta_ok(second, 1, page))
		return RBAC_DAMAGED;
	meta = get64(second + PAGE_HEADER + META_TXN) > get64(first + PAGE_HEADER + META_TXN)
		       ? second
		       : first;
	meta += PAGE_HEADER;

	last = get64(meta + META_LAST_PAGE);
	if (last < META_PAGES - 1 || last == LMDB_NO_PAGE ||
	    get16(meta + META_MAIN_DB + DB_FLAGS) != 0)
		return RBAC_DAMAGED;
	w->map = map;
	w->size = size;
	w->page = page;
	w->depth = get16(meta + META_MAIN_DB + DB_DEPTH);
	/* LMDB never writes pages that a transaction took and gave back. If they are the last
	 * ones, the file is shorter than the meta page says. */
	w->pages = last < size / page ? last + 1 : size / page;
	w->root = get64(meta + META_MAIN_DB + DB_ROOT);
	if (w->depth > RBAC_WALK_DEPTH || (w->depth == 0) != (w->root == LMDB_NO_PAGE))
		return RBAC_DAMAGED;
	return RBAC_OK;
}

/*
 * Fetch all cache lines of a large record or of a leaf at once. By itself the processor fetches one
 * line, compares that node, and only then knows which line is next (docs/performance.md). An
 * address that is not mapped does no harm.
 */
static inline void prefetch(const uint8_t *p, size_t len)
{
	for (size_t at = 0; at < len && at < PREFETCH_MOST; at += CACHE_LINE)
		__builtin_prefetch(p + at);
}

/* A key that is looked for, and its first 16 bytes as two big-endian numbers, which compare as the
 * bytes do. Missing bytes are 0. */
struct sought {
	const uint8_t *key;
	size_t len;
	uint64_t head, next;
};

enum { HEAD = 8 };

static inline uint64_t get_be64(const uint8_t *p)
{
	return be64toh(get64(p));
}

/* The first LEN bytes at P, at most 8, as a number. 8 bytes may be read at P, whatever LEN is. */
static inline uint64_t get_head(const uint8_t *p, size_t len)
{
	uint64_t v = get_be64(p);

	if (len >= HEAD)
		return v;
	return len ? v & ~UINT64_C(0) << (64 - 8 * len) : 0;
}

/* The same if only LEN bytes may be read. */
static inline uint64_t get_just(const uint8_t *p, size_t len)
{
	uint64_t v = 0;

	if (len >= HEAD)
		return get_be64(p);
	for (size_t i = 0; i < len; i++)
		v |= (uint64_t)p[i] << (56 - 8 * i);
	return v;
}

static inline void sought_set(struct sought *s, const uint8_t *key, size_t len)
{
	s->key = key;
	s->len = len;
	s->head = get_just(key, len);
	s->next = len > HEAD ? get_just(key + HEAD, len - HEAD) : 0;
}

/*
 * key_compare(), mostly without a call of memcmp: if the first 16 bytes differ, the order of the
 * numbers is the order of the keys, because a shorter key is filled with zeros. ROOM bytes may be
 * read at KEY, whatever LEN is.
 */
static inline int sought_compare(const struct sought *s, const uint8_t *key, size_t len,
				 size_t room)
{
	uint64_t there;

	if (room < 2 * HEAD)
		return key_compare(s->key, s->len, key, len);
	there = get_head(key, len);
	if (s->head != there)
		return s->head < there ? -1 : 1;
	there = len > HEAD ? get_head(key + HEAD, len - HEAD) : 0;
	if (s->next != there)
		return s->next < there ? -1 : 1;
	if (s->len > 2 * HEAD && len > 2 * HEAD)
		return key_compare(s->key + 2 * HEAD, s->len - 2 * HEAD, key + 2 * HEAD,
				   len - 2 * HEAD);
	return s->len < len ? -1 : s->len > len;
}

/*
 * *AT is the first of the nodes FROM..n whose key is greater than the key that is looked for; *HIT
 * is true if the node before it has exactly that key. False: the page is damaged.
 */
static inline bool page_search(const struct rbac_walk *w, const struct page *pg, unsigned from,
			       const struct sought *s, unsigned *at, bool *hit)
{
	unsigned low = from, high = pg->n;
	struct node node;

	*hit = false;
	while (low < high) {
		unsigned mid = (low + high) / 2;
		int r;

		if (!page_node(w, pg, mid, &node))
			return false;
		r = sought_compare(s, node.p + NODE_KEY, node.key_len,
				   w->page - (size_t)(node.p + NODE_KEY - pg->p));
		if (r == 0) {
			*at = mid + 1;
			*hit = true;
			return true;
		}
		if (r > 0)
			low = mid + 1;
		else
			high = mid;
	}
	*at = low;
	return true;
}

static int overflow_data(const struct rbac_walk *w, uint64_t number, uint32_t size,
			 const uint8_t **data)
{
	const uint8_t *p;
	uint64_t run;

	if (number < META_PAGES || number >= w->pages)
		return RBAC_DAMAGED;
	p = w->map + number * w->page;
	run = get32(p + PAGE_RUN);
	if (get64(p) != number || (get16(p + PAGE_FLAGS) & PAGE_KINDS) != PAGE_OVERFLOW ||
	    run > w->pages - number || (uint64_t)size + PAGE_HEADER > run * w->page)
		return RBAC_DAMAGED;
	*data = p + PAGE_HEADER;
	prefetch(p + CACHE_LINE, size);
	return RBAC_OK;
}

static int node_data(const struct rbac_walk *w, const struct page *pg, const struct node *node,
		     const uint8_t **data, size_t *len)
{
	const uint8_t *p = node->p + NODE_KEY + node->key_len;
	size_t room = w->page - (size_t)(p - pg->p);
	uint32_t size = get32(node->p);
	unsigned flags = get16(node->p + NODE_FLAGS);

	*len = size;
	if (flags == NODE_BIG)
		return room < sizeof(uint64_t) ? RBAC_DAMAGED
					       : overflow_data(w, get64(p), size, data);
	*data = p;
	return flags != 0 || size > room ? RBAC_DAMAGED : RBAC_OK;
}

/*
 * Open the leaf where the key belongs. Unless RIGHT is NULL, *RIGHT becomes the nearest subtree on
 * the right of the path, or LMDB_NO_PAGE, and *RIGHT_DEPTH its depth in pages.
 */
static inline __attribute__((always_inline)) bool descend(const struct rbac_walk *w,
							  const struct sought *s, struct page *leaf,
							  uint64_t *right, unsigned *right_depth)
{
	uint64_t number = w->root;
	struct node node;
	unsigned at;
	bool hit;

	if (right)
		*right = LMDB_NO_PAGE;
	for (unsigned level = w->depth; level > 1; level--) {
		/* The first key of a branch is not compared: its child has every key below the
		 * second one. */
		if (!page_open(w, number, PAGE_BRANCH, leaf) ||
		    !page_search(w, leaf, 1, s, &at, &hit))
			return false;
		if (right && at < leaf->n) {
			if (!page_node(w, leaf, at, &node))
				return false;
			*right = node_child(node.p);
			*right_depth = level - 1;
		}
		if (!page_node(w, leaf, at - 1, &node))
			return false;
		number = node_child(node.p);
	}
	if (!page_open(w, number, PAGE_LEAF, leaf))
		return false;
	if (w->pages > FAR)
		prefetch(leaf->p, w->page);
	return true;
}

static bool leftmost(const struct rbac_walk *w, uint64_t number, unsigned depth, struct page *leaf)
{
	struct node node;

	for (; depth > 1; depth--) {
		if (!page_open(w, number, PAGE_BRANCH, leaf) || !page_node(w, leaf, 0, &node))
			return false;
		number = node_child(node.p);
	}
	return page_open(w, number, PAGE_LEAF, leaf);
}

int rbac_walk_get(const struct rbac_walk *w, const void *key, size_t key_len, const uint8_t **data,
		  size_t *len)
{
	struct sought s;
	struct page leaf;
	struct node node;
	unsigned at;
	bool hit;

	if (w->depth == 0 || key_len == 0 || key_len > RBAC_WALK_KEY_MAX)
		return RBAC_NOTFOUND;
	sought_set(&s, key, key_len);
	if (!descend(w, &s, &leaf, NULL, NULL) || !page_search(w, &leaf, 0, &s, &at, &hit))
		return RBAC_DAMAGED;
	if (!hit)
		return RBAC_NOTFOUND;
	return page_node(w, &leaf, at - 1, &node) ? node_data(w, &leaf, &node, data, len)
						  : RBAC_DAMAGED;
}

/* Is KEY at PLACE, and does a node follow it in that leaf? *AT is the number of that node. */
static bool place_next(const struct rbac_walk *w, const struct rbac_walk_place *place,
		       const uint8_t *key, size_t key_len, struct page *leaf, unsigned *at)
{
	struct node node;

	if (!page_open(w, place->page, PAGE_LEAF, leaf) || place->at >= leaf->n - 1 ||
	    !page_node(w, leaf, place->at, &node) || node.key_len != key_len ||
	    memcmp(node.p + NODE_KEY, key, key_len) != 0)
		return false;
	*at = place->at + 1;
	return true;
}

/* The leaf that has the first key greater than KEY, and the number of its node. RBAC_OK,
 * RBAC_NOTFOUND or RBAC_DAMAGED. */
static int seek_after(const struct rbac_walk *w, const uint8_t *key, size_t key_len,
		      struct page *leaf, unsigned *at)
{
	struct sought s;
	uint64_t right;
	unsigned right_depth = 0;
	bool hit;

	sought_set(&s, key, key_len);
	if (!descend(w, &s, leaf, &right, &right_depth) || !page_search(w, leaf, 0, &s, at, &hit))
		return RBAC_DAMAGED;
	if (*at < leaf->n)
		return RBAC_OK;
	if (right == LMDB_NO_PAGE)
		return RBAC_NOTFOUND;
	*at = 0;
	return leftmost(w, right, right_depth, leaf) ? RBAC_OK : RBAC_DAMAGED;
}

int rbac_walk_after(const struct rbac_walk *w, const void *key, size_t key_len,
		    const uint8_t **next_key, size_t *next_key_len, const uint8_t **data,
		    size_t *len, struct rbac_walk_place *place)
{
	static const uint8_t none[1];
	const uint8_t *after = key_len ? key : none;
	struct page leaf;
	struct node node;
	unsigned at;
	int err;

	if (w->depth == 0)
		return RBAC_NOTFOUND;
	if (!place || !place_next(w, place, after, key_len, &leaf, &at)) {
		err = seek_after(w, after, key_len, &leaf, &at);
		if (err)
			return err;
	}
	if (!page_node(w, &leaf, at, &node) || node.key_len == 0 ||
	    key_compare(node.p + NODE_KEY, node.key_len, after, key_len) <= 0)
		return RBAC_DAMAGED;
	if (place)
		*place = (struct rbac_walk_place){ get64(leaf.p), at };
	*next_key = node.p + NODE_KEY;
	*next_key_len = node.key_len;
	return node_data(w, &leaf, &node, data, len);
}
