/*
 * compare.h - what a compile would write, against a view that is there: for verify. No file is
 * made.
 *
 * Records are compared payload by payload. Of the meta record the time of publishing is left out. A
 * key that the compile does not have is found at the end, when the view is walked once.
 */
#ifndef RBACCTL_VIEW_COMPARE_H
#define RBACCTL_VIEW_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "common/view.h"
#include "rbacctl/buf.h"

enum compare_how {
	COMPARE_DIFFERS,
	COMPARE_MISSING,
	COMPARE_EXTRA
}; /* missing from the view; only in the view */

/* A record that differs: KEY is its type byte and name. */
typedef void compare_fn(void *ctx, enum compare_how how, struct rbac_bytes key);

struct comparison {
	const struct rbac_view *view;
	compare_fn *fn;
	void *ctx;
	size_t n; /* how many differed */
	uint64_t *seen;
	size_t n_seen, cap_seen; /* hashes of the keys that the compile had */
};

/* RBAC_OK, RBAC_NOMEM, or RBAC_DAMAGED: a record of the view cannot be read. B: the payload. */
int compare_record(struct comparison *c, const uint8_t *key, size_t len, const struct buf *b);
int compare_finish(struct comparison *c);

void compare_free(struct comparison *c);

/* A record in words: "user bob", "the members of group devs". KEY as above. OUT of SIZE bytes. */
void compare_name(struct rbac_bytes key, char *out, size_t size);

#endif
