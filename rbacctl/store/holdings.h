/*
 * holdings.h - what a subject holds by the store, with the roles of a policy.
 */
#ifndef RBACCTL_STORE_HOLDINGS_H
#define RBACCTL_STORE_HOLDINGS_H

#include "rbacctl/model/holdings.h"
#include "rbacctl/model/review.h"
#include "rbacctl/store/store.h"

/*
 * Add to H what SUBJECT, a user or "%group", holds: its assignments, and for a user the roles of
 * the scopes that it owns. RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED (P does not have the role), or the
 * store's error.
 */
int store_holdings(struct store_txn *t, const struct policy *p, const char *subject,
		   struct holdings *h);

/* From when a review of A counts: from its last one, from the change that made its role be
 * reviewed, or from its beginning. */
int64_t store_review_since(const struct store_assignment *a);

/* The window in which A, an assignment of ROLE, counts: it ends also where nobody reviews it and
 * the role says so. */
struct rbac_window store_window(const struct policy_role *role, const struct store_assignment *a);

#endif
