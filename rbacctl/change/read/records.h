/*
 * records.h - what only the store has, for root to read: the assignments with who made them, the
 * log, and whether the view is of the store's last change. No function takes the lock or writes.
 *
 * STORE is the folder of the store. A function that returns other than RBAC_OK puts what is wrong,
 * and what would help, into WHY, as one line without its end.
 */
#ifndef RBACCTL_CHANGE_READ_RECORDS_H
#define RBACCTL_CHANGE_READ_RECORDS_H

#include "rbacctl/buf.h"
#include "rbacctl/change/change.h"
#include "rbacctl/change/commit/unconfirmed.h"
#include "rbacctl/store/store.h"

/* By the applied policy: when an assignment is due for a review, RBAC_TIME_MAX for never; and when
 * it ends, also for nobody reviews it. */
struct records_review {
	int64_t due, ends;
};

/* Gets a record, whose texts live until it returns. What it returns other than RBAC_OK ends the
 * walk, and is passed on. */
typedef int records_assignment_fn(void *ctx, const struct store_assignment *x,
				  const struct records_review *v);
typedef int records_log_fn(void *ctx, const struct store_audit *r);

/* Every assignment, in the order of their numbers. */
int records_assignments(const char *store, records_assignment_fn *fn, void *ctx, struct buf *why);

/* The same of the store as it was after CHANGE. */
int records_assignments_as_of(const char *store, uint64_t change, records_assignment_fn *fn,
			      void *ctx, struct buf *why);

/* Assignment ID alone. Says nothing of why there is none, or why it cannot be read. */
int records_assignment(const char *store, uint64_t id, records_assignment_fn *fn, void *ctx);

/* Does the audit chain hold? */
struct records_chain {
	bool broken;
	uint64_t at; /* BROKEN: the first change that does not fit */
};

/*
 * Which changes are told; NULL and 0: any. A subject, role or scope is one of a row that the change
 * wrote (assignment, owner, user, scope); of a change without a journal, a word of its text. The
 * TYPED names, of the same persons, are those that passwd does not call them by: an older version
 * may have recorded them.
 */
struct records_filter {
	int64_t since, until;      /* half-open; 0 and 0: always */
	const char *by, *by_typed; /* the actor */
	const char *subject, *subject_typed;
	const char *role, *scope;
	uint64_t change;
};

/* The number and the hash of the last change. */
int records_head(const char *store, uint64_t *generation, uint8_t hash[STORE_HASH],
		 struct buf *why);

/* Every change that FILTER (NULL: all) lets through, the first first. CHAIN NULL: the chain is not
 * checked. */
int records_log(const char *store, const struct records_filter *filter, records_log_fn *fn,
		void *ctx, struct records_chain *chain, struct buf *why);

/* The store's last change, what the view beside it is, and which change is pending confirmation. */
struct records_state {
	uint64_t generation;
	struct view_judged judged;
	struct unconfirmed unconfirmed;
};
int records_state(const struct invocation *a, struct records_state *out, struct buf *why);

#endif
