/*
 * may_see.h - which assignments and which lines of the log may a user who is not root read? Those
 * about this user, those that this user made, and those about a role that this user may assign or
 * revoke at its scope (docs/design.md, "Who can read what").
 */
#ifndef RBACCTL_ACCESS_MAY_SEE_H
#define RBACCTL_ACCESS_MAY_SEE_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/invocation.h"

struct may_see {
	bool all; /* a process of root: may read everything */
	struct snapshot snap;
	struct holdings h;
	struct rules_actor actor; /* its name borrows the invocation */
};

/* Read what the actor of A holds from the view. RBAC_OK, or an error, with a message on stderr.
 * Close *M in any case; it borrows A. */
int may_see_open(struct invocation *a, struct may_see *m);
void may_see_close(struct may_see *m);

/* May the user read about the assignment of ROLE at SCOPE to SUBJECT, which BY made (NULL: not
 * known)? */
bool may_see_grant(const struct may_see *m, const char *subject, const char *role,
		   const char *scope, const char *by);

/*
 * Append the lines of TEXT, an audit record by ACTOR, that the user may read to OUT: all of them if
 * the user is ACTOR. False: none.
 */
bool may_see_record(const struct may_see *m, const char *actor, const char *text, struct buf *out);

#endif
