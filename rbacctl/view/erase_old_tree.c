#include "rbacctl/view/erase_old_tree.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FREE_DBI = 0
}; /* LMDB's list of free pages: transaction -> count, page numbers; readers may look at it */
enum {
	PAGE_HEADER = 16
}; /* a page's number and kind; of a meta page the rest is what both have in common */

struct file {
	int fd;
	size_t page; /* bytes */
	off_t size;
	uint8_t *zeros; /* a page of them */
};

static int write_at(const struct file *f, const void *p, size_t len, off_t at)
{
	ssize_t n = pwrite(f->fd, p, len, at);
	return n == (ssize_t)len ? 0 : n < 0 ? errno : ENOSPC;
}

/* The numbers stand unaligned. Those behind the end were taken and given back, and never written.
 */
static int wipe_list(const struct file *f, const MDB_val *list)
{
	const uint8_t *p = list->mv_data;
	size_t n = 0, number;
	int rc = 0;
	if (list->mv_size >= sizeof n)
		memcpy(&n, p, sizeof n);
	if (n > list->mv_size / sizeof n - 1)
		return MDB_CORRUPTED;
	for (size_t i = 1; i <= n && !rc; i++) {
		memcpy(&number, p + i * sizeof number, sizeof number);
		if (number < (size_t)f->size / f->page)
			rc = write_at(f, f->zeros, f->page, (off_t)(number * f->page));
	}
	return rc;
}

static int wipe_freed(MDB_txn *txn, const struct file *f, size_t first)
{
	MDB_cursor *c;
	MDB_val key = { sizeof first, &first }, list;
	int rc = mdb_cursor_open(txn, FREE_DBI, &c);
	if (rc)
		return rc;
	for (rc = mdb_cursor_get(c, &key, &list, MDB_SET_RANGE); !rc;
	     rc = mdb_cursor_get(c, &key, &list, MDB_NEXT)) {
		rc = wipe_list(f, &list);
		if (rc)
			break;
	}
	mdb_cursor_close(c);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

/* Transaction N writes meta page N % 2. */
static int twin_metas(MDB_env *env, const struct file *f)
{
	MDB_envinfo info;
	int rc = mdb_env_info(env, &info);
	if (rc)
		return rc;
	size_t newer = info.me_last_txnid % 2, len = f->page - PAGE_HEADER;
	uint8_t *meta = malloc(len);
	if (!meta)
		return ENOMEM;
	ssize_t n = pread(f->fd, meta, len, (off_t)(newer * f->page + PAGE_HEADER));
	rc = n == (ssize_t)len
		     ? write_at(f, meta, len, (off_t)((1 - newer) * f->page + PAGE_HEADER))
	     : n < 0 ? errno
		     : EIO;
	free(meta);
	return rc;
}

int erase_old_tree(MDB_env *env, int fd, size_t first)
{
	struct stat st;
	MDB_stat db;
	MDB_txn *txn;
	int rc = fstat(fd, &st) ? errno : mdb_env_stat(env, &db);
	if (!rc)
		rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
	if (rc)
		return rc;
	struct file f = {
		.fd = fd, .page = db.ms_psize, .size = st.st_size, .zeros = calloc(1, db.ms_psize)
	};
	rc = f.zeros ? wipe_freed(txn, &f, first) : ENOMEM;
	mdb_txn_abort(txn);
	if (!rc)
		rc = twin_metas(env, &f);
	free(f.zeros);
	return rc;
}
