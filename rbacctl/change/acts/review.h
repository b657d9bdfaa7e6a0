/*
 * review.h - reviews: a dated statement that a grant is still needed. Acts as those of change.h;
 * each needs c->p.
 */
#ifndef RBACCTL_CHANGE_ACTS_REVIEW_H
#define RBACCTL_CHANGE_ACTS_REVIEW_H

#include "rbacctl/change/change.h"

enum { REVIEW_IDS = 60 }; /* grants in one change: as many as a message has words for */

/* The N assignments at IDS are still needed; or they are revoked. All or none. */
int change_review_keep(struct change *c, const uint64_t *ids, size_t n);
int change_review_revoke(struct change *c, const uint64_t *ids, size_t n);

#endif
