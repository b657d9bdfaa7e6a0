/*
 * holdings.h - the holdings (model/holdings.h) of a subject, read from the store.
 */
#ifndef RBACCTL_STORE_HOLDINGS_H
#define RBACCTL_STORE_HOLDINGS_H

#include "rbacctl/model/holdings.h"
#include "rbacctl/model/review.h"
#include "rbacctl/store/store.h"

/*
 * Add to H the assignments of SUBJECT, a user or "%group", and for a user the roles of the scopes
 * that the user owns. Returns RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED if the policy P does not have one
 * of these roles, or the store's error. A role that came from a fleet is left out if P does not
 * have it: this rbacctl may be too old to read the fleet's present policy.
 */
int store_holdings(struct store_txn *t, const struct policy *p, const char *subject,
		   struct holdings *h);

/* The time from which `review_every` counts for A, seconds since 1970: A->review_from, which a
 * review or an apply has set, or else the time when A was made; its begin if that is later. */
int64_t store_review_since(const struct store_assignment *a);

/* The window in which A, an assignment of ROLE, counts. With `unreviewed = "end"` it ends at the
 * latest when the grace period after a missed review ends. */
struct rbac_window store_window(const struct policy_role *role, const struct store_assignment *a);

#endif
