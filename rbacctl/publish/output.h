/*
 * output.h - the LMDB file a view is written to. For compile.c only.
 */
#ifndef RBACCTL_PUBLISH_OUTPUT_H
#define RBACCTL_PUBLISH_OUTPUT_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/publish/encode.h"

struct output {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	const char *path;
	char *why;
	size_t why_size;
};

/* Make PATH (must not exist) and begin. Failures go to WHY in words; functions return enum rbac_error. */
int output_begin(struct output *o, const char *path, char *why, size_t why_size);

/* Seal BUF under TYPE and NAME and write it. LAST: keys come in rising order after all others (MDB_APPEND). */
int output_put(struct output *o, uint8_t type, const void *name, size_t len, struct buf *b, bool last);
int output_put_gid(struct output *o, uint8_t type, uint32_t gid, struct buf *b);

/* Commit, read every record back through common/walk, sync, close. */
int output_finish(struct output *o);

/* Close and remove the file; after output_finish too. */
void output_discard(struct output *o);

int output_fail(struct output *o, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
