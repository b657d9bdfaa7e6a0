/*
 * reviews.h - reviews: a dated statement that a grant is still needed. Acts as those of change.h;
 * each needs c->p. When a grant is due, and when it ends unreviewed: model/review.h.
 *
 * Nobody reviews a grant of their own, also through a Unix group, or one that they gave, approved
 * or asked for; that binds the person behind root as well.
 */
#ifndef RBACCTL_CHANGE_READ_REVIEWS_H
#define RBACCTL_CHANGE_READ_REVIEWS_H

#include "rbacctl/change/change.h"

enum { REVIEW_SOON = 14 * 24 * 3600 }; /* seconds before it is due that a grant is listed */

/* One grant; the texts live until the call returns. */
struct review_seen {
	uint64_t id; /* of the assignment; 0: the role of an owner, which has none */
	const char *subject, *role, *scope;
	const char *by;          /* who gave it; "": not known */
	const char *source;      /* FILE:LINE, where a file gives it; "fleet"; else "" */
	int64_t given, reviewed; /* REVIEWED 0: never */
	int64_t due, ends;       /* ENDS: if nobody reviews it; RBAC_TIME_MAX: it does not */
};
typedef int review_seen_fn(void *ctx, const struct review_seen *s);

struct review_wanted {
	const char *name; /* of a role, a user or a "%group": all of its grants; NULL: those that
			     are due, or soon will be */
	bool all;         /* whenever they are due */
	bool of_host;     /* whoever asks; else those that who asks may review */
};

/*
 * The grants of roles that are reviewed, in the order in which they are due. Those that ended are
 * left out. Nothing is locked. RBAC_OK or an error, with WHY; RBAC_INVALID: there is no such name.
 */
int change_reviews(struct invocation *a, const struct review_wanted *w, review_seen_fn *fn,
		   void *ctx, struct buf *why);

#endif
