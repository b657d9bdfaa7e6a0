/*
 * folder.h - the sheets of a fleet as files, for any tool that copies a folder: rsync, git,
 *Ansible, a web server.
 *
 *	DIR/keys/1, 2, ...                 lists of keys, by their version
 *	DIR/sheets/SHEET/head              SHEET: "fleet", or "space=main+web" for space:main/web
 *	DIR/sheets/SHEET/HASH              a chunk, by its hash in hexadecimal
 *
 * What is read may be anything: it is of bounded size, of a regular file, and judged by fleet/.
 *What is written is put in place by rename, a head after its chunks. Functions return RBAC_OK,
 * RBAC_NOTFOUND (there is no such file), RBAC_RANGE (larger than it may be), RBAC_NOMEM, or
 * RBAC_SYSTEM with errno set.
 */
#ifndef RBACCTL_CARRIER_FOLDER_H
#define RBACCTL_CARRIER_FOLDER_H

#include <limits.h>

#include "rbacctl/fleet/judge.h"

/* The name of the folder of the sheet NAME into OUT. A name that is too long for a file system ends
 * in a hash. */
enum { FOLDER_SHEET_MAX = 240 };
void folder_sheet_name(const char *name, char out[FOLDER_SHEET_MAX]);

/* ---- to read ---- */

/* The list of keys of this version. *OUT is to be freed. */
int folder_read_keys(const char *dir, uint64_t version, struct buf *out);
int folder_read_head(const char *dir, const char *name, struct buf *out);

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
int folder_write_keys(const char *dir, uint64_t version, const struct buf *list);

/* Chunks that are not there, then the head, then away with what the head does not name. */
int folder_write_sheet(const char *dir, const char *name, const struct buf *head,
		       const struct buf *chunks, const struct fleet_chunk_ref *refs, uint32_t n);

#endif
