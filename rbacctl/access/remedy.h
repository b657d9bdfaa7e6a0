/*
 * remedy.h - for a login that pam_rbac denies: find the smallest change that would allow it, and
 * the users who may make that change.
 */
#ifndef RBACCTL_ACCESS_REMEDY_H
#define RBACCTL_ACCESS_REMEDY_H

#include "rbacctl/model/holdings.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/buf.h"

struct question {
	const struct invocation *a;
	const struct snapshot *snap;
	const struct holdings *h; /* the holdings of USER */
	const char *user, *service, *rhost;
	const char
		*first; /* if USER is a second name: the recorded name of the uid; otherwise "" */
	int64_t t;      /* seconds since 1970 */
};

/*
 * Append lines "  mend   COMMAND      (WHO may)" for the denial V of Q to OUT.
 *
 * The first choice is a role that the user has already, at another scope or time; then the weakest
 * role: one that does not administer, brings no Unix group, and brings the fewest keys, at the
 * lowest scope that counts here. A role that an exclusive set forbids is not suggested. At most
 * REMEDY_ROLES roles are printed, each with the services, keys and Unix groups that it would give
 * (REMEDY_NAMES of each by name), and whether it is stronger than the weakest. At most
 * REMEDY_EXCLUSIVE_TRIES roles of exclusive sets are tried, because each try compares all holdings
 * of the user. If no role can be assigned, a login rule is suggested, which always helps.
 */
enum { REMEDY_EXCLUSIVE_TRIES = 1000, REMEDY_ROLES = 3, REMEDY_NAMES = 4 };
void remedy_text(const struct question *q, const struct rbac_verdict *v, struct buf *out);

/* Is this host a member of a fleet whose authority decides UIDs (`uids = "fleet"`)? Then `user
 * rebind` works only on the authority. */
bool remedy_uid_of_fleet(const struct invocation *a, const struct policy *p);

#endif
