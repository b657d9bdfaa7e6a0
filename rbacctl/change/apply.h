/*
 * apply.h - the steps of an apply, each in a file of its own. For this folder only.
 *
 * Each looks at c->p, the new policy, and at the store; nothing is committed before the last has passed.
 */
#ifndef RBACCTL_CHANGE_APPLY_H
#define RBACCTL_CHANGE_APPLY_H

#include "rbacctl/change/change.h"

/* drop.c: what the store holds and the new policy no longer has. OLD NULL: there was none. RBAC_REFUSED without DROP. */
int apply_renames(struct change *c, const struct policy *new);
int apply_drops(struct change *c, const struct policy *old, const struct policy *new, bool drop);

/* reconcile.c: scopes and assignments of assignments.d into the store, and out of it. */
int apply_files(struct change *c);

/* gids.c: RBAC_INVALID with PROBLEMS for a clash. */
int apply_gids(struct change *c, struct problems *problems);

/* apply.c: exclusive sets and maxima as they stand now. */
int apply_check_holders(struct change *c);

/* Copies of assignments and scopes, for walks that are followed by writes. */
struct copies {
	struct store_assignment *v; size_t n;
	struct copied_scope { char *scope, *owner, *plan, *source; uint64_t change; } *scopes; size_t n_scopes;
	bool failed;
};
int copies_all(struct change *c, struct copies *k);                        /* every assignment and every scope */
int copies_of_user(struct change *c, const char *user, struct copies *k);  /* what USER holds and owns */
void copies_free(struct copies *k);

#endif
