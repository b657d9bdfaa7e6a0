/*
 * page.h - the page layout of an LMDB 0.9 data file (data version 1) on a 64-bit machine, in its
 * byte order. All numbers are offsets or sizes in bytes. Source: lmdb.h and mdb.c of liblmdb
 * 0.9.24. The readers include it through checked_page.h; rbacctl/store uses it directly.
 */
#ifndef RBAC_COMMON_PAGE_H
#define RBAC_COMMON_PAGE_H

#include <stdint.h>
#include <string.h>

/*
 * Every page begins with a header: its number (8 bytes), unused (2), flags (2). Then, in a branch
 * or a leaf, the end of the array of node offsets (2) and the begin of the nodes (2); in the first
 * page of an overflow run, the number of its pages (4).
 */
enum { PAGE_FLAGS = 10, PAGE_LOWER = 12, PAGE_UPPER = 14, PAGE_RUN = 12, PAGE_HEADER = 16 };
enum {
	PAGE_BRANCH = 0x01,
	PAGE_LEAF = 0x02,
	PAGE_OVERFLOW = 0x04,
	PAGE_META = 0x08,
	PAGE_KINDS = 0x6f, /* flags that say what a page holds; a writer uses the others */
};
enum { PAGE_SIZE_MIN = 512, PAGE_SIZE_MAX = 32768, META_PAGES = 2 };

/* A meta page, from the end of its header on. A database record in it is: pad (that of the free
 * list is the page size), flags, depth, 4 counts, root. */
enum {
	META_MAGIC = 0,
	META_VERSION = 4,
	META_FREE_DB = 24,
	META_MAIN_DB = 72,
	META_LAST_PAGE = 120,
	META_TXN = 128,
	META_SIZE = 136,
};
enum { DB_PAD = 0, DB_FLAGS = 4, DB_DEPTH = 6, DB_ROOT = 40 };

#define LMDB_MAGIC 0xBEEFC0DEu
#define LMDB_VERSION 1u
#define LMDB_NO_PAGE UINT64_MAX

/* A node: size of the data (4; in a branch: the low bits of the child's page number), flags (2; in
 * a branch: its high bits), key length (2), key, data. */
enum { NODE_FLAGS = 4, NODE_KEY_LEN = 6, NODE_KEY = 8 };
enum { NODE_BIG = 0x01 }; /* the data is 8 bytes: the first page of an overflow run */

/* Loads in this machine's byte order, at any alignment. The caller has checked the bounds. */
static inline uint16_t get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The page number of a branch node's child. */
static inline uint64_t node_child(const uint8_t *node)
{
	return get32(node) | (uint64_t)get16(node + NODE_FLAGS) << 32;
}

#endif
