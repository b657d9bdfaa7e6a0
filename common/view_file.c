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

enum {
	OVERFLOW_UID = 65534
}; /* proc_sys_kernel(5), overflowuid: what an owner without a mapping looks like */
enum { CRC_SIZE = 4 };
enum { PATH_ROOM = 512, TRIES = 16 };

#ifndef O_LARGEFILE
#define O_LARGEFILE 0
#endif

/*
 * Not open() and close(): those are cancellation points (pthreads(7)), and a host's thread that is
 * cancelled in here would leave the descriptor, the mapping and the try-lock behind.
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

	/* Linux has let go of the number even when this says EINTR: never a second try. */
	syscall(SYS_close, fd);
	errno = saved;
}

static int open_error(int err)
{
	switch (err) {
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
 * Has root of the machine no uid in this user namespace? Then the overflow uid may be root;
 * elsewhere it is somebody else, such as what a file server makes of root. An eventfd is a file of
 * the kernel's own, and root's (fs/anon_inodes.c): as whose it shows here is the answer. Unlike
 * /proc/self/uid_map it is there in any chroot, and it is right for a namespace that maps its own
 * root to an ordinary user. Asked only about a file of the overflow uid. Where it cannot be told,
 * root counts as mapped.
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

/* Owned by those, and theirs alone to write to. */
static bool is_trusted(const struct stat *st, int trust)
{
	return !(st->st_mode & (S_IWGRP | S_IWOTH)) && owner_trusted(st->st_uid, trust);
}

static int file_judge(const struct stat *st, int trust)
{
	if (!S_ISREG(st->st_mode) || !is_trusted(st, trust))
		return RBAC_UNTRUSTED;
	/* mmap refuses a size of 0 as invalid; a size beyond any address space is as little of a
	 * view. */
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
	 * Private: the pages are the page cache's either way, as nobody writes to them, but some
	 * file systems refuse a shared mapping (FUSE with direct_io, 9p without a cache), and a
	 * host that makes the pages writable by a slip then gets its own copy.
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

/*
 * Judge the folder that FD has open, and whether LEAF in it is the file F. RBAC_CONFLICT: it is
 * another one by now.
 */
static int folder_judge(int fd, const char *leaf, int trust, const struct view_file *f)
{
	struct stat folder, st;

	if (fstat(fd, &folder))
		return RBAC_SYSTEM;
	if (!is_trusted(&folder, trust))
		return RBAC_UNTRUSTED;
	if (fstatat(fd, leaf, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? RBAC_CONFLICT : RBAC_SYSTEM;
	return st.st_dev == f->id.dev && st.st_ino == f->id.ino ? RBAC_OK : RBAC_CONFLICT;
}

/*
 * Does the file F, which is mapped, lie in a folder that only those may write to who are trusted?
 * Who can write there puts an old view in the place of the new one. The file is mapped first and
 * sought in the open folder afterwards: so both are of one moment (the mapping keeps its inode from
 * being given to another file), and one descriptor at a time will do, as a host may have no second
 * one.
 */
static int folder_check(const char *path, int trust, const struct view_file *f)
{
	char folder[PATH_ROOM];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	int rc, fd;

	if (len >= sizeof(folder))
		return RBAC_INVALID;
	memcpy(folder, path, len);
	folder[len] = '\0';
	fd = fd_open(len ? folder : slash ? "/" : ".", O_PATH | O_DIRECTORY);
	if (fd < 0)
		return errno == ENOTDIR  ? RBAC_UNTRUSTED
		       : errno == ENOENT ? RBAC_CONFLICT
					 : open_error(errno); /* ENOTDIR: a link */
	rc = folder_judge(fd, slash ? slash + 1 : path, trust, f);
	fd_close(fd);
	return rc;
}

/* RBAC_CONFLICT: the file was replaced meanwhile. */
static int map_once(const char *path, int trust, struct view_file *f)
{
	void *map;
	int rc, fd = fd_open(path, O_RDONLY);

	if (fd < 0)
		return open_error(errno);
	rc = fd_map(fd, trust, f, &map);
	fd_close(fd);
	if (rc)
		return rc;
	rc = folder_check(path, trust, f);
	if (rc == RBAC_OK)
		rc = file_check(map, f);
	if (rc) {
		int saved = errno;

		munmap(map, (size_t)f->id.size);
		errno = saved;
	}
	return rc;
}

int rbac_view_file_map(const char *path, int trust, struct view_file *f)
{
	int rc = RBAC_CONFLICT;

	for (int i = 0; i < TRIES && rc == RBAC_CONFLICT; i++) {
		errno = 0;
		rc = map_once(path, trust, f);
	}
	f->cause = rc ? errno : 0;
	return rc == RBAC_CONFLICT ? RBAC_SYSTEM : rc;
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
	int rc;

	if (len > sizeof(key) - 1)
		return RBAC_NOTFOUND;
	key[0] = type;
	if (len)
		memcpy(key + 1, name, len);
	rc = rbac_walk_get(w, key, len + 1, &data, &data_len);
	return rc ? rc : rbac_view_file_verify(key, len + 1, data, data_len, rec);
}

void rbac_view_file_none(struct rbac_view *v, int cause)
{
	memset(v, 0, sizeof(*v));
	v->slot = -1;
	v->cause = cause;
}
