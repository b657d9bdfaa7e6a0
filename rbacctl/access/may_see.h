/*
 * may_see.h - which assignments and which lines of the log a user other than root may read: their
 * own, those of their own changes, and those of a role that they may assign or revoke at that
 * scope.
 */
#ifndef RBACCTL_ACCESS_MAY_SEE_H
#define RBACCTL_ACCESS_MAY_SEE_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/invocation.h"

struct may_see {
	bool all; /* root, on the files: everything */
	struct snapshot snap;
	struct holdings h;
	struct rules_actor actor; /* its name borrows the invocation */
};

/* Who A is for, by the view. RBAC_OK, or an error, which is said on stderr. To be closed in any
 * case, before A ends. */
int may_see_open(struct invocation *a, struct may_see *m);
void may_see_close(struct may_see *m);

/* An assignment of ROLE at SCOPE to SUBJECT, which BY gave (NULL: not known). */
bool may_see_grant(const struct may_see *m, const char *subject, const char *role,
		   const char *scope, const char *by);

/*
 * What may be seen of a record of the log, TEXT, in lines: all of what the reader did (ACTOR), else
 * the lines that they may see, into OUT. False: nothing.
 */
bool may_see_record(const struct may_see *m, const char *actor, const char *text, struct buf *out);

#endif
