/*
 * review.h - when a grant is due for a review, and when one that nobody reviews ends. Times are
 * seconds since 1970 (UTC).
 */
#ifndef RBACCTL_MODEL_REVIEW_H
#define RBACCTL_MODEL_REVIEW_H

#include "rbacctl/model/model.h"

/* LENGTH, not negative, after T. */
static inline int64_t policy_time_after(int64_t t, int64_t length)
{
	return t > 0 && length > RBAC_TIME_MAX - t ? RBAC_TIME_MAX : t + length;
}

/* How long a grant of R lasts without a review; RBAC_TIME_MAX: for ever. */
static inline int64_t policy_review_time(const struct policy_role *r)
{
	return r->unreviewed_ends && r->review_every
		       ? policy_time_after(r->review_every, r->review_grace)
		       : RBAC_TIME_MAX;
}

/* When a grant of R that counts from SINCE (a review, or its beginning) is due; RBAC_TIME_MAX:
 * never. */
static inline int64_t policy_review_due(const struct policy_role *r, int64_t since)
{
	return r->review_every ? policy_time_after(since, r->review_every) : RBAC_TIME_MAX;
}

/* When it ends, if nobody reviews it. */
static inline int64_t policy_review_end(const struct policy_role *r, int64_t since)
{
	return policy_time_after(since, policy_review_time(r));
}

/* Does role NEW have a grant due, or end one, earlier than OLD (NULL: there was none) did? */
static inline bool policy_review_is_stricter(const struct policy_role *new,
					     const struct policy_role *old)
{
	if (!new->review_every)
		return false;
	return !old || !old->review_every || new->review_every < old->review_every ||
	       policy_review_time(new) < policy_review_time(old);
}

#endif
