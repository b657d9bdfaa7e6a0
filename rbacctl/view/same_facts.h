/*
 * same_facts.h - are the facts of this host the same as when a view was made? If not, publish must
 * compile: an update rewrites only the records that the change affects, so others would keep the
 * old facts, and with them perhaps a role that was revoked.
 */
#ifndef RBACCTL_VIEW_SAME_FACTS_H
#define RBACCTL_VIEW_SAME_FACTS_H

#include "rbacctl/view/compile.h"
#include "rbacctl/view/output.h"
#include "rbacctl/view/subjects.h"

/*
 * Compare the facts of C with the copy of a view that O has open: every Unix group by name (GID and
 * members), the extra groups, the time zone, and which recorded users have no account or another
 * UID. Users whom the transaction touched are left out. *N_UNIX gets the number of Unix groups that
 * have assignments. Returns RBAC_OK if all are the same, RBAC_NOTFOUND if not, RBAC_DAMAGED,
 * RBAC_NOMEM, or the store's error.
 */
int same_facts(struct output *o, const struct compile *c, const struct subjects *s,
	       uint32_t *n_unix);

#endif
