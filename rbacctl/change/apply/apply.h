/*
 * apply.h - the steps of an apply, each in a file of its own. For this folder only.
 *
 * Each looks at c->p, the new policy, and at the store; nothing is committed before the last has
 * passed.
 */
#ifndef RBACCTL_CHANGE_APPLY_APPLY_H
#define RBACCTL_CHANGE_APPLY_APPLY_H

#include "rbacctl/change/internal.h"
#include "rbacctl/change/rules/limits.h"

/* drop.c: what the store holds and the new policy no longer has. OLD NULL: there was none.
 * RBAC_REFUSED without DROP. */
int apply_renames(struct change *c, const struct policy *new);
int apply_drops(struct change *c, const struct policy *old, const struct policy *new, bool drop);

/* reconcile.c: scopes and assignments of assignments.d into the store, and out of it. */
int apply_files(struct change *c);

/* added.c: what files have added, judged when all of it is in the store. ID: its number there. V is
 * sorted by this. */
struct added {
	const struct policy_file_assignment *f;
	uint64_t id;
	const char *scope;
};
int added_check(struct change *c, struct added *v, size_t n);

/* gids.c: RBAC_INVALID with PROBLEMS for a clash. */
int apply_gids(struct change *c, struct problems *problems);

/* apply.c: exclusive sets and maxima, with the holders that the store has now. */
int apply_check_holders(struct change *c);

/* file_scopes.c: the scopes that files name are made or changed; those of K that no file names any
 * more go. */
int apply_put_scopes(struct change *c, const struct copies *k, struct watch *watch);
int apply_remove_scopes(struct change *c, const struct copies *k);

#endif
