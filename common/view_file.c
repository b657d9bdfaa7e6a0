#include "common/view_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/crc32c.h"
#include "common/error.h"
#include "common/view.h"

enum { OVERFLOW_UID = 65534 };   /* proc_sys_kernel(5), overflowuid: what an owner without a mapping looks like */
enum { CRC_SIZE = 4 };

#ifndef O_LARGEFILE
#define O_LARGEFILE 0
#endif

/*
 * Not open() and close(): those are cancellation points (pthreads(7)), and a host's thread that is cancelled in here
 * would leave the descriptor, the mapping and the try-lock behind.
 */
static int fd_open(const char *path)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_LARGEFILE;
	long fd;

	do {
		fd = syscall(SYS_openat, AT_FDCWD, path, flags, 0);
	} while (fd < 0 && errno == EINTR);
	return (int)fd;
}

static void fd_close(int fd)
{
	/* Linux has let go of the number even when this says EINTR: never a second try. */
	syscall(SYS_close, fd);
}

static int open_error(int err)
{
	switch (err) {
	case ENOENT:
	case ENOTDIR:
		return RBAC_ABSENT;
	case ELOOP:              /* a symbolic link */
	case ENXIO:              /* a socket, or a device without a driver */
	case ENODEV:
		return RBAC_UNTRUSTED;
	case ENOMEM:
		return RBAC_NOMEM;
	default:
		return RBAC_SYSTEM;
	}
}

static bool owner_trusted(uid_t owner, int trust)
{
	if (owner == 0)
		return true;
	if (trust == RBAC_TRUST_OVERFLOW)
		return owner == OVERFLOW_UID;
	return trust == RBAC_TRUST_SELF && owner == geteuid();
}

static int file_judge(const struct stat *st, int trust)
{
	if (!S_ISREG(st->st_mode) || (st->st_mode & (S_IWGRP | S_IWOTH)) || !owner_trusted(st->st_uid, trust))
		return RBAC_UNTRUSTED;
	/* mmap refuses a size of 0 as invalid; a size beyond any address space is as little of a view. */
	if (st->st_size <= 0 || (uint64_t)st->st_size > PTRDIFF_MAX)
		return RBAC_DAMAGED;
	return RBAC_OK;
}

/* Judge the file that FD has open and map just its size. */
static int fd_map(int fd, int trust, struct view_file *f, void **map)
{
	struct stat st;
	int rc;

	if (fstat(fd, &st))
		return RBAC_SYSTEM;
	rc = file_judge(&st, trust);
	if (rc)
		return rc;
	/*
	 * Private: the pages are the page cache's either way, as nobody writes to them, but some file systems refuse a
	 * shared mapping (FUSE with direct_io, 9p without a cache), and a host that makes the pages writable by a slip
	 * then gets its own copy.
	 */
	*map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (*map == MAP_FAILED)
		return errno == ENOMEM ? RBAC_NOMEM : RBAC_SYSTEM;
	f->id = (struct rbac_file_id){ st.st_dev, st.st_ino, st.st_size, st.st_ctim };
	f->owner = st.st_uid;
	return RBAC_OK;
}

static int file_check(void *map, struct view_file *f)
{
	struct rbac_bytes rec;
	int rc = rbac_walk_init(&f->walk, map, (size_t)f->id.size);

	if (rc)
		return rc;
	rc = rbac_view_file_get(&f->walk, RBAC_REC_META, NULL, 0, &rec);
	if (rc)
		return RBAC_DAMAGED;
	return rbac_meta_decode(rec, &f->meta);
}

int rbac_view_file_map(const char *path, int trust, struct view_file *f)
{
	void *map;
	int rc, fd = fd_open(path);

	if (fd < 0)
		return open_error(errno);
	rc = fd_map(fd, trust, f, &map);
	fd_close(fd);
	if (rc)
		return rc;
	rc = file_check(map, f);
	if (rc)
		munmap(map, (size_t)f->id.size);
	return rc;
}

void rbac_view_file_unmap(const void *addr, size_t size)
{
	if (addr)
		munmap((void *)(uintptr_t)addr, size);
}

bool rbac_view_file_same(const char *path, const struct rbac_file_id *id)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == id->ino && st.st_dev == id->dev &&
	       st.st_size == id->size && st.st_ctim.tv_sec == id->ctime.tv_sec && st.st_ctim.tv_nsec == id->ctime.tv_nsec;
}

int rbac_view_file_verify(const void *key, size_t key_len, const uint8_t *data, size_t len, struct rbac_bytes *rec)
{
	if (len < CRC_SIZE)
		return RBAC_DAMAGED;
	len -= CRC_SIZE;
	if (rbac_crc32c(rbac_crc32c(0, key, key_len), data, len) != rbac_le32(data + len))
		return RBAC_DAMAGED;
	rec->p = data;
	rec->len = len;
	return RBAC_OK;
}

int rbac_view_file_get(const struct rbac_walk *w, uint8_t type, const void *name, size_t len, struct rbac_bytes *rec)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	const uint8_t *data;
	size_t data_len;
	int rc;

	if (len > sizeof(key) - 1)
		return RBAC_NOTFOUND;
	key[0] = type;
	if (len)
		memcpy(key + 1, name, len);
	rc = rbac_walk_get(w, key, len + 1, &data, &data_len);
	return rc ? rc : rbac_view_file_verify(key, len + 1, data, data_len, rec);
}

void rbac_view_file_none(struct rbac_view *v)
{
	memset(v, 0, sizeof(*v));
	v->slot = -1;
}
