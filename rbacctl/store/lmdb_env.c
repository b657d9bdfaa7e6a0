#include "rbacctl/store/lmdb_env.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "rbacctl/store/lmdb_file.h"

/* A 32-bit liblmdb writes files that the readers do not read. */
_Static_assert(
	sizeof(size_t) == 8,
	"64-bit machines only; `make modules` builds what 32-bit ones have (docs/packaging.md)");

#define MAP_MOST ((size_t)64 << 30)
#define MAP_LEAST ((size_t)1 << 29)
#define BESIDE (MAP_LEAST + MAP_LEAST / 4)

static int open_with(MDB_env **env, const char *path, unsigned tables, unsigned flags,
		     mdb_mode_t mode, size_t map)
{
	int rc = mdb_env_create(env);
	if (rc) {
		*env = NULL;
		return rc;
	}
	rc = mdb_env_set_mapsize(*env, map);
	if (!rc && tables > 0)
		rc = mdb_env_set_maxdbs(*env, tables);
	if (!rc)
		rc = mdb_env_open(*env, path, flags, mode);
	if (rc) {
		/* lmdb.h: also after an open that failed. */
		mdb_env_close(*env);
		*env = NULL;
	}
	return rc;
}

static int open_largest(MDB_env **env, const char *path, unsigned tables, unsigned flags,
			mdb_mode_t mode)
{
	int rc = ENOMEM;
	/* EINVAL is valgrind's word for it. */
	for (size_t map = MAP_MOST; map >= MAP_LEAST && (rc == ENOMEM || rc == EINVAL); map /= 2)
		rc = open_with(env, path, tables, flags, mode, map);
	return rc;
}

/* output_begin() makes the file before liblmdb fills it. */
static bool is_new(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && st.st_size == 0;
}

int lmdb_env_open(MDB_env **env, const char *path, unsigned tables, unsigned flags, mdb_mode_t mode)
{
	/* Without a folder: a view, or a store that is being made. The other callers have looked.
	 */
	if ((flags & MDB_NOSUBDIR) && !is_new(path) && !lmdb_file_is_whole(path, NULL, NULL))
		return MDB_CORRUPTED;
	/* A store leaves room for the view that is made beside it. */
	void *beside = tables > 0 ? mmap(NULL, BESIDE, PROT_NONE,
					 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
				  : MAP_FAILED;
	int rc = open_largest(env, path, tables, flags, mode);
	if (beside != MAP_FAILED)
		munmap(beside, BESIDE);
	if (beside != MAP_FAILED && (rc == ENOMEM || rc == EINVAL))
		rc = open_largest(env, path, tables, flags, mode);
	return rc;
}
