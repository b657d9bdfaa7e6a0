/*
 * history.h - what changes did, row by row, and the way back. For root: the store is read.
 *
 * A function that returns other than RBAC_OK puts what is wrong, and what would help, into WHY, as
 * lines without the last end.
 */
#ifndef RBACCTL_CHANGE_HISTORY_H
#define RBACCTL_CHANGE_HISTORY_H

#include "rbacctl/change/change.h"

/* The size of one change, in rows. */
struct history_change {
	const struct store_audit *audit;
	size_t given, taken; /* assignments made and revoked */
	size_t others;       /* rows of users, scopes and groups */
	bool policy;         /* it applied a policy */
	bool journaled;      /* false: made before the journal began, so nothing is known */
};
typedef int history_fn(void *ctx, const struct history_change *x);

/* Every change from FROM up to and including TO, the first first. */
int history_each(const char *store, uint64_t from, uint64_t to, history_fn *fn, void *ctx,
		 struct buf *why);

/*
 * The result of the changes after FROM up to and including TO: a line for each row (row_text.h),
 * then one for each setting of the policy that differs, into LINES. TO 0: the last one; FROM and TO
 * in either order.
 */
int history_between(const char *store, uint64_t from, uint64_t to, struct buf *lines,
		    struct buf *why);

/*
 * The store becomes what it was after change TO, as a new change that is checked by every rule:
 * rows are written back, and the policy texts of then are applied again. A GID that was given out
 * stays given. Only root. The caller commits.
 */
int change_rollback(struct change *c, uint64_t to);

#endif
