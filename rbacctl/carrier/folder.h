/*
 * folder.h - the sheets of a fleet as files, for any tool that copies a folder: rsync, git,
 * Ansible, a web server.
 *
 *	DIR/keys/1, 2, ...                 lists of keys, by their version
 *	DIR/sheets/SHEET/head              SHEET: "fleet", or "space=main+web" for space:main/web
 *	DIR/sheets/SHEET/HASH              a chunk, by its hash in hexadecimal
 *	DIR/acks/HOST                      what a member has taken, if a tool copies it here
 *	DIR/hosts/HOST                     for a directory: the sheets that HOST reads
 *
 * The content of the files is untrusted: the readers accept only regular files and limit their
 *size; rbacctl/fleet checks the bytes. The writers put each file in place by rename, a head after
 *its chunks. The functions return RBAC_OK; RBAC_NOTFOUND if there is no such file; RBAC_RANGE if it
 *is too large; RBAC_NOMEM; or RBAC_SYSTEM with errno set.
 */
#ifndef RBACCTL_CARRIER_FOLDER_H
#define RBACCTL_CARRIER_FOLDER_H

#include <limits.h>

#include "rbacctl/carrier/chunk_set.h"
#include "rbacctl/fleet/judge.h"

enum {
	FOLDER_SHEET_MAX = 240,     /* bytes of the name of a sheet's folder, with the NUL */
	FOLDER_HOST_MAX = 64 << 10, /* bytes of hosts/HOST */
	/* lines of hosts/HOST: "fleet", the sheet of its scope, those of the scopes above */
	FOLDER_FOLLOWS_MAX = 60,
	FOLDER_ACK_MAX = 16 << 10, /* bytes of acks/HOST */
};

/* Write the name of the folder of the sheet NAME into OUT. If it would be too long for a file
 * system, it is cut and ends in a hash. */
void folder_sheet_name(const char *name, char out[FOLDER_SHEET_MAX]);

/* Write the path of a file of the sheet NAME (FILE is "head", a hash in hexadecimal, or "" for the
 * folder itself), or of the list of keys of VERSION, into OUT. */
void folder_sheet_path(const char *dir, const char *name, const char *file, char out[PATH_MAX]);
void folder_keys_path(const char *dir, uint64_t version, char out[PATH_MAX]);

/* ---- to read ---- */

/* Append the regular file PATH, of at most MOST bytes, to OUT. A NUL follows, which OUT->len does
 * not count. Free OUT. */
int folder_read(const char *path, size_t most, struct buf *out);

/* Append the list of keys of VERSION, or the head of the sheet NAME, to OUT. Free OUT. */
int folder_read_keys(const char *dir, uint64_t version, struct buf *out);
int folder_read_head(const char *dir, const char *name, struct buf *out);

/* Call FN with the head of each sheet of DIR, in any order. If FN returns anything but RBAC_OK, the
 * function stops and returns that. */
typedef int folder_head_fn(void *ctx, const struct buf *head);
int folder_each_sheet(const char *dir, folder_head_fn *fn, void *ctx);

/*
 * Read the chunks that H names into *OUT, and their number into *N. The signature of H must have
 * been checked. A chunk that is not there is left out, without an error. Free *OUT with
 * folder_free_chunks().
 */
int folder_read_chunks(const char *dir, const struct fleet_head *h, struct fleet_bytes **out,
		       size_t *n);
void folder_free_chunks(struct fleet_bytes *chunks, size_t n);

/* Does DIR have all chunks that H names, each with the right size? */
bool folder_has_chunks(const char *dir, const struct fleet_head *h);

/* ---- to write ---- */

/* Make DIR and its subfolders, if they are missing. */
int folder_begin(const char *dir);
/* Write the LEN bytes at P to the file PATH by rename: at any time there is the old file or the
 * complete new one. SYNC: also sync it, so that it survives a power loss. */
int folder_put(const char *path, const uint8_t *p, size_t len, bool sync);
/*
 * Find the chunks of the sheet NAME that are not in NAMED, and the temp files of a writer that was
 * killed. REMOVE: delete them, and return 0. Otherwise return the sum of their
 * folder_file_cost(). Other files stay.
 */
size_t folder_unnamed(const char *dir, const char *name, const struct chunk_set *named,
		      bool remove);
/* The disk space of a file of LEN bytes, in bytes: also a small file takes a block and an inode. */
static inline size_t folder_file_cost(size_t len)
{
	return len + (4 << 10);
}
int folder_write_keys(const char *dir, uint64_t version, const struct buf *list);

/* Write the chunks of a sheet that are not there yet, then its head, then delete the chunks that
 * the head does not name. CHUNKS and REFS have N elements. */
int folder_write_sheet(const char *dir, const char *name, const struct buf *head,
		       const struct buf *chunks, const struct fleet_chunk_ref *refs, uint32_t n);

#endif
