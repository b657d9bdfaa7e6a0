/*
 * compare.h - for `verify`: compare the records that a compile would write with the records of a
 * view. Writes no file.
 *
 * The caller passes each record of the compile to compare_record(), which compares its payload with
 * that of the view; the publication time in the meta record is not compared. compare_finish() then
 * walks the view once, and finds the records that the compile does not have.
 */
#ifndef RBACCTL_VIEW_COMPARE_H
#define RBACCTL_VIEW_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "common/view.h"
#include "rbacctl/buf.h"

enum compare_how {
	COMPARE_DIFFERS,
	COMPARE_MISSING, /* the view does not have the record */
	COMPARE_EXTRA    /* only the view has it */
};

/* Called for each record that differs. KEY is its type byte and name, valid during the call. */
typedef void compare_fn(void *ctx, enum compare_how how, struct rbac_bytes key);

struct comparison {
	const struct rbac_view *view;
	compare_fn *fn;
	void *ctx;
	size_t n; /* how many records differed */
	uint64_t *seen;
	size_t n_seen, cap_seen; /* hashes of the keys that compare_record() got */
};

/* Compare one record: the LEN bytes at KEY, and the payload B. Both functions return RBAC_OK, also
 * if records differ; RBAC_NOMEM; or RBAC_DAMAGED if a record of the view cannot be read. */
int compare_record(struct comparison *c, const uint8_t *key, size_t len, const struct buf *b);
int compare_finish(struct comparison *c);

void compare_free(struct comparison *c);

/* Describe the record KEY, such as "user bob" or "the members of group devs", in OUT of SIZE bytes.
 */
void compare_name(struct rbac_bytes key, char *out, size_t size);

#endif
