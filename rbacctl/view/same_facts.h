/*
 * same_facts.h - is this host still as it was when a view was made? A copy of that view is no base
 * for an update otherwise: what the change does not touch would stay as it was, a revoked role
 * among it.
 */
#ifndef RBACCTL_VIEW_SAME_FACTS_H
#define RBACCTL_VIEW_SAME_FACTS_H

#include "rbacctl/view/compile.h"
#include "rbacctl/view/output.h"
#include "rbacctl/view/subjects.h"

/*
 * Compare the facts of C with the copy that O has open: every Unix group by name (GID, members),
 * the extra ones, the zone, and which recorded users have no account or another UID, those aside
 * whom the transaction touched. *N_UNIX gets how many Unix groups are subjects. RBAC_OK;
 * RBAC_NOTFOUND: something differs; RBAC_DAMAGED, RBAC_NOMEM, or the store's error.
 */
int same_facts(struct output *o, const struct compile *c, const struct subjects *s,
	       uint32_t *n_unix);

#endif
