/*
 * output.h - the LMDB file that the records of a view are put into: a new one for compile.c, a copy
 * of the published view for update.c. finish.h has the last steps.
 *
 * Failures go to WHY in words; functions return enum rbac_error.
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
	MDB_cursor *at; /* where the last record was put; NULL: none yet */
	const char *path;
	char *why;
	size_t why_size;
	size_t puts;
	size_t first;   /* the number of our first transaction in the file */
	size_t entries; /* how many records a compiled view must have when it is read back */
	bool copy;      /* of a view: read back what was touched, not all */
	struct output_key *touched;
	size_t n_touched, cap_touched;
	struct comparison
		*compare; /* not NULL: nothing is written, each record is compared with a view's */
};

/* Make PATH (must not exist) and begin. */
int output_begin(struct output *o, const char *path, char *why, size_t why_size);

/* Write nothing: compare what would be written with the view of COMPARE. */
void output_begin_comparison(struct output *o, struct comparison *compare, char *why,
			     size_t why_size);

/* Make PATH a copy of the view at FROM, and begin to rewrite records of it. RBAC_NOTFOUND: it wants
 * a full compile. */
int output_begin_copy(struct output *o, const char *from, const char *path, char *why,
		      size_t why_size);

/* For a copy: put in the place of what stands, or take out (which need not be there). NAME as in
 * output_put. */
int output_replace(struct output *o, uint8_t type, const void *name, size_t len, struct buf *b);
int output_remove(struct output *o, uint8_t type, const void *name, size_t len);

/* The payload of a record as it stands in this output; borrows it until the next write.
 * RBAC_NOTFOUND: there is none; RBAC_DAMAGED: its checksum does not hold. */
int output_get(struct output *o, uint8_t type, const void *name, size_t len,
	       struct rbac_bytes *rec);

/*
 * Walk the records of TYPE in the order of their names, before anything is written. RBAC_OK with
 * KEY (type byte and name) and payload REC, which borrow the file; RBAC_NOTFOUND after the last;
 * checksums are not looked at. End it in any case.
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

/* Seal BUF under TYPE and NAME and write it. LAST: keys come in rising order after all others
 * (MDB_APPEND). */
int output_put(struct output *o, uint8_t type, const void *name, size_t len, struct buf *b,
	       bool last);
int output_put_gid(struct output *o, uint8_t type, uint32_t gid, struct buf *b);

/* Close and remove the file, at whatever step it is. */
void output_discard(struct output *o);

/* ---- for finish.c ---- */

/* A new file, empty, mode 0644: LMDB would open what is there already. Its descriptor, or -1. */
int output_make_file(struct output *o, const char *path);
int output_commit(struct output *o);

/* Open the file with liblmdb; FLAGS: mdb_env_open's, besides those of every view. */
int output_open(struct output *o, unsigned flags);

/* Close the file and free what O has. Twice does nothing. */
void output_close(struct output *o);

int output_fail(struct output *o, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* liblmdb's RC in our words: RBAC_OK for 0. */
int output_lmdb(struct output *o, int rc, const char *doing);

#endif
