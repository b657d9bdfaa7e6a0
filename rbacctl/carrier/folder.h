/*
 * folder.h - the sheets of a fleet as files, for any tool that copies a folder: rsync, git,
 * Ansible, a web server.
 *
 *	DIR/keys/1, 2, ...                 lists of keys, by their version
 *	DIR/sheets/SHEET/head              SHEET: "fleet", or "space=main+web" for space:main/web
 *	DIR/sheets/SHEET/HASH              a chunk, by its hash in hexadecimal
 *	DIR/acks/HOST                      what a member has taken, where a tool brings it back
 *	DIR/hosts/HOST                     for a directory: the sheets that HOST reads
 *
 * A file that is read may hold any bytes: its size is bounded, it is a regular file, and the room
 * fleet judges it. A file that is written is put in place by rename, a head after its chunks.
 * Functions return RBAC_OK, RBAC_NOTFOUND (there is no such file), RBAC_RANGE (larger than it may
 * be), RBAC_NOMEM, or RBAC_SYSTEM with errno set.
 */
#ifndef RBACCTL_CARRIER_FOLDER_H
#define RBACCTL_CARRIER_FOLDER_H

#include <limits.h>

#include "rbacctl/carrier/chunk_set.h"
#include "rbacctl/fleet/judge.h"

/* The name of the folder of the sheet NAME into OUT. A name that is too long for a file system ends
 * in a hash. */
enum {
	FOLDER_SHEET_MAX = 240,
	FOLDER_HOST_MAX = 64 << 10, /* bytes of hosts/HOST: what that host reads in a directory */
	/* lines there: the sheet of the fleet, that of its scope, and those of the scopes above */
	FOLDER_FOLLOWS_MAX = 60,
	FOLDER_ACK_MAX = 16 << 10, /* bytes of acks/HOST: what it says that it has taken */
};
void folder_sheet_name(const char *name, char out[FOLDER_SHEET_MAX]);

/* Where FILE ("head", a hash, or "" for the folder itself) of the sheet NAME is, and a list of
 * keys. */
void folder_sheet_path(const char *dir, const char *name, const char *file, char out[PATH_MAX]);
void folder_keys_path(const char *dir, uint64_t version, char out[PATH_MAX]);

/* ---- to read ---- */

/* The whole of the regular file PATH of at most MOST bytes, appended to OUT, which is to be freed,
 * with a NUL behind it that LEN does not count. */
int folder_read(const char *path, size_t most, struct buf *out);

/* The list of keys of this version. *OUT is to be freed. */
int folder_read_keys(const char *dir, uint64_t version, struct buf *out);
int folder_read_head(const char *dir, const char *name, struct buf *out);

/* Call FN with the head of each sheet of DIR, in any order; what it returns other than RBAC_OK ends
 * it and is passed on. */
typedef int folder_head_fn(void *ctx, const struct buf *head);
int folder_each_sheet(const char *dir, folder_head_fn *fn, void *ctx);

/*
 * The chunks that H, whose signature holds, names: those that are there, *N of them, into *OUT;
 * free them with folder_free_chunks(). Not an error: chunks that are not there.
 */
int folder_read_chunks(const char *dir, const struct fleet_head *h, struct fleet_bytes **out,
		       size_t *n);
void folder_free_chunks(struct fleet_bytes *chunks, size_t n);

/* Are all chunks that H names there, each of its size? */
bool folder_has_chunks(const char *dir, const struct fleet_head *h);

/* ---- to write ---- */

/* The folders of DIR, which is made where it is not there. */
int folder_begin(const char *dir);
/* Put LEN bytes into the file PATH by rename: there is the old file or the whole new one. SYNC: it
 * outlives a power loss. */
int folder_put(const char *path, const uint8_t *p, size_t len, bool sync);
/*
 * The chunks of the sheet NAME that are not in NAMED, and what is left of chunks whose writer was
 * killed: REMOVE them (0), or return what they cost. What is of somebody else stays.
 */
size_t folder_unnamed(const char *dir, const char *name, const struct chunk_set *named,
		      bool remove);
/* What a file of LEN bytes costs on a disk: a small one has a block and an inode, too. */
static inline size_t folder_file_cost(size_t len)
{
	return len + (4 << 10);
}
int folder_write_keys(const char *dir, uint64_t version, const struct buf *list);

/* Chunks that are not there, then the head, then away with what the head does not name. */
int folder_write_sheet(const char *dir, const char *name, const struct buf *head,
		       const struct buf *chunks, const struct fleet_chunk_ref *refs, uint32_t n);

#endif
