/*
 * output.h - write the records of a view into an LMDB file: a new file for compile.c, or a copy of
 * the published view for update.c. finish.h has the last steps.
 *
 * The functions return enum rbac_error; after an error, WHY has its reason as text.
 */
#ifndef RBACCTL_VIEW_OUTPUT_H
#define RBACCTL_VIEW_OUTPUT_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/walk.h"
#include "rbacctl/view/compare.h"
#include "rbacctl/view/encode.h"

struct output_key {
	uint8_t key[RBAC_WALK_KEY_MAX];
	size_t len;
};

struct output {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	MDB_cursor *at; /* the place of the last record; NULL: none yet */
	const char *path;
	char *why; /* WHY_SIZE bytes of the caller: the reason of an error */
	size_t why_size;
	size_t puts;
	size_t first;   /* the number of our first transaction in the file */
	size_t entries; /* how many records a compiled view must have when it is read back */
	bool copy;      /* a copy of a view: read back only the records in TOUCHED */
	struct output_key *touched;
	size_t n_touched, cap_touched;
	struct comparison *compare; /* if not NULL, write nothing: compare each record */
};

/* Make the file PATH, which must not exist, and begin a transaction. */
int output_begin(struct output *o, const char *path, char *why, size_t why_size);

/* Write nothing: compare each record with the view of COMPARE. */
void output_begin_comparison(struct output *o, struct comparison *compare, char *why,
			     size_t why_size);

/* Make the file PATH a copy of the view at FROM, and begin a transaction. RBAC_NOTFOUND: FROM
 * cannot be used for an update; compile instead. */
int output_begin_copy(struct output *o, const char *from, const char *path, char *why,
		      size_t why_size);

/* For a copy: write a record, or remove it, whether there was one or not. TYPE, NAME and B as for
 * output_put(). */
int output_replace(struct output *o, uint8_t type, const void *name, size_t len, struct buf *b);
int output_remove(struct output *o, uint8_t type, const void *name, size_t len);

/* Set *REC to the present payload of a record; it borrows the output until the next write.
 * RBAC_NOTFOUND if there is no record, RBAC_DAMAGED if its checksum is wrong. */
int output_get(struct output *o, uint8_t type, const void *name, size_t len,
	       struct rbac_bytes *rec);

/*
 * Walk the records of TYPE in the order of their names, before anything is written: output_first(),
 * then output_next() until it returns RBAC_NOTFOUND. RBAC_OK: *KEY (type byte and name) and *REC
 * (payload) borrow the file. Checksums are not checked. Call output_end() in any case.
 */
struct output_place {
	struct output *o;
	MDB_cursor *at;
	uint8_t type;
	bool begun;
};
int output_first(struct output *o, uint8_t type, struct output_place *at);
int output_next(struct output_place *at, struct rbac_bytes *key, struct rbac_bytes *rec);
void output_end(struct output_place *at);

/* Append the checksum to the payload B, and write it as the record TYPE, NAME (LEN bytes). LAST:
 * its key is greater than all keys in the file, which is faster (MDB_APPEND). */
int output_put(struct output *o, uint8_t type, const void *name, size_t len, struct buf *b,
	       bool last);
int output_put_gid(struct output *o, uint8_t type, uint32_t gid, struct buf *b);

/* Close and remove the file, after any of the steps. */
void output_discard(struct output *o);

/* ---- for finish.c ---- */

/* Make an empty file with mode 0644; fail if PATH exists, because liblmdb would open it. Returns
 * its descriptor, or -1. */
int output_make_file(struct output *o, const char *path);
int output_commit(struct output *o);

/* Open the file with liblmdb. FLAGS: flags of mdb_env_open() in addition to those of every view. */
int output_open(struct output *o, unsigned flags);

/* Close the file and free the memory of O. A second call does nothing. */
void output_close(struct output *o);

/* Write the reason into WHY, and return ERR. */
int output_fail(struct output *o, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The enum rbac_error for liblmdb's code RC; if it is not 0, WHY gets DOING and liblmdb's text. */
int output_lmdb(struct output *o, int rc, const char *doing);

#endif
