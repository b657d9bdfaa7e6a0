/*
 * libnss_raw.so.2: what the C library and one mdb_get of liblmdb take together, on the same view,
 * in the same place as the module under test. It copies the record into the caller's buffer, as
 * whoever answers must, and answers nothing: no checksum, no bound is looked at, no pointer is set.
 * A bound that this one misses no reader of an LMDB file can hold.
 */
#include <grp.h>
#include <lmdb.h>
#include <nss.h>
#include <string.h>

#include "common/wire.h"
#include "tests/bench/names.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT void _nss_raw_reset(void);
EXPORT enum nss_status _nss_raw_getgrnam_r(const char *name, struct group *out, char *buf,
					   size_t len, int *err);
EXPORT enum nss_status _nss_raw_getgrgid_r(gid_t gid, struct group *out, char *buf, size_t len,
					   int *err);
EXPORT enum nss_status _nss_raw_setgrent(int stayopen);
EXPORT enum nss_status _nss_raw_getgrent_r(struct group *out, char *buf, size_t len, int *err);
EXPORT enum nss_status _nss_raw_endgrent(void);
EXPORT enum nss_status _nss_raw_initgroups_dyn(const char *user, gid_t group, long *start,
					       long *size, gid_t **gids, long limit, int *err);

static MDB_env *env;
static MDB_txn *txn;
static MDB_dbi dbi;
static MDB_cursor *cursor;

/* Another view is in place. */
void _nss_raw_reset(void)
{
	if (!env)
		return;
	mdb_txn_abort(txn);
	mdb_env_close(env);
	env = NULL;
}

static int begin(void)
{
	int rc = mdb_env_create(&env);
	if (rc == 0)
		rc = mdb_env_set_mapsize(env, (size_t)8 << 30);
	if (rc == 0)
		rc = mdb_env_open(env, RBAC_VIEW_PATH, MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY, 0);
	if (rc == 0)
		rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
	if (rc == 0)
		rc = mdb_dbi_open(txn, NULL, 0, &dbi);
	if (rc == 0)
		mdb_txn_reset(txn);
	return rc;
}

static enum nss_status copy(uint8_t type, const char *name, char *buf, size_t room)
{
	char key[1 + NAME_SIZE];
	size_t len = strlen(name);
	MDB_val k = { len + 1, key }, v;

	if (len > NAME_SIZE || (!env && begin()))
		return NSS_STATUS_UNAVAIL;
	key[0] = (char)type;
	memcpy(key + 1, name, len);
	mdb_txn_renew(txn);
	if (mdb_get(txn, dbi, &k, &v) == 0)
		memcpy(buf, v.mv_data, v.mv_size < room ? v.mv_size : room);
	mdb_txn_reset(txn);
	return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_raw_getgrnam_r(const char *name, struct group *out, char *buf, size_t len,
				    int *err)
{
	(void)out, (void)err;
	return copy(RBAC_REC_GROUP, name, buf, len);
}

/* The generator's groups tell their names by their numbers: one lookup, as if the whole record
 * stood under both. */
enum nss_status _nss_raw_getgrgid_r(gid_t gid, struct group *out, char *buf, size_t len, int *err)
{
	char name[NAME_SIZE + 1];
	(void)out, (void)err;
	if (gid < GID_MIN)
		return NSS_STATUS_NOTFOUND;
	group_name(name, (gid - GID_MIN) / GID_STEP);
	if ((gid - GID_MIN) % GID_STEP)
		strcat(name, "x");
	return copy(RBAC_REC_GROUP, name, buf, len);
}

enum nss_status _nss_raw_initgroups_dyn(const char *user, gid_t group, long *start, long *size,
					gid_t **gids, long limit, int *err)
{
	static char record[4096];
	(void)group, (void)start, (void)size, (void)gids, (void)limit, (void)err;
	return copy(RBAC_REC_USER, user, record, sizeof(record));
}

enum nss_status _nss_raw_setgrent(int stayopen)
{
	(void)stayopen;
	if ((!env && begin()) || mdb_txn_renew(txn) || mdb_cursor_open(txn, dbi, &cursor))
		return NSS_STATUS_UNAVAIL;
	return NSS_STATUS_SUCCESS;
}

/* Keys of other types stand before and after; the first is found by its type. */
enum nss_status _nss_raw_getgrent_r(struct group *out, char *buf, size_t len, int *err)
{
	static char first[] = { RBAC_REC_GROUP };
	static MDB_cursor *begun;
	MDB_val k = { sizeof(first), first }, v;
	int rc = mdb_cursor_get(cursor, &k, &v, begun == cursor ? MDB_NEXT : MDB_SET_RANGE);

	(void)out, (void)err;
	if (rc || *(const uint8_t *)k.mv_data != RBAC_REC_GROUP) {
		begun = NULL;
		return NSS_STATUS_NOTFOUND;
	}
	begun = cursor;
	memcpy(buf, v.mv_data, v.mv_size < len ? v.mv_size : len);
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_raw_endgrent(void)
{
	mdb_cursor_close(cursor);
	mdb_txn_reset(txn);
	return NSS_STATUS_SUCCESS;
}
