#include "rbacctl/store/lmdb_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/page.h"

enum { DEPTH_MAX = 32, TRIES = 100 };
enum {
	NODE_SUBTREE = 0x02,
	SUBTREE_SIZE = 48
}; /* F_SUBDATA in mdb.c: the data is the record of a named database */

struct file {
	int fd;
	uint64_t size;
	uint32_t page;
	uint64_t txn; /* the newer of the meta pages; 0: there is none */
};

/* The newer meta page of the two: where the page size is, and which trees count. False: neither is
 * one; liblmdb will say so. */
static bool read_meta(struct file *f, uint8_t meta[META_SIZE])
{
	uint8_t page[PAGE_HEADER + META_SIZE];
	uint64_t newest = 0;
	bool found = false;

	f->page = 0;
	f->txn = 0;
	for (int i = 0; i < META_PAGES; i++) {
		const uint8_t *m = page + PAGE_HEADER;
		off_t at = i ? (off_t)f->page : 0;
		if ((i && !f->page) || pread(f->fd, page, sizeof page, at) != (ssize_t)sizeof page)
			continue;
		if (get32(m + META_MAGIC) != LMDB_MAGIC || !(get16(page + PAGE_FLAGS) & PAGE_META))
			continue;
		uint32_t size = get32(m + META_FREE_DB + DB_PAD);
		if (size < PAGE_SIZE_MIN || size > PAGE_SIZE_MAX || (size & (size - 1)))
			continue;
		if (found && get64(m + META_TXN) <= newest)
			continue;
		f->page = size;
		newest = f->txn = get64(m + META_TXN);
		memcpy(meta, m, META_SIZE);
		found = true;
	}
	return found;
}

static bool holds(const struct file *f, uint64_t page, uint64_t count)
{
	uint64_t pages = f->size / f->page;

	return count <= pages && page <= pages - count;
}

static bool tree_is_whole(const struct file *f, uint64_t root, unsigned depth);

/* What a leaf's node leads to: nothing, a run of pages, or the tree of a named database. */
static bool leaf_node_is_whole(const struct file *f, const uint8_t *page, size_t at, unsigned depth)
{
	const uint8_t *node = page + at;
	size_t data = at + NODE_KEY + get16(node + NODE_KEY_LEN);
	uint32_t size = get32(node);
	uint16_t flags = get16(node + NODE_FLAGS);

	if ((flags & NODE_BIG) && data + 8 <= f->page)
		return holds(f, get64(page + data),
			     ((uint64_t)size + PAGE_HEADER - 1) / f->page + 1);
	if ((flags & NODE_SUBTREE) && size >= SUBTREE_SIZE && data + SUBTREE_SIZE <= f->page)
		return tree_is_whole(f, get64(page + data + DB_ROOT), depth + 1);
	return true;
}

static bool nodes_are_whole(const struct file *f, const uint8_t *page, unsigned depth)
{
	uint16_t kind = get16(page + PAGE_FLAGS), end = get16(page + PAGE_LOWER);
	bool whole = true;

	for (size_t i = PAGE_HEADER; i + 2 <= end && i + 2 <= f->page && whole; i += 2) {
		size_t at = get16(page + i);
		if (at + NODE_KEY > f->page)
			break; /* damage of another kind */
		if (kind & PAGE_BRANCH)
			whole = tree_is_whole(f, node_child(page + at), depth + 1);
		else if (kind & PAGE_LEAF)
			whole = leaf_node_is_whole(f, page, at, depth);
	}
	return whole;
}

static bool tree_is_whole(const struct file *f, uint64_t root, unsigned depth)
{
	if (root == LMDB_NO_PAGE || depth > 2 * DEPTH_MAX)
		return true;
	if (!holds(f, root, 1))
		return false;
	uint8_t *page = malloc(f->page);
	bool whole = page &&
		     pread(f->fd, page, f->page, (off_t)(root * f->page)) == (ssize_t)f->page &&
		     nodes_are_whole(f, page, depth);
	free(page);
	return whole;
}

static bool read_size(struct file *f)
{
	struct stat st;

	if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	f->size = (uint64_t)st.st_size;
	return true;
}

/* A writer makes the file longer before it writes the meta page that says so: the size is asked
 * after that is read. */
static bool judge(struct file *f, uint64_t *needs)
{
	uint8_t meta[META_SIZE];
	bool found = read_meta(f, meta);

	*needs = META_PAGES * (uint64_t)sysconf(_SC_PAGESIZE);
	if (!read_size(f))
		return true;
	if (f->size == 0 || (f->size < *needs && f->size < PAGE_HEADER + META_SIZE))
		return false;
	if (!found)
		return f->size >= *needs;
	uint64_t last = get64(meta + META_LAST_PAGE);
	*needs = last < UINT64_MAX / PAGE_SIZE_MAX ? (last + 1) * f->page : UINT64_MAX;
	if (f->size >= *needs)
		return true;
	return f->size >= META_PAGES * (uint64_t)f->page &&
	       tree_is_whole(f, get64(meta + META_FREE_DB + DB_ROOT), 0) &&
	       tree_is_whole(f, get64(meta + META_MAIN_DB + DB_ROOT), 0);
}

/* Has a writer been at work since F was judged? Nobody is kept from that here, and the pages that
 * were looked at may be others by now. */
static bool has_changed(const struct file *f)
{
	struct file now = { .fd = f->fd };
	uint8_t meta[META_SIZE];

	(void)read_meta(&now, meta);
	return read_size(&now) && (now.txn != f->txn || now.size != f->size);
}

bool lmdb_file_is_whole(const char *path, uint64_t *has, uint64_t *needs)
{
	uint64_t least = 0;
	struct file f = { .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) };
	bool whole = true;

	if (f.fd < 0)
		return true;
	if (read_size(&f))
		for (int i = 0; i < TRIES; i++) {
			whole = judge(&f, &least);
			if (whole || !has_changed(&f))
				break;
		}
	close(f.fd);
	if (has)
		*has = f.size;
	if (needs)
		*needs = least;
	return whole;
}
