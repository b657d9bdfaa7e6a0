/*
 * requestable.h - find the roles that a user may request, and at which scopes, from a view.
 */
#ifndef RBACCTL_ACCESS_REQUESTABLE_H
#define RBACCTL_ACCESS_REQUESTABLE_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/buf.h"
#include "rbacctl/model/holdings.h"

/* The list owns SCOPE. */
struct requestable {
	int role;
	char *scope;
};
struct requestables {
	struct requestable *v;
	size_t n, cap;
};

/*
 * List the roles that USER, with the effective holdings H, may request at the time T (by
 * `request_by`), in the order of the policy. Two kinds of scopes are tried: the one that `request`
 * without --scope means, and those at which USER holds a role. A role that counts there already is
 * left out. Returns RBAC_OK, RBAC_NOMEM, or the error of a source. Free *OUT in any case.
 */
int requestable_of(const struct snapshot *snap, const char *user, const struct holdings *h,
		   int64_t t, struct requestables *out);
void requestables_free(struct requestables *r);

/* Set *MAY: may USER request ROLE at SCOPE? The same rule. RBAC_OK, or the error of a source. */
int requestable_at(const struct snapshot *snap, const char *user, const struct holdings *h,
		   int role, const char *scope, int64_t t, bool *may);

/* The value of --for to suggest for a request of ROLE: its max_for, but at most 4h. */
const char *requestable_length(const struct policy_role *role);

/* Append what happens with a request: "another person approves", "2 others approve" or "given at
 * once". */
void requestable_how(const struct policy_role *role, struct buf *out);

#endif
