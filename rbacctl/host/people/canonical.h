/*
 * canonical.h - the users whom files name, by the names that count: a person is what passwd says,
 * not what a file says.
 */
#ifndef RBACCTL_HOST_PEOPLE_CANONICAL_H
#define RBACCTL_HOST_PEOPLE_CANONICAL_H

#include "rbacctl/buf.h"
#include "rbacctl/host/people/person.h"
#include "rbacctl/model/model.h"

/*
 * The names that the two functions below ask about, into *NAMES (to be freed; they borrow P) and
 * *N: for facts_ask(). RBAC_OK or RBAC_NOMEM.
 */
int canonical_names(const struct policy *p, char ***names, size_t *n);

/*
 * The `users` of login rules and of `exempt` in P become what passwd calls them. F and KNOWN (may
 * be NULL) save a lookup for each name that they have (person_among). NOTES (may be NULL) gets a
 * line for each name that was another. RBAC_OK or RBAC_NOMEM.
 */
int canonical_rules(struct policy *p, const struct facts *f, const struct facts_known *known,
		    struct buf *notes);

/*
 * The same for the owners and the users of assignments.d. RBAC_CONFLICT: two lines become the
 * same assignment; the last line of NOTES says which.
 */
int canonical_files(struct policy *p, const struct facts *f, const struct facts_known *known,
		    struct buf *notes);

#endif
