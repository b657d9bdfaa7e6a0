#include "rbacctl/view/finish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/view/erase_old_tree.h"
#include "rbacctl/view/readback.h"

void finish_compact_path(const char *path, char *out, size_t size)
{
	snprintf(out, size, "%.4100s.compact", path);
}

/* No room, no thread (pthread_create(3)), or no memory for liblmdb's two buffers: a revoke is made
 * all the same. */
static bool can_do_without(int rc)
{
	return rc == ENOSPC || rc == EDQUOT || rc == EAGAIN || rc == ENOMEM;
}

/* *RC: what liblmdb says of its copy. */
static int write_compact(struct output *o, const char *path, int *rc)
{
	int fd = output_make_file(o, path);

	if (fd < 0)
		return RBAC_SYSTEM;
	*rc = mdb_env_copyfd2(o->env, fd, MDB_CP_COMPACT);
	if (close(fd) != 0 && !*rc)
		*rc = errno;
	return *rc && !can_do_without(*rc) ? output_lmdb(o, *rc, "write a compact copy") : RBAC_OK;
}

static int take_compact(struct output *o, const char *path)
{
	mdb_env_close(o->env);
	o->env = NULL;
	if (rename(path, o->path) != 0)
		return output_fail(o, RBAC_SYSTEM, "%s: cannot be renamed: %s", path,
				   strerror(errno));
	return output_open(o, MDB_RDONLY);
}

static int make_compact(struct output *o)
{
	char path[4200];
	MDB_stat st;
	int rc = 0, err = output_lmdb(o, mdb_env_stat(o->env, &st), "read back");

	if (err)
		return err;
	o->entries = st.ms_entries;
	finish_compact_path(o->path, path, sizeof(path));
	err = write_compact(o, path, &rc);
	if (!err && !rc)
		err = take_compact(o, path);
	if (err || rc)
		unlink(path);
	return err;
}

static int read_back(struct output *o, int fd)
{
	struct stat st;
	void *map;
	int err;

	if (fstat(fd, &st) != 0)
		return output_fail(o, RBAC_SYSTEM, "%s: %s", o->path, strerror(errno));
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return output_fail(o, RBAC_SYSTEM, "%s: cannot be mapped: %s", o->path,
				   strerror(errno));
	err = readback(o, map, (size_t)st.st_size);
	munmap(map, (size_t)st.st_size);
	return err;
}

static int check_and_sync(struct output *o)
{
	int err, fd = open(o->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return output_fail(o, RBAC_SYSTEM, "%s: %s", o->path, strerror(errno));
	err = output_lmdb(o, erase_old_tree(o->env, fd, o->first), "write");
	if (!err)
		err = read_back(o, fd);
	if (!err && fsync(fd) != 0)
		err = output_fail(o, RBAC_SYSTEM, "%s: sync: %s", o->path, strerror(errno));
	close(fd);
	return err;
}

int finish_view(struct output *o)
{
	if (o->compare)
		return compare_finish(o->compare);
	int err = output_commit(o);
	if (!err && !o->copy)
		err = make_compact(o);
	if (!err)
		err = check_and_sync(o);
	if (!err)
		output_close(o);
	return err;
}
