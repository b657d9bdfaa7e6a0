#define _GNU_SOURCE /* O_PATH */
#include "common/view_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/crc32c.h"
#include "common/error.h"
#include "common/view.h"

/* The owner that stat(2) shows for a uid that the user namespace does not map: the default of
 * overflowuid, proc_sys_kernel(5). */
enum { OVERFLOW_UID = 65534 };
enum { CRC_SIZE = 4, PATH_ROOM = 512, TRIES = 16 }; /* bytes, bytes, attempts */

/* While it was mapped and checked, another file took its place at the path. */
enum { FILE_REPLACED = RBAC_ERROR_COUNT };

#ifndef O_LARGEFILE
#define O_LARGEFILE 0
#endif

/*
 * Not open() and close(): they are cancellation points (pthreads(7)). A thread of the host program
 * that is cancelled here would leave the descriptor, the mapping and the try-lock behind.
 */
static int fd_open(const char *path, int kind)
{
	int flags = kind | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_LARGEFILE;
	long fd;

	do {
		fd = syscall(SYS_openat, AT_FDCWD, path, flags, 0);
	} while (fd < 0 && errno == EINTR);
	return (int)fd;
}

static void fd_close(int fd)
{
	int saved = errno;

	/* Linux closes the descriptor even if it returns EINTR: so there is no second attempt. */
	syscall(SYS_close, fd);
	errno = saved;
}

static int open_error(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return RBAC_ABSENT;
	case ELOOP: /* a symbolic link */
	case ENXIO: /* a socket, or a device without a driver */
	case ENODEV:
		return RBAC_UNTRUSTED;
	case ENOMEM:
		return RBAC_NOMEM;
	default:
		return RBAC_SYSTEM;
	}
}

/*
 * Does this user namespace not map root of the machine? Only then may a file of the overflow uid be
 * root's; elsewhere that owner is another user, such as the root of a client that a file server
 * maps. The owner of an eventfd is the answer: the kernel makes it, as root (fs/anon_inodes.c).
 * Unlike /proc/self/uid_map it also works in a chroot, and in a namespace that maps its own root to
 * an ordinary user. If the eventfd fails, root counts as mapped. Called only for a file of the
 * overflow uid.
 */
static bool root_is_unmapped(void)
{
	struct stat st;
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	bool unmapped = fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == OVERFLOW_UID;

	if (fd >= 0)
		fd_close(fd);
	return unmapped;
}

static bool owner_trusted(uid_t owner, int trust)
{
	if (owner == 0)
		return true;
	if (trust == RBAC_TRUST_OVERFLOW)
		return owner == OVERFLOW_UID && root_is_unmapped();
	return trust == RBAC_TRUST_SELF && owner == geteuid();
}

/* A trusted owner, and nobody else may write. */
static bool is_trusted(const struct stat *st, int trust)
{
	return !(st->st_mode & (S_IWGRP | S_IWOTH)) && owner_trusted(st->st_uid, trust);
}

static int file_judge(const struct stat *st, int trust)
{
	if (!S_ISREG(st->st_mode) || !is_trusted(st, trust))
		return RBAC_UNTRUSTED;
	/* mmap(2) refuses a size of 0; a size beyond the address space cannot be mapped. */
	if (st->st_size <= 0 || (uint64_t)st->st_size > PTRDIFF_MAX)
		return RBAC_DAMAGED;
	return RBAC_OK;
}

/* Check trust of the file that FD has open, and map exactly its size. */
static int fd_map(int fd, int trust, struct view_file *f, void **map)
{
	struct stat st;
	int err;

	if (fstat(fd, &st))
		return RBAC_SYSTEM;
	err = file_judge(&st, trust);
	if (err)
		return err;
	/*
	 * MAP_PRIVATE: nobody writes to the pages, so they are those of the page cache all the
	 * same. Some file systems refuse a shared mapping (FUSE with direct_io, 9p without a
	 * cache). And a host program that makes the pages writable by mistake gets its own copy of
	 * them.
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
	int err = rbac_walk_init(&f->walk, map, (size_t)f->id.size);

	if (err)
		return err;
	err = rbac_view_file_get(&f->walk, RBAC_REC_META, NULL, 0, &rec);
	if (err)
		return RBAC_DAMAGED;
	return rbac_meta_decode(rec, &f->meta);
}

/* Check trust of the folder that FD has open, and that LEAF in it is the file F; else
 * FILE_REPLACED. */
static int folder_judge(int fd, const char *leaf, int trust, const struct view_file *f)
{
	struct stat folder, st;

	if (fstat(fd, &folder))
		return RBAC_SYSTEM;
	if (!is_trusted(&folder, trust))
		return RBAC_UNTRUSTED;
	if (fstatat(fd, leaf, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? FILE_REPLACED : RBAC_SYSTEM;
	return st.st_dev == f->id.dev && st.st_ino == f->id.ino ? RBAC_OK : FILE_REPLACED;
}

/*
 * Is the mapped file F in a folder that only trusted users may write to? Any other writer could put
 * an old view back. The file is mapped first, and then looked up in the open folder. So both belong
 * together: the mapping keeps the inode from being used for another file. And one descriptor at a
 * time is enough; a host program may have no second one.
 */
static int folder_check(const char *path, int trust, const struct view_file *f)
{
	char folder[PATH_ROOM];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	int err, fd;

	if (len >= sizeof(folder))
		return RBAC_INVALID;
	memcpy(folder, path, len);
	folder[len] = '\0';
	fd = fd_open(len ? folder : slash ? "/" : ".", O_PATH | O_DIRECTORY);
	if (fd < 0)
		return errno == ENOTDIR  ? RBAC_UNTRUSTED
		       : errno == ENOENT ? FILE_REPLACED
					 : open_error(errno); /* ENOTDIR: a symbolic link */
	err = folder_judge(fd, slash ? slash + 1 : path, trust, f);
	fd_close(fd);
	return err;
}

/* As rbac_view_file_map(); also FILE_REPLACED. */
static int map_once(const char *path, int trust, struct view_file *f)
{
	void *map;
	int err, fd = fd_open(path, O_RDONLY);

	if (fd < 0)
		return open_error(errno);
	err = fd_map(fd, trust, f, &map);
	fd_close(fd);
	if (err)
		return err;
	err = folder_check(path, trust, f);
	if (err == RBAC_OK)
		err = file_check(map, f);
	if (err) {
		int saved = errno;

		munmap(map, (size_t)f->id.size);
		errno = saved;
	}
	return err;
}

int rbac_view_file_map(const char *path, int trust, struct view_file *f)
{
	int err = FILE_REPLACED;

	for (int i = 0; i < TRIES && err == FILE_REPLACED; i++) {
		errno = 0;
		err = map_once(path, trust, f);
	}
	f->cause = err ? errno : 0;
	return err == FILE_REPLACED ? RBAC_SYSTEM : err;
}

void rbac_view_file_unmap(const void *addr, size_t size)
{
	if (addr)
		munmap((void *)(uintptr_t)addr, size);
}

bool rbac_view_file_same(const char *path, const struct rbac_file_id *id)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == id->ino &&
	       st.st_dev == id->dev && st.st_size == id->size &&
	       st.st_ctim.tv_sec == id->ctime.tv_sec && st.st_ctim.tv_nsec == id->ctime.tv_nsec;
}

int rbac_view_file_verify(const void *key, size_t key_len, const uint8_t *data, size_t len,
			  struct rbac_bytes *rec)
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

int rbac_view_file_get(const struct rbac_walk *w, uint8_t type, const void *name, size_t len,
		       struct rbac_bytes *rec)
{
	uint8_t key[RBAC_WALK_KEY_MAX];
	const uint8_t *data;
	size_t data_len;
	int err;

	if (len > sizeof(key) - 1)
		return RBAC_NOTFOUND;
	key[0] = type;
	if (len)
		memcpy(key + 1, name, len);
	err = rbac_walk_get(w, key, len + 1, &data, &data_len);
	return err ? err : rbac_view_file_verify(key, len + 1, data, data_len, rec);
}

void rbac_view_file_none(struct rbac_view *v, int cause)
{
	memset(v, 0, sizeof(*v));
	v->slot = -1;
	v->cause = cause;
}
