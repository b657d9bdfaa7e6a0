/*
 * history.h - what changes did, row by row, and how to go back. Only root can read the store.
 *
 * If a function returns an error, WHY gets the reason and what to do, as lines without a newline at
 * the end.
 */
#ifndef RBACCTL_CHANGE_UNDO_HISTORY_H
#define RBACCTL_CHANGE_UNDO_HISTORY_H

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

/* Call FN for every change from FROM up to and including TO, in order. */
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
 * it writes the rows of that time, and applies the policy texts of that time. A GID that was
 * assigned to a group stays assigned. Only root may. The caller commits.
 */
int change_rollback(struct change *c, uint64_t to);

#endif
