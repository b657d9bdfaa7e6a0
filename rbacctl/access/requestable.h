/*
 * requestable.h - which roles a user may request, and at which scopes, by a view.
 */
#ifndef RBACCTL_ACCESS_REQUESTABLE_H
#define RBACCTL_ACCESS_REQUESTABLE_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/buf.h"
#include "rbacctl/model/holdings.h"

/* ROLE at SCOPE, which the list owns. */
struct requestable {
	int role;
	char *scope;
};
struct requestables {
	struct requestable *v;
	size_t n, cap;
};

/*
 * Who asks: USER with the holdings H that count for them, at the time T. For each role whose
 * `request_by` lets them, at the scope that `request` without --scope means and at the scopes that
 * they hold something at; roles that count there for them already are left out. Roles in the order
 * of the policy. RBAC_OK, RBAC_NOMEM, or the error of a source. Free it in any case.
 */
int requestable_of(const struct snapshot *snap, const char *user, const struct holdings *h,
		   int64_t t, struct requestables *out);
void requestables_free(struct requestables *r);

/* May USER ask for ROLE at SCOPE? The same rule, for one. RBAC_OK, or the error of a source. */
int requestable_at(const struct snapshot *snap, const char *user, const struct holdings *h,
		   int role, const char *scope, int64_t t, bool *may);

/* How long to ask for ROLE: max_for, at most 4h. */
const char *requestable_length(const struct policy_role *role);

/* "another person approves", "2 others approve", "given at once". */
void requestable_how(const struct policy_role *role, struct buf *out);

#endif
