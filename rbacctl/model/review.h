/*
 * review.h - when is a grant due for a review, and when does it end if nobody reviews it? Times are
 * seconds since 1970 (UTC), lengths are seconds. RBAC_TIME_MAX means never.
 */
#ifndef RBACCTL_MODEL_REVIEW_H
#define RBACCTL_MODEL_REVIEW_H

#include "rbacctl/model/model.h"

/* T + LENGTH, or RBAC_TIME_MAX if that would overflow. LENGTH must not be negative. */
static inline int64_t policy_time_after(int64_t t, int64_t length)
{
	return t > 0 && length > RBAC_TIME_MAX - t ? RBAC_TIME_MAX : t + length;
}

/* How long a grant of R lasts without a review. */
static inline int64_t policy_review_time(const struct policy_role *r)
{
	return r->unreviewed_ends && r->review_every
		       ? policy_time_after(r->review_every, r->review_grace)
		       : RBAC_TIME_MAX;
}

/* When a grant of R is due for a review. SINCE: its last review, or its begin. */
static inline int64_t policy_review_due(const struct policy_role *r, int64_t since)
{
	return r->review_every ? policy_time_after(since, r->review_every) : RBAC_TIME_MAX;
}

/* When it ends if nobody reviews it. */
static inline int64_t policy_review_end(const struct policy_role *r, int64_t since)
{
	return policy_time_after(since, policy_review_time(r));
}

/* Is a grant due, or does it end, earlier by the role NEW than by OLD (NULL: there was no role)? */
static inline bool policy_review_is_stricter(const struct policy_role *new,
					     const struct policy_role *old)
{
	if (!new->review_every)
		return false;
	return !old || !old->review_every || new->review_every < old->review_every ||
	       policy_review_time(new) < policy_review_time(old);
}

#endif
