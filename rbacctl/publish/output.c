#include "rbacctl/publish/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/walk.h"

#define OUTPUT_MAP_SIZE ((size_t)64 << 30)   /* address space; the file has the size that is used */

int output_fail(struct output *o, int err, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(o->why, o->why_size, fmt, ap);
	va_end(ap);
	return err;
}

static int lmdb(struct output *o, int rc, const char *doing)
{
	if (rc == 0)
		return RBAC_OK;
	return output_fail(o, rc == ENOMEM ? RBAC_NOMEM : RBAC_SYSTEM, "%s: %s: %s", o->path, doing, mdb_strerror(rc));
}

int output_begin(struct output *o, const char *path, char *why, size_t why_size)
{
	*o = (struct output){ .path = path, .why = why, .why_size = why_size };
	/* Ours alone from the start: LMDB would open what lies there. */
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return output_fail(o, RBAC_SYSTEM, "%s: cannot be made: %s", path, strerror(errno));
	int bad = fchmod(fd, 0644);   /* whatever the umask */
	close(fd);
	if (bad)
		return output_fail(o, RBAC_SYSTEM, "%s: chmod: %s", path, strerror(errno));
	int rc = mdb_env_create(&o->env);
	if (!rc)
		rc = mdb_env_set_mapsize(o->env, OUTPUT_MAP_SIZE);
	if (!rc)
		rc = mdb_env_open(o->env, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC | MDB_NORDAHEAD, 0644);
	if (!rc)
		rc = mdb_txn_begin(o->env, NULL, 0, &o->txn);
	if (!rc)
		rc = mdb_dbi_open(o->txn, NULL, 0, &o->dbi);
	return lmdb(o, rc, "cannot be opened");
}

static int put(struct output *o, uint8_t *key, size_t key_len, struct buf *b, bool last)
{
	encode_seal(b, key, key_len);
	if (b->failed)
		return output_fail(o, RBAC_NOMEM, "%s: out of memory", o->path);
	MDB_val k = { key_len, key }, v = { b->len, b->p };
	return lmdb(o, mdb_put(o->txn, o->dbi, &k, &v, last ? MDB_APPEND : MDB_NOOVERWRITE), "write");
}

int output_put(struct output *o, uint8_t type, const void *name, size_t len, struct buf *b, bool last)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	size_t key_len = encode_key(key, type, name, len);
	return key_len ? put(o, key, key_len, b, last) : output_fail(o, RBAC_INVALID, "%s: a name is too long", o->path);
}

int output_put_gid(struct output *o, uint8_t type, uint32_t gid, struct buf *b)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	return put(o, key, encode_key_gid(key, type, gid), b, false);
}

/* What liblmdb says is there, our own walker must say too, byte for byte: another format of LMDB ends here. */
static int compare(struct output *o, const void *map, size_t size)
{
	struct rbac_walk w;
	MDB_txn *txn;
	MDB_cursor *c;
	MDB_val k, v;
	size_t n = 0;
	int rc = mdb_txn_begin(o->env, NULL, MDB_RDONLY, &txn);
	if (rc)
		return lmdb(o, rc, "read back");
	int err = rbac_walk_init(&w, map, size);
	rc = mdb_cursor_open(txn, o->dbi, &c);
	for (rc = rc ? rc : mdb_cursor_get(c, &k, &v, MDB_FIRST); !rc && !err; rc = mdb_cursor_get(c, &k, &v, MDB_NEXT), n++) {
		const uint8_t *data;
		size_t len;
		err = rbac_walk_get(&w, k.mv_data, k.mv_size, &data, &len);
		if (!err && (len != v.mv_size || memcmp(data, v.mv_data, len) != 0))
			err = RBAC_DAMAGED;
	}
	mdb_txn_abort(txn);
	if (err || rc != MDB_NOTFOUND)
		return output_fail(o, RBAC_DAMAGED, "%s: record %zu: what liblmdb (%s) wrote cannot be read back by the readers of this version: %s",
				   o->path, n, mdb_version(NULL, NULL, NULL), err ? rbac_error_text(err) : mdb_strerror(rc));
	return RBAC_OK;
}

static int read_back(struct output *o, int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return output_fail(o, RBAC_SYSTEM, "%s: %s", o->path, strerror(errno));
	void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return output_fail(o, RBAC_SYSTEM, "%s: cannot be mapped: %s", o->path, strerror(errno));
	int err = compare(o, map, (size_t)st.st_size);
	munmap(map, (size_t)st.st_size);
	return err;
}

int output_finish(struct output *o)
{
	MDB_txn *txn = o->txn;
	o->txn = NULL;
	int err = lmdb(o, mdb_txn_commit(txn), "write");
	if (err)
		return err;
	int fd = open(o->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return output_fail(o, RBAC_SYSTEM, "%s: %s", o->path, strerror(errno));
	err = read_back(o, fd);
	if (!err && fsync(fd) != 0)
		err = output_fail(o, RBAC_SYSTEM, "%s: sync: %s", o->path, strerror(errno));
	close(fd);
	mdb_env_close(o->env);
	o->env = NULL;
	return err;
}

void output_discard(struct output *o)
{
	if (o->txn)
		mdb_txn_abort(o->txn);
	if (o->env)
		mdb_env_close(o->env);
	o->txn = NULL;
	o->env = NULL;
	unlink(o->path);
}
