#define _GNU_SOURCE /* copy_file_range(2) */
#include "rbacctl/view/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/store/lmdb_env.h"

enum { COMMIT_EVERY = 50000 };

int output_fail(struct output *o, int err, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(o->why, o->why_size, fmt, ap);
	va_end(ap);
	return err;
}

/* What liblmdb finds to be damaged in a copy was so in the view: no base to build on, and no reason
 * to refuse the change. */
int output_lmdb(struct output *o, int rc, const char *doing)
{
	bool damaged = o->copy && (rc == MDB_CORRUPTED || rc == MDB_INVALID ||
				   rc == MDB_VERSION_MISMATCH || rc == MDB_PAGE_NOTFOUND);
	if (rc == 0)
		return RBAC_OK;
	return output_fail(o,
			   rc == ENOMEM ? RBAC_NOMEM
			   : damaged    ? RBAC_DAMAGED
					: RBAC_SYSTEM,
			   "%s: %s: %s", o->path, doing, mdb_strerror(rc));
}

int output_open(struct output *o, unsigned flags)
{
	return output_lmdb(o,
			   lmdb_env_open(&o->env, o->path, 0,
					 MDB_NOSUBDIR | MDB_NOLOCK | MDB_NORDAHEAD | flags, 0644),
			   "cannot be opened");
}

static int begin(struct output *o)
{
	int err = output_open(o, MDB_NOSYNC);
	if (err)
		return err;
	int rc = mdb_txn_begin(o->env, NULL, 0, &o->txn);
	if (!rc)
		rc = mdb_dbi_open(o->txn, NULL, 0, &o->dbi);
	if (!rc)
		o->first = mdb_txn_id(o->txn);
	return output_lmdb(o, rc, "cannot be opened");
}

int output_make_file(struct output *o, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0 && fchmod(fd, 0644) != 0) { /* whatever the umask */
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		output_fail(o, RBAC_SYSTEM, "%s: cannot be made: %s", path, strerror(errno));
	return fd;
}

int output_begin(struct output *o, const char *path, char *why, size_t why_size)
{
	*o = (struct output){ .path = path, .why = why, .why_size = why_size };
	int fd = output_make_file(o, path);
	if (fd < 0)
		return RBAC_SYSTEM;
	close(fd);
	return begin(o);
}

void output_begin_comparison(struct output *o, struct comparison *compare, char *why,
			     size_t why_size)
{
	*o = (struct output){
		.path = "the view", .why = why, .why_size = why_size, .compare = compare
	};
}

/* A reflink where the filesystem has them. */
static int copy_file(struct output *o, int from, int to)
{
	struct stat st;
	off_t done = 0;
	if (fstat(from, &st) != 0)
		return output_fail(o, RBAC_SYSTEM, "%s: %s", o->path, strerror(errno));
	while (done < st.st_size) {
		ssize_t n = copy_file_range(from, NULL, to, NULL, (size_t)(st.st_size - done), 0);
		if (n <= 0)
			return output_fail(o, RBAC_NOTFOUND, "%s: cannot be copied: %s", o->path,
					   n ? strerror(errno) : "too short");
		done += n;
	}
	return RBAC_OK;
}

/* More free pages than used ones: the file has grown by many small changes, and is better written
 * anew. */
static bool is_wasteful(struct output *o)
{
	MDB_envinfo info;
	MDB_stat st;
	if (mdb_env_info(o->env, &info) || mdb_stat(o->txn, o->dbi, &st))
		return true;
	return info.me_last_pgno >
	       2 * (st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages) + 64;
}

int output_begin_copy(struct output *o, const char *from, const char *path, char *why,
		      size_t why_size)
{
	*o = (struct output){ .path = path, .why = why, .why_size = why_size, .copy = true };
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in < 0)
		return RBAC_NOTFOUND;
	int out = output_make_file(o, path);
	int err = out < 0 ? RBAC_SYSTEM : copy_file(o, in, out);
	close(in);
	if (out >= 0)
		close(out);
	if (!err)
		err = begin(o);
	return !err && is_wasteful(o) ? RBAC_NOTFOUND : err;
}

static int touch(struct output *o, const uint8_t *key, size_t len)
{
	if (!buf_room(&o->touched, o->n_touched, &o->cap_touched, sizeof *o->touched))
		return output_fail(o, RBAC_NOMEM, "%s: out of memory", o->path);
	struct output_key *k = &o->touched[o->n_touched++];
	memcpy(k->key, key, len);
	k->len = len;
	return RBAC_OK;
}

int output_commit(struct output *o)
{
	MDB_txn *txn = o->txn;
	if (o->at)
		mdb_cursor_close(o->at);
	o->at = NULL;
	o->txn = NULL;
	return output_lmdb(o, mdb_txn_commit(txn), "write");
}

/* A transaction holds what it wrote in memory; nobody else has this file, so that it may be
 * committed in parts. */
static int commit_so_far(struct output *o)
{
	int err = output_commit(o);
	return err ? err : output_lmdb(o, mdb_txn_begin(o->env, NULL, 0, &o->txn), "write");
}

/* With one cursor for all: the next record mostly belongs beside the last, where LMDB then begins
 * to look. */
static int put_at(struct output *o, MDB_val *k, MDB_val *v, bool last)
{
	int rc = o->at ? 0 : mdb_cursor_open(o->txn, o->dbi, &o->at);
	return rc ? rc : mdb_cursor_put(o->at, k, v, last ? MDB_APPEND : MDB_NOOVERWRITE);
}

static int put(struct output *o, uint8_t *key, size_t key_len, struct buf *b, bool last)
{
	if (o->compare)
		return b->failed ? RBAC_NOMEM : compare_record(o->compare, key, key_len, b);
	encode_seal(b, key, key_len);
	if (b->failed)
		return output_fail(o, RBAC_NOMEM, "%s: out of memory", o->path);
	MDB_val k = { key_len, key }, v = { b->len, b->p };
	int err = output_lmdb(
		o, o->copy ? mdb_put(o->txn, o->dbi, &k, &v, 0) : put_at(o, &k, &v, last), "write");
	if (!err && o->copy)
		err = touch(o, key, key_len);
	return err || ++o->puts % COMMIT_EVERY ? err : commit_so_far(o);
}

int output_put(struct output *o, uint8_t type, const void *name, size_t len, struct buf *b,
	       bool last)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	size_t key_len = encode_key(key, type, name, len);
	return key_len ? put(o, key, key_len, b, last)
		       : output_fail(o, RBAC_INVALID, "%s: a name is too long", o->path);
}

int output_replace(struct output *o, uint8_t type, const void *name, size_t len, struct buf *b)
{
	return output_put(o, type, name, len, b, false);
}

int output_remove(struct output *o, uint8_t type, const void *name, size_t len)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	MDB_val k = { encode_key(key, type, name, len), key };
	if (!k.mv_size)
		return RBAC_OK;
	int rc = mdb_del(o->txn, o->dbi, &k, NULL);
	return rc && rc != MDB_NOTFOUND ? output_lmdb(o, rc, "write") : touch(o, key, k.mv_size);
}

int output_get(struct output *o, uint8_t type, const void *name, size_t len, struct rbac_bytes *rec)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	MDB_val k = { encode_key(key, type, name, len), key }, v;
	int rc = k.mv_size ? mdb_get(o->txn, o->dbi, &k, &v) : MDB_NOTFOUND;
	if (rc == MDB_NOTFOUND)
		return RBAC_NOTFOUND;
	if (rc)
		return output_lmdb(o, rc, "read");
	/* It is read to be written again under a new checksum: what is damaged must not be made
	 * whole that way. */
	if (!encode_is_sealed(k.mv_data, k.mv_size, v.mv_data, v.mv_size))
		return RBAC_DAMAGED;
	*rec = (struct rbac_bytes){ v.mv_data, v.mv_size - 4 };
	return RBAC_OK;
}

int output_first(struct output *o, uint8_t type, struct output_place *at)
{
	*at = (struct output_place){ .o = o, .type = type };
	return output_lmdb(o, mdb_cursor_open(o->txn, o->dbi, &at->at), "read");
}

int output_next(struct output_place *at, struct rbac_bytes *key, struct rbac_bytes *rec)
{
	MDB_val k = { 1, &at->type }, v;
	int rc = mdb_cursor_get(at->at, &k, &v, at->begun ? MDB_NEXT : MDB_SET_RANGE);
	at->begun = true;
	if (rc == MDB_NOTFOUND || (!rc && *(const uint8_t *)k.mv_data != at->type))
		return RBAC_NOTFOUND;
	if (rc)
		return output_lmdb(at->o, rc, "read");
	if (v.mv_size < 4)
		return RBAC_DAMAGED;
	*key = (struct rbac_bytes){ k.mv_data, k.mv_size };
	*rec = (struct rbac_bytes){ v.mv_data, v.mv_size - 4 };
	return RBAC_OK;
}

void output_end(struct output_place *at)
{
	if (at->at)
		mdb_cursor_close(at->at);
	at->at = NULL;
}

int output_put_gid(struct output *o, uint8_t type, uint32_t gid, struct buf *b)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	return put(o, key, encode_key_gid(key, type, gid), b, false);
}

void output_close(struct output *o)
{
	if (o->txn)
		mdb_txn_abort(o->txn);
	if (o->env)
		mdb_env_close(o->env);
	free(o->touched);
	o->txn = NULL;
	o->env = NULL;
	o->touched = NULL;
}

void output_discard(struct output *o)
{
	if (o->compare)
		return;
	output_close(o);
	unlink(o->path);
}
