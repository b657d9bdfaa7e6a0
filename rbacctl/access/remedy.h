/*
 * remedy.h - for a login that pam_rbac denies: the smallest change that would allow it, and who
 * may make it.
 */
#ifndef RBACCTL_ACCESS_REMEDY_H
#define RBACCTL_ACCESS_REMEDY_H

#include "rbacctl/model/holdings.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/buf.h"

struct question {
	const struct invocation *a;
	const struct snapshot *snap;
	const struct holdings *h; /* what USER holds */
	const char *user, *service, *rhost;
	const char *first; /* the recorded name of USER's uid, where USER is a second one; "": it is
			      not */
	int64_t t;
};

/*
 * Append "  mend   COMMAND      (WHO may)" lines for the denial V of Q to OUT. A role that the user
 * has already, elsewhere or at another time, is preferred; else the weakest (one that does not
 * administer, brings no Unix group, brings the fewest keys), at the lowest scope that counts here,
 * that no exclusive set forbids. The alternatives
 * follow, REMEDY_ROLES in all, each with what it would give: services, keys and Unix groups,
 * REMEDY_NAMES of each by name; and whether it is stronger than the weakest. Of roles in exclusive
 * sets the first REMEDY_EXCLUSIVE_TRIES are tried, for each try goes through all that the user
 * holds; where no role may be given, a login rule is suggested, which helps in any case.
 */
enum { REMEDY_EXCLUSIVE_TRIES = 1000, REMEDY_ROLES = 3, REMEDY_NAMES = 4 };
void remedy_text(const struct question *q, const struct rbac_verdict *v, struct buf *out);

/* Is the UID of a user here what the authority of a fleet says, so that `user rebind` is for the
 * authority? */
bool remedy_uid_of_fleet(const struct invocation *a, const struct policy *p);

#endif
